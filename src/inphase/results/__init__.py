"""What every result can do: be saved by suffix, in a file or a folder that is safe to write."""
