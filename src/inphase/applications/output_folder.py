"""Folders that results are written into, one file each."""

from collections.abc import Iterable
from pathlib import Path

from inphase.errors import OutputError


def check_output_folder(folder: str | Path, sources: Iterable[Path]) -> None:
    """Refuse a folder in which a video could be overwritten, before minutes of work.

    Args:
        sources: the videos.

    Raises:
        OutputError: it is a file, or holds one of the videos.
    """
    place = Path(folder).resolve()
    if place.is_file():
        raise OutputError(f"{folder} is a file; give a folder.")
    for source in sources:
        # Where it was named, where it is, and itself: a folder of images is a video, too.
        real = source.resolve()
        if place in (source.absolute().parent.resolve(), real.parent, real):
            raise OutputError(f"{folder} holds the videos themselves; give another folder.")
