"""A cycle fitted to a sequence that repeats it, for made-up sequences."""

import numpy as np
import pytest
from numpy.typing import NDArray

from inphase.alignment.cycle import PLACES, CycleFit, at_pace, with_motion


def turns(*lengths: int) -> NDArray[np.float32]:
    """Turns of a movement, each of its own length in frames."""
    angle = np.concatenate([2 * np.pi * np.arange(n) / n for n in lengths])
    return np.stack([np.cos(angle), np.sin(angle), np.cos(2 * angle)], axis=1).astype(np.float32)


def test_every_turn_is_gone_round_once_at_its_own_pace() -> None:
    cycle = CycleFit(turns(30, 45, 20, 30), 30).fit(0)
    ((begin, gone),) = cycle.runs()
    assert begin == 0
    assert (gone[-1] + 1 - gone[0]) / PLACES == pytest.approx(4, abs=0.1)
    ends = np.cumsum([30, 45, 20, 30]) * PLACES / 30
    passed = [np.searchsorted(gone, gone[0] + PLACES * (k + 1)) for k in range(3)]
    assert np.abs(passed - ends[:3]).max() <= 3
    assert cycle.likeness.mean() > 0.9
    assert cycle.extent > 0.5


def test_the_cycle_is_the_mean_of_its_turns() -> None:
    generator = np.random.default_rng(0)
    clean = turns(*[32] * 12)
    noisy = clean + 0.4 * generator.normal(size=clean.shape).astype(np.float32)
    fitted = CycleFit(noisy, 32).fit(32)
    true = with_motion(clean, 32)[32:64]
    away = np.linalg.norm(fitted.places[:, :3] - true[:, :3], axis=1).mean()
    assert away < 0.3 * np.linalg.norm((noisy - clean)[32:64], axis=1).mean()


def test_what_is_not_the_movement_is_left_out() -> None:
    other = np.tile(np.array([5.0, 5.0, 5.0], np.float32), (60, 1))
    fitter = CycleFit(np.concatenate([turns(30, 30, 30), other, turns(30, 30, 30)]), 30)
    runs = fitter.fit(0).runs()
    assert len(runs) == 2
    for begin, gone in runs:
        assert (gone[-1] - gone[0]) / PLACES == pytest.approx(3, abs=0.35)
        assert begin in range(8) or begin in range(150 * PLACES // 30, 150 * PLACES // 30 + 8)


@pytest.mark.parametrize("period", [5.0, 32.0, 90.0])
def test_frames_are_resampled_to_the_same_number_a_period(period: float) -> None:
    count = int(6 * period)
    wave = np.cos(2 * np.pi * np.arange(count) / period)[:, None].astype(np.float32)
    paced = at_pace(wave, period)
    assert len(paced) == pytest.approx(6 * PLACES, abs=1)
    wanted = np.cos(2 * np.pi * np.arange(len(paced)) / PLACES)
    inside = slice(PLACES, -PLACES)
    assert np.corrcoef(paced[inside, 0], wanted[inside])[0, 1] > 0.98


def test_the_way_back_differs_from_the_way_there_by_its_motion() -> None:
    way = np.cos(2 * np.pi * np.arange(120) / 40)[:, None].astype(np.float32)
    moving = with_motion(way, 40)
    there, back = 50, 70  # the same place, passed in both directions
    assert way[there] == pytest.approx(way[back], abs=1e-6)
    assert abs(moving[there, 1] - moving[back, 1]) > 1
