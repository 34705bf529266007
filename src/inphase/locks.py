"""One process at a time: a lock that says that it waits, and does not wait for ever."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import filelock

from inphase.errors import InphaseError

_log = logging.getLogger(__name__)

LOCK = ".lock"
"""Name of the lock in a folder that one process may change."""
# Seconds of waiting after which a message says why.
_SILENT = 3.0


@contextmanager
def alone_in(
    folder: Path, *, doing: str, patience: float, error: type[InphaseError]
) -> Iterator[None]:
    """Hold the lock of a folder, created if needed; a process that dies releases it.

    Args:
        folder: to lock.
        doing: what the other process does, as in "Another process is …".
        patience: seconds to wait.
        error: raised if the wait is too long.

    Raises:
        InphaseError: `error`, if another process keeps the lock for longer.
        OSError: the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lock = filelock.FileLock(folder / LOCK)
    try:
        lock.acquire(timeout=min(_SILENT, patience))
    except filelock.Timeout as busy:
        if patience <= _SILENT:
            raise _busy(doing, error) from busy
        _log.warning("Waiting: another process is %s.", doing)
        try:
            lock.acquire(timeout=patience - _SILENT)
        except filelock.Timeout as still:
            raise _busy(doing, error) from still
    try:
        yield
    finally:
        lock.release()


def _busy(doing: str, error: type[InphaseError]) -> InphaseError:
    return error(f"Another process is {doing}; run the command again when it has ended.")
