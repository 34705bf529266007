"""Synthetic videos: their ground truth is true."""

import hashlib
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from inphase.synthetic import ACTIONS, EVENTS, SyntheticVideo, correspondence, draw
from inphase.synthetic.pouring import Pouring
from inphase.synthetic.sound import pouring_sound
from inphase.synthetic.warp import Warp, corresponding_frames, event_frames, progress


def _digest(frames: Iterator[NDArray[np.uint8]]) -> str:
    digest = hashlib.sha256()
    for frame in frames:
        digest.update(frame.tobytes())
    return digest.hexdigest()


def _short(action: str, seed: int, view: str | None = None) -> SyntheticVideo:
    return draw(action, seed=seed, fps=6, size=(80, 60), view=view)


@given(st.integers(0, 10_000))
def test_the_pace_is_strictly_increasing_smooth_and_uneven(seed: int) -> None:
    warp = Warp.draw(np.random.default_rng(seed), duration=4.0)
    state = warp.state(np.linspace(0, 4.0, 401))
    speed = np.diff(state)
    assert state[0] == 0.0
    assert state[-1] == pytest.approx(1.0)
    assert (speed > 0).all()
    assert 2.2 < speed.max() / speed.min() < 4.1
    assert (np.abs(np.diff(np.log(speed))) < 0.12).all()
    np.testing.assert_allclose(warp.time(state), np.linspace(0, 4.0, 401), atol=1e-9)


def test_events_are_the_first_frames_at_or_after_their_instant() -> None:
    state = np.array([0.0, 0.2, 0.4, 0.6, 1.0])
    events = event_frames(state, {"at": 0.4, "after": 0.41, "end": 1.0})
    assert events == {"at": 2, "after": 3, "end": 4}


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_video_knows_its_events_and_times(action: str, seed: int) -> None:
    video = draw(action, seed=seed)
    assert tuple(video.events) == tuple(EVENTS[action])
    for name, frame in video.events.items():
        assert video.state[frame] >= EVENTS[action][name] > video.state[frame - 1]
    frames = list(video.events.values())
    assert frames == sorted(frames)
    assert (video.state[0], video.state[-1]) == (0.0, 1.0)
    np.testing.assert_allclose(np.diff(video.times), 1 / 25)
    assert 2.4 < len(video) / 25 < 5.1


@pytest.mark.parametrize("action", ACTIONS)
def test_the_same_seed_draws_the_same_pixels_and_another_seed_others(action: str) -> None:
    first = _digest(_short(action, 3).frames())
    assert _digest(_short(action, 3).frames()) == first
    assert _digest(_short(action, 4).frames()) != first


def test_videos_of_one_action_differ_in_length_and_pace() -> None:
    videos = [draw("swing", seed=seed) for seed in range(8)]
    assert len({len(video) for video in videos}) > 5
    halves = [float(np.interp(0.5, video.state, video.times / video.times[-1])) for video in videos]
    assert max(halves) - min(halves) > 0.1


@pytest.mark.parametrize("action", ACTIONS)
def test_frames_are_uint8_rgb_of_the_asked_size(action: str) -> None:
    video = draw(action, seed=0, fps=2, size=(90, 70), duration_range=(2, 2))
    frames = list(video.frames())
    assert len(frames) == len(video) == 4
    for frame in frames:
        assert frame.shape == (70, 90, 3)
        assert frame.dtype == np.uint8


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("view", ["a", "b"])
def test_every_state_looks_different_from_the_one_before(action: str, view: str) -> None:
    video = draw(action, seed=5, size=(160, 120), view=view)
    frames = np.array(list(video.at(np.linspace(0, 1, 41))), dtype=np.int16)
    changed = (np.abs(np.diff(frames, axis=0)).max(axis=-1) > 16).sum(axis=(1, 2))
    assert changed.min() >= 12, f"still at {changed.argmin() / 40}"


@pytest.mark.parametrize("action", ACTIONS)
def test_two_views_are_one_performance_from_two_places(action: str) -> None:
    a, b = _short(action, 7, "a"), _short(action, 7, "b")
    np.testing.assert_array_equal(a.state, b.state)
    assert a.events == b.events
    assert (a.name, b.name) == (f"{action}_007_a", f"{action}_007_b")
    one, other = next(a.frames()).astype(int), next(b.frames()).astype(int)
    assert np.abs(one - other).mean() > 5
    assert np.abs(one[:, ::-1] - other).mean() > 5
    if a.audio is not None and b.audio is not None:
        np.testing.assert_array_equal(a.audio.samples, b.audio.samples)


def test_the_second_view_is_mirrored_and_so_are_some_performances() -> None:
    sides: dict[str, list[bool]] = {"a": [], "b": []}
    for seed in range(6):
        for view, found in sides.items():
            video = draw("pouring", seed=seed, size=(80, 60), view=view)
            first, later = (frame.astype(int) for frame in video.at(np.array([0.0, 0.08])))
            columns = np.abs(later - first).sum(axis=(0, 2))
            found.append(bool(np.average(np.arange(80), weights=columns) < 40))
    assert all(a != b for a, b in zip(sides["a"], sides["b"], strict=True))
    assert len(set(sides["a"])) == 2


def test_no_view_is_view_a() -> None:
    assert _digest(_short("swing", 1).frames()) == _digest(_short("swing", 1, "a").frames())


