"""Several sources vote on when something happens: one time, and how far to trust it."""

import numpy as np
from numpy.typing import ArrayLike


def vote(seconds: ArrayLike, confidence: ArrayLike, *, tolerance: float) -> tuple[float, float]:
    """The weighted median of the votes, and the confidence in it.

    A single source that is far off does not move the median. The confidence is the mean of the
    sources' confidences, where a source without a vote, or further than `tolerance` from the
    median, counts as 0. A single source keeps its own confidence.

    Args:
        seconds: (sources,) NaN for a source without a vote.
        confidence: (sources,) in 0..1.
        tolerance: seconds within which two votes agree.

    Returns:
        Seconds and confidence in 0..1; NaN and 0 if no source has a vote.
    """
    times = np.asarray(seconds, dtype=np.float64)
    trust = np.asarray(confidence, dtype=np.float64)
    cast = np.flatnonzero(np.isfinite(times))
    if not len(cast):
        return float("nan"), 0.0
    order = cast[np.argsort(times[cast], kind="stable")]
    # If no source has any confidence, all votes count the same.
    weights = trust[order] if trust[order].sum() > 0 else np.ones(len(order))
    passed = np.cumsum(weights) / weights.sum()
    first = int(np.searchsorted(passed, 0.5 - 1e-9))
    chosen = float(times[order[first]])
    if abs(passed[first] - 0.5) < 1e-9 and first + 1 < len(order):
        # Half of the weight is on either side.
        chosen = (chosen + float(times[order[first + 1]])) / 2
    agree = np.abs(times - chosen) <= tolerance
    return chosen, float(trust[agree].sum() / len(times))
