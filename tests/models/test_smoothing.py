"""Embeddings averaged over time, compared with explicit sums."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from inphase.models.smoothing import frames_to_smooth, smooth_over_time

_steps = st.lists(st.floats(1e-3, 0.5), min_size=1, max_size=40)


def _written_out(
    embeddings: NDArray[np.float32], times: NDArray[np.float64], deviation: float
) -> NDArray[np.float64]:
    rows = []
    for now in times:
        near = np.abs(times - now) <= 3.01 * deviation
        weight = near * np.exp(-(((times - now) / deviation) ** 2) / 2)
        rows.append(weight @ embeddings / weight.sum())
    return np.array(rows)


@given(_steps, st.floats(0.01, 2.0), st.integers(0, 2**32))
def test_it_is_a_weighted_mean_at_any_frame_rate(
    steps: list[float], deviation: float, seed: int
) -> None:
    times = np.cumsum(steps)
    # A frame exactly at the limit may fall on either side of it by rounding.
    gaps = np.abs(times[:, None] - times)
    if np.isclose(gaps, 3.01 * deviation, rtol=1e-9).any():
        return
    drawn = np.random.default_rng(seed).normal(size=(len(times), 3)).astype(np.float32)
    got = smooth_over_time(drawn, times, deviation)
    assert got.dtype == np.float32
    np.testing.assert_allclose(got, _written_out(drawn, times, deviation), rtol=1e-5, atol=1e-6)


def test_inside_a_video_of_a_constant_rate_it_is_a_gaussian_filter() -> None:
    drawn = np.random.default_rng(0).normal(size=(80, 4)).astype(np.float32)
    got = smooth_over_time(drawn, np.arange(80) / 25, 0.08)
    expected = gaussian_filter1d(drawn.astype(float), 2, axis=0, radius=6)
    np.testing.assert_allclose(got[6:-6], expected[6:-6], atol=1e-6)


def test_what_flickers_goes_and_what_lasts_stays() -> None:
    times = np.arange(60) / 30
    lasting = np.sin(2 * np.pi * times)[:, None].astype(np.float32)
    flicker = np.where(np.arange(60) % 2, 1, -1)[:, None].astype(np.float32)
    got = smooth_over_time(lasting + flicker, times, 0.08)
    assert np.abs(got - lasting)[8:-8].max() < 0.15
    assert smooth_over_time(flicker, times, 0.0) is flicker


def test_slow_pictures_are_not_mixed() -> None:
    drawn = np.random.default_rng(0).normal(size=(5, 2)).astype(np.float32)
    np.testing.assert_array_equal(smooth_over_time(drawn, np.arange(5.0), 0.08), drawn)


@given(_steps, st.floats(0.0, 1.0), st.data())
def test_the_frames_that_some_depend_on_are_enough(
    steps: list[float], deviation: float, data: st.DataObject
) -> None:
    times = np.cumsum(steps)
    wanted = np.array(data.draw(st.lists(st.integers(0, len(times) - 1), min_size=1, max_size=4)))
    drawn = np.random.default_rng(0).normal(size=(len(times), 3)).astype(np.float32)
    around = frames_to_smooth(times, wanted, deviation)
    got = smooth_over_time(drawn[around], times[around], deviation)
    whole = smooth_over_time(drawn, times, deviation)
    np.testing.assert_allclose(got[np.searchsorted(around, wanted)], whole[wanted], atol=1e-6)


@pytest.mark.parametrize("deviation", [0.0, 0.001])
def test_frames_further_apart_than_it_reaches_depend_on_themselves(deviation: float) -> None:
    got = frames_to_smooth(np.arange(9) / 25, np.array([7, 2, 7]), deviation)
    assert got.tolist() == [2, 7]
