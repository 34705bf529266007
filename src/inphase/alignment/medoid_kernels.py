"""The cost of the cheapest paths to many videos at once, compiled; the paths are not kept."""

import numpy as np
from numpy.typing import NDArray

from inphase.compiled import compiled


@compiled()
def costs_per_step(
    distances: NDArray[np.float32], starts: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Mean distance along the path that `dtw` finds, for each of several matrices side by side.

    Args:
        distances: (n, columns of all matrices).
        starts: (matrices + 1,) first column of each, and the number of columns.
    """
    n = len(distances)
    means = np.empty(len(starts) - 1)
    for k in range(len(means)):
        offset, m = starts[k], starts[k + 1] - starts[k]
        # As in `warp`, with the number of steps of the cheapest path to each cell.
        costs, lengths = np.full(m + 1, np.inf), np.zeros(m + 1, dtype=np.int64)
        costs[0] = 0.0
        for i in range(n):
            diagonal, diagonal_length = costs[0], lengths[0]
            left, left_length = np.inf, 0
            for j in range(m):
                above, above_length = costs[j + 1], lengths[j + 1]
                best, length = diagonal, diagonal_length
                if above < best:
                    best, length = above, above_length
                if left < best:
                    best, length = left, left_length
                left, left_length = best + distances[i, offset + j], length + 1
                costs[j + 1], lengths[j + 1] = left, left_length
                diagonal, diagonal_length = above, above_length
            costs[0] = np.inf
        means[k] = costs[m] / lengths[m]
    return means
