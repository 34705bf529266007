"""The result of a transfer: events, captions and sensor data of each target."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.console import Console

from inphase.applications.label_transfer import FORMATS, check_formats
from inphase.applications.verdict import Verdict
from inphase.data import Cue, Recording
from inphase.models import EmbeddedVideo
from inphase.results.result import Result, Table


@dataclass(frozen=True)
class TransferredEvent:
    """A key event in a target.

    Attributes:
        seconds: when it happens.
        frame: the first frame at or after it.
        confidence: in 0..1, see `voting.vote`.
        votes: (sources,) each source's time in seconds, NaN for none.
    """

    seconds: float
    frame: int
    confidence: float
    votes: NDArray[np.float64]


@dataclass(frozen=True)
class TransferredCue:
    """A caption of a span of a target; `confidence` is that of its worse end."""

    cue: Cue
    confidence: float


@dataclass(frozen=True)
class TransferredVideo:
    """A target and its transferred annotations.

    Attributes:
        video: the target.
        duration: seconds.
        events: by name, in order.
        cues: in order of time.
        confidence: (frames,) of the matches with the sources, in 0..1, the mean over the sources.
        recording: one row for each frame of the target, None if no source has one.
        recording_confidence: (frames,) in 0..1, the mean over the sources.
    """

    video: EmbeddedVideo
    duration: float
    events: Mapping[str, TransferredEvent]
    cues: tuple[TransferredCue, ...]
    confidence: NDArray[np.float64]
    recording: Recording | None
    recording_confidence: NDArray[np.float64]

    @cached_property
    def verdict(self) -> Verdict:
        """How far the matches with the sources can be trusted, by the target's time."""
        return Verdict.of(self.video.name, self.confidence, self.video.times)


@dataclass(frozen=True)
class Transfer(Result):
    """Annotations of the sources, transferred to each target.

    Attributes:
        sources: names of the annotated videos.
        events: names of the key events, in order.
        targets: the other videos.
    """

    sources: tuple[str, ...]
    events: tuple[str, ...]
    targets: tuple[TransferredVideo, ...]

    formats = FORMATS

    @property
    def input_files(self) -> Sequence[Path]:
        """The targets."""
        return [target.video.path for target in self.targets]

    def verdicts(self) -> list[Verdict]:
        """How far the matches of each target can be trusted."""
        return [target.verdict for target in self.targets]

    def save(
        self, path: str | Path, *, console: Console | None = None, **options: Any
    ) -> tuple[Path, ...]:
        """Write the annotations of the targets, as `Result.save` does.

        Args:
            path: one file, or a folder.
            console: where a progress bar goes; by default nowhere.
            **options: `formats`, for a folder: some of `FILE_FORMATS`; by default json for
                events, vtt for captions, csv for recordings.

        Raises:
            OutputError: the suffix or a format is unknown, the format cannot hold these
                annotations, or the path cannot be written.
            VideoError: a video can no longer be read (for a preview).
        """
        check_formats(Path(path), options.get("formats"))
        return super().save(path, console=console, **options)

    def to_dict(self) -> dict[str, Any]:
        """The result as plain values: seconds and confidence of each event and cue.

        `reliable` tells whether a target's matches with the sources look right as a whole, and
        `doubtful` between which of its seconds they do not.
        """
        return {
            "sources": list(self.sources),
            "targets": {
                target.video.name: {
                    "file": str(target.video.path),
                    **target.verdict.to_dict(),
                    "events": {
                        name: {
                            "seconds": round(event.seconds, 6),
                            "frame": event.frame,
                            "confidence": round(event.confidence, 4),
                        }
                        for name, event in target.events.items()
                    },
                    "cues": [
                        {
                            "start": round(one.cue.start, 6),
                            "end": round(one.cue.end, 6),
                            "text": one.cue.text,
                            "confidence": round(one.confidence, 4),
                        }
                        for one in target.cues
                    ],
                }
                for target in self.targets
            },
        }

    def table(self) -> Table:
        """One row per event and video; without events, one per caption."""
        if self.events:
            return Table(
                ["video", "event", "time", "frame", "confidence"],
                (
                    [target.video.name, name, round(at.seconds, 6), at.frame, _share(at.confidence)]
                    for target in self.targets
                    for name, at in target.events.items()
                ),
            )
        return Table(
            ["video", "start", "end", "label", "confidence"],
            (
                [
                    target.video.name,
                    round(one.cue.start, 6),
                    round(one.cue.end, 6),
                    one.cue.text,
                    _share(one.confidence),
                ]
                for target in self.targets
                for one in target.cues
            ),
        )


def _share(confidence: float) -> float:
    return round(float(confidence), 4)
