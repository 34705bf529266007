"""What all results share: saving by suffix, to a file or folder that is safe to write."""
