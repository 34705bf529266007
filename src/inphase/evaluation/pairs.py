"""Compare every ordered pair of videos once: the order of frames, and transferred key events."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inphase.alignment import AlignmentOptions, align
from inphase.alignment.mapping import filled, nearest_in
from inphase.alignment.sources import distances_between
from inphase.evaluation.metrics import (
    event_alignment_error,
    kendalls_tau_of_order,
    time_stretch,
)
from inphase.evaluation.videos import ScoredVideo


@dataclass(frozen=True)
class EventErrors:
    """Errors of transferring key events from each video to every other.

    Attributes:
        predicted: (videos, videos, events) frame in the second video; −1 unless both have it.
        frames: (videos, videos, events) |predicted − true|; NaN unless both have the event.
        seconds: (videos, videos, events) the same in seconds.
        share: (videos, videos, events) the same as a fraction of the second video's frames.
    """

    predicted: NDArray[np.int64]
    frames: NDArray[np.float64]
    seconds: NDArray[np.float64]
    share: NDArray[np.float64]


@dataclass(frozen=True)
class Pairs:
    """Scores of all ordered pairs of different videos of an action.

    Attributes:
        tau_b: (videos, videos), NaN where undefined and on the diagonal.
        tau_a: (videos, videos), likewise.
        neighbours: `neighbours[i][j]`, (frames of i,) nearest frames of j, including j = i.
        dtw: events transferred by alignment.
        nearest: events transferred by nearest neighbour.
    """

    tau_b: NDArray[np.float64]
    tau_a: NDArray[np.float64]
    neighbours: list[list[NDArray[np.int64]]]
    dtw: EventErrors
    nearest: EventErrors


def compare_pairs(
    videos: Sequence[ScoredVideo],
    *,
    stride: int = 1,
    options: AlignmentOptions = AlignmentOptions(),
    advance: Callable[[int], object] | None = None,
) -> Pairs:
    """Compare every video with every other, both ways.

    Args:
        videos: of one action.
        stride: for Kendall's τ, use every `stride`-th frame.
        options: of each alignment; the distance is also used for nearest neighbours.
        advance: called with the number of pairs just done.

    Raises:
        AlignmentError: embeddings are not finite, or an option is out of range.
    """
    count = len(videos)
    tau_b, tau_a = np.full((count, count), np.nan), np.full((count, count), np.nan)
    neighbours: list[list[NDArray[np.int64]]] = [[] for _ in videos]
    by_dtw, by_neighbour = _Carried(videos), _Carried(videos)
    for i, first in enumerate(videos):
        for j, second in enumerate(videos):
            # Named like the embeddings of a pair: the first is the reference.
            nearest = _nearest(options.distance, first.embeddings, second.embeddings)
            neighbours[i].append(nearest)
            if i == j:
                continue
            if stride > 1:
                few = first.embeddings[::stride], second.embeddings[::stride]
                strided = _nearest(options.distance, *few)
            else:
                strided = nearest
            tau = kendalls_tau_of_order(strided)
            tau_b[i, j], tau_a[i, j] = tau.tau_b, tau.tau_a
            if by_dtw.has_events(i, j):
                aligned = align(first.embeddings, second.embeddings, options)
                by_dtw.carry(i, j, aligned.query_frames)
                by_neighbour.carry(i, j, nearest)
            if advance:
                advance(1)
    return Pairs(tau_b, tau_a, neighbours, by_dtw.errors(), by_neighbour.errors())


def _nearest(
    distance: str, reference: NDArray[np.float32], query: NDArray[np.float32]
) -> NDArray[np.int64]:
    return nearest_in(distances_between(distance, reference, query))


def stretch_pairs(videos: Sequence[ScoredVideo]) -> EventErrors:
    """Key events transferred by plain time-stretching, which ignores the pictures."""
    carried = _Carried(videos)
    for i, first in enumerate(videos):
        for j, second in enumerate(videos):
            if i != j and carried.has_events(i, j):
                carried.carry(i, j, time_stretch(len(first.times), len(second.times)))
    return carried.errors()


class _Carried:
    """Collects the errors of each pair's events."""

    def __init__(self, videos: Sequence[ScoredVideo]) -> None:
        self._videos = videos
        self._events = np.stack([video.event_frames for video in videos])
        shape = (len(videos), len(videos), self._events.shape[1])
        self._predicted = np.full(shape, -1, dtype=np.int64)
        self._frames, self._seconds, self._share = (np.full(shape, np.nan) for _ in range(3))

    def has_events(self, i: int, j: int) -> bool:
        return bool(self._shared(i, j).any())

    def carry(self, i: int, j: int, mapping: NDArray[np.int64]) -> None:
        shared = self._shared(i, j)
        mapping = filled(mapping)
        error = event_alignment_error(
            mapping,
            self._events[i, shared],
            query_events=self._events[j, shared],
            query_times=self._videos[j].times,
        )
        self._predicted[i, j, shared] = mapping[self._events[i, shared]]
        self._frames[i, j, shared] = error.frames
        self._seconds[i, j, shared] = error.seconds
        self._share[i, j, shared] = error.share

    def errors(self) -> EventErrors:
        return EventErrors(self._predicted, self._frames, self._seconds, self._share)

    def _shared(self, i: int, j: int) -> NDArray[np.bool_]:
        shared: NDArray[np.bool_] = (self._events[i] >= 0) & (self._events[j] >= 0)
        return shared
