"""Connect to LanceDB, loaded when needed; one writer at a time."""

import contextlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from inphase.errors import InphaseError, StoreError
from inphase.locks import alone_in

if TYPE_CHECKING:
    from lancedb.db import DBConnection

# Seconds to wait for another process: it may be making an index of millions of frames.
_PATIENCE = 3600.0


def connect(folder: Path) -> "DBConnection":
    """Open the database in `folder`; writes of other processes are visible at once."""
    # Its native code warns on standard error about its own future versions.
    os.environ.setdefault("LANCE_LOG", "error")
    import lancedb

    return lancedb.connect(str(folder), read_consistency_interval=timedelta(0))


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Lock the store for writing, creating it if needed; a process that dies releases the lock.

    LanceDB lets two processes append at once, but two that replace rows conflict or leave
    duplicates, so writes take turns.

    Raises:
        StoreError: the store's folder cannot be written, or another process keeps it for too long.
    """
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(
                alone_in(folder, doing=f"writing to {folder}", patience=_PATIENCE, error=StoreError)
            )
        except OSError as error:
            raise StoreError(f"The store {folder} cannot be written: {error.strerror}.") from error
        yield


@contextmanager
def store_errors(folder: Path, doing: str) -> Iterator[None]:
    """Turn exceptions of LanceDB (disk full, damaged files) into one `StoreError`.

    Args:
        doing: the operation, as in "cannot be …".
    """
    try:
        yield
    except (InphaseError, KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    # On damaged files its Rust code may also panic, which is no Exception.
    except BaseException as error:
        # Its messages end with locations in its source files.
        reason = str(error).strip().partition("\n")[0].partition(", /")[0] or type(error).__name__
        raise StoreError(f"The store {folder} cannot be {doing}: {reason.rstrip('.')}.") from error
