"""Dynamic time warping, compiled: the recursions and the backtracking.

The grid is filled some rows at a time. `warp` and `warp_limited` take the costs of the row above,
`state`, and leave those of their last row in it; they fill `steps`, one or three bytes per cell.
`trace` and `trace_limited` follow the steps back to the first of these rows. None raises errors:
costs are infinite where no path leads.

Arguments of the first two: `distances` (rows, m or fewer columns); `first` and `last` (rows,)
int64, the columns allowed in each row, never decreasing, or none if `last` is before `first`;
`open_begin`, whether a path may start in any row of the first column. They return the cost of the
last column after each row (rows,), infinite until a path reaches it.

Arguments of the others: `steps`, and `start`, the row that they begin with; the cell (i, j) that
was reached and in which way, `kind` (−3 at the end of the path); `rows` and `columns`, which are
filled backwards from before `at`. They return `at`, and the cell where the path leaves these rows:
i is −1 once its start is found.
"""

import numpy as np
from numpy.typing import NDArray

from inphase.compiled import compiled

Distances = NDArray[np.float32] | NDArray[np.float64]
Place = tuple[int, int, int, int]

# How a cell was reached.
_DIAGONAL, _DOWN, _RIGHT = 0, 1, 2


@compiled()
def warp(
    distances: Distances,
    first: NDArray[np.int64],
    last: NDArray[np.int64],
    open_begin: bool,
    state: NDArray[np.float64],
    steps: NDArray[np.uint8],
) -> NDArray[np.float64]:
    """Steps (1, 1), (1, 0) and (0, 1); `state` (m + 1,), `steps` (rows, m).

    `state[j + 1]` is the cost up to column j of the row above, until this row overwrites it;
    `state[0]` is where a path starts.
    """
    n = len(first)
    costs = state.copy()
    ends = np.empty(n)
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
        ends[i] = costs[-1]
    state[:] = costs
    return ends


@compiled()
def trace(
    steps: NDArray[np.uint8],
    start: int,
    i: int,
    j: int,
    kind: int,
    rows: NDArray[np.int64],
    columns: NDArray[np.int64],
    at: int,
) -> Place:
    """Backwards along the steps of `warp`, which need no `kind`."""
    while i >= start:
        at -= 1
        rows[at], columns[at] = i, j
        step = steps[i - start, j]
        if step == _DIAGONAL and (i == 0 or j == 0):
            return at, -1, j, kind
        if step != _RIGHT:
            i -= 1
        if step != _DOWN:
            j -= 1
    return at, i, j, kind


@compiled()
def warp_limited(
    distances: Distances,
    first: NDArray[np.int64],
    last: NDArray[np.int64],
    open_begin: bool,
    state: NDArray[np.float64],
    steps: NDArray[np.uint8],
) -> NDArray[np.float64]:
    """Like `warp`, with at most `limit` (1..127) successive steps (1, 0), or (0, 1).

    How a cell was reached is 0 diagonally (or as the start), r = 1..limit by the r-th successive
    step down, limit + r by the r-th successive step right.

    `state` (m + 1, limit + 2): the cost of each cell reached in any way, not from above, and by the
    r-th step down. `steps` (rows, m, 3): the cheapest way of all, of those not from above, of those
    not from the left.
    """
    n, limit = len(first), state.shape[1] - 2
    # Copies that lie in one piece are faster than views.
    any_cost, not_down_cost = state[:, 0].copy(), state[1:, 1].copy()
    down = state[1:, 2:].copy()
    right = np.empty(limit)
    ends = np.empty(n)
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
                steps[i, j, 0] = not_right_state
            else:
                any_cost[j + 1] = not_down
                steps[i, j, 0] = not_down_state
            steps[i, j, 1] = not_down_state
            steps[i, j, 2] = not_right_state
            not_down_cost[j] = not_down
        if not (open_begin and first[i] == 0):
            any_cost[first[i]] = np.inf
        ends[i] = any_cost[-1]
    state[:, 0], state[1:, 1], state[1:, 2:] = any_cost, not_down_cost, down
    return ends


@compiled()
def trace_limited(
    steps: NDArray[np.uint8],
    start: int,
    i: int,
    j: int,
    kind: int,
    rows: NDArray[np.int64],
    columns: NDArray[np.int64],
    at: int,
    limit: int,
) -> Place:
    """Backwards along the steps of `warp_limited`.

    `kind` is how the cell was reached, or which of the three `steps` tells: −3 the cheapest of
    all, −2 of those not from above, −1 of those not from the left.
    """
    while i >= start:
        at -= 1
        rows[at], columns[at] = i, j
        if kind < 0:
            kind = int(steps[i - start, j, kind])
        if kind == 0:
            if i == 0 or j == 0:
                return at, -1, j, kind
            i, j, kind = i - 1, j - 1, -3
        elif kind <= limit:
            i -= 1
            kind = kind - 1 if kind > 1 else -2
        else:
            j -= 1
            kind = kind - 1 if kind > limit + 1 else -1
    return at, i, j, kind
