"""Temporary folders beside an output, which disappear even if the process that made one is killed.

A process holds a lock in its room as long as it lives. Whoever finds a room without its holder
removes it.
"""

import contextlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import filelock

ROOM = ".inphase-"
"""How the name of each temporary folder starts."""
_LOCK = ".lock"
# Seconds that a process has to lock its new room.
_YOUNG = 1.0
# Seconds after which a room without a lock is left over: some file systems have no locks.
_OLD = 24 * 3600.0


@contextmanager
def temporary_room(folder: Path) -> Iterator[Path]:
    """A temporary folder inside `folder`, removed at the end; those of killed processes go now.

    Raises:
        OSError: the folder cannot be written.
    """
    sweep(folder)
    room = Path(tempfile.mkdtemp(prefix=ROOM, dir=folder))
    lock = _lock_of(room)
    with contextlib.suppress(OSError, NotImplementedError):
        lock.acquire(timeout=0)
    try:
        yield room
    finally:
        lock.release()
        shutil.rmtree(room, ignore_errors=True)


def sweep(folder: Path) -> None:
    """Remove the temporary folders that killed processes left in a folder."""
    try:
        with os.scandir(folder) as found:
            rooms = [folder / one.name for one in found if one.name.startswith(ROOM)]
    except OSError:
        return
    for room in rooms:
        if _is_left(room):
            shutil.rmtree(room, ignore_errors=True)


def _lock_of(room: Path) -> "filelock.BaseFileLock":
    import filelock  # What only reads does without.

    return filelock.FileLock(room / _LOCK)


def _is_left(room: Path) -> bool:
    try:
        age = time.time() - room.stat().st_mtime
        if not (room / _LOCK).is_file():
            return age > _OLD
        if age < _YOUNG:
            return False
        lock = _lock_of(room)
        lock.acquire(timeout=0)
    except (OSError, NotImplementedError):  # In use (a Timeout is an OSError), or gone.
        return False
    lock.release()
    return True
