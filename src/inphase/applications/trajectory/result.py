"""Where the frames of videos lie in a plane."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inphase.applications.trajectory import FORMATS
from inphase.applications.trajectory.projection import Method
from inphase.results.result import Result, Table


@dataclass(frozen=True)
class Path2d:
    """The path of one video through the plane.

    Attributes:
        name: of the video.
        path: of its file.
        times: (frames,) seconds.
        points: (frames, 2).
        shown: frames shown as pictures.
        added: whether it was placed in a map shaped by other videos.
    """

    name: str
    path: Path
    times: NDArray[np.float64]
    points: NDArray[np.float64]
    shown: tuple[int, ...]
    added: bool = False


@dataclass(frozen=True)
class Trajectories(Result):
    """Where the frames of videos lie in a plane.

    Attributes:
        videos: in the order given; those added to the map come last.
        method: of projection.
        seed: of the map and of the frames shown.
    """

    videos: tuple[Path2d, ...]
    method: Method
    seed: int

    formats = FORMATS

    @property
    def input_files(self) -> Sequence[Path]:
        """The videos."""
        return [video.path for video in self.videos]

    def to_dict(self) -> dict[str, Any]:
        """The coordinates as plain values, as in the JSON file.

        `shown` lists the numbers of the frames shown in the plot.
        """
        return {
            "method": self.method,
            "seed": self.seed,
            "videos": [
                {
                    "name": video.name,
                    "file": str(video.path),
                    "added": video.added,
                    "shown": list(video.shown),
                    "times": [round(float(time), 6) for time in video.times],
                    "x": [round(float(x), 6) for x in video.points[:, 0]],
                    "y": [round(float(y), 6) for y in video.points[:, 1]],
                }
                for video in self.videos
            ],
        }

    def table(self) -> Table:
        """One row per frame."""
        rows = (
            [video.name, frame, *(round(float(value), 6) for value in (time, x, y))]
            for video in self.videos
            for frame, (time, (x, y)) in enumerate(zip(video.times, video.points, strict=True))
        )
        return Table(["video", "frame", "time", "x", "y"], rows)
