"""Costs of many paths at once are those of the paths that `dtw` finds."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from inphase.alignment import dtw
from inphase.alignment.medoid_kernels import costs_per_step


@settings(max_examples=200, deadline=None)
@given(
    n=st.integers(1, 8),
    widths=st.lists(st.integers(1, 8), min_size=1, max_size=4),
    largest=st.integers(1, 5),
    seed=st.integers(0, 1000),
)
def test_each_matrix_gets_the_mean_along_its_path(
    n: int, widths: list[int], largest: int, seed: int
) -> None:
    starts = np.cumsum([0, *widths])
    # Whole numbers, so that paths of different lengths cost the same.
    drawn = np.random.default_rng(seed).integers(0, largest, size=(n, starts[-1]))
    distances = drawn.astype(np.float32)
    found = costs_per_step(distances, starts)
    for k in range(len(widths)):
        path = dtw(distances[:, starts[k] : starts[k + 1]])
        assert found[k] == path.cost / len(path.reference)
