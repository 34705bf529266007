"""Intervals and paired differences against scipy's bootstrap and loops over draws."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from inphase.errors import EvaluationError
from inphase.evaluation.metrics import Sums, bootstrap_interval, mean_sums, paired_bootstrap
from inphase.evaluation.metrics.bootstrap import FEWEST_GROUPS, holm, independent_groups


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
    # Many draws hold no video that has a score.
    one_known = Sums(np.ones((1, 8)), np.eye(8)[:1])
    assert np.isnan(bootstrap_interval([one_known]).low)


def test_too_few_groups_give_no_interval_and_no_p() -> None:
    def scored(groups: int) -> Sums:
        names = tuple(f"group {video % groups}" for video in range(40))
        return dataclasses.replace(mean_sums(np.arange(40.0)), groups=names)

    few, enough = scored(FEWEST_GROUPS - 1), scored(FEWEST_GROUPS)
    assert np.isnan([bootstrap_interval([few]).low, bootstrap_interval([few]).high]).all()
    result = paired_bootstrap([few], [few])
    assert result.difference == 0.0
    assert np.isnan([result.low, result.high, result.p]).all()
    assert np.isfinite(bootstrap_interval([enough]).low)
    assert paired_bootstrap([enough], [enough]).p == 1.0
    # Stated by one of the two is enough: the other is from before groups were kept.
    assert np.isnan(paired_bootstrap([mean_sums(np.arange(40.0))], [few]).p)


def test_videos_of_a_group_are_drawn_together() -> None:
    means = np.random.default_rng(0).normal(size=10)
    once = bootstrap_interval([mean_sums(means)])
    copied = mean_sums(np.repeat(means, 4))
    names = tuple(f"group {n}" for n in np.repeat(np.arange(10), 4))
    grouped = bootstrap_interval([dataclasses.replace(copied, groups=names)])
    assert (grouped.low, grouped.high) == pytest.approx((once.low, once.high))
    # As if they were independent, copies would halve the interval.
    naive = bootstrap_interval([copied])
    assert naive.high - naive.low < 0.7 * (once.high - once.low)


def test_a_group_in_two_sets_is_drawn_in_both_at_once() -> None:
    values = np.random.default_rng(0).normal(size=12)
    names = tuple(f"group {n}" for n in range(12))
    first = dataclasses.replace(mean_sums(values), groups=names)
    second = dataclasses.replace(mean_sums(-values), groups=names)
    interval = bootstrap_interval([first, second])
    assert (interval.low, interval.high) == pytest.approx((0.0, 0.0))
    assert independent_groups([first, second]) == 12
    assert independent_groups([mean_sums(values), mean_sums(values)]) == 24


@pytest.mark.parametrize(
    ("p", "corrected"),
    [
        # By R's p.adjust(p, "holm").
        ([0.01, 0.04, 0.03, 0.005], [0.03, 0.06, 0.06, 0.02]),
        ([0.5, 0.9], [1.0, 1.0]),
        ([float("nan"), 0.02], [float("nan"), 0.02]),
        ([], []),
    ],
)
def test_p_values_are_corrected_as_holm_says(p: list[float], corrected: list[float]) -> None:
    assert holm(p) == pytest.approx(corrected, nan_ok=True)


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
    with pytest.raises(EvaluationError, match="1 groups do not fit 2 videos"):
        Sums(np.zeros((1, 2)), np.zeros((1, 2)), ("group a",))
    with pytest.raises(EvaluationError, match="must be square"):
        Sums(np.zeros((1, 2, 3)), np.zeros((1, 2, 3)))
