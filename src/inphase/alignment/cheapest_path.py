"""The cheapest path through distances, in memory that does not grow with their number.

The grid is filled in stretches of rows. The steps of one stretch are kept at a time, and the costs
of the row above each: going back along the path, a stretch is filled again from there, up to the
column where the path leaves it. A grid of one stretch is filled once.
"""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from inphase.alignment import distances as tiles
from inphase.alignment.dtw_kernels import trace, trace_limited, warp, warp_limited
from inphase.alignment.sources import Source, strips

# Bytes of steps: a grid of 11 585 × 11 585, or 6689 × 6689 with limited steps, is filled once.
_STEPS = 1 << 27

Frames = NDArray[np.int64]


def cheapest_path(
    source: Source,
    first: Frames,
    last: Frames,
    open_begin: bool,
    open_end: bool,
    limit: int | None = None,
) -> tuple[Frames, Frames, float]:
    """Rows, columns and cost of the cheapest path; empty and infinite if no path exists.

    Args:
        source: distances (n, m).
        first: (n,) first column allowed in each row, never decreasing.
        last: (n,) last column allowed in each row; before the first if none is.
        open_begin: the path may start in any row of the first column.
        open_end: the path may end in any row of the last column.
        limit: of successive steps (1, 0), or (0, 1); 1..127.
    """
    n, m = source.shape
    steps_of_row = (m,) if limit is None else (m, 3)
    state = np.full((m + 1,) if limit is None else (m + 1, limit + 2), np.inf)
    state.flat[0] = 0.0
    height = _height(n, state.nbytes, math.prod(steps_of_row))
    steps = np.empty((min(height, n), *steps_of_row), dtype=np.uint8)
    fill: Callable[..., NDArray[np.float64]] = warp if limit is None else warp_limited

    def filled(start: int, stop: int, columns: int) -> NDArray[np.float64]:
        ends = []
        for rows in strips(start, stop):
            ends.append(
                fill(
                    source.rows(rows, columns),
                    first[rows],
                    np.minimum(last[rows], columns - 1),
                    open_begin,
                    state,
                    steps[rows.start - start : rows.stop - start],
                )
            )
        return np.concatenate(ends)

    above, ends = [], []
    for start in range(0, n, height):
        above.append(state.copy())
        ends.append(filled(start, min(start + height, n), m))
    costs = np.concatenate(ends)
    end = int(costs.argmin()) if open_end else n - 1
    cost = float(costs[end])
    if cost == np.inf:
        return np.empty(0, np.int64), np.empty(0, np.int64), cost

    rows, columns = np.empty((2, n + m), dtype=np.int64)
    at, i, j, kind = n + m, end, m - 1, -3
    kept = len(above) - 1
    while i >= 0:
        stretch = i // height
        if stretch != kept:
            state[:] = above[stretch]
            filled(stretch * height, i + 1, j + 1)
        start = stretch * height
        if limit is None:
            at, i, j, kind = trace(steps, start, i, j, kind, rows, columns, at)
        else:
            at, i, j, kind = trace_limited(steps, start, i, j, kind, rows, columns, at, limit)
    return rows[at:].copy(), columns[at:].copy(), cost


def _height(n: int, state: int, steps: int) -> int:
    """Rows of a stretch: whole strips, and at least so many that the states take no more bytes.

    Args:
        n: rows of the grid.
        state: bytes kept for each stretch.
        steps: bytes kept for each row of a stretch.
    """
    rows = max(math.sqrt(n * state / steps), _STEPS // steps, 1)
    return math.ceil(rows / tiles.TILE) * tiles.TILE
