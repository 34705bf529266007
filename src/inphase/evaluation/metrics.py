"""Scores of embeddings and of alignments: pure functions of plain arrays."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from inphase.alignment.distances import squared_euclidean
from inphase.alignment.mapping import nearest_neighbours
from inphase.errors import AlignmentError


@dataclass(frozen=True)
class KendallsTau:
    """Kendall's τ of one ordered pair of videos.

    Attributes:
        tau_b: as the released code computes it: tied frames are taken out of the denominator; NaN
            where it is undefined, because there is one frame only or all have the same neighbour.
        tau_a: the paper's formula, (concordant − discordant) / all pairs of frames; NaN where
            there is one frame only.
    """

    tau_b: float
    tau_a: float


@dataclass(frozen=True)
class MeanKendallsTau:
    """Kendall's τ over all ordered pairs of videos.

    Attributes:
        tau_b: mean of τ-b; an undefined pair counts 0.
        tau_a: mean of τ-a; an undefined pair counts 0.
        pairs: number of ordered pairs.
        undefined: how many of them have no τ-b.
        stride: every how many frames were compared.
    """

    tau_b: float
    tau_a: float
    pairs: int
    undefined: int
    stride: int


@dataclass(frozen=True)
class EventAlignmentError:
    """How far an alignment puts each key event from where it is in the query.

    Attributes:
        frames: (events,) |predicted − true| in frames of the query.
        seconds: (events,) the same in seconds.
        share: (events,) ``frames`` divided by the query's number of frames.
    """

    frames: NDArray[np.int64]
    seconds: NDArray[np.float64]
    share: NDArray[np.float64]


def kendalls_tau_of_order(nearest: ArrayLike) -> KendallsTau:
    """Kendall's τ between the order of frames and that of their nearest neighbours.

    Source: Dwibedi et al., "Temporal Cycle-Consistency Learning", CVPR 2019, section 4.2.

    Args:
        nearest: (frames,) the neighbour in the other video of each frame, in order of the frames.

    Raises:
        AlignmentError: ``nearest`` is not a list of numbers.
    """
    order = np.asarray(nearest)
    if order.ndim != 1:
        raise AlignmentError(f"Nearest neighbours must be (frames,), not {order.shape}.")
    count = len(order)
    if count < 2:
        return KendallsTau(tau_b=math.nan, tau_a=math.nan)
    _, repeats = np.unique(order, return_counts=True)
    if len(repeats) == 1:
        return KendallsTau(tau_b=math.nan, tau_a=0.0)
    tau_b = float(stats.kendalltau(np.arange(count), order).statistic)
    # The frames themselves have no ties, so the two differ by the neighbours' ties alone.
    pairs = count * (count - 1) / 2
    tied = float((repeats * (repeats - 1) / 2).sum())
    return KendallsTau(tau_b=tau_b, tau_a=tau_b * math.sqrt((pairs - tied) / pairs))


def kendalls_tau(a: ArrayLike, b: ArrayLike, *, stride: int = 1) -> KendallsTau:
    """Kendall's τ of one ordered pair: do the nearest neighbours of a's frames in b keep a's order?

    Args:
        a: (n, dims) embeddings of a video's frames.
        b: (m, dims) embeddings of another's.
        stride: compare every so many frames of both.

    Raises:
        AlignmentError: an input is empty or not finite, the dimensions differ, or ``stride`` < 1.
    """
    _check_stride(stride)
    first, second = np.asarray(a)[::stride], np.asarray(b)[::stride]
    return kendalls_tau_of_order(nearest_neighbours(squared_euclidean(first, second)))


def kendalls_tau_pairs(embeddings: Sequence[ArrayLike], *, stride: int = 1) -> MeanKendallsTau:
    """Kendall's τ over all ordered pairs of different videos.

    Args:
        embeddings: at least two, (frames, dims) each.
        stride: compare every so many frames.

    Returns:
        The means, in which an undefined pair counts 0, and how many there were.

    Raises:
        AlignmentError: fewer than two videos, or as :func:`kendalls_tau`.
    """
    if len(embeddings) < 2:
        raise AlignmentError(f"Kendall's tau needs at least two videos, not {len(embeddings)}.")
    _check_stride(stride)
    taus = []
    for i, a in enumerate(embeddings):
        for j, b in enumerate(embeddings):
            if i == j:
                continue
            taus.append(kendalls_tau(a, b, stride=stride))
    return MeanKendallsTau(
        tau_b=float(np.mean(np.nan_to_num([tau.tau_b for tau in taus]))),
        tau_a=float(np.mean(np.nan_to_num([tau.tau_a for tau in taus]))),
        pairs=len(taus),
        undefined=sum(math.isnan(tau.tau_b) for tau in taus),
        stride=stride,
    )


def event_alignment_error(
    mapping: ArrayLike,
    reference_events: ArrayLike,
    *,
    query_events: ArrayLike,
    query_times: ArrayLike,
) -> EventAlignmentError:
    """Compare where an alignment puts the reference's key events with where the query has them.

    Args:
        mapping: (reference frames,) the query frame of each reference frame.
        reference_events: (events,) reference frames.
        query_events: (events,) query frames of the same events in the same order.
        query_times: (query frames,) seconds.

    Raises:
        AlignmentError: the shapes do not fit, an event or a match lies outside its video, or an
            event's frame has no match (an alignment with open ends leaves some without).
    """
    frames = np.asarray(mapping, dtype=np.int64)
    times = np.asarray(query_times, dtype=np.float64)
    events = np.asarray(reference_events, dtype=np.int64)
    true = np.asarray(query_events, dtype=np.int64)
    if any(array.ndim != 1 for array in (frames, times, events, true)):
        raise AlignmentError("The mapping, the events and the times must be plain lists.")
    if events.shape != true.shape:
        raise AlignmentError(
            f"The reference has {len(events)} events and the query {len(true)}; "
            "both need the same, in the same order."
        )
    _check_inside(events, len(frames), "The reference's event")
    _check_inside(true, len(times), "The query's event")
    predicted = frames[events]
    if (predicted < 0).any():
        missing = events[predicted < 0][0]
        raise AlignmentError(
            f"The event at reference frame {missing} has no match in the query; "
            "align without open ends to score events."
        )
    _check_inside(predicted, len(times), "The match of an event")
    error = np.abs(predicted - true)
    return EventAlignmentError(
        frames=error,
        seconds=np.abs(times[predicted] - times[true]),
        share=error / max(len(times), 1),
    )


def time_stretch(n_reference: int, n_query: int) -> NDArray[np.int64]:
    """Mapping that plays the query evenly from first to last frame: what any alignment must beat.

    Args:
        n_reference: number of reference frames.
        n_query: number of query frames.

    Returns:
        (n_reference,) query frames, never decreasing.

    Raises:
        AlignmentError: a video has no frames.
    """
    if n_reference < 1 or n_query < 1:
        raise AlignmentError(
            f"There are no frames to align: {n_reference} in the reference, {n_query} in the query."
        )
    # In whole numbers, so that a half always rounds up.
    steps, last = max(n_reference - 1, 1), n_query - 1
    frames = np.arange(n_reference, dtype=np.int64)
    return (2 * frames * last + steps) // (2 * steps)


def _check_stride(stride: int) -> None:
    if stride < 1:
        raise AlignmentError(f"The stride must be at least 1, not {stride}.")


def _check_inside(frames: NDArray[np.int64], count: int, what: str) -> None:
    outside = frames[(frames < 0) | (frames >= count)]
    if len(outside):
        raise AlignmentError(f"{what} at frame {outside[0]} lies outside 0..{count - 1}.")
