"""Nothing asks for all distances between two long videos at once."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from inphase.alignment import AlignmentOptions, align, joint_align, sources
from inphase.alignment.deviation import TypicalCourse
from inphase.alignment.distances import TiledDistances
from inphase.errors import AlignmentError
from inphase.evaluation.metrics import kendalls_tau
from inphase.evaluation.metrics.cycles import all_neighbours
from inphase.evaluation.metrics.retrieval import retrieval_same_video

Videos = list[NDArray[np.float32]]


def _videos() -> Videos:
    generator = np.random.default_rng(0)
    course = np.cumsum(generator.normal(size=(130, 4)), axis=0)
    return [course[::step].astype(np.float32) for step in (1, 2)]


def _nearest(videos: Videos) -> NDArray[np.int64]:
    return align(videos[0], videos[1], AlignmentOptions(method="nearest")).query_frames


def _joint(videos: Videos) -> NDArray[np.float64]:
    return joint_align(videos, start=0, rounds=2).costs


def _course(videos: Videos) -> NDArray[np.float64]:
    return TypicalCourse(videos, [0.04, 0.08]).own[0]


def _retrieval(videos: Videos) -> NDArray[np.float64]:
    labels = [np.arange(len(video)) // 20 for video in videos]
    return retrieval_same_video(videos, labels)[0].per_video


_JOBS: dict[str, Callable[[Videos], object]] = {
    "align": lambda videos: align(videos[0], videos[1]).query_frames,
    "nearest": _nearest,
    "joint": _joint,
    "deviation": _course,
    "kendall": lambda videos: kendalls_tau(videos[0], videos[1]).tau_b,
    "cycles": lambda videos: np.concatenate(all_neighbours(videos)[0]),
    "retrieval": _retrieval,
}


@pytest.mark.parametrize("job", list(_JOBS))
def test_long_videos_are_compared_a_part_at_a_time(
    monkeypatch: pytest.MonkeyPatch, job: str
) -> None:
    expected = _JOBS[job](_videos())

    def refused(self: TiledDistances) -> NDArray[np.float32]:
        raise AssertionError(f"all {self.shape} distances at once")

    monkeypatch.setattr(sources, "_KEPT", 0)
    monkeypatch.setattr(TiledDistances, "whole", refused)
    # Only the medoid compares whole videos: it thins them to 100 frames.
    np.testing.assert_allclose(np.asarray(_JOBS[job](_videos())), np.asarray(expected), rtol=1e-5)


def test_too_little_memory_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    videos = _videos()

    def exhausted(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr("inphase.alignment.pairwise.distances_between", exhausted)
    with pytest.raises(AlignmentError, match=r"130 and 65 frames .* memory"):
        align(videos[0], videos[1])
