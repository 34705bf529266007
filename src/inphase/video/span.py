"""A span of a file as a video of its own: `long.mp4#t=12.5,17.2`.

The form is that of W3C's "Media Fragments URI 1.0", section 4.2.1, in seconds.
"""

import math
import os
import re
from dataclasses import dataclass
from pathlib import Path

from inphase.errors import VideoError

_SECONDS = r"\d{1,9}(?:\.\d{0,9})?"
_FRAGMENT = re.compile(rf"(.+)#t=(?:npt:)?({_SECONDS})?(?:,({_SECONDS}))?")


@dataclass(frozen=True)
class Span:
    """A part of a file: the frames from `start` on and before `end`, in seconds of its times."""

    file: Path
    start: float = 0.0
    end: float = math.inf

    @property
    def path(self) -> Path:
        """The path by which the span is named."""
        end = "" if math.isinf(self.end) else f",{_plain(self.end)}"
        return self.file.with_name(f"{self.file.name}#t={_plain(self.start)}{end}")

    @property
    def name(self) -> str:
        """A name that a file can have as well: `long_12.5-17.2`."""
        end = "" if math.isinf(self.end) else _plain(self.end)
        return f"{self.file.stem}_{_plain(self.start)}-{end}"


def find_span(path: Path) -> Span | None:
    """The span that a path names; None if it names a whole file, whatever its name.

    Raises:
        VideoError: the span ends before it starts.
    """
    found = _FRAGMENT.fullmatch(path.name)
    if found is None or (found[2] is None and found[3] is None) or _is_file(path):
        return None
    start, end = float(found[2] or 0), float(found[3] or "inf")
    if end <= start:
        raise VideoError(f"{path}: the span must end after it starts.")
    return Span(path.with_name(found[1]), start, end)


def file_of(path: Path) -> Path:
    """The file that holds a video: the path itself, or that of which it is a span."""
    found = _FRAGMENT.fullmatch(path.name)
    return path if found is None or _is_file(path) else path.with_name(found[1])


def _plain(seconds: float) -> str:
    return f"{seconds:.9f}".rstrip("0").rstrip(".")


def _is_file(path: Path) -> bool:
    return os.path.exists(path)  # noqa: PTH110 - Path.exists raises for a name that is too long
