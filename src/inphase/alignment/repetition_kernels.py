"""Follow a sequence round and round a cycle, compiled.

One-stage dynamic programming as for connected words (Ney, "The use of a one-stage dynamic
programming algorithm for connected word recognition", 1984), with one word whose end is its
beginning, and silence between.
"""

import numpy as np
from numpy.typing import NDArray

from inphase.compiled import compiled


@compiled()
def round_and_round(
    worth: NDArray[np.float32], costs: NDArray[np.float64], enter: float
) -> tuple[float, NDArray[np.int64]]:
    """The way through a cycle that gains the most; any part of the sequence may be left out.

    It begins and ends anywhere in the cycle.

    Args:
        worth: (n, p) gain of being at a place of the cycle at a frame; negative for a cost.
        costs: cost of going 0, 1, 2, … places forward from one frame to the next.
        enter: cost of coming back into the cycle after something was left out.

    Returns:
        The sum of what is gained, and (n,) the place at every frame; p where it is left out.
    """
    n, p = worth.shape
    came_from = np.zeros((n, p + 1), dtype=np.int32)
    best = np.zeros(p + 1)
    best[:p] = worth[0]
    after = np.zeros(p + 1)
    for t in range(1, n):
        highest = 0
        for k in range(1, p):
            if best[k] > best[highest]:
                highest = k
        for k in range(p):
            value, place = best[p] - enter, p
            for step in range(len(costs)):
                before = k - step if k >= step else k - step + p
                if best[before] - costs[step] > value:
                    value, place = best[before] - costs[step], before
            after[k], came_from[t, k] = value + worth[t, k], place
        if best[highest] > best[p]:
            after[p], came_from[t, p] = best[highest], highest
        else:
            after[p], came_from[t, p] = best[p], p
        best, after = after, best
    place = int(np.argmax(best))
    total = float(best[place])
    way = np.empty(n, dtype=np.int64)
    for t in range(n - 1, -1, -1):
        way[t] = place
        place = came_from[t, place]
    return total, way
