"""Planted deviations in made-up typical videos, so the truth is known."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from inphase.alignment.deviation import TypicalCourse, raised
from inphase.errors import AlignmentError
from inphase.synthetic import DEVIATIONS, planted

_BASIS = np.random.default_rng(0).normal(size=(6, 16)) / 2
_FRAME = 0.04
_LONG = 22

Made = tuple[NDArray[np.float64], tuple[int, int] | None]


def performance(seed: int, kind: str | None = None) -> Made:
    """Embeddings of one performance, and the first and last frame of the planted deviation."""
    random = np.random.default_rng(seed)
    frames = int(random.integers(70, 130))
    share = np.linspace(0, 1, frames)
    state = share + random.uniform(-0.15, 0.15) * np.sin(2 * np.pi * share) / 2
    at = int(random.integers(25, frames - 40))
    truth: tuple[int, int] | None = None
    if kind is not None:
        long = {"reversal": 12, "skip": int(0.22 * frames)}.get(kind, _LONG)
        state, first, last = planted(state, kind, at=at, long=long)
        truth = first, last
    turns = 2.5 * state[:, None] * np.arange(1, 4)
    course = np.concatenate([np.cos(turns), np.sin(turns)], axis=1) @ _BASIS
    course += 0.08 * random.normal(size=16) + 0.03 * random.normal(size=course.shape)
    if kind == "foreign":
        course[at : at + _LONG] += 0.8 * random.normal(size=16)
    return course, truth


@pytest.fixture(scope="module")
def typical() -> TypicalCourse:
    return TypicalCourse([performance(seed)[0] for seed in range(24)], [_FRAME] * 24)


@pytest.mark.parametrize("kind", DEVIATIONS)
def test_planted_deviations_are_told_from_normal_videos_and_placed(
    typical: TypicalCourse, kind: str
) -> None:
    normal = [typical.deviation(performance(100 + seed)[0], _FRAME) for seed in range(16)]
    planted = [performance(200 + seed, kind) for seed in range(16)]
    found = [typical.deviation(course, _FRAME) for course, _ in planted]
    scores = [one.score.max() for one in (*normal, *found)]
    assert roc_auc_score([0] * 16 + [1] * 16, scores) >= 0.95
    errors, kinds = [], []
    for deviation, (_, truth) in zip(found, planted, strict=True):
        times = _FRAME * np.arange(len(deviation.score), dtype=np.float64)
        part = max(typical.segments(deviation, times), key=lambda one: one.score)
        assert (part.start, part.end) == (times[part.first], times[part.last])
        assert part.p_value == typical.p_floor
        kinds.append(part.kind)
        assert truth is not None
        errors.append((abs(part.first - truth[0]), abs(part.last - truth[1])))
    assert (np.array(errors) <= 5).mean() >= 0.9
    expected = {"foreign": "looks", "skip": "fast"}.get(kind, "slow")
    assert np.mean([found == expected for found in kinds]) > 0.8


def test_a_normal_video_raises_an_alarm_about_as_often_as_promised(typical: TypicalCourse) -> None:
    p_values = []
    for seed in range(40):
        deviation = typical.deviation(performance(1000 + seed)[0], _FRAME)
        p_values.append(typical.p_value(deviation, 0, len(deviation.score) - 1))
    assert np.mean(np.array(p_values) <= 0.1) < 0.25
    assert 0.3 < np.mean(p_values) < 0.8


def test_nineteen_typical_videos_are_enough_for_an_alarm_at_one_in_twenty() -> None:
    videos = [performance(seed)[0] for seed in range(19)]
    typical = TypicalCourse(videos, [_FRAME] * 19)
    deviation = typical.deviation(performance(200, "foreign")[0], _FRAME)
    times = _FRAME * np.arange(len(deviation.score), dtype=np.float64)
    part = max(typical.segments(deviation, times), key=lambda one: one.score)
    assert part.p_value == typical.p_floor == 0.05
    assert part.is_alarm(0.05)
    assert not part.is_alarm(0.049)


def test_p_values_count_the_typical_videos_that_stray_as_far(typical: TypicalCourse) -> None:
    deviation = typical.deviation(performance(200, "stop")[0], _FRAME)
    quiet = int(deviation.score.argmin())
    assert typical.p_floor == 1 / 25
    peaks = deviation.left_out[:, quiet]
    further = (own.max() >= peak for own, peak in zip(typical.own, peaks, strict=True))
    expected = (1 + sum(further)) / 25
    assert typical.p_value(deviation, quiet, quiet) == pytest.approx(expected)
    assert typical.p_value(deviation, quiet, quiet) > 0.5


def test_leaving_a_typical_video_out_cannot_bring_the_nearest_closer(
    typical: TypicalCourse,
) -> None:
    deviation = typical.deviation(performance(300)[0], _FRAME)
    assert (deviation.left_out >= deviation.score - 1e-12).all()


def test_a_new_group_is_no_anomaly_when_groups_are_left_out_together() -> None:
    shifts = np.repeat(np.linspace(-1, 1, 6), 4)
    courses = [performance(seed)[0] + shift for seed, shift in enumerate(shifts)]
    new = performance(50)[0] + 0.1
    times = [_FRAME] * len(courses)
    apart = TypicalCourse(courses, times)
    together = TypicalCourse(courses, times, groups=shifts.tolist())
    p_values = []
    for course in (apart, together):
        deviation = course.deviation(new, _FRAME)
        p_values.append(course.p_value(deviation, 0, len(new) - 1))
    assert p_values[0] < 0.1
    assert p_values[1] > 0.2


def test_segments_are_narrowed_to_their_peak_and_stay_apart() -> None:
    curve = np.zeros(60)
    curve[10:20] = [0.6, 0.7, 2, 4, 4, 4, 4, 2, 0.7, 0.6]
    curve[40:43] = 1
    assert raised(curve, level=0.5) == [(12, 17, 13), (40, 42, 40)]
    assert raised(curve, level=5.0) == []


def test_what_is_no_further_than_the_level_is_not_raised() -> None:
    """A video like identical typical ones: neither it nor they stray at all."""
    assert raised(np.zeros(20), level=0.0) == []
    assert raised([0, 1, 1, 0], level=1.0) == []
    same = [performance(0)[0]] * 3
    typical = TypicalCourse(same, [_FRAME] * 3)
    deviation = typical.deviation(same[0], _FRAME)
    times = _FRAME * np.arange(len(same[0]), dtype=np.float64)
    assert typical.segments(deviation, times) == ()
    # All of them stray as far as it does.
    assert typical.p_value(deviation, 0, len(same[0]) - 1) == 1


def test_the_frame_rate_does_not_matter() -> None:
    courses = [performance(seed)[0] for seed in range(8)]
    typical = TypicalCourse(courses, [_FRAME] * 8)
    half = performance(60)[0]
    whole = typical.deviation(half, _FRAME)
    thinned = typical.deviation(half[::2], 2 * _FRAME)
    assert thinned.pace.max() < 2 * max(whole.pace.max(), 1)


def test_bad_input_is_one_sentence() -> None:
    good = performance(0)[0]
    wrong: list[tuple[list[Any], dict[str, Any], str]] = [
        ([good], {}, "At least two typical videos"),
        ([good, good], {"groups": ["a", "a"]}, "of two groups"),
        ([good, good], {"span": 0}, "seconds above 0, not 0"),
        ([good, good], {"span": np.inf}, "seconds above 0, not inf"),
        ([good, good[:, :3]], {}, "dimensions"),
        ([good, good[:0]], {}, "has no frames"),
    ]
    for videos, options, message in wrong:
        with pytest.raises(AlignmentError, match=message):
            TypicalCourse(videos, [_FRAME] * len(videos), **options)
