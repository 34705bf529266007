"""Where videos repeat themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inphase.alignment.repetitions import Repetitions
from inphase.applications.repetitions import FORMATS
from inphase.errors import Skipped
from inphase.models import EmbeddedVideo
from inphase.results.result import Result, Table


@dataclass(frozen=True)
class Cuts(Result):
    """Where a video repeats itself.

    Attributes:
        video: at the frames that were searched.
        repetitions: in those frames.
        frames: (clips, 2) first frame of each clip and the frame after its last, in the video's own
            frames: one clip per repetition, or the whole video if there are none.
        spans: (clips, 2) start and end of each clip, in seconds.
        by_poses: whether the postures of a person were compared.
    """

    video: EmbeddedVideo
    repetitions: Repetitions
    frames: NDArray[np.int64]
    spans: NDArray[np.float64]
    by_poses: bool = False

    @property
    def count(self) -> int:
        """Number of repetitions; 0 if the video does not repeat itself."""
        return self.repetitions.count

    @property
    def period(self) -> float:
        """Median length of a repetition, in seconds; 0 if there are none."""
        return float(np.median(self.spans[:, 1] - self.spans[:, 0])) if self.count else 0.0

    formats = FORMATS
    json_indent = 1

    @property
    def input_files(self) -> Sequence[Path]:
        """The video."""
        return [self.video.path]

    def to_dict(self) -> dict[str, Any]:
        """The result as plain values, as in the JSON file; times in seconds."""
        return {
            "name": self.video.name,
            "file": str(self.video.path),
            "count": self.count,
            "period": round(self.period, 6),
            "confidence": round(self.repetitions.confidence, 4),
            "by_poses": self.by_poses,
            "clips": self._rows(),
        }

    def _rows(self) -> list[dict[str, Any]]:
        likeness = [*self.repetitions.likeness] if self.count else [None]
        return [
            {
                "clip": number,
                "start": round(float(begin), 6),
                "end": round(float(end), 6),
                "first_frame": int(first),
                "last_frame": int(after) - 1,
                "likeness": None if alike is None else round(float(alike), 4),
            }
            for number, ((first, after), (begin, end), alike) in enumerate(
                zip(self.frames, self.spans, likeness, strict=True), start=1
            )
        ]

    def table(self) -> Table:
        """One row per clip."""
        rows = self._rows()
        return Table(list(rows[0]), [list(row.values()) for row in rows])


@dataclass(frozen=True)
class CutVideos(Result):
    """The result of `cut_videos`.

    Attributes:
        cuts: one per video.
        skipped: videos that could not be read.
    """

    cuts: tuple[Cuts, ...]
    skipped: tuple[Skipped, ...]

    formats = FORMATS

    @property
    def input_files(self) -> Sequence[Path]:
        """The videos."""
        return [cuts.video.path for cuts in self.cuts]

    def table(self) -> Table:
        """One row per clip of each video."""
        tables = [(cuts.video.name, cuts.table()) for cuts in self.cuts]
        rows = ([name, *row] for name, table in tables for row in table.rows)
        return Table(["video", *(tables[0][1].columns if tables else ())], rows)
