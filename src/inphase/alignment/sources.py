"""Where alignment takes distances from: a matrix, or the embeddings when a matrix would not fit."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from inphase.alignment import distances as tiles
from inphase.alignment.distances import TiledDistances, tiled_distances
from inphase.errors import AlignmentError

# Distances up to here are kept: 64 MB of float32, two videos of 4096 frames.
_KEPT = 1 << 24

Distances = NDArray[np.float32] | NDArray[np.float64]
Frames = NDArray[np.int64]


class Source(Protocol):
    """Distances (n, m) that are taken in strips of rows."""

    @property
    def shape(self) -> tuple[int, int]:
        """(n, m)."""

    def rows(self, rows: slice, columns: int) -> Distances:
        """At least the first columns of one of the `strips`; not to be written to."""


def strips(start: int, stop: int) -> list[slice]:
    """The rows from `start`, the beginning of a strip, to `stop`, as strips as high as a tile."""
    return [slice(row, min(row + tiles.TILE, stop)) for row in range(start, stop, tiles.TILE)]


class Matrix:
    """Distances that are all there.

    Args:
        distances: (n, m), contiguous.
    """

    def __init__(self, distances: Distances) -> None:
        self.distances = distances
        self.shape: tuple[int, int] = distances.shape

    def rows(self, rows: slice, columns: int) -> Distances:
        """See `Source`."""
        del columns
        return self.distances[rows]

    def at(self, rows: Frames, columns: Frames) -> Distances:
        """The distances of some pairs (k,)."""
        return self.distances[rows, columns]

    def flipped(self) -> "Matrix":
        """The same with rows and columns exchanged."""
        return Matrix(self.distances.T.copy())

    def means(self) -> NDArray[np.float64]:
        """(n,) mean of each row."""
        means: NDArray[np.float64] = self.distances.mean(axis=1, dtype=np.float64)
        return means


class Tiles:
    """Distances that are computed when they are asked for; only the means of rows are kept."""

    def __init__(self, distances: TiledDistances) -> None:
        self.distances = distances
        self.shape = distances.shape
        self._means = np.full(self.shape[0], np.nan)

    def rows(self, rows: slice, columns: int) -> NDArray[np.float32]:
        """See `Source`."""
        strip = self.distances.rows(rows, columns)
        if columns == self.shape[1]:
            self._means[rows] = strip.mean(axis=1, dtype=np.float64)
        return strip

    def at(self, rows: Frames, columns: Frames) -> NDArray[np.float32]:
        """The distances of some pairs (k,)."""
        corners = np.stack([rows, columns], axis=1) // tiles.TILE * tiles.TILE
        found = np.empty(len(rows), dtype=np.float32)
        needed, tile_of = np.unique(corners, axis=0, return_inverse=True)
        for number, (row, column) in enumerate(needed.tolist()):
            here = np.flatnonzero(tile_of.ravel() == number)
            tile = self.distances.tile(row, column)
            found[here] = tile[rows[here] - row, columns[here] - column]
        return found

    def flipped(self) -> "Tiles":
        """The same with rows and columns exchanged."""
        compute = self.distances.compute
        n, m = self.shape
        return Tiles(TiledDistances((m, n), lambda rows, columns: compute(columns, rows).T))

    def means(self) -> NDArray[np.float64]:
        """(n,) mean of each row."""
        for rows in strips(0, self.shape[0]):
            if np.isnan(self._means[rows]).any():
                self.rows(rows, self.shape[1])
        return self._means


@dataclass(frozen=True)
class Drawn:
    """Distances with those of some pairs (k, 2) replaced by `-gain`."""

    source: Matrix | Tiles
    pairs: Frames
    gain: float

    @property
    def shape(self) -> tuple[int, int]:
        """See `Source`."""
        return self.source.shape

    def rows(self, rows: slice, columns: int) -> Distances:
        """See `Source`."""
        strip = self.source.rows(rows, columns)
        roomy = self.gain <= float(np.finfo(strip.dtype).max) / 2
        drawn = strip.copy() if roomy else strip.astype(np.float64)
        row, column = self.pairs.T
        inside = (row >= rows.start) & (row < rows.stop) & (column < drawn.shape[1])
        drawn[row[inside] - rows.start, column[inside]] = -self.gain
        return drawn


@contextmanager
def enough_memory(*videos: ArrayLike) -> Iterator[None]:
    """Say which videos are too long if memory runs out.

    Raises:
        AlignmentError: it did.
    """
    try:
        yield
    except MemoryError as error:
        counts = [str(np.shape(video)[0]) for video in videos[:3]]
        told = " and ".join(counts) if len(videos) < 4 else ", ".join(counts) + " …"
        raise AlignmentError(
            f"Videos of {told} frames take more memory to align than there is: close other "
            "programs, or cut the videos into shorter ones."
        ) from error


def largest(source: Matrix | Tiles) -> float:
    """The largest absolute distance."""
    n, m = source.shape
    return max(float(np.abs(source.rows(rows, m)).max()) for rows in strips(0, n))


def distances_between(name: str, reference: ArrayLike, query: ArrayLike) -> Matrix | Tiles:
    """The distances with this name, as a matrix if it is small.

    Args:
        name: see `distance_named`.
        reference: (n, dims) embeddings.
        query: (m, dims) embeddings.

    Raises:
        AlignmentError: there is no such distance, an input is empty or not finite, or the
            dimensions differ.
    """
    distances = tiled_distances(name, reference, query)
    n, m = distances.shape
    return Matrix(distances.whole()) if n * m <= _KEPT else Tiles(distances)
