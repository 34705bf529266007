"""How well a sequence repeats itself after each lag, for made-up sequences."""

import numpy as np

from inphase.alignment.periodicity import aperiodicity, lags_between


def test_short_lags_are_all_tried_and_longer_ones_lie_three_percent_apart() -> None:
    lags = lags_between(4, 3000)
    assert (lags[0], lags[-1]) == (4, 3000)
    assert lags[:20].tolist() == [*range(4, 24)]
    assert (np.diff(lags) <= np.maximum(1, 0.05 * lags[:-1])).all()
    assert len(lags) < 250
    assert lags_between(7, 7).tolist() == [7]


def test_the_lowest_value_is_at_the_period_and_near_zero() -> None:
    turn = 2 * np.pi * np.arange(300) / 25
    frames = np.stack([np.cos(turn), np.sin(turn), np.cos(2 * turn)], axis=1).astype(np.float32)
    lags = lags_between(4, 40)
    away = aperiodicity(frames, lags)
    assert away.shape == (300, len(lags))
    assert (lags[away.argmin(axis=1)] == 25).all()
    assert away.min() < 1e-6
    assert (away[:, lags == 12] > 1).all()


def test_where_the_tempo_changes_the_period_does() -> None:
    turn = 2 * np.pi * np.cumsum(np.where(np.arange(400) < 200, 1 / 20, 1 / 32))
    frames = np.stack([np.cos(turn), np.sin(turn)], axis=1).astype(np.float32)
    lags = lags_between(4, 60)
    shortest = lags[aperiodicity(frames, lags).argmin(axis=1)]
    # Multiples of a period are periods, too.
    assert {lag % 20 for lag in shortest[50:150].tolist()} == {0}
    assert np.abs(shortest[250:350] % 32 - 16).min() >= 15


def test_there_and_back_is_one_period_not_two() -> None:
    way = np.cos(2 * np.pi * np.arange(200) / 30)[:, None].astype(np.float32)
    lags = lags_between(4, 45)
    assert (lags[aperiodicity(way, lags).argmin(axis=1)] == 30).all()
