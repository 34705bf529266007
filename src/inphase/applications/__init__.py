"""What embeddings are good for: one folder per job. Each takes embeddings and returns a result."""
