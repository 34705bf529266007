"""A dataset of which every episode has the pace of its task's reference."""
