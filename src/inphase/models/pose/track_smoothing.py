"""Landmarks smoothed over time, with frames before and after: what shakes goes, nothing lags.

The less a landmark moves, the longer the time over which it is averaged, as in the One Euro Filter
(Casiez et al., CHI 2012), which has only the frames before and therefore lags.
"""

import numpy as np
from numpy.typing import NDArray

from inphase.models.smoothing import smooth_over_time

Array = NDArray[np.float64]

# Standard deviations in seconds: over what time it is measured how fast a landmark moves, and over
# what time around a moment this counts.
_FOR_SPEED = 0.06
_AROUND = 0.12
# The deviation of the average of what stands still, and what divides it at one torso a second.
_LONGEST = 0.12
_PER_SPEED = 6.0
# Beyond this many deviations a frame does not count.
_REACH = 3.01


def smooth_landmarks(landmarks: NDArray[np.float32], times: Array) -> NDArray[np.float32]:
    """Smooth a track; each stretch of frames without a gap on its own.

    Args:
        landmarks: (frames, 33, 7) as in [`Landmarks`][inphase.models.pose.Landmarks], NaN where
            nobody was found.
        times: (frames,) seconds, ascending.

    Returns:
        (frames, 33, 7).
    """
    smoothed = landmarks.copy()
    found = ~np.isnan(landmarks[:, 0, 0])
    edges = np.flatnonzero(np.diff(np.concatenate([[False], found, [False]]).astype(int)))
    for first, end in edges.reshape(-1, 2):
        stretch = landmarks[first:end].astype(np.float64)
        smoothed[first:end] = _smooth(stretch, times[first:end])
    return smoothed


def _smooth(landmarks: Array, times: Array) -> Array:
    picture, visibility, world = np.split(landmarks, [3, 4], axis=2)
    parts = [
        _adapted(picture, times, _torso(picture[..., :2])),
        _averaged(visibility, times),
        _adapted(world, times, _torso(world)),
    ]
    return np.concatenate(parts, axis=2)


def _torso(places: Array) -> float:
    """The median distance between the middles of the shoulders and of the hips."""
    shoulders, hips = places[:, 11:13].mean(axis=1), places[:, 23:25].mean(axis=1)
    return max(float(np.median(np.linalg.norm(shoulders - hips, axis=-1))), 1e-6)


def _adapted(places: Array, times: Array, unit: float) -> Array:
    """Places, (frames, landmarks, axes), averaged for longer where a landmark moves less."""
    constant = np.full((*places.shape[:2], 1), _FOR_SPEED)
    _, velocity = _fitted(places, times, constant)
    speed = np.linalg.norm(velocity, axis=-1, keepdims=True) / unit
    # At a turning point a landmark stands still for a moment: averaged for long, it would not get
    # there. So what counts is how fast it is around that moment.
    speed = np.sqrt(_averaged(speed**2, times))
    return _fitted(places, times, _LONGEST / (1 + _PER_SPEED * speed))[0]


def _averaged(values: Array, times: Array) -> Array:
    flat = values.reshape(len(values), -1).astype(np.float32)
    return smooth_over_time(flat, times, _AROUND).reshape(values.shape).astype(np.float64)


def _fitted(values: Array, times: Array, deviations: Array) -> tuple[Array, Array]:
    """Lines fitted around each frame, by least squares with Gaussian weights in time.

    At the ends of a track, where all neighbours lie on one side, a mean would lag; a line does not.

    Args:
        values: (frames, landmarks, axes).
        times: (frames,) seconds, ascending.
        deviations: (frames, landmarks, 1) of the Gaussians, in seconds.

    Returns:
        The lines' values at the frame itself and their slopes per second, both like `values`.
    """
    frames = len(times)
    reach = _REACH * deviations.max()
    furthest = int((np.searchsorted(times, times + reach) - np.arange(frames)).max())
    # Sums of the weights times 1, time and its square, and times values and values · time.
    ones, first, second = (np.zeros_like(deviations) for _ in range(3))
    sums, products = np.zeros_like(values), np.zeros_like(values)
    for step in range(-furthest, furthest + 1):
        here = np.arange(max(0, -step), frames - max(0, step))
        there = here + step
        apart = (times[there] - times[here])[:, None, None]
        weights = np.exp(-((apart / deviations[here]) ** 2) / 2)
        ones[here] += weights
        first[here] += weights * apart
        second[here] += weights * apart**2
        sums[here] += weights * values[there]
        products[here] += weights * apart * values[there]
    spread = second - first**2 / ones
    # Where no neighbour counts there is no slope.
    slopes = np.where(
        spread > 0, (products - first / ones * sums) / np.where(spread > 0, spread, 1), 0
    )
    return (sums - slopes * first) / ones, slopes
