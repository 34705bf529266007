"""Uninterrupted stretches of a sequence."""

import numpy as np
from numpy.typing import ArrayLike, NDArray


def runs(mask: ArrayLike) -> NDArray[np.int64]:
    """Where a mask is true.

    Args:
        mask: (frames,).

    Returns:
        (runs, 2) the first frame of each, and the frame after its last.
    """
    inside = np.concatenate([[False], np.asarray(mask, dtype=bool), [False]])
    edges: NDArray[np.int64] = np.flatnonzero(np.diff(inside.astype(np.int8))).astype(np.int64)
    return edges.reshape(-1, 2)
