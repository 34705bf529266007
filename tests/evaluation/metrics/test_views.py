"""Multi-view alignment error by hand and against a loop."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inphase.errors import EvaluationError
from inphase.evaluation.metrics import multi_view_alignment_error


def test_errors_by_hand() -> None:
    error = multi_view_alignment_error(
        [0, 2, 2], [0.0, 0.5, 1.0], other_times=[0.0, 0.25, 0.5, 1.0]
    )
    np.testing.assert_allclose(error.seconds, [0.0, 0.0, 0.5])
    np.testing.assert_allclose(error.share, [0.0, 0.0, 0.5])


@given(n=st.integers(1, 30), m=st.integers(2, 30), rate=st.floats(1, 60), seed=st.integers(0, 1000))
def test_at_one_rate_the_share_counts_frames(n: int, m: int, rate: float, seed: int) -> None:
    mapping = np.random.default_rng(seed).integers(0, m, size=n)
    error = multi_view_alignment_error(
        mapping, np.arange(n) / rate, other_times=np.arange(m) / rate
    )
    expected = [abs(match - min(i, m - 1)) / (m - 1) for i, match in enumerate(mapping)]
    np.testing.assert_allclose(error.share, expected, atol=1e-9)


def test_what_the_other_camera_has_not_filmed_is_not_held_against_a_match() -> None:
    error = multi_view_alignment_error([0, 1, 1], [0.0, 1.0, 9.0], other_times=[0.0, 1.0])
    np.testing.assert_allclose(error.seconds, [0.0, 0.0, 0.0])


def test_what_does_not_fit_is_one_sentence() -> None:
    with pytest.raises(EvaluationError, match="does not fit"):
        multi_view_alignment_error([0], [0.0, 1.0], other_times=[0.0])
    with pytest.raises(EvaluationError, match=r"outside the other view's frames 0\.\.0"):
        multi_view_alignment_error([1], [0.0], other_times=[0.0])
    with pytest.raises(EvaluationError, match="outside"):
        multi_view_alignment_error([-1], [0.0], other_times=[0.0])
