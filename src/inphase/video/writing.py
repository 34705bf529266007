"""libav's errors in writing, as the package's own error."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from av.error import FFmpegError

from inphase.errors import OutputError


@contextmanager
def output_errors(path: Path) -> Iterator[None]:
    """Turn failures to write `path` (disk full, no permission) into one `OutputError`."""
    try:
        yield
    except (FFmpegError, OSError) as error:
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        raise OutputError(f"Cannot write {path}: {reason}.") from error
