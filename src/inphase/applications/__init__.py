"""What embeddings are good for: a folder a job. Each takes embeddings and returns a result."""
