"""Where a source plays: at the match, and on while the target waits."""

import numpy as np
import pytest
from numpy.typing import NDArray

from inphase.applications.sound_transfer.matching import played_on

BLOCK, DRIFT = 0.2, 0.25


def _played(
    wanted: list[float], *, chosen: list[int] | None = None, long: float = 9.0
) -> NDArray[np.float64]:
    return played_on(
        np.array(wanted),
        np.arange(len(wanted) + 1, dtype=np.float64) * BLOCK,
        chosen=np.array(chosen or [0] * len(wanted)),
        durations=[long, long],
        drift=DRIFT,
    )


def test_what_moves_on_plays_where_it_matches() -> None:
    wanted = np.cumsum([1.0, 0.1, 0.2, 0.3, 0.5, 0.08])
    assert _played(wanted.tolist()).tolist() == wanted.tolist()


def test_while_the_target_waits_the_sound_around_that_moment_plays_on() -> None:
    played = _played([4.0] * 12)
    assert np.abs(played - 4.0).max() <= DRIFT
    steps = np.diff(played)
    assert (steps != 0).all()  # no block sounds twice in a row
    assert np.isclose(steps, BLOCK).sum() >= 7  # and most follow each other in the source


def test_after_the_wait_it_is_where_it_should_be() -> None:
    assert _played([4.0, 4.0, 4.0, 4.3, 4.5])[3:].tolist() == [4.3, 4.5]


def test_another_source_and_silence_begin_anew() -> None:
    played = _played([4.0, 4.0, 4.0, 4.0, 4.0], chosen=[0, 1, 1, -1, 1])
    assert played[[1, 4]].tolist() == [4.0, 4.0]
    assert played[2] == pytest.approx(4.0 + BLOCK)


def test_nothing_plays_beyond_the_ends_of_a_sound() -> None:
    played = _played([-1.0, -1.0, -1.0, 1.0, 1.0, 1.0, 1.0], long=1.0)
    assert played.min() >= 0
    assert played.max() <= 1.0 - BLOCK
    assert (np.diff(played[3:]) != 0).all()
    assert _played([0.5, 0.5], long=0.1).tolist() == [0.0, 0.0]
