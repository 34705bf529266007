"""How a video deviates from typical ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from inphase.alignment.deviation import Deviation, Segment
from inphase.applications.anomalies import FORMATS
from inphase.models import EmbeddedVideo
from inphase.results.result import Result, Table

_COLUMNS = ("start", "end", "first_frame", "last_frame", "peak_frame", "score", "p_value", "kind")


@dataclass(frozen=True)
class Anomalies(Result):
    """How a video deviates from typical ones, frame by frame.

    Attributes:
        video: the video that was checked.
        typical: names of the typical videos.
        deviation: its curves.
        segments: the parts that deviate more than half of the typical videos do, in order.
        alpha: the largest p-value that raises an alarm; about the fraction of normal videos that
            raise one.
        p_floor: the smallest p-value possible with this number of typical videos.
    """

    video: EmbeddedVideo
    typical: tuple[str, ...]
    deviation: Deviation
    segments: tuple[Segment, ...]
    alpha: float
    p_floor: float

    formats = FORMATS

    @property
    def input_files(self) -> Sequence[Path]:
        """The video that was checked."""
        return [self.video.path]

    @property
    def alarms(self) -> tuple[Segment, ...]:
        """The segments that raise an alarm at `alpha`."""
        return tuple(one for one in self.segments if one.is_alarm(self.alpha))

    @property
    def caution(self) -> str:
        """A sentence if there are too few typical videos for any alarm; otherwise empty."""
        if self.p_floor <= self.alpha:
            return ""
        needed = int(np.ceil(1 / self.alpha)) - 1
        return (
            f"{len(self.typical)} typical videos cannot show a p-value below {self.p_floor:.2g}; "
            f"an alarm at {self.alpha:g} needs {needed}."
        )

    def to_dict(self) -> dict[str, Any]:
        """The result as plain values, as in the JSON file."""
        return {
            "video": self.video.name,
            "file": str(self.video.path),
            "typical": list(self.typical),
            "alpha": self.alpha,
            "p_floor": round(self.p_floor, 6),
            "caution": self.caution,
            "segments": [
                {
                    "start": round(one.start, 6),
                    "end": round(one.end, 6),
                    "first_frame": one.first,
                    "last_frame": one.last,
                    "peak_frame": one.peak,
                    "score": round(one.score, 4),
                    "p_value": round(one.p_value, 6),
                    "kind": one.kind,
                    "alarm": one.is_alarm(self.alpha),
                }
                for one in self.segments
            ],
            "times": [round(float(time), 6) for time in self.video.times],
            "score": [round(float(value), 4) for value in self.deviation.score],
            "looks": [round(float(value), 4) for value in self.deviation.looks],
            "pace": [round(float(value), 4) for value in self.deviation.pace],
        }

    def table(self) -> Table:
        """One row per segment."""
        columns = [*_COLUMNS, "alarm"]
        rows = ([self.video.name, *map(one.get, columns)] for one in self.to_dict()["segments"])
        return Table(["video", *columns], rows)
