"""Fit one cycle of a movement to a sequence that repeats it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from inphase.alignment.distances import squared_euclidean
from inphase.alignment.repetition_kernels import round_and_round
from inphase.alignment.runs import runs

Floats = NDArray[np.float32]

PLACES = 32
"""Number of places in a cycle; the sequence is resampled to about one frame a place."""

# Cost of staying at a place for a frame, of going on by one place, two, or three.
_PACE = np.array([0.5, 0.0, 0.25, 0.5])
# Share of a cycle that must be explained to come back into it.
_ENTER = 0.25
_ROUNDS = 4
# Distance beyond which two frames are not the same moment, as a fraction of the typical one.
_ALIKE = 0.7
# Motion is measured over a quarter of a cycle; its share of a typical distance.
_REACH, _MOTION = 1 / 8, 0.5
_SAMPLED = 600


@dataclass(frozen=True)
class Cycle:
    """A cycle, and how a sequence goes through it.

    Attributes:
        period: length of the piece that it was fitted from, in frames.
        places: (PLACES, dims) the frame at each place.
        extent: how far the cycle reaches, as a fraction of the typical distance of two frames.
        explained: what it explains of the sequence, in cycles.
        way: place at every frame, at PLACES frames a period; PLACES where it is left out.
        likeness: of every such frame to its place: 1 or less, 0 where it is left out.
    """

    period: float
    places: Floats
    extent: float
    explained: float
    way: NDArray[np.int64]
    likeness: NDArray[np.float64]

    def runs(self) -> list[tuple[int, NDArray[np.int64]]]:
        """Each uninterrupted part of the way: its first frame, and how far round it has come.

        The distance is in places and never falls; the first one is the place itself.
        """
        found = []
        for begin, end in runs(self.way < PLACES).tolist():
            places = self.way[begin:end]
            gone = np.concatenate([[0], np.cumsum(np.diff(places) % PLACES)])
            found.append((begin, places[0] + gone))
        return found


class CycleFit:
    """Fits cycles of one length to a sequence.

    Args:
        frames: (n, dims).
        period: length of a cycle, in frames.
    """

    def __init__(self, frames: Floats, period: float) -> None:
        self.period = period
        self.frames = at_pace(with_motion(frames, period), period)
        sampled = self.frames[:: max(1, len(self.frames) // _SAMPLED)]
        distances = squared_euclidean(sampled, sampled)
        self._typical = max(float(np.median(distances[np.triu_indices(len(sampled), 1)])), 1e-12)

    def fit(self, begin: int) -> Cycle:
        """The cycle that best explains the sequence, starting from the piece at a frame.

        Args:
            begin: of the piece, among `frames`.
        """
        places = self.frames[begin : begin + PLACES]
        for _ in range(_ROUNDS - 1):
            _, way, _ = self._through(places)
            places = _averaged(self.frames, way, places)
        total, way, likeness = self._through(places)
        extent = 2 * float(places.var(axis=0).sum()) / self._typical
        return Cycle(self.period, places, extent, total / PLACES, way, likeness)

    def _through(self, places: Floats) -> tuple[float, NDArray[np.int64], NDArray[np.float64]]:
        distances = squared_euclidean(self.frames, places)
        # One unusual frame must not break a repetition.
        worth = np.maximum(1 - distances / (_ALIKE * self._typical), -1).astype(np.float32)
        total, way = round_and_round(worth, _PACE, _ENTER * PLACES)
        inside = way < PLACES
        likeness = np.zeros(len(way))
        likeness[inside] = worth[inside, way[inside]]
        return total, way, likeness


def with_motion(frames: Floats, period: float) -> Floats:
    """Frames with how they change, so that the way back differs from the way there."""
    rows = np.arange(len(frames))
    reach = max(1, round(_REACH * period))
    before, after = np.maximum(rows - reach, 0), np.minimum(rows + reach, len(rows) - 1)
    motion = frames[after] - frames[before]
    size = (motion.astype(np.float64) ** 2).sum(axis=1)
    # The typical size of what moves: a mean in which stillness has no weight.
    typical = float((size**2).sum() / max(size.sum(), 1e-12))
    spread = float(frames.var(axis=0).sum())
    scale = np.sqrt(2 * _MOTION * spread / max(typical, 1e-12))
    return np.concatenate([frames, scale * motion], axis=1).astype(np.float32)


def at_pace(frames: Floats, period: float) -> Floats:
    """Frames resampled to `PLACES` a period."""
    step = period / PLACES
    if step > 1:
        frames = gaussian_filter1d(frames, 0.4 * step, axis=0, mode="nearest")
    count = max(2, int(len(frames) / step))
    position = np.minimum(np.arange(count) * step, len(frames) - 1)
    first = position.astype(np.int64)
    second = np.minimum(first + 1, len(frames) - 1)
    share = (position - first)[:, None]
    resampled: Floats = (frames[first] * (1 - share) + frames[second] * share).astype(np.float32)
    return resampled


def _averaged(frames: Floats, way: NDArray[np.int64], places: Floats) -> Floats:
    """The mean of all frames at each place; a place without any stays as it was."""
    inside = way < PLACES
    sums = np.zeros(places.shape)
    counts = np.zeros(PLACES)
    np.add.at(sums, way[inside], frames[inside])
    np.add.at(counts, way[inside], 1)
    sums = gaussian_filter1d(sums, 0.7, axis=0, mode="wrap")
    counts = gaussian_filter1d(counts, 0.7, mode="wrap")
    mean = sums / np.maximum(counts, 1e-9)[:, None]
    averaged: Floats = np.where(counts[:, None] > 1e-6, mean, places).astype(np.float32)
    return averaged
