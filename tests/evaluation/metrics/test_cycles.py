"""Cycle consistency against loops over frames, and where it is known."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from inphase.errors import EvaluationError
from inphase.evaluation.metrics import (
    all_neighbours,
    three_way_cycle_consistency,
    two_way_cycle_consistency,
)


def videos(seed: int, count: int) -> list[NDArray[np.float64]]:
    generator = np.random.default_rng(seed)
    return [
        np.linspace(0, 2, n)[:, None] + 0.3 * generator.normal(size=(n, 2))
        for n in generator.integers(3, 9, size=count)
    ]


def nearest(frame: NDArray[np.float64], video: NDArray[np.float64]) -> int:
    return min(range(len(video)), key=lambda index: float(((video[index] - frame) ** 2).sum()))


def walk(start: int, way: list[NDArray[np.float64]]) -> int:
    """The frame of the last video reached by nearest neighbours from a frame of the first."""
    frame = start
    for here, there in itertools.pairwise(way):
        frame = nearest(here[frame], there)
    return frame


@settings(max_examples=30)
@given(seed=st.integers(0, 10_000), tolerance=st.integers(0, 2))
def test_both_are_walks_from_neighbour_to_neighbour(seed: int, tolerance: int) -> None:
    all_videos = videos(seed, 4)
    neighbours = all_neighbours(all_videos)
    two, three = [], []
    for a, b in itertools.permutations(all_videos, 2):
        two.append(np.mean([abs(walk(i, [a, b, a]) - i) <= tolerance for i in range(len(a))]))
    for i, a in enumerate(all_videos):
        others = [video for j, video in enumerate(all_videos) if j != i]
        for b, c in itertools.combinations(others, 2):
            home = [
                abs(walk(f, [a, b, c, a]) - f) <= tolerance
                and abs(walk(f, [a, c, b, a]) - f) <= tolerance
                for f in range(len(a))
            ]
            three.append(np.mean(home))
    result = two_way_cycle_consistency(neighbours, tolerance=tolerance)
    assert result.score == pytest.approx(np.mean(two))
    assert result.ways == 12
    result = three_way_cycle_consistency(neighbours, tolerance=tolerance)
    assert result.score == pytest.approx(np.mean(three))
    assert result.ways == 12


def test_the_same_video_three_times_is_consistent_and_noise_is_not() -> None:
    line = np.arange(20.0)[:, None]
    neighbours = all_neighbours([line] * 3)
    assert two_way_cycle_consistency(neighbours, tolerance=0).score == 1.0
    assert three_way_cycle_consistency(neighbours, tolerance=0).score == 1.0
    generator = np.random.default_rng(0)
    noise = all_neighbours([generator.normal(size=(60, 30)) for _ in range(3)])
    assert three_way_cycle_consistency(noise).score < two_way_cycle_consistency(noise).score < 0.6


def test_a_frozen_video_brings_only_its_first_frames_home() -> None:
    line, frozen = np.arange(10.0)[:, None], np.zeros((10, 1))
    score = two_way_cycle_consistency(all_neighbours([line, frozen]))
    np.testing.assert_allclose(score.per_video, [0.2, 0.2])


def test_fewer_triples_are_near_all_of_them_and_the_same_each_time() -> None:
    neighbours = all_neighbours(videos(3, 12))
    whole = three_way_cycle_consistency(neighbours, triples=None)
    some, again = (three_way_cycle_consistency(neighbours, triples=240) for _ in range(2))
    assert (whole.ways, some.ways) == (12 * 55, 240)
    assert some.score == again.score
    assert some.score == pytest.approx(whole.score, abs=0.05)


def test_too_few_videos_are_one_sentence() -> None:
    neighbours = all_neighbours(videos(0, 2))
    with pytest.raises(EvaluationError, match="3 videos, not 2"):
        three_way_cycle_consistency(neighbours)
    with pytest.raises(EvaluationError, match="2 videos, not 1"):
        two_way_cycle_consistency(neighbours[:1])
    with pytest.raises(EvaluationError, match="at least 0 frames"):
        two_way_cycle_consistency(neighbours, tolerance=-1)
