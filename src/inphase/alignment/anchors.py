"""Pairs of frames that are known to match, and paths that must pass through them."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from inphase.alignment.sources import Drawn, Matrix, Source, Tiles, largest
from inphase.errors import AlignmentError

_Columns = tuple[NDArray[np.int64], NDArray[np.int64]]


def check_anchors(anchors: Sequence[tuple[int, int]], shape: tuple[int, ...]) -> None:
    """Refuse anchors that no path can pass through.

    Args:
        anchors: pairs (reference frame, query frame).
        shape: (reference frames, query frames).

    Raises:
        AlignmentError: an anchor is outside the frames, or they do not increase in both videos.
    """
    before: tuple[int, int] | None = None
    for reference, query in anchors:
        for name, frame, count in zip(
            ("reference", "query"), (reference, query), shape, strict=True
        ):
            if not 0 <= frame < count:
                raise AlignmentError(
                    f"The anchor ({reference}, {query}) is outside: the {name} has {count} frames."
                )
        if before is not None and not (before[0] < reference and before[1] < query):
            raise AlignmentError(
                f"Anchors must increase in both videos: ({reference}, {query}) does not come "
                f"after ({before[0]}, {before[1]})."
            )
        before = (reference, query)


def banded(columns: _Columns, anchors: NDArray[np.int64]) -> _Columns:
    """Narrow the columns allowed in each row to those that a path through anchors (k, 2) allows."""
    first, last = columns
    for row, column in anchors:
        np.minimum(last[:row], column, out=last[:row])
        np.maximum(first[row + 1 :], column, out=first[row + 1 :])
    # If no column is left, the kernels expect the last column right before the first.
    return first, np.maximum(last, first - 1)


def drawn_through(source: Matrix | Tiles, anchors: NDArray[np.int64]) -> Source:
    """Change distances so that the cheapest path passes through anchors (k, 2) if possible.

    An anchor saves more than any path can cost, so that one more anchor outweighs everything else.
    The band alone would let a path slip past an anchor by a diagonal step, and cutting the path
    into pieces would lose the count of `max_slope` steps at each anchor.
    """
    if not len(anchors):
        return source
    return Drawn(source, anchors, gain=2.0 * sum(source.shape) * largest(source) + 1.0)


def missed(anchors: NDArray[np.int64], rows: NDArray[np.int64], columns: NDArray[np.int64]) -> bool:
    """Whether a path misses one of the anchors (k, 2)."""
    if not len(anchors):
        return False
    passed = set(zip(rows.tolist(), columns.tolist(), strict=True))
    return any(tuple(pair) not in passed for pair in anchors.tolist())
