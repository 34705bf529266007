"""Which camera of a robot's dataset is looked at."""

_chosen: str | None = None


def choose_camera(name: str | None) -> None:
    """Set the camera that is read of every dataset with cameras; None for all of them."""
    global _chosen
    _chosen = name


def chosen_camera() -> str | None:
    """The camera that is read; None for all of them."""
    return _chosen
