"""Where a result may be written: no video is overwritten, no two files get the same name."""

import os
import re
from collections.abc import Iterable
from pathlib import Path

from inphase.errors import OutputError
from inphase.overwriting import check_overwrite, place_of, read_in


def check_file(path: str | Path, sources: Iterable[str | Path]) -> None:
    """Refuse a file in which something of the user's would be lost.

    Raises:
        OutputError: it is one of `sources`, or must not be overwritten.
    """
    check_overwrite(path)
    if any(same_file(Path(path), Path(source)) for source in sources):
        raise OutputError(f"{path} is one of the videos and would be lost; give another name.")


def same_file(one: Path, other: Path) -> bool:
    """Whether both exist and are the same file, whatever their names, or the same span of one."""
    if one == other:
        return True
    return one.exists() and other.exists() and one.samefile(other)


def check_folder(folder: str | Path, sources: Iterable[Path] = ()) -> None:
    """Refuse a folder that cannot be written, or in which a video could be overwritten.

    Args:
        folder: to fill; it need not exist.
        sources: the videos.

    Raises:
        OutputError: it is a file, holds one of the videos or a file that the running command
            reads, or cannot be created or written.
    """
    place = place_of(folder)
    check_overwrite(folder)
    if place.is_file():
        raise OutputError(f"{folder} is a file; give a folder.")
    for source in sources:
        # Its folder as named, its real folder, and itself: a folder of images is a video too.
        real = place_of(source)
        if place in (place_of(source.parent), real.parent, real):
            raise OutputError(f"{folder} holds the videos themselves; give another folder.")
    read = read_in(folder)
    if read is not None:
        raise OutputError(f"{folder} holds {read}, which this command reads; give another folder.")
    while not place.exists() and place != place.parent:
        place = place.parent
    if not place.is_dir() or not os.access(place, os.W_OK):
        raise OutputError(f"Cannot write into {folder}: {place} is not a folder you can write to.")


def file_stems(names: Iterable[str], *, numbered: bool = False) -> tuple[str, ...]:
    """File stems for videos in one folder, all different.

    A video's name may include folders, which distinguish it from other videos.

    Args:
        names: of the videos, unique.
        numbered: whether stems must also stay different when followed by `_` and a number.
    """
    stems: list[str] = []
    for name in names:
        plain = name.replace("/", "_")
        stem, count = plain, 1
        while any(_clash(stem, other, numbered) for other in stems):
            count += 1
            stem = f"{plain}-{count}"
        stems.append(stem)
    return tuple(stems)


def _clash(one: str, other: str, numbered: bool) -> bool:
    # Some file systems do not distinguish A from a.
    short, long = sorted((one.casefold(), other.casefold()), key=len)
    rest = long.removeprefix(short) if long.startswith(short) else None
    return rest == "" or (numbered and rest is not None and bool(re.fullmatch(r"_\d+", rest)))
