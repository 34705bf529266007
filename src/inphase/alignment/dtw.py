"""Dynamic time warping: the cheapest monotonic path through a matrix of distances."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from inphase.alignment.anchors import banded, check_anchors, drawn_through, missed
from inphase.alignment.cheapest_path import cheapest_path
from inphase.alignment.sources import Matrix, Tiles
from inphase.errors import AlignmentError

_LARGEST_LIMIT = 127
# In frames: cells exactly on the edge of the window belong to it, whatever the rounding.
_TIE = 1e-9


@dataclass(frozen=True)
class WarpingPath:
    """Matching pairs of frames, and their cost.

    Attributes:
        reference: (steps,) reference frames; never decreasing in a warping path.
        query: (steps,) query frames; never decreasing in a warping path.
        cost: sum of the distances along the path.
    """

    reference: NDArray[np.int64]
    query: NDArray[np.int64]
    cost: float


def dtw(
    distances: ArrayLike,
    *,
    window: float | None = None,
    max_slope: int | None = None,
    open_begin: bool = False,
    open_end: bool = False,
    open_in: Literal["reference", "query"] = "reference",
    anchors: Sequence[tuple[int, int]] = (),
) -> WarpingPath:
    """Find the cheapest warping path with steps (1, 1), (1, 0) and (0, 1), all of weight 1.

    Among paths of equal cost, diagonal steps are preferred.

    Source: Sakoe and Chiba, "Dynamic programming algorithm optimization for spoken word
    recognition", 1978 (window, slope); Müller, "Information Retrieval for Music and Motion",
    2007, section 4.4 (open ends).

    Args:
        distances: (reference frames, query frames), finite.
        window: how far a path may deviate from the straight line from corner to corner: a whole
            number counts frames of the shorter sequence (with 1 or more there is always a path), a
            float is a fraction (0..1) of its length.
        max_slope: maximum number of successive steps in the reference alone, or in the query alone
            (1..127).
        open_begin: the path need not start at the first frame of `open_in`.
        open_end: the path need not end at the last frame of `open_in`.
        open_in: the sequence whose frames may stay unmatched: `"reference"` finds a short query
            inside a long reference, `"query"` the reverse. The other is always used whole.
        anchors: pairs (reference frame, query frame) that the path must pass through, increasing
            in both. A window is then measured from the line through them.

    Returns:
        The path, in order. Costs are summed in float64.

    Raises:
        AlignmentError: `distances` is empty or not finite, an option is out of range, the anchors
            are outside the matrix or do not increase, a window is combined with an open start or
            end, or no path stays within the limits.
    """
    return warping_path(
        Matrix(_checked(distances)),
        window=window,
        max_slope=max_slope,
        open_begin=open_begin,
        open_end=open_end,
        open_in=open_in,
        anchors=anchors,
    )


def warping_path(
    source: Matrix | Tiles,
    *,
    window: float | None,
    max_slope: int | None,
    open_begin: bool,
    open_end: bool,
    open_in: Literal["reference", "query"],
    anchors: Sequence[tuple[int, int]],
) -> WarpingPath:
    """Like `dtw`, of distances that need not be a matrix."""
    check_anchors(anchors, source.shape)
    is_open = open_begin or open_end
    if open_in not in ("reference", "query"):
        raise AlignmentError(f"open_in must be reference or query, not {open_in}.")
    if window is not None and is_open:
        raise AlignmentError(
            "A window is measured from the line between both ends, so it cannot be used with an "
            "open start or end; use max_slope instead."
        )
    if max_slope is not None and not 1 <= max_slope <= _LARGEST_LIMIT:
        raise AlignmentError(f"max_slope must be in 1..{_LARGEST_LIMIT}, not {max_slope}.")
    flipped = is_open and open_in == "query"
    if flipped:
        source = source.flipped()
    points = np.array([pair[::-1] if flipped else pair for pair in anchors], dtype=np.int64)
    points = points.reshape(-1, 2)
    n, m = source.shape
    first, last = banded(_columns(n, m, window, points), points)
    rows, columns, cost = cheapest_path(
        drawn_through(source, points), first, last, open_begin, open_end, max_slope
    )
    if len(rows) == 0 or missed(points, rows, columns):
        n, m = (m, n) if flipped else (n, m)
        limits = {"window": window, "max_slope": max_slope}
        given = " and ".join(f"{key}={value}" for key, value in limits.items() if value is not None)
        through = f" through the {len(points)} anchors" if len(points) else ""
        raise AlignmentError(
            f"{n} reference frames and {m} query frames cannot be aligned{through} within "
            f"{given or 'open ends'}; allow more."
        )
    if len(points):
        cost = float(source.at(rows, columns).sum(dtype=np.float64))
    if flipped:
        rows, columns = columns, rows
    return WarpingPath(reference=rows, query=columns, cost=cost)


def whole_path(
    source: Matrix | Tiles, *, window: float | None = None, max_slope: int | None = None
) -> WarpingPath:
    """The path through whole videos, from their first frames to their last; see `dtw`."""
    return warping_path(
        source,
        window=window,
        max_slope=max_slope,
        open_begin=False,
        open_end=False,
        open_in="reference",
        anchors=(),
    )


def _columns(
    n: int, m: int, window: float | None, anchors: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """First and last allowed column of each row; rows outside the window have none."""
    if window is None:
        return np.zeros(n, dtype=np.int64), np.full(n, m - 1, dtype=np.int64)
    is_share = not isinstance(window, (int, np.integer))
    if is_share and not 0 <= window <= 1:
        raise AlignmentError(f"A window given as a fraction must be in 0..1, not {window}.")
    if not window >= 0:
        raise AlignmentError(f"A window in frames must be at least 0, not {window}.")
    short, rows = min(n, m), np.arange(n)
    width = (window * (short - 1) if is_share else float(window)) + _TIE
    corners = [*([] if n == 1 else [(0, 0)]), *anchors.tolist(), (n - 1, m - 1)]
    knots, heights = np.array(corners, dtype=np.float64).T
    # A window in frames of the shorter side covers more columns of the longer one.
    if m <= n:
        line = np.interp(rows, knots, heights)
        low, high = line - width, line + width
    elif n > 1:
        low = np.interp(rows - width, knots, heights)
        high = np.interp(rows + width, knots, heights)
    else:
        low, high = np.zeros(1), np.full(1, m - 1.0)
    # In the first and the last row the line may run along the row, from a corner to an anchor.
    for row, column in corners:
        low[row], high[row] = min(low[row], column), max(high[row], column)
    return (
        np.clip(np.ceil(low), 0, m - 1).astype(np.int64),
        np.clip(np.floor(high), 0, m - 1).astype(np.int64),
    )


def _checked(distances: ArrayLike) -> NDArray[np.float32] | NDArray[np.float64]:
    matrix = np.asarray(distances)
    if matrix.ndim != 2:
        raise AlignmentError(
            f"Distances must be (reference frames, query frames), not {matrix.shape}."
        )
    if matrix.size == 0:
        n, m = matrix.shape
        raise AlignmentError(
            f"There are no frames to align: {n} in the reference, {m} in the query."
        )
    if matrix.dtype != np.float32:
        matrix = matrix.astype(np.float64, copy=False)
    # A sum is quick to compute and finite only if all values are; but a large sum may overflow.
    with np.errstate(all="ignore"):
        finite = np.isfinite(matrix.sum()) or np.isfinite(matrix).all()
    if not finite:
        raise AlignmentError("The distances are not all finite numbers.")
    return np.ascontiguousarray(matrix)
