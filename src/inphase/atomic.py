"""Outputs are written beside their place and renamed into it: nothing half-written stays."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from inphase.errors import OutputError


@contextmanager
def replacing(path: str | Path) -> Iterator[Path]:
    """Yield a temporary path beside ``path``; rename it to ``path`` when the block succeeds.

    The temporary path has the same suffix, so that writers which go by the suffix work. When the
    block raises, the temporary file or folder is removed and ``path`` is left as it was.

    Raises:
        OutputError: the folder cannot be made or written, or the disk is full.
    """
    path = Path(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        room = Path(tempfile.mkdtemp(prefix=f".{path.stem}-", dir=path.parent))
    except OSError as error:
        raise OutputError(f"Cannot write {path}: {_reason(error)}.") from error
    beside = room / path.name
    try:
        yield beside
        _move(beside, path)
    except OSError as error:
        raise OutputError(f"Cannot write {path}: {_reason(error)}.") from error
    finally:
        shutil.rmtree(room, ignore_errors=True)


def _move(source: Path, target: Path) -> None:
    if source.is_dir() and target.is_dir():
        # A folder cannot be renamed over a filled one: step the old one aside first.
        old = source.parent / "old"
        target.replace(old)
        try:
            source.replace(target)
        except OSError:
            old.replace(target)
            raise
    else:
        source.replace(target)


def _reason(error: OSError) -> str:
    return error.strerror or str(error) or type(error).__name__
