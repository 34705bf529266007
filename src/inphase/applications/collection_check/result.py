"""A collection's videos, and what was found in them."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from inphase.applications.collection_check import FORMATS
from inphase.results.result import Result


@dataclass(frozen=True)
class CheckedVideo:
    """A video that can be read.

    Attributes:
        name: of the video.
        frames: number of frames.
        fps: average frames per second.
        duration: in seconds.
        width: in pixels.
        height: in pixels.
        split: of the set.
        action: that it shows.
        missing: key events missing from its labels.
    """

    name: str
    frames: int
    fps: float
    duration: float
    width: int
    height: int
    split: str | None
    action: str | None
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Finding:
    """A possible problem.

    Attributes:
        kind: broken, unknown, labels, split, event, length, rate, duplicate or action.
        serious: whether it would spoil training or scores.
        videos: names of the videos it concerns.
        sentence: what was found.
    """

    kind: str
    serious: bool
    videos: tuple[str, ...]
    sentence: str


@dataclass(frozen=True)
class CollectionCheck(Result):
    """A collection's videos, and what was found in them.

    Attributes:
        source: of the collection.
        videos: those that can be read.
        findings: the serious ones first.
    """

    source: str
    videos: tuple[CheckedVideo, ...]
    findings: tuple[Finding, ...]

    formats = FORMATS
    json_indent = 1

    @property
    def input_files(self) -> Sequence[Path]:
        """None: the only output is JSON, which cannot overwrite a video."""
        return ()

    @property
    def sound(self) -> bool:
        """Whether nothing serious was found."""
        return not any(finding.serious for finding in self.findings)

    def to_dict(self) -> dict[str, Any]:
        """The result as plain values."""
        return asdict(self)
