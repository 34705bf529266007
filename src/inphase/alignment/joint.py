"""Align many videos jointly: each with their barycentre, and thus all with each other."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from inphase.alignment.dtw import WarpingPath, whole_path
from inphase.alignment.medoid import medoid
from inphase.alignment.sources import distances_between, enough_memory
from inphase.errors import AlignmentError

Points = NDArray[np.float64]


@dataclass(frozen=True)
class JointAlignment:
    """Videos aligned with a common barycentre.

    Attributes:
        barycentre: (positions, dims) the mean course of the action.
        paths: one per video: positions of the barycentre (as reference) and its frames (as query).
        costs: (rounds + 1,) mean distance along the paths of all videos, at the start and after
            each round.
        medoid: index of the video that the barycentre started from.
        smoothing: of the paths, as a fraction of their steps.
    """

    barycentre: NDArray[np.float32]
    paths: tuple[WarpingPath, ...]
    costs: NDArray[np.float64]
    medoid: int
    smoothing: float

    def __len__(self) -> int:
        return len(self.paths)

    def positions(self, video: int) -> Points:
        """(frames,) position of each frame on the barycentre, 0..positions − 1, non-decreasing."""
        return np.clip(self._positions(video), 0, len(self.barycentre) - 1)

    def frames(self, video: int, positions: ArrayLike) -> Points:
        """The (fractional) frame at which a video passes each position of the barycentre."""
        places, frames = self._curves[video]
        at = np.asarray(positions, dtype=np.float64)
        return np.clip(_along(at, places, frames), 0, self.lengths[video] - 1)

    def mapping(self, reference: int, query: int) -> NDArray[np.int64]:
        """Match each frame of one video to a frame of another, by way of the barycentre.

        Returns:
            (reference frames,) query frames, never decreasing.
        """
        return np.rint(self.frames(query, self._positions(reference))).astype(np.int64)

    def _positions(self, video: int) -> Points:
        places, frames = self._curves[video]
        return _along(np.arange(self.lengths[video]), frames, places)

    @property
    def lengths(self) -> tuple[int, ...]:
        """Number of frames of each video."""
        return tuple(int(path.query[-1]) + 1 for path in self.paths)

    @cached_property
    def _curves(self) -> tuple[tuple[Points, Points], ...]:
        return tuple(_curve(path, self.smoothing) for path in self.paths)


def joint_align(
    embeddings: Sequence[ArrayLike],
    *,
    start: int | None = None,
    length: int | None = None,
    rounds: int = 10,
    tolerance: float = 1e-3,
    smoothing: float = 0.08,
    distance: str = "squared_euclidean",
    window: float | None = None,
    max_slope: int | None = None,
    seed: int = 0,
    advance: Callable[[int], object] | None = None,
) -> JointAlignment:
    """Align videos with their barycentre, found by averaging along the paths.

    N videos take N alignments per round, not N², and the mapping between any two by way of the
    barycentre is consistent: a → b → c → a returns to the start except for rounding.

    The frames of each video have the same total weight, so that a slow video does not dominate the
    barycentre. A path waits or jumps whenever one of the videos waits, often only because of noise,
    so the curve through each path is smoothed before it is used.

    Source: Petitjean et al., "A global averaging method for dynamic time warping, with
    applications to clustering", Pattern Recognition 2011.

    Args:
        embeddings: one (frames, dims) per video.
        start: index of the video to start from; by default the medoid.
        length: number of positions of the barycentre; by default the median number of frames.
        rounds: maximum number of rounds.
        tolerance: stop when a round lowers the cost by less than this fraction.
        smoothing: standard deviation of a Gaussian along a path, as a fraction of its steps; 0 for
            none.
        distance: between two embeddings.
        window: see [`dtw`][inphase.alignment.dtw].
        max_slope: see [`dtw`][inphase.alignment.dtw].
        seed: of the medoid's random draw if there are many videos.
        advance: called with 1 after each round.

    Raises:
        AlignmentError: there is no video, one is empty or not finite, the dimensions differ, an
            option is out of range, or no path stays within the limits.
    """
    videos = [np.asarray(video) for video in embeddings]
    if not videos:
        raise AlignmentError("There are no videos to align.")
    if rounds < 0 or smoothing < 0:
        raise AlignmentError("rounds and smoothing must be at least 0.")
    if start is None:
        start = medoid(videos, distance=distance, seed=seed).index
    elif not 0 <= start < len(videos):
        raise AlignmentError(f"There are {len(videos)} videos; there is no video {start}.")
    if length is None:
        length = round(float(np.median([len(video) for video in videos])))
    elif length < 1:
        raise AlignmentError(f"The barycentre needs at least one position, not {length}.")
    barycentre = _resampled(videos[start], length)
    costs: list[float] = []
    while True:
        with enough_memory(barycentre, *videos):
            paths = tuple(
                whole_path(
                    distances_between(distance, barycentre, video),
                    window=window,
                    max_slope=max_slope,
                )
                for video in videos
            )
        costs.append(float(np.mean([path.cost / len(path.reference) for path in paths])))
        settled = len(costs) > 1 and costs[-2] - costs[-1] <= tolerance * costs[-2]
        if settled or len(costs) > rounds:
            break
        barycentre = _mean_along(paths, videos, length)
        if advance:
            advance(1)
    return JointAlignment(barycentre.astype(np.float32), paths, np.array(costs), start, smoothing)


def _mean_along(
    paths: Sequence[WarpingPath], videos: Sequence[NDArray[Any]], length: int
) -> Points:
    """For each position, the mean of the frames that the paths match to it."""
    total, weight = np.zeros((length, videos[0].shape[1])), np.zeros(length)
    for path, video in zip(paths, videos, strict=True):
        share = 1.0 / len(path.reference)
        starts = np.searchsorted(path.reference, np.arange(length))
        matched = video[path.query].astype(np.float64)
        total += share * np.add.reduceat(matched, starts, axis=0)
        weight += share * np.diff(starts, append=len(path.reference))
    return total / weight[:, None]


def _resampled(video: NDArray[Any], length: int) -> Points:
    frames = np.linspace(0, len(video) - 1, length).round().astype(np.int64)
    resampled: Points = video[frames].astype(np.float64)
    return resampled


def _curve(path: WarpingPath, smoothing: float) -> tuple[Points, Points]:
    """Positions and frames along a path, smoothed."""
    deviation = smoothing * len(path.reference)
    if deviation == 0:
        return path.reference.astype(np.float64), path.query.astype(np.float64)
    reach = int(4 * deviation) + 1
    # As if both continued evenly beyond the ends, where smoothing would otherwise bend the curve.
    before, after = np.arange(-reach, 0) / 2, np.arange(1, reach + 1) / 2
    longer = (
        np.concatenate([side[0] + before, side, side[-1] + after])
        for side in (path.reference, path.query)
    )
    from scipy.ndimage import gaussian_filter1d  # slow to load, and only used here

    places, frames = (gaussian_filter1d(side, deviation) for side in longer)
    return places, frames


def _along(at: NDArray[Any], known: Points, values: Points) -> Points:
    """Interpolate between known points; where several values share a point, take the middle."""
    points, place = np.unique(known, return_inverse=True)
    means = np.bincount(place, weights=values) / np.bincount(place)
    found: Points = np.interp(at, points, means)
    return found
