"""How far an alignment can be trusted."""

import numpy as np
import pytest

from inphase.alignment import RunningTrust, trust
from inphase.errors import AlignmentError


@pytest.mark.parametrize(("confidence", "reliable"), [(0.39, False), (0.41, True), (1.0, True)])
def test_a_low_mean_confidence_is_unreliable(confidence: float, reliable: bool) -> None:
    found = trust(np.full(20, confidence))
    assert found.confidence == pytest.approx(confidence)
    assert found.reliable is reliable
    assert len(found.doubtful) == 0


def test_a_stretch_without_a_good_match_is_doubtful() -> None:
    confidence = np.full(100, 0.9)
    confidence[40:60] = 0.0
    found = trust(confidence)
    assert found.reliable
    ((first, last),) = found.doubtful
    assert 40 <= first <= 45
    assert 54 <= last <= 60


def test_a_single_bad_match_is_not() -> None:
    confidence = np.full(100, 0.9)
    confidence[50] = 0.0
    assert len(trust(confidence).doubtful) == 0


def test_doubtful_stretches_may_touch_both_ends() -> None:
    confidence = np.full(100, 0.9)
    confidence[:20] = confidence[80:] = 0.1
    (first, second) = trust(confidence).doubtful.tolist()
    assert first[0] == 0
    assert second[1] == 99
    np.testing.assert_array_equal(trust(np.zeros(7)).doubtful, [[0, 6]])


@pytest.mark.parametrize("confidence", [[], np.zeros((2, 2)), 0.5])
def test_no_frames_are_an_error(confidence: object) -> None:
    with pytest.raises(AlignmentError, match="list of numbers"):
        trust(confidence)  # type: ignore[arg-type]


def test_while_frames_arrive_only_the_last_ones_decide_where_it_is_doubtful() -> None:
    confidence = np.repeat([0.9, 0.0, 0.9], [40, 20, 40])
    running = RunningTrust(100)
    assert running.reliable
    doubtful = [running.push(value, frame / 10) for frame, value in enumerate(confidence)]
    # Of the last ten frames, seven must be bad.
    assert np.flatnonzero(doubtful).tolist() == list(range(46, 63))
    assert running.stretches == ((4.6, 6.2),)
    assert running.reliable
    for frame in range(100, 300):
        running.push(0.0, frame / 10)
    assert not running.reliable
    assert len(running.stretches) == 2
    assert running.stretches[1][1] == 29.9
