"""Distances between all frames of one video and all frames of another, in bounded memory."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from inphase.errors import AlignmentError

# Rows and columns of a tile: 2 MB of float64 at most, which stays in the processor's cache.
TILE = 512
_Tiles = Callable[[slice, slice], NDArray[np.float64]]


def squared_euclidean(a: ArrayLike, b: ArrayLike) -> NDArray[np.float32]:
    """‖a − b‖² between every row of `a` and every row of `b`.

    Args:
        a: (n, dims) embeddings.
        b: (m, dims) embeddings.

    Returns:
        (n, m), never negative; computed in float64, so that similar frames far from zero keep
        their order.

    Raises:
        AlignmentError: an input is empty or not finite, or the dimensions differ.
    """
    return tiled_distances("squared_euclidean", a, b).whole()


def cosine(a: ArrayLike, b: ArrayLike) -> NDArray[np.float32]:
    """1 − cos between every row of `a` and every row of `b`.

    Args:
        a: (n, dims) embeddings.
        b: (m, dims) embeddings.

    Returns:
        (n, m) in 0..2; a row of zeros has no direction and is at distance 1 from everything.

    Raises:
        AlignmentError: an input is empty or not finite, or the dimensions differ.
    """
    return tiled_distances("cosine", a, b).whole()


@dataclass(frozen=True)
class TiledDistances:
    """All distances between two videos, computed tile by tile when they are asked for.

    A distance is the same to the last bit whether it is asked for alone or with all others.

    Attributes:
        shape: (reference frames, query frames).
        compute: float64 distances of a range of rows and a range of columns.
    """

    shape: tuple[int, int]
    compute: Callable[[slice, slice], NDArray[np.float64]]

    def tile(self, row: int, column: int) -> NDArray[np.float32]:
        """The distances of the tile that begins at a row and a column, multiples of `TILE`."""
        exact = self.compute(slice(row, row + TILE), slice(column, column + TILE))
        with np.errstate(over="ignore"):
            tile = exact.astype(np.float32)
        if not np.isfinite(tile).all():
            raise AlignmentError("The embeddings are too large: their distances overflow float32.")
        return tile

    def rows(self, rows: slice, columns: int) -> NDArray[np.float32]:
        """The first columns of some rows, of which the first must be a multiple of `TILE`."""
        block = np.empty((rows.stop - rows.start, columns), dtype=np.float32)
        for row in range(rows.start, rows.stop, TILE):
            for column in range(0, columns, TILE):
                into = block[row - rows.start :, column:][:TILE, :TILE]
                into[:] = self.tile(row, column)[: into.shape[0], : into.shape[1]]
        return block

    def whole(self) -> NDArray[np.float32]:
        """(reference frames, query frames)."""
        n, m = self.shape
        return self.rows(slice(0, n), m)


def tiled_distances(name: str, a: ArrayLike, b: ArrayLike) -> TiledDistances:
    """The distances with this name between every row of `a` (n, dims) and of `b` (m, dims).

    Raises:
        AlignmentError: there is no such distance, an input is empty or not finite, or the
            dimensions differ.
    """
    distance_named(name)
    first, second = checked_pair(a, b)
    tiles = {"squared_euclidean": _squared_euclidean_tiles, "cosine": _cosine_tiles}
    return TiledDistances((len(first), len(second)), tiles[name](first, second))


_DISTANCES = {"squared_euclidean": squared_euclidean, "cosine": cosine}


def distance_named(name: str) -> Callable[[ArrayLike, ArrayLike], NDArray[np.float32]]:
    """The distance function with this name.

    Raises:
        AlignmentError: there is no such distance.
    """
    if name not in _DISTANCES:
        raise AlignmentError(f"distance must be one of {', '.join(_DISTANCES)}, not {name}.")
    return _DISTANCES[name]


def _squared_euclidean_tiles(first: NDArray[np.float64], second: NDArray[np.float64]) -> _Tiles:
    lengths, widths = (np.einsum("nd,nd->n", part, part) for part in (first, second))

    def compute(rows: slice, columns: slice) -> NDArray[np.float64]:
        tile: NDArray[np.float64] = first[rows] @ second[columns].T
        tile *= -2.0
        tile += lengths[rows, None]
        tile += widths[columns]
        return np.maximum(tile, 0.0, out=tile)

    return compute


def _cosine_tiles(first: NDArray[np.float64], second: NDArray[np.float64]) -> _Tiles:
    first, second = _unit(first), _unit(second)

    def compute(rows: slice, columns: slice) -> NDArray[np.float64]:
        tile: NDArray[np.float64] = first[rows] @ second[columns].T
        np.subtract(1.0, tile, out=tile)
        return np.clip(tile, 0.0, 2.0, out=tile)

    return compute


def checked_pair(a: ArrayLike, b: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Embeddings (n, dims) of a reference and (m, dims) of a query as float64.

    Raises:
        AlignmentError: an input is empty or not finite, or the dimensions differ.
    """
    arrays = []
    for name, given in (("reference", a), ("query", b)):
        array = np.asarray(given, dtype=np.float64)
        if array.ndim != 2:
            raise AlignmentError(
                f"The {name}'s embeddings must be (frames, dims), not {array.shape}."
            )
        if array.size == 0:
            raise AlignmentError(f"The {name} has no frames to align.")
        if not np.isfinite(array).all():
            raise AlignmentError(f"The {name}'s embeddings are not all finite numbers.")
        arrays.append(array)
    first, second = arrays
    if first.shape[1] != second.shape[1]:
        raise AlignmentError(
            f"The reference's embeddings have {first.shape[1]} dimensions and the query's "
            f"{second.shape[1]}; both must come from the same model."
        )
    return first, second


def _unit(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    # Divide by the largest entry first, so that the squares neither overflow nor vanish.
    largest = np.abs(rows).max(axis=1, keepdims=True)
    rows = rows / np.where(largest > 0, largest, 1.0)
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    return rows / np.where(length > 0, length, 1.0)
