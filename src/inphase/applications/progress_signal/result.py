"""The progress of a whole video at each of its frames."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inphase.applications.progress_signal import FORMATS
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
    """

    video: EmbeddedVideo
    demonstrations: tuple[str, ...]
    progress: NDArray[np.float64]
    distance_to_goal: NDArray[np.float64]

    formats = FORMATS

    @property
    def input_files(self) -> Sequence[Path]:
        """The video that was measured."""
        return [self.video.path]

    def to_dict(self) -> dict[str, Any]:
        """The result as plain values, as in the JSON file."""
        return {
            "video": self.video.name,
            "file": str(self.video.path),
            "demonstrations": list(self.demonstrations),
            "times": [round(float(time), 6) for time in self.video.times],
            "progress": [round(float(value), 5) for value in self.progress],
            "distance_to_goal": [round(float(value), 5) for value in self.distance_to_goal],
        }

    def table(self) -> Table:
        """One row per frame."""
        told = self.to_dict()
        rows = zip(told["times"], told["progress"], told["distance_to_goal"], strict=True)
        columns = ["frame", "time", "progress", "distance_to_goal"]
        return Table(columns, ([frame, *row] for frame, row in enumerate(rows)))