@pytest.mark.parametrize("action", ACTIONS)
def test_correspondence_is_exact_within_half_a_frame(action: str) -> None:
    for seed in range(4):
        reference, query = draw(action, seed=seed), draw(action, seed=seed + 10)
        matched = correspondence(reference, query)
        assert matched.shape == (len(reference),)
        assert (np.diff(matched) >= 0).all()
        step = np.diff(query.state)
        half = np.maximum(np.append(step, 0), np.insert(step, 0, 0))[matched] / 2
        assert (np.abs(query.state[matched] - reference.state) <= half + 1e-12).all()
        for name, frame in reference.events.items():
            assert abs(int(matched[frame]) - query.events[name]) <= 2


@settings(max_examples=30)
@given(st.integers(0, 1000))
def test_corresponding_frames_are_the_nearest(seed: int) -> None:
    generator = np.random.default_rng(seed)
    one, two = (np.sort(generator.random(size)) for size in generator.integers(2, 40, size=2))
    distance = np.abs(one[:, None] - two)
    matched = corresponding_frames(one, two)
    np.testing.assert_allclose(distance[np.arange(len(one)), matched], distance.min(axis=1))


def test_videos_of_different_actions_do_not_correspond() -> None:
    with pytest.raises(ValueError, match="different actions"):
        correspondence(draw("swing", seed=0), draw("pouring", seed=0))


def test_the_glass_fills_while_the_stream_runs() -> None:
    pouring = Pouring.draw(np.random.default_rng(0))
    begin, end = pouring.running
    assert pouring.level(begin) == 0.0
    final = pouring.level(1.0)
    assert pouring.level(EVENTS["pouring"]["half_full"]) == pytest.approx(final / 2)
    assert pouring.level(end) == pytest.approx(final)
    levels = [pouring.level(state) for state in np.linspace(begin, end, 50)]
    assert (np.diff(levels) > 0).all()
    assert final < pouring.glass_height


def _peaks(
    samples: NDArray[np.float32], rate: int, times: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The loudest frequency around each time, over a sixth of a second."""
    window = rate // 6
    starts = (times * rate).astype(int) - window // 2
    spectra = np.array(
        [
            np.abs(np.fft.rfft(samples[s : s + window] * np.hanning(window), 8 * window))
            for s in starts
        ]
    )
    # Smoothed, because a narrow band of noise is ragged.
    smooth = np.array([np.convolve(row, np.hanning(150), mode="same") for row in spectra])
    frequencies = np.fft.rfftfreq(8 * window, 1 / rate)
    return np.asarray(frequencies[smooth.argmax(axis=1)], dtype=np.float64)


@pytest.mark.parametrize("seed", [0, 1, 2, 3])
def test_the_resonance_rises_as_the_glass_fills(seed: int) -> None:
    video = draw("pouring", seed=seed)
    assert video.audio is not None
    sound, rate = video.audio.samples, video.audio.rate
    assert sound.shape == (round(len(video) / video.fps * rate), 1)
    assert sound.dtype == np.float32
    assert rate in (44100, 48000)
    assert 0.3 < np.abs(sound).max() <= 1.0
    begin = float(video.times[video.events["stream_starts"]])
    end = float(video.times[video.events["stream_ends"]])
    times = np.linspace(begin + 0.2, end - 0.12, 6)
    heard = _peaks(sound[:, 0], rate, times)
    assert (np.diff(heard) > 0).all(), heard
    assert 400 < heard[0] < 1000
    assert 1200 < heard[-1] < 2400
    # The quarter-wave frequency of an air column that shortens in step with the state.
    share = np.interp(times, video.times, video.state)
    air = 1 / heard
    assert abs(np.corrcoef(share, air)[0, 1]) > 0.97


@pytest.mark.parametrize("seed", [0, 1])
def test_there_is_silence_before_and_after_the_stream(seed: int) -> None:
    video = draw("pouring", seed=seed)
    assert video.audio is not None
    sound, rate = video.audio.samples[:, 0], video.audio.rate
    start = int(video.times[video.events["stream_starts"] - 1] * rate)
    assert (sound[:start] == 0).all()
    leaves = int(video.times[video.events["container_leaves"]] * rate)
    assert (sound[leaves:] == 0).all()
    assert np.abs(sound[start:leaves]).mean() > 0.02


def test_the_quarter_wave_is_heard_at_its_frequency() -> None:
    audio = pouring_sound(
        lambda times: np.full_like(times, 800.0),
        duration=3.0,
        running=(0.0, 3.0),
        generator=np.random.default_rng(0),
    )
    heard = _peaks(audio.samples[:, 0], audio.rate, np.linspace(0.5, 2.5, 9))
    np.testing.assert_allclose(heard, 800, rtol=0.06)


def test_only_pouring_sounds() -> None:
    assert draw("swing", seed=0).audio is None
    assert draw("pick_place", seed=0).audio is None


def test_a_stage_goes_from_0_to_1_and_never_back() -> None:
    values = [progress(state, 0.2, 0.6) for state in np.linspace(0, 1, 101)]
    assert values[0] == values[20] == 0.0
    assert values[60] == pytest.approx(1.0)
    assert values[-1] == 1.0
    assert (np.diff(values) >= 0).all()


def test_what_cannot_be_drawn_is_refused() -> None:
    with pytest.raises(ValueError, match="action must be one of pouring, swing, pick_place"):
        draw("dance", seed=0)
    with pytest.raises(ValueError, match="view"):
        draw("swing", seed=0, view="c")
    with pytest.raises(ValueError, match="two frames"):
        draw("swing", seed=0, fps=1, duration_range=(0.5, 1.0))
