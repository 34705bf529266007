"""The picture of a synchronization: what it shows when, where, and the marks on it."""
