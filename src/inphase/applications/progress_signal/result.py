"""The progress of a whole video at each of its frames."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inphase.applications.progress_signal import FORMATS
from inphase.applications.verdict import Verdict
from inphase.models import EmbeddedVideo
from inphase.results.result import Result, Table


@dataclass(frozen=True)
class ProgressCurve(Result):
    """Progress and distance to the goal of a whole video, each from the frames so far.

    Attributes:
        video: the video that was measured.
        demonstrations: names of the videos it was compared with.
        progress: (frames,) 0..1.
        distance_to_goal: (frames,) 1 is the mean distance of the demonstrations' first frames.
        confidence: (frames,) of the place on the demonstrations' mean course, 0..1.
    """

    video: EmbeddedVideo
    demonstrations: tuple[str, ...]
    progress: NDArray[np.float64]
    distance_to_goal: NDArray[np.float64]
    confidence: NDArray[np.float64]

    formats = FORMATS

    @property
    def verdict(self) -> Verdict:
        """How far the match with the demonstrations can be trusted."""
        return Verdict.of(self.video.name, self.confidence, self.video.times)

    @property
    def input_files(self) -> Sequence[Path]:
        """The video that was measured."""
        return [self.video.path]

    def to_dict(self) -> dict[str, Any]:
        """The result as plain values, as in the JSON file.

        `reliable` tells whether the video looks like the demonstrations as a whole, and `doubtful`
        between which seconds it does not.
        """
        return {
            "video": self.video.name,
            "file": str(self.video.path),
            "demonstrations": list(self.demonstrations),
            **self.verdict.to_dict(),
            "times": [round(float(time), 6) for time in self.video.times],
            "progress": [round(float(value), 5) for value in self.progress],
            "distance_to_goal": [round(float(value), 5) for value in self.distance_to_goal],
            "confidence": [round(float(value), 4) for value in self.confidence],
        }

    def table(self) -> Table:
        """One row per frame."""
        told, verdict = self.to_dict(), self.verdict
        measured = ["progress", "distance_to_goal", "confidence"]
        rows = (
            [frame, round(time, 6), *row, int(verdict.reliable), int(verdict.doubts(time))]
            for frame, (time, *row) in enumerate(
                zip(self.video.times.tolist(), *(told[name] for name in measured), strict=True)
            )
        )
        return Table(["frame", "time", *measured, "reliable", "doubtful"], rows)
