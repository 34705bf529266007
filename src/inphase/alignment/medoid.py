"""Find the most typical of many videos: the default reference."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from inphase.alignment.distances import checked_pair, distance_named
from inphase.alignment.medoid_kernels import costs_per_step
from inphase.errors import AlignmentError

# Enough to find the video in the middle; the time for a path grows with the square of this.
_FRAMES = 100
_COMPARED = 50


@dataclass(frozen=True)
class Medoid:
    """The video that is cheapest to align with the others.

    Attributes:
        index: of that video.
        costs: (videos,) mean distance along the path, averaged over the videos compared with.
    """

    index: int
    costs: NDArray[np.float64]


def medoid(
    embeddings: Sequence[ArrayLike],
    *,
    distance: str = "squared_euclidean",
    compared: int = _COMPARED,
    seed: int = 0,
    advance: Callable[[int], object] | None = None,
) -> Medoid:
    """Find the video with the lowest mean alignment cost with the others.

    A path's cost is divided by its number of steps, so that short videos have no advantage. Long
    videos are thinned to 100 frames. If there are many videos, each is compared with the same
    `compared` ones drawn at random, so that the number of alignments grows with N, not N². All
    cores are used; the result does not depend on their number.

    Source: Eppstein and Wang, "Fast approximation of centrality", 2004 (comparing with a sample).

    Args:
        embeddings: one (frames, dims) per video.
        distance: between two embeddings.
        compared: number of videos to compare each with; all pairs, if there are no more others.
        seed: of the draw.
        advance: called with the number of videos just compared, in the caller's thread.

    Raises:
        AlignmentError: there is no video, one is empty or not finite, or the dimensions differ.
    """
    if not embeddings:
        raise AlignmentError("There are no videos to choose a reference from.")
    if compared < 1:
        raise AlignmentError(f"compared must be at least 1, not {compared}.")
    measure = distance_named(distance)
    thinned = [_thinned(np.asarray(video)) for video in embeddings]
    videos = [checked_pair(thinned[0], video)[1] for video in thinned]
    count = len(videos)
    if count == 1:
        return Medoid(index=0, costs=np.zeros(1))
    if count - 1 <= compared:
        chosen = np.arange(count)
    else:
        chosen = np.sort(np.random.default_rng(seed).permutation(count)[:compared])
    together = np.concatenate([videos[video] for video in chosen])
    starts = np.cumsum([0, *(len(videos[video]) for video in chosen)])
    place = {int(video): column for column, video in enumerate(chosen)}

    def compare(video: int) -> NDArray[np.float64]:
        """Costs with the chosen videos, without those that a chosen one leaves to others."""
        begin = place[video] + 1 if video in place else 0
        if begin == len(chosen):
            return np.empty(0)
        distances = measure(videos[video], together[starts[begin] :])
        return costs_per_step(distances, starts[begin:] - starts[begin])

    costs = np.full((count, len(chosen)), np.nan)
    # Products of several threads that each start threads of their own would wait for one another.
    with threadpool_limits(1, "blas"), ThreadPoolExecutor(os.cpu_count()) as pool:
        for video, found in enumerate(pool.map(compare, range(count))):
            costs[video, len(chosen) - len(found) :] = found
            if video in place:  # the path back costs the same
                costs[chosen[place[video] + 1 :], place[video]] = found
            if advance:
                advance(1)
    means = np.nanmean(costs, axis=1)
    return Medoid(index=int(means.argmin()), costs=means)


def _thinned(video: NDArray[Any]) -> NDArray[Any]:
    if video.ndim != 2 or len(video) <= _FRAMES:
        return video
    return video[np.linspace(0, len(video) - 1, _FRAMES).round().astype(np.int64)]
