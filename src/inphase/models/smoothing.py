"""Embeddings averaged over a short time: flicker between frames goes, the action stays."""

import numpy as np
from numpy.typing import NDArray

# Beyond this many deviations a frame no longer counts. A little more than three: at common rates
# and deviations a frame lies exactly three away, and rounding must not decide whether it counts.
_REACH = 3.01


def smooth_over_time(
    embeddings: NDArray[np.float32], times: NDArray[np.float64], deviation: float
) -> NDArray[np.float32]:
    """Mean of each frame's neighbours, weighted by a Gaussian of their distance in time.

    Args:
        embeddings: (frames, dims).
        times: (frames,) seconds, ascending.
        deviation: of the Gaussian, in seconds; 0 changes nothing.

    Returns:
        (frames, dims).
    """
    if not deviation:
        return embeddings
    first, end = _neighbours(times, deviation)
    own = np.arange(len(times))
    total = np.zeros(embeddings.shape)
    weights = np.zeros(len(times))
    for step in range(int((first - own).min()), int((end - own).max())):
        here = own[max(0, -step) : len(times) - max(0, step)]
        there = here + step
        weight = np.exp(-(((times[there] - times[here]) / deviation) ** 2) / 2)
        weight *= (first[here] <= there) & (there < end[here])
        total[here] += weight[:, None] * embeddings[there]
        weights[here] += weight
    smoothed: NDArray[np.float32] = (total / weights[:, None]).astype(np.float32)
    return smoothed


def frames_to_smooth(
    times: NDArray[np.float64], indices: NDArray[np.int64], deviation: float
) -> NDArray[np.int64]:
    """The frames of a video, in order, that determine the smoothed embeddings of some of them."""
    if not deviation:
        return np.unique(indices)
    first, end = _neighbours(times, deviation)
    spans = [np.arange(first[index], end[index]) for index in indices]
    return np.unique(np.concatenate(spans))


def _neighbours(
    times: NDArray[np.float64], deviation: float
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """For each frame, the first that counts and the one after the last."""
    first = np.searchsorted(times, times - _REACH * deviation, side="left")
    end = np.searchsorted(times, times + _REACH * deviation, side="right")
    return first, end
