"""Distances between all frames of one video and all frames of another, in bounded memory."""

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import ArrayLike, NDArray

from inphase.errors import AlignmentError

# Float64 entries of one block of rows: 32 MB, however long the videos are.
_BLOCK = 1 << 22


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
    first, second = _checked(a, b)
    distances = np.empty((len(first), len(second)), dtype=np.float32)
    squares = np.einsum("md,md->m", second, second)
    for rows in _blocks(*distances.shape):
        part = first[rows]
        block = part @ second.T
        block *= -2.0
        block += np.einsum("nd,nd->n", part, part)[:, None]
        block += squares
        np.maximum(block, 0.0, out=block)
        _store(block, distances[rows])
    return distances


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
    first, second = (_unit(rows) for rows in _checked(a, b))
    distances = np.empty((len(first), len(second)), dtype=np.float32)
    for rows in _blocks(*distances.shape):
        block = first[rows] @ second.T
        np.subtract(1.0, block, out=block)
        np.clip(block, 0.0, 2.0, out=block)
        distances[rows] = block
    return distances


_DISTANCES = {"squared_euclidean": squared_euclidean, "cosine": cosine}


def distance_named(name: str) -> Callable[[ArrayLike, ArrayLike], NDArray[np.float32]]:
    """The distance function with this name.

    Raises:
        AlignmentError: there is no such distance.
    """
    if name not in _DISTANCES:
        raise AlignmentError(f"distance must be one of {', '.join(_DISTANCES)}, not {name}.")
    return _DISTANCES[name]


def _checked(a: ArrayLike, b: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
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


def _blocks(n: int, m: int) -> Iterator[slice]:
    step = max(1, _BLOCK // m)
    for start in range(0, n, step):
        yield slice(start, start + step)


def _store(block: NDArray[np.float64], into: NDArray[np.float32]) -> None:
    with np.errstate(over="ignore"):
        into[:] = block
    if not np.isfinite(into).all():
        raise AlignmentError("The embeddings are too large: their distances overflow float32.")
