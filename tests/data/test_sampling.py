"""Which frames are chosen: properties that hold for any video, and cases worked out by hand."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.typing import NDArray

from inphase.data import (
    context_indices,
    resample,
    same_instants,
    sample_positives,
    sample_strided,
    sample_uniform,
)

gaps = st.lists(st.floats(0.005, 0.5), min_size=0, max_size=60)


def _times(steps: list[float]) -> NDArray[np.float64]:
    return np.concatenate([[0.0], np.cumsum(steps)])


def test_resampling_halves_a_constant_rate() -> None:
    times = np.arange(11) / 50
    assert resample(times, fps=25).tolist() == [0, 2, 4, 6, 8, 10]


def test_resampling_a_variable_rate_goes_by_time() -> None:
    times = np.array([0.0, 0.01, 0.02, 0.5, 1.0])
    assert resample(times, fps=2).tolist() == [0, 3, 4]


@given(gaps, st.floats(0.5, 120))
def test_resampled_frames_are_distinct_and_nearest_to_the_grid(
    steps: list[float], fps: float
) -> None:
    times = _times(steps)
    picked = resample(times, fps=fps)
    assert picked[0] == 0
    assert (np.diff(picked) > 0).all()
    grid = np.arange(0, times[-1] + 0.5 / fps, 1 / fps)
    best = np.abs(times[:, None] - grid).min(axis=0)
    reached = np.abs(times[picked][:, None] - grid).min(axis=0)
    np.testing.assert_allclose(reached, best, atol=2e-6)


@given(st.lists(st.floats(0.001, 500), min_size=1, max_size=30), st.floats(5, 60))
def test_long_stills_are_resampled_as_short_ones(steps: list[float], fps: float) -> None:
    times = _times(steps)
    targets = np.arange(np.floor(times[-1] * fps + 0.5) + 1) / fps
    # A target so close to the middle of two frames may go to either.
    middles = (times[1:] + times[:-1]) / 2 + 1e-6
    assume(np.abs((middles * fps + 0.5) % 1 - 0.5).min() > 1e-6)
    nearest = np.abs(times[None, :] - targets[:, None] + 1e-9).argmin(axis=1)
    assert resample(times, fps=fps).tolist() == np.unique(nearest).tolist()


def test_a_still_of_centuries_takes_no_memory() -> None:
    assert resample(np.array([0.0, 1.0, 5e10]), fps=15).tolist() == [0, 1, 2]


@pytest.mark.parametrize("fps", [0.0, -1.0, float("nan"), float("inf")])
def test_resampling_refuses_a_rate_that_is_none(fps: float) -> None:
    with pytest.raises(ValueError, match="fps"):
        resample(np.array([0.0, 1.0]), fps=fps)


@pytest.mark.parametrize("times", [[], [0.0, 0.0], [1.0, 0.5], [0.0, float("nan")]])
def test_times_that_do_not_increase_are_refused(times: list[float]) -> None:
    with pytest.raises(ValueError, match="times"):
        resample(np.array(times), fps=10)


def test_context_is_the_frame_so_many_seconds_before() -> None:
    times = np.arange(40) / 20
    context = context_indices(times, np.array([3, 15, 39]), context_frames=2, gap=0.75)
    assert context.tolist() == [[0, 3], [0, 15], [24, 39]]


def test_context_is_the_same_moment_at_any_rate() -> None:
    slow, fast = np.arange(60) / 20, np.arange(180) / 60
    by_slow = context_indices(slow, np.array([50]), context_frames=3, gap=0.5)
    by_fast = context_indices(fast, np.array([150]), context_frames=3, gap=0.5)
    np.testing.assert_allclose(slow[by_slow], fast[by_fast])


@given(gaps, st.integers(1, 5), st.floats(0, 1))
def test_context_never_looks_ahead(steps: list[float], count: int, gap: float) -> None:
    times = _times(steps)
    indices = np.arange(len(times))
    context = context_indices(times, indices, context_frames=count, gap=gap)
    assert context.shape == (len(times), count)
    np.testing.assert_array_equal(context[:, -1], indices)
    assert (np.diff(context, axis=1) >= 0).all()
    assert (context >= 0).all()


def test_a_centred_context_lies_on_both_sides() -> None:
    times = np.arange(40) / 20
    odd = context_indices(times, np.array([3, 20, 39]), context_frames=3, gap=0.5, centred=True)
    assert odd.tolist() == [[0, 3, 13], [10, 20, 30], [29, 39, 39]]


@given(gaps, st.sampled_from([1, 3, 5]), st.floats(0, 1))
def test_a_centred_context_is_in_order_around_the_frame(
    steps: list[float], count: int, gap: float
) -> None:
    times = _times(steps)
    indices = np.arange(len(times))
    context = context_indices(times, indices, context_frames=count, gap=gap, centred=True)
    assert context.shape == (len(times), count)
    assert (np.diff(context, axis=0) >= 0).all()
    assert (np.diff(context, axis=1) >= 0).all()
    assert (context[:, 0] <= indices).all()
    assert (context[:, -1] >= indices).all()
    np.testing.assert_array_equal(context[:, count // 2], indices)


def test_context_outside_the_video_is_refused() -> None:
    times = np.arange(5.0)
    with pytest.raises(ValueError, match="indices"):
        context_indices(times, np.array([5]), context_frames=2, gap=1)
    with pytest.raises(ValueError, match="context_frames"):
        context_indices(times, np.array([0]), context_frames=0, gap=1)
    with pytest.raises(ValueError, match="odd"):
        context_indices(times, np.array([0]), context_frames=2, gap=1, centred=True)
    with pytest.raises(ValueError, match="gap"):
        context_indices(times, np.array([0]), context_frames=2, gap=-1)


@given(st.integers(1, 200), st.integers(1, 40), st.integers(0, 2**31))
def test_a_uniform_clip_is_distinct_sorted_and_masked(frames: int, count: int, seed: int) -> None:
    indices, mask = sample_uniform(frames, count, np.random.default_rng(seed))
    assert indices.shape == mask.shape == (count,)
    assert mask.sum() == min(frames, count)
    real = indices[mask]
    assert (np.diff(real) > 0).all()
    assert real[0] >= 0
    assert real[-1] < frames
    assert (indices[~mask] == real[-1]).all()


def test_a_uniform_clip_takes_every_frame_equally_often() -> None:
    generator = np.random.default_rng(0)
    counts = np.zeros(10)
    for _ in range(4000):
        counts[sample_uniform(10, 3, generator)[0]] += 1
    np.testing.assert_allclose(counts / counts.sum(), 0.1, atol=0.01)


@given(st.integers(1, 200), st.integers(1, 40), st.integers(1, 12), st.integers(0, 2**31))
def test_a_strided_clip_keeps_its_stride(frames: int, count: int, stride: int, seed: int) -> None:
    indices, mask = sample_strided(frames, count, stride, np.random.default_rng(seed))
    real = indices[mask]
    assert (np.diff(real) == stride).all()
    assert real[0] >= 0
    assert real[-1] < frames
    assert len(real) == count or real[-1] + stride >= frames or real[0] - stride < 0
    assert len(real) == min(count, (frames - 1) // stride + 1)
    assert (indices[~mask] == real[-1]).all()


def test_the_same_seed_draws_the_same_clip() -> None:
    one, _ = sample_uniform(100, 20, np.random.default_rng(5))
    two, _ = sample_uniform(100, 20, np.random.default_rng(5))
    other, _ = sample_uniform(100, 20, np.random.default_rng(6))
    np.testing.assert_array_equal(one, two)
    assert (one != other).any()


def test_nothing_is_sampled_from_nothing() -> None:
    generator = np.random.default_rng(0)
    with pytest.raises(ValueError, match="without frames"):
        sample_uniform(0, 5, generator)
    with pytest.raises(ValueError, match="count"):
        sample_uniform(5, 0, generator)
    with pytest.raises(ValueError, match="stride"):
        sample_strided(5, 2, 0, generator)


def test_positives_lie_in_the_window_inside_the_video_and_are_other_frames() -> None:
    indices = np.array([0, 1, 10, 28, 29])
    seen: list[set[int]] = [set() for _ in indices]
    generator = np.random.default_rng(0)
    for _ in range(400):
        positives, there = sample_positives(indices, 30, 3, generator)
        assert there.all()
        for found, positive in zip(seen, positives.tolist(), strict=True):
            found.add(positive)
    assert seen == [
        {1, 2, 3},
        {0, 2, 3, 4},
        {7, 8, 9, 11, 12, 13},
        {25, 26, 27, 29},
        {26, 27, 28},
    ]


def test_the_only_frame_of_a_video_has_no_positive() -> None:
    positives, there = sample_positives(np.zeros(3, dtype=np.int64), 1, 5, np.random.default_rng(0))
    assert not there.any()
    assert (positives == 0).all()
    with pytest.raises(ValueError, match="window"):
        sample_positives(np.zeros(3, dtype=np.int64), 9, 0, np.random.default_rng(0))


def test_the_same_instants_are_found_by_time_not_by_number() -> None:
    slow = np.arange(10) / 10  # ends at 0.9 s
    targets = np.array([-0.2, 0.0, 0.04, 0.06, 0.5, 0.94, 0.97])
    frames, there = same_instants(slow, targets)
    assert there.tolist() == [False, True, True, True, True, True, False]
    assert frames[there].tolist() == [0, 0, 1, 5, 9]
    uneven = np.array([0.0, 0.1, 0.2, 0.9, 1.0])
    frames, there = same_instants(uneven, np.array([0.3, 0.6]))
    assert frames.tolist() == [2, 3]
    assert there.all()
