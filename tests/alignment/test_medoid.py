"""The most typical of many videos."""

import os
import sys
import threading

import numpy as np
import pytest
from numpy.typing import NDArray

from inphase.alignment import align, medoid
from inphase.alignment.medoid_kernels import costs_per_step
from inphase.errors import AlignmentError

# The function of the same name hides the module.
MODULE = sys.modules["inphase.alignment.medoid"]


def test_the_video_in_the_middle_is_chosen() -> None:
    course = np.linspace(0, 1, 40)[:, None]
    offsets = [-3.0, -1.0, 0.2, 1.0, 4.0]
    videos = [np.concatenate([course, np.full_like(course, offset)], axis=1) for offset in offsets]
    assert medoid(videos).index == 2


def test_costs_are_those_of_all_pairs_per_step() -> None:
    generator = np.random.default_rng(0)
    videos = [generator.normal(size=(length, 3)) for length in (20, 35, 50, 28)]
    found = medoid(videos)
    for index, video in enumerate(videos):
        costs = []
        for other in videos:
            if other is not video:
                alignment = align(video, other)
                costs.append(alignment.cost / len(alignment.path.reference))
        assert found.costs[index] == pytest.approx(np.mean(costs), rel=1e-5)


def test_many_videos_are_compared_with_a_sample_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    aligned: list[int] = []

    def counting(distances: NDArray[np.float32], starts: NDArray[np.int64]) -> NDArray[np.float64]:
        aligned.append(len(starts) - 1)
        return costs_per_step(distances, starts)

    monkeypatch.setattr(MODULE, "costs_per_step", counting)
    generator = np.random.default_rng(0)
    course = np.linspace(0, 1, 12)[:, None]
    offsets = generator.normal(size=60)
    videos = [np.concatenate([course, np.full_like(course, offset)], axis=1) for offset in offsets]
    found = medoid(videos, compared=20)
    assert 40 * 20 < sum(aligned) <= 60 * 20
    # Near the middle, if not exactly there.
    assert abs(offsets[found.index] - np.median(offsets)) < 0.4
    assert medoid(videos, compared=20).index == found.index


@pytest.mark.parametrize("compared", [5, 50])
def test_the_number_of_cores_changes_nothing(
    compared: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    generator = np.random.default_rng(0)
    videos = [generator.normal(size=(length, 8)).cumsum(axis=0) for length in range(20, 50)]
    found = []
    for cores in (1, 2, 7):
        monkeypatch.setattr(os, "cpu_count", lambda cores=cores: cores)
        found.append(medoid(videos, compared=compared).costs)
    np.testing.assert_array_equal(found[0], found[1])
    np.testing.assert_array_equal(found[0], found[2])


def test_progress_is_told_in_the_callers_thread() -> None:
    told: list[tuple[int, int]] = []
    medoid(
        [np.full((4, 2), at) for at in range(9)],
        advance=lambda videos: told.append((videos, threading.get_ident())),
    )
    assert told == [(1, threading.get_ident())] * 9


def test_a_short_video_has_no_advantage() -> None:
    course = np.linspace(0, 1, 50)[:, None]
    far_and_short = np.concatenate([course[::10], np.full((5, 1), 2.0)], axis=1)
    near = [np.concatenate([course, np.full_like(course, at)], axis=1) for at in (0.0, 0.1, 0.2)]
    assert medoid([far_and_short, *near]).index != 0


def test_bad_input_is_one_sentence() -> None:
    with pytest.raises(AlignmentError, match="no videos to choose"):
        medoid([])
    with pytest.raises(AlignmentError, match="at least 1"):
        medoid([np.ones((3, 2))], compared=0)
    good = np.ones((3, 2))
    with pytest.raises(AlignmentError, match="query has no frames"):
        medoid([good, good, good[:0]])
    with pytest.raises(AlignmentError, match="2 dimensions and the query's 3"):
        medoid([good, np.ones((3, 3))])
    with pytest.raises(AlignmentError, match="not all finite"):
        medoid([good, np.full((3, 2), np.nan)])


def test_one_video_is_its_own_medoid() -> None:
    found = medoid([np.ones((3, 2))])
    assert (found.index, found.costs.tolist()) == (0, [0.0])
