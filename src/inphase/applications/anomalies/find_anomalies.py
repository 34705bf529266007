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
    segments = course.segments(deviation, video.times)
    names = tuple(one.name for one in others)
    return Anomalies(video, names, deviation, segments, alpha, course.p_floor)


def check_options(*, alpha: float, span: float) -> None:
    """Refuse what :func:`find_anomalies` cannot work with, before minutes of work.

    Raises:
        AlignmentError: an option is out of range.
    """
    if not 0 < alpha < 1:
        raise AlignmentError(f"alpha must be between 0 and 1, not {alpha:g}.")
    if not 0 < span < np.inf:
        raise AlignmentError(f"The span must be a number of seconds above 0, not {span:g}.")
