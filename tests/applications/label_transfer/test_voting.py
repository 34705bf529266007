"""Several sources vote for one time."""

import numpy as np
import pytest

from inphase.applications.label_transfer.voting import vote

NONE = float("nan")


@pytest.mark.parametrize(
    ("seconds", "confidence", "wanted", "sure"),
    [
        ([1.0], [0.7], 1.0, 0.7),  # one source keeps its own
        ([1.0, 1.1, 9.0], [0.6, 0.6, 0.6], 1.1, 0.4),  # an outlier does not move it
        ([1.0, 2.0, 3.0], [0.1, 0.1, 0.9], 3.0, 0.3),  # a more confident one weighs more
        ([1.0, 1.2], [0.5, 0.5], 1.1, 0.5),  # halfway between two
        ([NONE, 2.0], [0.0, 0.8], 2.0, 0.4),  # one without a vote counts as 0
        ([5.0, 1.0, 3.0], [0.0, 0.0, 0.0], 3.0, 0.0),  # no confidence: all count the same
    ],
)
def test_the_vote(
    seconds: list[float], confidence: list[float], wanted: float, sure: float
) -> None:
    time, trust = vote(seconds, confidence, tolerance=0.2)
    assert time == pytest.approx(wanted)
    assert trust == pytest.approx(sure)


def test_no_vote_at_all() -> None:
    time, trust = vote([NONE, NONE], [0.0, 0.0], tolerance=1)
    assert np.isnan(time)
    assert trust == 0


def test_the_order_of_the_sources_does_not_matter() -> None:
    draw = np.random.default_rng(0)
    for _ in range(50):
        seconds, trust = draw.random(5), draw.random(5)
        order = draw.permutation(5)
        first = vote(seconds, trust, tolerance=0.2)
        assert vote(seconds[order], trust[order], tolerance=0.2) == pytest.approx(first)
        # Equal weights: the median.
        assert vote(seconds, np.ones(5), tolerance=1)[0] == pytest.approx(np.median(seconds))
