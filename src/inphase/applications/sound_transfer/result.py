"""A video with the sound of other videos."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inphase.applications.sound_transfer import FORMATS
from inphase.errors import Skipped
from inphase.models import EmbeddedVideo
from inphase.results.result import Result
from inphase.video import Audio


@dataclass(frozen=True)
class SoundBlock:
    """A piece of the target and where its sound comes from.

    Attributes:
        start: seconds in the target.
        end: seconds in the target.
        source: name of the source; None if nothing matches, which is silent.
        source_start: seconds in the source where the sound starts, before it is shifted to fit.
        distance: mean distance between the embeddings; NaN if nothing matches.
    """

    start: float
    end: float
    source: str | None
    source_start: float
    distance: float


@dataclass(frozen=True)
class SoundTransfer(Result):
    """A target with the sound of its sources.

    Attributes:
        target: the video that receives the sound.
        sources: names of the videos with sound.
        blocks: end to end, from the start of the target to its end.
        audio: as long as the target.
        skipped: sources without readable sound.
    """

    target: EmbeddedVideo
    sources: tuple[EmbeddedVideo, ...]
    blocks: tuple[SoundBlock, ...]
    audio: Audio
    skipped: tuple[Skipped, ...] = ()

    formats = FORMATS

    @property
    def input_files(self) -> Sequence[Path]:
        """The target, then the sources."""
        return [video.path for video in (self.target, *self.sources)]

    def to_dict(self) -> dict[str, Any]:
        """The source of each block as plain values, with times in seconds."""
        return {
            "target": str(self.target.path),
            "sources": {video.name: str(video.path) for video in self.sources},
            "blocks": [
                {
                    "start": round(block.start, 6),
                    "end": round(block.end, 6),
                    "source": block.source,
                    "source_start": None if block.source is None else round(block.source_start, 6),
                    "distance": None if block.source is None else float(block.distance),
                }
                for block in self.blocks
            ],
        }
