"""How well each moment of a sequence repeats itself after each lag."""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter1d

Floats = NDArray[np.float32]

_STEP = 0.03  # relative distance between two lags


def lags_between(shortest: int, longest: int) -> NDArray[np.int64]:
    """Lags in frames: every one while they are short, later about 3 % apart."""
    count = max(2, int(np.log(longest / shortest) / np.log1p(_STEP)) + 2)
    lags = np.geomspace(shortest, longest, count).round().astype(np.int64)
    return np.unique(lags)


def aperiodicity(frames: Floats, lags: NDArray[np.int64]) -> Floats:
    """How unlike the sequence is to itself after each lag, around each moment.

    The cumulative mean normalized difference of YIN (de Cheveigné and Kawahara, "YIN, a fundamental
    frequency estimator for speech and music", 2002, section II.C), for vectors: the mean squared
    distance between the piece before a moment and the piece after it, both of one lag's length,
    divided by its mean over all shorter lags.

    Args:
        frames: (n, dims).
        lags: (lags,) ascending, in frames; each at most n - 1.

    Returns:
        (n, lags): 0 where the two pieces are the same; about 1 if the lag means nothing.
    """
    n = len(frames)
    # The mean over shorter lags needs those below the first one wanted, too.
    every = np.concatenate([np.arange(1, lags[0]), lags])
    spacing = np.diff(np.concatenate([[0], every]))
    sums = np.zeros(n)
    found = np.empty((n, len(lags)), np.float32)
    for index, (lag, space) in enumerate(zip(every.tolist(), spacing.tolist(), strict=True)):
        difference = ((frames[lag:] - frames[:-lag]) ** 2).sum(axis=1)
        width = min(max(3, lag), len(difference))
        mean = uniform_filter1d(difference, width, mode="nearest")
        # Windows that would reach beyond an end stay where they still fit.
        first, last = width // 2, len(mean) - (width + 1) // 2
        here = mean[np.clip(np.arange(n) - lag // 2, first, max(first, last))]
        sums += here * space
        if index >= len(every) - len(lags):
            normal = np.maximum(sums / lag, 1e-12)
            found[:, index - len(every) + len(lags)] = here / normal
    return found
