"""The user's cache: what was computed once is found again, and it does not grow without bound."""

import contextlib
import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import platformdirs

# What the cache holds, by folder, and how deep its entries lie there.
KINDS = {"features": 2, "embeddings": 1, "runs": 1, "viewer": 1, "weights": 1}
LIMIT = 20 * 10**9
"""Bytes above which what was not used for longest is removed."""


@dataclass(frozen=True)
class Entry:
    """One thing that is kept.

    Attributes:
        kind: folder of the cache that it is in.
        path: file or folder.
        size: bytes.
        used: seconds since 1970 at which it was made or last used.
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
    """Note that an entry is being used."""
    # It may be gone, or somebody else's.
    with contextlib.suppress(OSError):
        os.utime(path)


def shrink(limit: int = LIMIT) -> int:
    """Remove what was not used for longest, until the cache is within its limit.

    Returns:
        Bytes removed.
    """
    known = sorted(entries(), key=lambda entry: entry.used)
    too_much = sum(entry.size for entry in known) - limit
    removed = 0
    for entry in known:
        if removed >= too_much:
            break
        removed += _remove(entry)
    return removed


def clear(kinds: Sequence[str] = ()) -> int:
    """Remove everything of some kinds; of all by default.

    Returns:
        Bytes removed.
    """
    return sum(_remove(entry) for entry in entries() if not kinds or entry.kind in kinds)


def _below(folder: Path, depth: int) -> Iterator[Path]:
    try:
        found = sorted(folder.iterdir())
    except OSError:
        return
    for path in found:
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
        return 0  # In use, where that forbids it.
    return entry.size
