"""Intervals and paired differences against scipy's bootstrap and loops over draws."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from inphase.errors import EvaluationError
from inphase.evaluation.metrics import Sums, bootstrap_interval, mean_sums, paired_bootstrap


def pairs(values: NDArray[np.float64]) -> Sums:
    """Sums of the mean over all ordered pairs of different videos."""
    ones = 1.0 - np.eye(len(values))
    return Sums((values * ones)[None], ones[None])


@settings(max_examples=20)
@given(seed=st.integers(0, 1000), count=st.integers(8, 40))
def test_the_interval_of_a_mean_is_scipys(seed: int, count: int) -> None:
    values = np.random.default_rng(seed).normal(size=count)
    ours = bootstrap_interval([mean_sums(values)], draws=8000, seed=seed)
    theirs = stats.bootstrap(
        (values,), np.mean, n_resamples=8000, method="percentile", rng=seed
    ).confidence_interval
    error = values.std() / np.sqrt(count)
    assert abs(ours.low - theirs.low) < 0.2 * error
    assert abs(ours.high - theirs.high) < 0.2 * error


def test_a_ratio_weights_videos_by_their_frames() -> None:
    sums = Sums(np.array([[1.0, 30.0]]), np.array([[10.0, 30.0]]))
    assert sums.value == pytest.approx(31 / 40)


def test_pairs_are_drawn_by_their_videos() -> None:
    generator = np.random.default_rng(0)
    count, draws = 6, 4000
    matrix = generator.normal(size=(count, count)) + generator.normal(size=count)
    scores = []
    for _ in range(draws):
        chosen = generator.integers(0, count, size=count)
        values = [matrix[i, j] for i in chosen for j in chosen if i != j]
        scores.append(np.mean(values))
    low, high = np.percentile(scores, [2.5, 97.5])
    interval = bootstrap_interval([pairs(matrix)], draws=draws, seed=1)
    assert interval.low == pytest.approx(low, abs=0.1)
    assert interval.high == pytest.approx(high, abs=0.1)
    assert pairs(matrix).value == pytest.approx(matrix[~np.eye(count, dtype=bool)].mean())
    # Drawing pairs independently would give intervals that are too narrow.
    single = bootstrap_interval([mean_sums(matrix[~np.eye(count, dtype=bool)])], draws=draws)
    assert high - low > 1.3 * (single.high - single.low)


def test_parts_and_sets_are_averaged_after_their_ratios() -> None:
    two_parts = Sums(np.array([[1.0, 0.0], [4.0, 0.0]]), np.array([[1.0, 1.0], [4.0, 4.0]]))
    assert two_parts.value == pytest.approx(0.5)
    sets = [mean_sums(np.zeros(5)), mean_sums(np.full(50, 1.0))]
    interval = bootstrap_interval(sets)
    assert (interval.low, interval.high) == (0.5, 0.5)


def test_what_cannot_be_scored_is_nan() -> None:
    assert np.isnan(Sums(np.zeros((1, 3)), np.zeros((1, 3))).value)
    half = Sums(np.array([[1.0, 1.0], [0.0, 0.0]]), np.array([[2.0, 2.0], [0.0, 0.0]]))
    assert half.value == pytest.approx(0.5)
    # With two videos, half of the draws hold no pair.
    assert np.isnan(bootstrap_interval([pairs(np.ones((2, 2)))]).low)


def test_a_constant_difference_is_certain_though_the_scores_are_not() -> None:
    values = np.random.default_rng(0).normal(size=20)
    result = paired_bootstrap([mean_sums(values)], [mean_sums(values + 0.01)])
    assert result.difference == pytest.approx(0.01)
    assert (result.low, result.high) == pytest.approx((0.01, 0.01))
    assert result.p < 0.01


def test_no_difference_is_not_significant() -> None:
    values = np.random.default_rng(0).normal(size=20)
    assert paired_bootstrap([mean_sums(values)], [mean_sums(values)]).p == 1.0


def test_p_values_of_equal_methods_are_uniform() -> None:
    generator = np.random.default_rng(0)
    p = [
        paired_bootstrap(
            [mean_sums(generator.normal(size=40))],
            [mean_sums(generator.normal(size=40))],
            draws=400,
            seed=seed,
        ).p
        for seed in range(300)
    ]
    assert stats.kstest(p, "uniform").pvalue > 0.001
    assert 0.02 < np.mean(np.array(p) < 0.05) < 0.1


def test_what_does_not_fit_is_one_sentence() -> None:
    with pytest.raises(EvaluationError, match="same videos"):
        paired_bootstrap([mean_sums([1, 2])], [mean_sums([1, 2, 3])])
    with pytest.raises(EvaluationError, match="2 draws, not 1"):
        bootstrap_interval([mean_sums([1, 2])], draws=1)
    with pytest.raises(EvaluationError, match="do not fit"):
        Sums(np.zeros((1, 2)), np.zeros((1, 3)))
    with pytest.raises(EvaluationError, match="must be square"):
        Sums(np.zeros((1, 2, 3)), np.zeros((1, 2, 3)))
