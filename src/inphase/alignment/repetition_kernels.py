"""Search for the passes of a sequence through a pattern, compiled.

One-stage dynamic programming as for connected words (Ney, "The use of a one-stage dynamic
programming algorithm for connected word recognition", 1984), with one word, the pattern, and
silence between.
"""

import numpy as np
from numpy.typing import NDArray

from inphase.compiled import compiled

NOWHERE = -np.inf


@compiled()
def connected(
    worth: NDArray[np.float32], slack: int, price: float
) -> tuple[float, NDArray[np.int64], NDArray[np.int64]]:
    """The best sequence of complete passes through the pattern, with anything between them.

    A pass runs at a third to three times the pattern's pace, and may wait anywhere.

    Args:
        worth: (n, p) gain of matching a frame to a place of the pattern; negative for a cost.
        slack: number of places that a pass may skip at the pattern's start, and at its end.
        price: cost of each pass, so that only passes worth more are made.

    Returns:
        The sum over all passes, and the first and last frame of each.
    """
    n, p = worth.shape
    # At the last four frames: the best sum of a pass at each place, and where the pass started.
    best = np.full((4, p), NOWHERE)
    start = np.zeros((4, p), dtype=np.int64)
    # Up to each frame: the best sum of complete passes, the last of them, and what came before.
    total = np.zeros(n + 1)
    first = np.full(n + 1, -1, dtype=np.int64)
    for t in range(n):
        row, one, two, three = t % 4, (t - 1) % 4, (t - 2) % 4, (t - 3) % 4
        for k in range(p):
            here = worth[t, k]
            value, begun = NOWHERE, 0
            if k <= slack:
                value, begun = total[t] + here - price, t
            if k >= 1:
                if best[one, k - 1] + here > value:
                    value, begun = best[one, k - 1] + here, start[one, k - 1]
                if t >= 1 and best[two, k - 1] + worth[t - 1, k] + here > value:
                    value = best[two, k - 1] + worth[t - 1, k] + here
                    begun = start[two, k - 1]
                if t >= 2:
                    held = worth[t - 2, k] + worth[t - 1, k] + here
                    if best[three, k - 1] + held > value:
                        value, begun = best[three, k - 1] + held, start[three, k - 1]
            if k >= 2 and best[one, k - 2] + here > value:
                value, begun = best[one, k - 2] + here, start[one, k - 2]
            if k >= 3 and best[one, k - 3] + here > value:
                value, begun = best[one, k - 3] + here, start[one, k - 3]
            # Waiting explains nothing, and has a cost if the frame does not fit.
            if best[one, k] + min(here, 0.0) > value:
                value, begun = best[one, k] + min(here, 0.0), start[one, k]
            best[row, k], start[row, k] = value, begun
        total[t + 1], first[t + 1] = total[t], -1
        for k in range(p - 1 - slack, p):
            if best[row, k] > total[t + 1]:
                total[t + 1], first[t + 1] = best[row, k], start[row, k]
    firsts = np.empty(n, dtype=np.int64)
    lasts = np.empty(n, dtype=np.int64)
    count, t = 0, n
    while t > 0:
        if first[t] < 0:
            t -= 1
        else:
            firsts[count], lasts[count] = first[t], t - 1
            count += 1
            t = int(first[t])
    return float(total[n]), firsts[:count][::-1].copy(), lasts[:count][::-1].copy()
