"""What a reader is told before believing the figures, and from which value on."""

import numpy as np
import pytest

from inphase.evaluation.judge import shortcut_warnings
from inphase.evaluation.metrics import Sums
from inphase.evaluation.result import MODEL, STRETCH
from inphase.evaluation.scores import Score
from inphase.evaluation.variants import FROZEN
from inphase.evaluation.videos import Action
from tests.evaluation.conftest import MakeVideo


def score(key: str, value: float, *, undefined: int | None = None) -> Score:
    sums = Sums(np.full((1, 1), value), np.ones((1, 1)))
    return Score(key, key, "", True, (sums,), undefined=undefined)


def told(
    actions: tuple[Action, ...] = (),
    *,
    frozen: tuple[Score, ...] = (),
    model: tuple[Score, ...] = (),
    stretch: tuple[Score, ...] = (),
) -> tuple[str, ...]:
    parts = {MODEL: model, STRETCH: stretch, FROZEN: frozen}
    return shortcut_warnings(
        {name: {one.key: one for one in scores} for name, scores in parts.items()}, actions
    )


@pytest.mark.parametrize(
    ("tau", "warned"), [(0.0, 0), (0.045, 0), (-0.045, 0), (0.055, 1), (-0.055, 1), (1.0, 1)]
)
def test_order_that_is_told_in_a_frozen_video_is_the_clock(tau: float, warned: int) -> None:
    found = told(frozen=(score("tau_b", tau),))
    assert len(found) == warned
    assert all("frozen to one frame" in one and f"{tau:.3f}" in one for one in found)


@pytest.mark.parametrize(
    ("accuracy", "warned"), [(0.3, 0), (0.5, 0), (0.508, 0), (0.512, 1), (0.9, 1)]
)
def test_more_right_phases_than_any_constant_answer_are_the_clock(
    make_video: MakeVideo, accuracy: float, warned: int
) -> None:
    # The longest phase of each video has half of its frames, whichever it is.
    test = (
        make_video("a", frames=40, events=(10, 30)),
        make_video("b", frames=20, events=(5, 10)),
    )
    action = Action("", ("one", "two"), (), test)
    found = told((action,), frozen=(score("phase_accuracy_100", accuracy),))
    assert len(found) == warned
    assert all(f"{accuracy:.1%}" in one and "(50.0%)" in one for one in found)


def test_the_constant_answer_is_a_mean_over_actions(make_video: MakeVideo) -> None:
    half = Action("a", ("one", "two"), (), (make_video("a", frames=40, events=(10, 30)),))
    most = Action("b", ("one", "two"), (), (make_video("b", frames=20, events=(1, 19)),))
    for accuracy, warned in ((0.70, 0), (0.72, 1)):
        found = told((half, most), frozen=(score("phase_accuracy_10", accuracy),))
        assert len(found) == warned
    # Where no video has phases, no answer is right too often.
    assert told((), frozen=(score("phase_accuracy_10", 1.0),)) == ()


def test_of_several_shares_of_labels_one_is_enough_to_tell(make_video: MakeVideo) -> None:
    action = Action("", ("one", "two"), (), (make_video("a", frames=40, events=(10, 30)),))
    scores = (
        score("phase_accuracy_10", 0.4),
        score("phase_accuracy_50", 0.8),
        score("phase_accuracy_100", 0.9),
    )
    (found,) = told((action,), frozen=scores)
    assert "80.0%" in found


@pytest.mark.parametrize(("model", "warned"), [(0.09, 0), (0.1, 1), (0.11, 1)])
def test_a_model_that_is_no_better_than_time_stretching_is_told(model: float, warned: int) -> None:
    key = "event_error_share"
    found = told(model=(score(key, model),), stretch=(score(key, 0.1),))
    assert len(found) == warned
    assert told(model=(score(key, model),)) == ()


def test_undefined_pairs_of_the_model_are_told() -> None:
    (found,) = told(model=(score("tau_b", 0.4, undefined=3),))
    assert "undefined for 3 pairs" in found
    assert told(model=(score("tau_b", 0.4, undefined=0),)) == ()
