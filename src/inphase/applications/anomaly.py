"""Anomaly detection: where a video strays from typical ones (paper, section 5)."""

import csv
import json
import logging
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console

from inphase.alignment.deviation import Deviation, TypicalCourse
from inphase.applications.output_file import check_output_file, same_file
from inphase.atomic import replacing
from inphase.errors import AlignmentError
from inphase.models import EmbeddedVideo, Embeddings
from inphase.progress import progress_bar

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Segment:
    """A part of a video that strays from the typical ones.

    Attributes:
        first: frame.
        last: frame.
        peak: frame at which it strays most.
        start: seconds, when the first frame appears.
        end: seconds, when the last frame appears.
        score: at the peak; 1 is what nine of ten typical videos stay below throughout.
        p_value: the probability that a normal video strays as far anywhere.
        kind: ``"looks"``, ``"slow"`` or ``"fast"``: what strays.
    """

    first: int
    last: int
    peak: int
    start: float
    end: float
    score: float
    p_value: float
    kind: str


@dataclass(frozen=True)
class Anomalies:
    """How a video strays from typical ones, frame by frame.

    Attributes:
        video: that was judged.
        typical: names of the typical videos.
        deviation: its curves.
        segments: the parts that stray further than half of the typical videos do, in order.
        alpha: the largest p-value that is an alarm: about the share of normal videos that raise
            one.
        p_floor: the least p-value that so many typical videos can show.
    """

    video: EmbeddedVideo
    typical: tuple[str, ...]
    deviation: Deviation
    segments: tuple[Segment, ...]
    alpha: float
    p_floor: float

    @property
    def alarms(self) -> tuple[Segment, ...]:
        """The segments with a p-value of at most ``alpha``."""
        return tuple(one for one in self.segments if one.p_value <= self.alpha)

    @property
    def caution(self) -> str:
        """One sentence where there are too few typical videos for any alarm; else empty."""
        if self.p_floor <= self.alpha:
            return ""
        needed = int(np.ceil(1 / self.alpha)) - 1
        return (
            f"{len(self.typical)} typical videos cannot show a p-value below {self.p_floor:.2g}; "
            f"an alarm at {self.alpha:g} takes {needed}."
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain values, as the JSON file holds them."""
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
                    "alarm": one.p_value <= self.alpha,
                }
                for one in self.segments
            ],
            "times": [round(float(time), 6) for time in self.video.times],
            "score": [round(float(value), 4) for value in self.deviation.score],
            "looks": [round(float(value), 4) for value in self.deviation.looks],
            "pace": [round(float(value), 4) for value in self.deviation.pace],
        }

    def save(self, path: str | Path, *, width: int = 1200) -> None:
        """Write the result, in the form that the suffix asks for, whole or not at all.

        ``.png``, ``.svg``: the curve, with the frames at its peaks. ``.html``: a page with the
        plot and a table of the segments. ``.json``: everything. ``.csv``: the segments.

        Args:
            width: of the .png in pixels.

        Raises:
            OutputError: another suffix, or the place cannot be written.
            VideoError: the video can no longer be read.
        """
        path = Path(path)
        check_output(path, [self.video.path])
        # Here, because drawing is slow to import and not every result is drawn.
        if path.suffix in (".png", ".svg"):
            from inphase.applications.anomaly_report import write_plot

            write_plot(path, self, width=width)
        elif path.suffix == ".html":
            from inphase.applications.anomaly_report import write_page

            write_page(path, self)
        else:
            with replacing(path) as beside:
                _WRITERS[path.suffix](beside, self)


def find_anomalies(
    video: EmbeddedVideo,
    typical: Embeddings | Sequence[EmbeddedVideo],
    *,
    alpha: float = 0.05,
    groups: Sequence[Hashable] | None = None,
    span: float = 0.2,
    distance: str = "squared_euclidean",
    console: Console | None = None,
) -> Anomalies:
    """Find where a video strays from typical ones, in its looks and in its pace.

    The distance along the alignment to the nearest typical video says where a frame looks like
    none of theirs. A video that stops, hurries, or leaves a part out looks typical in each frame:
    that is told by how fast it passes through the nearest typical video. Both are calibrated by
    comparing each typical video with the others in the same way.

    Source: Dwibedi et al., "Temporal Cycle-Consistency Learning", CVPR 2019, section 5.3 (anomaly
    detection; the pace and the calibration are additions).

    Args:
        video: to judge. A typical video of the same file is left out.
        typical: at least two; 19 or more for alarms at 0.05.
        alpha: the share of normal videos that may raise an alarm.
        groups: of the typical videos: who or where; videos of one group are left out together, so
            that a new person or place is not an anomaly. By default each is its own.
        span: seconds over which distances are averaged and pace is measured.
        distance: between two embeddings.
        console: where a progress bar goes; by default nowhere.

    Raises:
        AlignmentError: there are fewer than two typical videos (of two groups), the embeddings
            are not of one model, or an option is out of range.
    """
    check_options(alpha=alpha, span=span)
    everything = list(typical)
    own = list(range(len(everything))) if groups is None else list(groups)
    kept = [index for index, one in enumerate(everything) if not same_file(one.path, video.path)]
    others = [everything[index] for index in kept]
    if len(others) < len(everything):
        _log.info("%s is among the typical videos and is left out of them.", video.name)
    with progress_bar("Comparing", len(others), console=console) as bar:
        course = TypicalCourse(
            [one.embeddings for one in others],
            [one.frame_time for one in others],
            groups=[own[index] for index in kept],
            span=span,
            distance=distance,
            advance=bar.advance,
        )
    deviation = course.deviation(video.embeddings, video.frame_time)
    found = [
        Segment(
            part.first,
            part.last,
            part.peak,
            start=float(video.times[part.first]),
            end=float(video.times[part.last]),
            score=part.score,
            p_value=part.p_value,
            kind=part.kind,
        )
        for part in course.parts(deviation)
    ]
    names = tuple(one.name for one in others)
    return Anomalies(video, names, deviation, tuple(found), alpha, course.p_floor)


def check_options(*, alpha: float, span: float) -> None:
    """Refuse what :func:`find_anomalies` cannot work with, before minutes of work.

    Raises:
        AlignmentError: an option is out of range.
    """
    if not 0 < alpha < 1:
        raise AlignmentError(f"alpha must be between 0 and 1, not {alpha:g}.")
    if not 0 < span < np.inf:
        raise AlignmentError(f"The span must be a number of seconds above 0, not {span:g}.")


def check_output(path: str | Path, sources: Iterable[Path]) -> None:
    """Refuse what :meth:`Anomalies.save` cannot or must not write, before minutes of work.

    Raises:
        OutputError: another suffix, or a video would be lost.
    """
    check_output_file(path, sources, suffixes=[".png", ".svg", ".html", *_WRITERS])


def _write_json(path: Path, result: Anomalies) -> None:
    path.write_text(json.dumps(result.to_dict(), ensure_ascii=False) + "\n", encoding="utf-8")


def _write_csv(path: Path, result: Anomalies) -> None:
    names = ["start", "end", "first_frame", "last_frame", "peak_frame"]
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, ["video", *names, "score", "p_value", "kind", "alarm"])
        writer.writeheader()
        for row in result.to_dict()["segments"]:
            writer.writerow({"video": result.video.name, **row})


_WRITERS: dict[str, Callable[[Path, Anomalies], None]] = {".json": _write_json, ".csv": _write_csv}
