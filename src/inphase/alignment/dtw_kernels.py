"""Dynamic time warping, compiled: the recursions and the backtracking.

Both kernels fill the grid row by row, with one row of costs in float64 and one or three bytes per
cell for backtracking. They raise no errors: the cost is infinite if no path exists.

Arguments of both: `distances` (n, m); `first` and `last` (n,) int64, the columns allowed in
each row, never decreasing, or none if `last` is `first` − 1; `open_begin` and `open_end`, whether
the path may start in any row of the first column and end in any row of the last.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np
from numpy.typing import NDArray

Kernel = TypeVar("Kernel", bound=Callable[..., Any])
Distances = NDArray[np.float32] | NDArray[np.float64]
Path = tuple[NDArray[np.int64], NDArray[np.int64], float]

# How a cell was reached.
_DIAGONAL, _DOWN, _RIGHT = 0, 1, 2


def compiled(kernel: Kernel) -> Kernel:
    """Compile, and cache the result on disk for the next process if possible."""
    try:
        return cast(Kernel, numba.njit(cache=True, nogil=True)(kernel))
    except RuntimeError:
        # Neither the source folder nor the user's cache folder is writable.
        return cast(Kernel, numba.njit(nogil=True)(kernel))


@compiled
def warp(
    distances: Distances,
    first: NDArray[np.int64],
    last: NDArray[np.int64],
    open_begin: bool,
    open_end: bool,
) -> Path:
    """Rows, columns and cost of the cheapest path with steps (1, 1), (1, 0) and (0, 1)."""
    n, m = distances.shape
    steps = np.empty((n, m), dtype=np.uint8)
    # costs[j + 1] is the cost up to column j of the row above, until this row overwrites it;
    # costs[0] is where a path starts.
    costs = np.full(m + 1, np.inf)
    costs[0] = 0.0
    total, end = float(np.inf), n - 1
    for i in range(n):
        diagonal = costs[first[i]]
        left = np.inf
        for j in range(first[i], last[i] + 1):
            above = costs[j + 1]
            best, step = diagonal, _DIAGONAL
            if above < best:
                best, step = above, _DOWN
            if left < best:
                best, step = left, _RIGHT
            left = best + distances[i, j]
            costs[j + 1] = left
            steps[i, j] = step
            diagonal = above
        if not (open_begin and first[i] == 0):
            # The cell left of this row's first column no longer belongs to the row above.
            costs[first[i]] = np.inf
        if open_end and costs[m] < total:
            total, end = float(costs[m]), i
    if not open_end:
        total = float(costs[m])
    if total == np.inf:
        return np.empty(0, np.int64), np.empty(0, np.int64), total

    rows = np.empty(n + m, dtype=np.int64)
    columns = np.empty(n + m, dtype=np.int64)
    i, j, at = end, m - 1, n + m
    while True:
        at -= 1
        rows[at], columns[at] = i, j
        step = steps[i, j]
        if step == _DIAGONAL and (i == 0 or j == 0):
            return rows[at:].copy(), columns[at:].copy(), total
        if step != _RIGHT:
            i -= 1
        if step != _DOWN:
            j -= 1


@compiled
def warp_limited(
    distances: Distances,
    first: NDArray[np.int64],
    last: NDArray[np.int64],
    open_begin: bool,
    open_end: bool,
    limit: int,
) -> Path:
    """Like `warp`, with at most `limit` (1..127) successive steps (1, 0), or (0, 1).

    A cell's state is how it was reached: 0 diagonally (or as the start), r = 1..limit by the r-th
    successive step down, limit + r by the r-th successive step right.
    """
    n, m = distances.shape
    # The cheapest state of each cell: of all, of those not from above, of those not from the left.
    states = np.empty((n, m, 3), dtype=np.uint8)
    any_cost = np.full(m + 1, np.inf)
    not_down_cost = np.full(m, np.inf)
    down = np.full((m, limit), np.inf)
    right = np.empty(limit)
    any_cost[0] = 0.0
    total, end = float(np.inf), n - 1
    for i in range(n):
        diagonal = any_cost[first[i]]
        right[:] = np.inf
        not_right = np.inf
        for j in range(first[i], last[i] + 1):
            here = distances[i, j]
            cost = diagonal + here
            diagonal = any_cost[j + 1]

            best_down, down_state = np.inf, 1
            best_right, right_state = np.inf, limit + 1
            for r in range(limit - 1, -1, -1):
                down[j, r] = here + (down[j, r - 1] if r > 0 else not_down_cost[j])
                if down[j, r] <= best_down:
                    best_down, down_state = down[j, r], r + 1
                right[r] = here + (right[r - 1] if r > 0 else not_right)
                if right[r] <= best_right:
                    best_right, right_state = right[r], limit + r + 1

            not_down, not_right = cost, cost
            not_down_state, not_right_state = 0, 0
            if best_right < not_down:
                not_down, not_down_state = best_right, right_state
            if best_down < not_right:
                not_right, not_right_state = best_down, down_state
            if not_right < not_down:
                any_cost[j + 1] = not_right
                states[i, j, 0] = not_right_state
            else:
                any_cost[j + 1] = not_down
                states[i, j, 0] = not_down_state
            states[i, j, 1] = not_down_state
            states[i, j, 2] = not_right_state
            not_down_cost[j] = not_down
        if not (open_begin and first[i] == 0):
            any_cost[first[i]] = np.inf
        if open_end and any_cost[m] < total:
            total, end = float(any_cost[m]), i
    if not open_end:
        total = float(any_cost[m])
    if total == np.inf:
        return np.empty(0, np.int64), np.empty(0, np.int64), total

    rows = np.empty(n + m, dtype=np.int64)
    columns = np.empty(n + m, dtype=np.int64)
    i, j, at = end, m - 1, n + m
    state = int(states[i, j, 0])
    while True:
        at -= 1
        rows[at], columns[at] = i, j
        if state == 0:
            if i == 0 or j == 0:
                return rows[at:].copy(), columns[at:].copy(), total
            i, j = i - 1, j - 1
            state = int(states[i, j, 0])
        elif state <= limit:
            i -= 1
            state = state - 1 if state > 1 else int(states[i, j, 1])
        else:
            j -= 1
            state = state - 1 if state > limit + 1 else int(states[i, j, 2])
