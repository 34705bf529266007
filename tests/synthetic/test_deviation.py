"""A planted deviation is where it is said to be, and nowhere else."""

import numpy as np
import pytest

from inphase.synthetic import draw
from inphase.synthetic.deviation import DEVIATIONS, deviate, planted

VIDEO = draw("pouring", seed=3, fps=12, size=(64, 48), duration_range=(3.0, 3.0))


@pytest.mark.parametrize("kind", DEVIATIONS)
@pytest.mark.parametrize("seed", range(4))
def test_it_begins_and_ends_as_before(kind: str, seed: int) -> None:
    made = deviate(VIDEO, kind, seed=seed)
    assert made.state[0] == 0
    assert made.state[-1] == 1
    assert 0 < made.first <= made.last < len(made) - 1
    assert len(list(made.frames())) == len(made)


def test_a_stop_stands_a_reversal_goes_back_a_skip_leaps() -> None:
    usual = np.diff(VIDEO.state).max()
    stop, reversal, skip = (deviate(VIDEO, kind) for kind in ("stop", "reversal", "skip"))
    steps = np.diff(stop.state)
    assert (steps[stop.first : stop.last] == 0).all()
    assert (np.delete(steps, slice(stop.first, stop.last + 1)) > 0).all()
    steps = np.diff(reversal.state)
    assert (steps[reversal.first : reversal.last] < 0).all()
    assert (steps[: reversal.first - 1] > 0).all()
    assert (steps[reversal.last + 1 :] >= 0).all()
    steps = np.diff(skip.state)
    assert steps[skip.first] > 2 * usual
    assert (np.delete(steps, skip.first) <= usual + 1e-9).all()


def test_a_foreign_thing_is_in_its_frames_only() -> None:
    made = deviate(VIDEO, "foreign", seed=1)
    differs = [
        bool((one != other).any()) for one, other in zip(made.frames(), VIDEO.frames(), strict=True)
    ]
    assert [index for index, one in enumerate(differs) if one] == list(
        range(made.first, made.last + 1)
    )
    again = list(deviate(VIDEO, "foreign", seed=1).frames())
    np.testing.assert_array_equal(again[made.first], list(made.frames())[made.first])


def test_it_can_be_planted_in_embeddings_as_in_states() -> None:
    states = np.arange(20)
    embeddings = np.stack([states, -states], axis=1)
    for kind in DEVIATIONS:
        shown, first, last = planted(states, kind, at=10, long=4)
        deviating, *place = planted(embeddings, kind, at=10, long=4)
        np.testing.assert_array_equal(deviating, embeddings[shown])
        assert place == [first, last]


def test_an_unknown_kind_is_one_sentence() -> None:
    with pytest.raises(ValueError, match="kind must be one of stop, reversal, skip, foreign"):
        deviate(VIDEO, "other")
