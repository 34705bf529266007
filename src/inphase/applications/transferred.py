"""What a transfer gives: events, captions and sensor data of each target."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.console import Console

from inphase.applications.transfer_files import save_transfer
from inphase.data import Cue, Recording
from inphase.models import EmbeddedVideo


@dataclass(frozen=True)
class TransferredEvent:
    """A key event in a target.

    Attributes:
        seconds: when it happens.
        frame: the first frame at or after it.
        confidence: in 0..1, see :func:`~inphase.applications.voting.vote`.
        votes: (sources,) seconds that each source says, NaN for none.
    """

    seconds: float
    frame: int
    confidence: float
    votes: NDArray[np.float64]


@dataclass(frozen=True)
class TransferredCue:
    """A text that belongs to a span of a target; ``confidence`` is that of its worse end."""

    cue: Cue
    confidence: float


@dataclass(frozen=True)
class TransferredVideo:
    """A target and what was transferred to it.

    Attributes:
        video: the target.
        duration: seconds.
        events: by name, in order.
        cues: in order of time.
        recording: one row for each frame of the target, None if no source has one.
        recording_confidence: (frames,) in 0..1, the mean over the sources.
    """

    video: EmbeddedVideo
    duration: float
    events: Mapping[str, TransferredEvent]
    cues: tuple[TransferredCue, ...]
    recording: Recording | None
    recording_confidence: NDArray[np.float64]


@dataclass(frozen=True)
class Transfer:
    """What is known of the sources, for each target.

    Attributes:
        sources: names of the videos that it comes from.
        events: names of the key events, in order.
        targets: the others.
    """

    sources: tuple[str, ...]
    events: tuple[str, ...]
    targets: tuple[TransferredVideo, ...]

    def save(
        self,
        path: str | Path,
        *,
        formats: Sequence[str] | None = None,
        console: Console | None = None,
    ) -> tuple[Path, ...]:
        """Write the annotations of the targets.

        A path with a suffix is one file: ``.json`` (a labels.json with the key events) and
        ``.csv`` (the events, or the captions) hold all targets; ``.vtt``, ``.srt`` (captions, or
        the phases between the events) and ``.mp4`` (a preview with all of it burned in) hold one.
        Any other path is a folder, which gets the files that ``formats`` name.

        Args:
            formats: of the files in a folder, some of json, csv, vtt, srt, mp4; by default json
                for events, vtt for captions, csv for recordings.
            console: where a progress bar goes; by default nowhere.

        Returns:
            The files.

        Raises:
            OutputError: the suffix or format is unknown, does not hold what there is, or the
                place cannot be written.
            VideoError: a video can no longer be read (for a preview).
        """
        return save_transfer(self, Path(path), formats=formats, console=console)

    def to_dict(self) -> dict[str, Any]:
        """The result as plain values: seconds and confidence of each event and cue."""
        return {
            "sources": list(self.sources),
            "targets": {
                target.video.name: {
                    "file": str(target.video.path),
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
