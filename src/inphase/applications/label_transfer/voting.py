"""Several sources say when something happens: one time, and how far to trust it."""

import numpy as np
from numpy.typing import ArrayLike


def vote(seconds: ArrayLike, confidence: ArrayLike, *, tolerance: float) -> tuple[float, float]:
    """The weighted median of the votes, and the confidence in it.

    One source that is far off does not move the median. The confidence is the mean over all
    sources of their own, where a source counts 0 that says nothing or is further than
    ``tolerance`` from the median: one source alone keeps its own.

    Args:
        seconds: (sources,) NaN where a source says nothing.
        confidence: (sources,) in 0..1.
        tolerance: seconds within which two votes agree.

    Returns:
        Seconds and confidence in 0..1; NaN and 0 if no source says anything.
    """
    times = np.asarray(seconds, dtype=np.float64)
    trust = np.asarray(confidence, dtype=np.float64)
    cast = np.flatnonzero(np.isfinite(times))
    if not len(cast):
        return float("nan"), 0.0
    order = cast[np.argsort(times[cast], kind="stable")]
    # Sources that all have no confidence vote alike.
    weights = trust[order] if trust[order].sum() > 0 else np.ones(len(order))
    passed = np.cumsum(weights) / weights.sum()
    first = int(np.searchsorted(passed, 0.5 - 1e-9))
    chosen = float(times[order[first]])
    if abs(passed[first] - 0.5) < 1e-9 and first + 1 < len(order):
        # Half of the weight lies on either side.
        chosen = (chosen + float(times[order[first + 1]])) / 2
    agree = np.abs(times - chosen) <= tolerance
    return chosen, float(trust[agree].sum() / len(times))
