"""Phases: the number of key events at or before a frame."""

from pathlib import Path

import numpy as np

from inphase.data import Video, phases_of
from inphase.evaluation.metrics import phase_labels

EVENTS = ("start", "bottom", "end")


def _video(**events: int) -> Video:
    return Video("squat", Path("squat.mp4"), events=events)


def test_a_phase_begins_at_its_event() -> None:
    video = _video(start=2, bottom=4, end=7)
    phases = phases_of(video, EVENTS, np.arange(9))
    assert phases is not None
    assert phases.tolist() == [0, 0, 1, 1, 2, 2, 2, 3, 3]
    some = phases_of(video, EVENTS, np.array([8, 0, 3]))
    assert some is not None
    assert some.tolist() == [3, 0, 1]


def test_events_may_coincide_or_come_after_the_last_frame() -> None:
    phases = phases_of(_video(start=1, bottom=1, end=4), EVENTS, np.arange(4))
    assert phases is not None
    assert phases.tolist() == [0, 2, 2, 2]


def test_without_all_its_events_a_video_has_no_phases() -> None:
    assert phases_of(_video(start=2, end=7), EVENTS, np.arange(9)) is None
    assert phases_of(_video(), (), np.arange(9)) is None


def test_training_and_evaluation_mean_the_same_phases() -> None:
    generator = np.random.default_rng(0)
    for _ in range(20):
        frames = int(generator.integers(3, 30))
        at = np.sort(generator.integers(0, frames + 1, len(EVENTS)))
        video = _video(**dict(zip(EVENTS, at.tolist(), strict=True)))
        phases = phases_of(video, EVENTS, np.arange(frames))
        assert phases is not None
        assert phases.tolist() == phase_labels(at, frames).tolist()
