"""Find videos in folders and by globs, each folder once, however often links lead to it."""

import glob
import logging
import re
from collections.abc import Iterator
from pathlib import Path

from inphase.errors import CollectionError
from inphase.video import IMAGE_SUFFIXES, VIDEO_SUFFIXES
from inphase.video.names import natural_key

_log = logging.getLogger(__name__)

# No one keeps videos in deeper folders, but a program gone wrong may have made them.
_DEEPEST = 100
# A real folder, whatever its names: device and number.
_Place = tuple[int, int]


def videos_in(folder: Path, odd: list[Path]) -> list[Path]:
    """The videos in a folder and its subfolders; a folder of numbered images is one video.

    A folder to which several links lead is searched once, so that links in a circle end.

    Args:
        folder: to search.
        odd: other files that are no images are added to it.
    """
    return _search(folder, sorted(folder.iterdir(), key=_natural), odd, {_place(folder)})


def videos_matching(pattern: str, odd: list[Path]) -> list[Path]:
    """The videos that a glob matches, and those in the folders that it matches.

    Args:
        pattern: the glob.
        odd: other files that are no images are added to it.

    Raises:
        CollectionError: it matches nothing.
    """
    matches = sorted(dict.fromkeys(_globbed(pattern)), key=_natural)
    if not matches:
        raise CollectionError(f"{pattern} matches no file.")
    found: dict[Path, None] = {}
    for match in matches:
        if match.is_dir():
            found.update(dict.fromkeys(videos_in(match, odd)))
        elif match.suffix.lower() in VIDEO_SUFFIXES:
            found[match] = None
        elif match.suffix.lower() not in IMAGE_SUFFIXES:
            odd.append(match)
    return list(found)


def _search(
    folder: Path, entries: list[Path], odd: list[Path], visited: set[_Place], depth: int = 0
) -> list[Path]:
    entries = [entry for entry in entries if not entry.name.startswith(".")]
    inside: dict[Path, list[Path]] = {}
    images = False
    # Links last: if a folder can be reached without one, its videos are named without one.
    for entry in sorted(entries, key=Path.is_symlink):
        if entry.is_dir():
            below = _entered(entry, visited, depth)
            inside[entry] = _search(entry, below, odd, visited, depth + 1)
        elif entry.suffix.lower() in VIDEO_SUFFIXES:
            inside[entry] = [entry]
        elif entry.suffix.lower() in IMAGE_SUFFIXES:
            images = images or re.search(r"\d", entry.stem) is not None
        else:
            odd.append(entry)
    found = [video for entry in entries for video in inside.get(entry, ())]
    # Images next to videos are thumbnails or previews.
    return [folder] if images and not found else found


def _entered(folder: Path, visited: set[_Place], depth: int) -> list[Path]:
    """What a subfolder holds; nothing if it was searched before or cannot be."""
    try:
        place = _place(folder)
        if place in visited:
            return []
        visited.add(place)
        if depth >= _DEEPEST:
            _log.warning("%s is not searched: it is too deep.", folder)
            return []
        return sorted(folder.iterdir(), key=_natural)
    except OSError as error:
        _log.warning("%s is not searched: %s.", folder, error.strerror)
        return []


def _globbed(pattern: str) -> Iterator[Path]:
    """Like `glob.glob`, but `**` enters each real folder once."""
    parts = Path(pattern).parts
    if "**" not in parts:
        # Path.glob does not accept absolute patterns.
        yield from map(Path, glob.glob(pattern))  # noqa: PTH207
        return
    place = parts.index("**")
    before, after = parts[:place], parts[place + 1 :]
    starts = _globbed(str(Path(*before))) if before else iter([Path()])
    for start in starts:
        if start.is_dir():
            visited: set[_Place] = set()
            for folder in _folders(start, _entered(start, visited, 0), visited):
                inside = Path(glob.escape(str(folder)), *after)
                yield from _globbed(str(inside)) if after else iter([folder])


def _folders(
    folder: Path, entries: list[Path], visited: set[_Place], depth: int = 0
) -> Iterator[Path]:
    """A folder and its subfolders, without hidden ones."""
    yield folder
    for entry in sorted(entries, key=Path.is_symlink):
        if entry.is_dir() and not entry.name.startswith("."):
            below = _entered(entry, visited, depth)
            if below:
                yield from _folders(entry, below, visited, depth + 1)


def _place(folder: Path) -> _Place:
    state = folder.stat()
    return state.st_dev, state.st_ino


def _natural(path: Path) -> tuple[object, str]:
    return natural_key(str(path).lower()), str(path)
