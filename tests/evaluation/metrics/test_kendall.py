"""Kendall's τ against golden values, scipy, and a loop over pairs."""

import itertools
import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats
from scipy.spatial.distance import cdist

from inphase.errors import AlignmentError
from inphase.evaluation.metrics import kendalls_tau, kendalls_tau_of_order, kendalls_tau_pairs


def twin(order: list[int]) -> tuple[float, float]:
    """τ-b and τ-a by counting pairs."""
    signs = [np.sign(b - a) for a, b in itertools.combinations(order, 2)]
    net, pairs, untied = sum(signs), len(signs), sum(sign != 0 for sign in signs)
    tau_b = net / math.sqrt(pairs * untied) if untied else math.nan
    return float(tau_b), float(net / pairs) if pairs else math.nan


def walk(frames: int, seed: int) -> NDArray[np.float64]:
    """Embeddings that drift, so that neighbours are roughly in order."""
    generator = np.random.default_rng(seed)
    drift = np.linspace(0, 3, frames)[:, None] * np.ones(4)
    return drift + 0.3 * generator.normal(size=(frames, 4))


@pytest.mark.parametrize(
    ("nearest", "tau_b", "tau_a"), [([0, 0, 1, 2, 2], 0.8944, 0.8), ([0, 2, 1, 3, 4], 0.8, 0.8)]
)
def test_tau_has_the_golden_values(nearest: list[int], tau_b: float, tau_a: float) -> None:
    tau = kendalls_tau_of_order(nearest)
    assert tau.tau_b == pytest.approx(tau_b, abs=5e-5)
    assert tau.tau_a == pytest.approx(tau_a)


def test_golden_values_here_are_those_of_the_file(shared_reference: Path) -> None:
    for case in json.loads((shared_reference / "golden_losses.json").read_text())["kendall"]:
        tau = kendalls_tau_of_order(case["nearest"])
        assert tau.tau_b == pytest.approx(case["tau_b"], abs=5e-5)
        assert tau.tau_a == pytest.approx(case["tau_a"], abs=5e-5)


@settings(max_examples=200)
@given(order=st.lists(st.integers(0, 8), max_size=20))
def test_tau_counts_pairs_of_frames(order: list[int]) -> None:
    tau_b, tau_a = twin(order)
    tau = kendalls_tau_of_order(order)
    assert tau.tau_b == pytest.approx(tau_b, nan_ok=True)
    assert tau.tau_a == pytest.approx(tau_a, nan_ok=True)


@pytest.mark.parametrize("stride", [1, 3])
def test_tau_of_a_pair_is_that_of_its_nearest_neighbours(stride: int) -> None:
    a, b = walk(40, 0), walk(55, 1)
    nearest = cdist(a[::stride], b[::stride], "sqeuclidean").argmin(axis=1)
    expected = stats.kendalltau(np.arange(len(nearest)), nearest).statistic
    assert 0.3 < expected < 0.99
    assert kendalls_tau(a, b, stride=stride).tau_b == pytest.approx(expected)


def test_tau_over_pairs_is_the_mean_of_all_ordered_pairs() -> None:
    videos = [walk(30, 0), walk(40, 1), walk(25, 2)]
    result = kendalls_tau_pairs(videos, stride=2)
    taus = [kendalls_tau(a, b, stride=2) for a, b in itertools.permutations(videos, 2)]
    assert result.tau_b == pytest.approx(np.mean([tau.tau_b for tau in taus]))
    assert result.tau_a == pytest.approx(np.mean([tau.tau_a for tau in taus]))
    assert (result.pairs, result.undefined, result.stride) == (6, 0, 2)


def test_undefined_pairs_count_zero_and_are_reported() -> None:
    line = np.linspace(0, 1, 10)[:, None]
    frozen = np.zeros((10, 1))
    # From the line, all neighbours are one frame of the frozen video, and vice versa.
    result = kendalls_tau_pairs([line, line, frozen])
    assert (result.pairs, result.undefined) == (6, 4)
    assert result.tau_b == pytest.approx(2 / 6)
    assert result.tau_a == pytest.approx(2 / 6)
    one_frame = kendalls_tau_pairs([line, line[:1]])
    assert (one_frame.pairs, one_frame.undefined, one_frame.tau_b) == (2, 2, 0.0)


def test_videos_in_reverse_have_tau_minus_one() -> None:
    line = np.linspace(0, 1, 10)[:, None]
    tau = kendalls_tau(line, line[::-1])
    assert tau.tau_b == pytest.approx(-1)
    assert tau.tau_a == pytest.approx(-1)


def test_bad_input_is_one_sentence() -> None:
    good = walk(5, 0)
    with pytest.raises(AlignmentError, match="at least two videos, not 1"):
        kendalls_tau_pairs([good])
    with pytest.raises(AlignmentError, match="stride must be at least 1"):
        kendalls_tau_pairs([good, good], stride=0)
    with pytest.raises(AlignmentError, match="query has no frames"):
        kendalls_tau(good, good[:0])
    with pytest.raises(AlignmentError, match=r"must be \(frames,\)"):
        kendalls_tau_of_order(np.zeros((2, 2)))
