"""A reference and the videos matched to it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.console import Console

from inphase.alignment import Alignment
from inphase.alignment.mapping import filled
from inphase.applications.anchors import Anchors
from inphase.applications.synchronization import FORMATS
from inphase.applications.verdict import Verdict
from inphase.models import EmbeddedVideo
from inphase.results.result import Result, Table


@dataclass(frozen=True)
class Synchronization(Result):
    """A reference and the videos matched to it.

    Attributes:
        reference: the video whose pace is kept.
        queries: the other videos.
        alignments: one per query: the query frame of each reference frame.
        anchors: frames matched by hand, of these and any other videos.
        rests_on: a sentence, if the videos were matched by marks alone and nothing was compared;
            the confidence is NaN then.
    """

    reference: EmbeddedVideo
    queries: tuple[EmbeddedVideo, ...]
    alignments: tuple[Alignment, ...]
    anchors: Anchors = field(default_factory=Anchors)
    rests_on: str = ""

    formats = FORMATS

    @property
    def input_files(self) -> Sequence[Path]:
        """The reference, then the queries."""
        return [self.reference.path, *(query.path for query in self.queries)]

    def query_times(self, index: int) -> NDArray[np.float64]:
        """(reference frames,) seconds in query `index` that match each reference frame.

        NaN where an open alignment leaves a reference frame without a match.
        """
        frames = self.alignments[index].query_frames
        times = self.queries[index].times[np.maximum(frames, 0)]
        return np.where(frames < 0, np.nan, times)

    def verdicts(self) -> list[Verdict]:
        """How far each query's match can be trusted, by the reference's time."""
        if self.rests_on:
            return [Verdict(query.name, True, (), self.rests_on) for query in self.queries]
        return [
            Verdict.of(query.name, alignment.confidence, self.reference.times)
            for query, alignment in zip(self.queries, self.alignments, strict=True)
        ]

    def mappings(self) -> list[NDArray[np.int64]]:
        """(reference frames,) the frame to show, for each query.

        A reference frame without a match shows the match of the nearest one that has one.
        """
        return [filled(alignment.query_frames) for alignment in self.alignments]

    def to_dict(self) -> dict[str, Any]:
        """The result as plain values, as in the JSON file.

        A query's `frames`, `times` (seconds) and `confidence` (0..1) have one entry per reference
        frame; without a match, the frame is −1 and the time None. A query that is `mirrored` was
        matched by its mirror image. `reliable` tells whether its alignment looks right as a whole,
        and `doubtful` between which seconds of the reference it has no good match. If nothing was
        compared, `rests_on` says what the match rests on, and the confidence is None.
        """
        queries = []
        matches = zip(self.queries, self.alignments, self.verdicts(), strict=True)
        for index, (query, alignment, verdict) in enumerate(matches):
            seconds = self.query_times(index)
            queries.append(
                {
                    "name": query.name,
                    "file": str(query.path),
                    "mirrored": query.mirrored,
                    "cost": float(alignment.cost),
                    **verdict.to_dict(),
                    "frames": alignment.query_frames.tolist(),
                    "times": [None if np.isnan(t) else round(float(t), 6) for t in seconds],
                    "confidence": [
                        None if np.isnan(c) else round(float(c), 4) for c in alignment.confidence
                    ],
                }
            )
        reference = {
            "name": self.reference.name,
            "file": str(self.reference.path),
            "times": [round(float(t), 6) for t in self.reference.times],
        }
        return {
            "reference": reference,
            "queries": queries,
            "anchors": self.anchors.to_list(),
        }

    def save_separate(
        self,
        folder: str | Path,
        *,
        flip: bool = False,
        mark_doubt: bool = False,
        console: Console | None = None,
    ) -> tuple[Path, ...]:
        """Write each query to `folder/<name>.mp4`, retimed to the reference.

        With `flip`, mirrored performances are shown the same way round as the reference; with
        `mark_doubt`, queries are marked where their match is doubtful.

        Raises:
            OutputError: the folder cannot be written.
            VideoError: a video can no longer be read.
        """
        write = FORMATS.writer("separate")
        options = {"flip": flip, "mark_doubt": mark_doubt, "console": console}
        return tuple(write(self, Path(folder), **options))

    def table(self) -> Table:
        """One row per query and reference frame."""
        columns = ["query", "reference_frame", "reference_time", "query_frame", "query_time"]
        matches = zip(self.to_dict()["queries"], self.verdicts(), strict=True)
        rows = (
            [query["name"], frame, round(time, 6), *row, *one.cells(time)]
            for query, one in matches
            for frame, (time, *row) in enumerate(
                zip(
                    self.reference.times.tolist(),
                    *(query[name] for name in ("frames", "times", "confidence")),
                    strict=True,
                )
            )
        )
        return Table([*columns, "confidence", "reliable", "doubtful"], rows)
