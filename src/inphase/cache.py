"""The user's cache: results computed once are reused, and its size is limited."""

import contextlib
import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from inphase.rooms import ROOM, sweep

# The folders of the cache, and the depth of the entries in each.
KINDS = {"features": 2, "embeddings": 1, "landmarks": 1, "runs": 1, "viewer": 1, "weights": 1}
LIMIT = 20 * 10**9
"""Size in bytes of the whole cache above which the least recently used entries are removed."""
# What is made again without a word. Fitted models stay: people go on using them.
_REMADE = ("features", "embeddings", "landmarks", "viewer")


@dataclass(frozen=True)
class Entry:
    """One cached file or folder.

    Attributes:
        kind: the cache folder that it is in.
        path: file or folder.
        size: bytes.
        used: when it was made or last used, in seconds since 1970.
    """

    kind: str
    path: Path
    size: int
    used: float


def cache_folder() -> Path:
    """The user's cache folder."""
    return Path(platformdirs.user_cache_dir("inphase"))


def entries() -> list[Entry]:
    """Everything in the user's cache."""
    return [
        entry
        for kind, depth in KINDS.items()
        for path in _below(cache_folder() / kind, depth)
        if (entry := _entry(kind, path)) is not None
    ]


def touch(path: Path) -> None:
    """Mark an entry as used now."""
    # It may be gone, or belong to another user.
    with contextlib.suppress(OSError):
        os.utime(path)


def shrink(limit: int = LIMIT) -> int:
    """Remove the least recently used entries until the cache is within its limit.

    Fitted models and downloaded weights stay.

    Returns:
        Bytes removed.
    """
    _sweep()
    known = sorted(entries(), key=lambda entry: entry.used)
    too_much = sum(entry.size for entry in known) - limit
    removed = 0
    for entry in known:
        if removed >= too_much:
            break
        if entry.kind in _REMADE:
            removed += _remove(entry)
    return removed


def clear(kinds: Sequence[str] = ()) -> int:
    """Remove all entries of some kinds, by default of all.

    Returns:
        Bytes removed.
    """
    _sweep()
    return sum(_remove(entry) for entry in entries() if not kinds or entry.kind in kinds)


def _sweep() -> None:
    """Remove what killed processes left half-written."""
    for kind, depth in KINDS.items():
        folder = cache_folder() / kind
        for place in [folder] if depth == 1 else [folder, *_below(folder, 1)]:
            sweep(place)


def _below(folder: Path, depth: int) -> Iterator[Path]:
    try:
        found = sorted(folder.iterdir())
    except OSError:
        return
    for path in found:
        if path.name.startswith(ROOM):  # being written
            continue
        if depth == 1:
            yield path
        elif path.is_dir():
            yield from _below(path, depth - 1)


def _entry(kind: str, path: Path) -> Entry | None:
    try:
        files = [path] if path.is_file() else [one for one in path.rglob("*") if one.is_file()]
        return Entry(kind, path, sum(one.stat().st_size for one in files), path.stat().st_mtime)
    except OSError:
        return None  # Another process removed it meanwhile.


def _remove(entry: Entry) -> int:
    try:
        if entry.path.is_dir():
            shutil.rmtree(entry.path)
        else:
            entry.path.unlink()
    except OSError:
        return 0  # In use: some systems then forbid removal.
    return entry.size
