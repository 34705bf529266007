"""Which frame of the reference each frame of a clip shows."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from inphase.applications.synchronization.clip import Clip
from inphase.applications.synchronization.picture.timeline import Timeline, plan_timeline
from inphase.errors import ConfigError
from inphase.video import VideoInfo

EVENTS = {"top": 10, "impact": 20}


def info(frames: int = 40, fps: float = 25.0) -> VideoInfo:
    # Times as Matroska rounds them.
    times = np.round(np.arange(frames) / fps, 3)
    return VideoInfo(Path("a.mkv"), 64, 48, frames, fps, frames / fps, False, times)


def plan(frames: int = 40, fps: float = 25.0, **clip: Any) -> Timeline:
    return plan_timeline(Clip.model_validate(clip), info(frames, fps), EVENTS, "a")


def test_as_it_is_every_frame_keeps_its_own_time() -> None:
    timeline = plan(fps=29.97)
    np.testing.assert_array_equal(timeline.times, info(fps=29.97).times)
    np.testing.assert_array_equal(timeline.positions, np.arange(40))


@pytest.mark.parametrize("fps", [24.0, 25.0, 29.97, 60.0])
@pytest.mark.parametrize(("speed", "times"), [(0.5, 2), (0.25, 4), (0.1, 10)])
def test_slow_motion_shows_each_frame_equally_long(fps: float, speed: float, times: int) -> None:
    timeline = plan(fps=fps, speed=speed)
    np.testing.assert_array_equal(timeline.frames, np.repeat(np.arange(40), times))
    assert np.allclose(np.diff(timeline.times), 1 / fps, rtol=1e-3)


def test_twice_as_fast_shows_every_other_frame() -> None:
    np.testing.assert_array_equal(plan(fps=29.97, speed=2.0).frames, np.arange(0, 40, 2))


def test_slow_motion_around_a_key_event_and_between_two_moments() -> None:
    # 0.3 s before and after frame 20, which is at 0.8 s.
    expected = [*range(12), *np.repeat(np.arange(12, 28), 4), *range(28, 40)]
    np.testing.assert_array_equal(plan(slow=("impact:0.25",)).frames, expected)
    # The frame at 0.8 s starts there and is not part of it; that of a key event is.
    expected = [*range(10), *np.repeat(np.arange(10, 20), 2), *range(20, 40)]
    np.testing.assert_array_equal(plan(slow=("0.4-0.8:0.5",)).frames, expected)
    expected = [*range(10), *np.repeat(np.arange(10, 21), 2), *range(21, 40)]
    np.testing.assert_array_equal(plan(slow=("top-impact:0.5",)).frames, expected)


def test_of_two_spans_the_last_one_holds() -> None:
    frames = plan(slow=("0-1.6:0.5", "0.4-0.8:0.25")).frames
    np.testing.assert_array_equal(np.bincount(frames), [*[2] * 10, *[4] * 10, *[2] * 20])


def test_a_clip_starts_and_ends_with_the_frames_of_key_events() -> None:
    timeline = plan(start="top", end="impact")
    np.testing.assert_array_equal(timeline.frames, np.arange(10, 21))
    assert timeline.times[0] == 0
    np.testing.assert_array_equal(plan(start="0.4", end="0.8").frames, np.arange(10, 20))


def test_a_held_picture_stands_for_as_long_as_told() -> None:
    timeline = plan(hold=("impact:0.4", "top"), end="1.2")
    expected = [*range(10), *[10] * (1 + 25), *range(11, 20), *[20] * (1 + 10), *range(21, 30)]
    np.testing.assert_array_equal(timeline.frames, expected)
    assert [piece.speed for piece in timeline.pieces] == pytest.approx([1, 0, 1, 0, 1], abs=0.01)


def test_pieces_join_without_a_gap_in_the_clip() -> None:
    timeline = plan(fps=29.97, slow=("impact:0.3",), hold=("top:0.51",), start="0.1")
    edges = [(piece.begin, piece.stop) for piece in timeline.pieces]
    assert [stop for _, stop in edges[:-1]] == [begin for begin, _ in edges[1:]]
    assert edges[-1][1] == pytest.approx(len(timeline.times) / 29.97, abs=1e-3)


def test_more_frames_per_second_than_a_screen_shows_become_slow_motion() -> None:
    fast = replace(info(240, 240.0), times=np.arange(240) / 240)
    timeline = plan_timeline(Clip(slow=("0-0.5:0.25",)), fast, EVENTS, "a")
    assert float(timeline.rate) == 60
    np.testing.assert_array_equal(timeline.frames[:120], np.arange(120))
    np.testing.assert_array_equal(timeline.frames[120:], np.arange(120, 240, 4))


def test_in_slow_motion_a_query_shows_its_own_frames_in_between() -> None:
    mapping, times = 4 * np.arange(40), np.arange(160) / 100
    slow = plan(speed=0.25).query_frames(mapping, times)
    assert np.diff(slow).max() == 1
    assert set(slow.tolist()) == set(range(157))
    np.testing.assert_array_equal(slow[::4], mapping)
    np.testing.assert_array_equal(plan().query_frames(mapping, times), mapping)


@pytest.mark.parametrize(
    ("clip", "words"),
    [
        ({"start": "impact", "end": "top"}, "would be empty"),
        ({"start": "7"}, "after the end of a"),
        ({"slow": ("9-10:0.5",)}, "after the end of a|nothing lies"),
        ({"hold": ("impakt",)}, "no key event `impakt`; the key events are: top, impact"),
    ],
)
def test_what_cannot_be_is_one_sentence(clip: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        plan(**clip)
