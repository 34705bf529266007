"""How far a whole video has come at each of its frames."""

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
    """Progress and distance to the goal of a whole video, each told from the frames so far.

    Attributes:
        video: that was followed.
        demonstrations: names of the videos it was held against.
        progress: (frames,) 0..1.
        distance_to_goal: (frames,) in units of a demonstration's first frame's.
    """

    video: EmbeddedVideo
    demonstrations: tuple[str, ...]
    progress: NDArray[np.float64]
    distance_to_goal: NDArray[np.float64]

    formats = FORMATS

    @property
    def input_files(self) -> Sequence[Path]:
        """The video that was followed."""
        return [self.video.path]

    def to_dict(self) -> dict[str, Any]:
        """Plain values, as the JSON file holds them."""
        return {
            "video": self.video.name,
            "file": str(self.video.path),
            "demonstrations": list(self.demonstrations),
            "times": [round(float(time), 6) for time in self.video.times],
            "progress": [round(float(value), 5) for value in self.progress],
            "distance_to_goal": [round(float(value), 5) for value in self.distance_to_goal],
        }

    def table(self) -> Table:
        """One row a frame."""
        told = self.to_dict()
        rows = zip(told["times"], told["progress"], told["distance_to_goal"], strict=True)
        columns = ["frame", "time", "progress", "distance_to_goal"]
        return Table(columns, ([frame, *row] for frame, row in enumerate(rows)))
