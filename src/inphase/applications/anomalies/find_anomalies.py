"""Anomaly detection: compare a video with typical ones (paper, section 5.3)."""

import logging
from collections.abc import Hashable, Sequence

import numpy as np
from rich.console import Console

from inphase.alignment.deviation import TypicalCourse
from inphase.applications.anomalies.result import Anomalies
from inphase.errors import AlignmentError
from inphase.models import EmbeddedVideo, Embeddings
from inphase.progress import progress_bar
from inphase.results.places import same_file

_log = logging.getLogger(__name__)


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
    """Find where a video deviates from typical ones, in looks or in pace.

    The distance along the alignment to the nearest typical video shows where a frame looks unlike
    any of theirs. A video that stops, hurries or leaves a part out looks typical in every frame;
    this shows in how fast it passes through the nearest typical video. Both are calibrated by
    comparing each typical video with the others in the same way.

    Source: Dwibedi et al., "Temporal Cycle-Consistency Learning", CVPR 2019, section 5.3 (anomaly
    detection; the pace and the calibration are additions).

    Args:
        video: to check. A typical video of the same file is left out.
        typical: at least two; 19 or more for alarms at 0.05.
        alpha: fraction of normal videos that may raise an alarm.
        groups: of the typical videos, such as the person or place; videos of a group are left out
            together, so that a new person or place is not an anomaly. By default each video is its
            own group.
        span: seconds over which distances are averaged and pace is measured.
        distance: between two embeddings.
        console: where a progress bar goes; by default nowhere.

    Raises:
        AlignmentError: there are fewer than two typical videos (or groups), the embeddings are
            not from one model, or an option is out of range.
    """
    check_options(alpha=alpha, span=span)
    everything = list(typical)
    own = list(range(len(everything))) if groups is None else list(groups)
    kept = [index for index, one in enumerate(everything) if not same_file(one.path, video.path)]
    others = [everything[index] for index in kept]
    if len(others) < len(everything):
        _log.info("%s is one of the typical videos; it is not compared with itself.", video.name)
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
    segments = course.segments(deviation, video.times)
    names = tuple(one.name for one in others)
    return Anomalies(video, names, deviation, segments, alpha, course.p_floor)


def check_options(*, alpha: float, span: float) -> None:
    """Refuse options that `find_anomalies` cannot use, before minutes of work.

    Raises:
        AlignmentError: an option is out of range.
    """
    if not 0 < alpha < 1:
        raise AlignmentError(f"alpha must be between 0 and 1, not {alpha:g}.")
    if not 0 < span < np.inf:
        raise AlignmentError(f"The span must be a number of seconds above 0, not {span:g}.")
