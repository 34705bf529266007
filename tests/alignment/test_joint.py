"""Many videos aligned with one barycentre, and with each other by way of it."""

import itertools
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from inphase.alignment import align, joint_align
from inphase.alignment.dtw import WarpingPath
from inphase.alignment.joint import _curve, _mean_along
from inphase.errors import AlignmentError
from inphase.evaluation.metrics import three_way_cycle_consistency

Performance = tuple[NDArray[np.float64], NDArray[np.float32]]


def performances(count: int, *, noise: float = 0.0, seed: int = 0) -> list[Performance]:
    """States in 0..1 and embeddings in 8 dimensions of performances at very different paces."""
    generator = np.random.default_rng(seed)
    made = []
    for _ in range(count):
        time = np.linspace(0, 1, int(generator.integers(30, 120)))
        bend = generator.uniform(0.4, 2.5)
        states = time**bend
        turns = 3 * states[:, None] * np.arange(1, 5)
        clean = np.concatenate([np.cos(turns), np.sin(turns)], axis=1)
        offset = noise * generator.normal(size=8)
        made.append((states, (clean + offset).astype(np.float32)))
    return made


def test_the_known_correspondence_is_found_between_all() -> None:
    made = performances(8)
    result = joint_align([embeddings for _, embeddings in made], smoothing=0)
    for a, b in itertools.permutations(range(len(made)), 2):
        mapping = result.mapping(a, b)
        assert mapping.shape == made[a][0].shape
        assert (np.diff(mapping) >= 0).all()
        # Within two frames of either video, where those are far apart.
        step = np.gradient(made[a][0]) + np.gradient(made[b][0])[mapping]
        assert (np.abs(made[b][0][mapping] - made[a][0]) < 2 * step + 0.02).all()


def test_a_video_that_waits_first_is_met_where_it_begins_to_move() -> None:
    made = performances(6)
    videos = [embeddings for _, embeddings in made]
    still = np.repeat(videos[0][:1], 40, axis=0)
    result = joint_align([*videos, np.concatenate([still, videos[0]])])
    waiting = result.mapping(1, 6)
    assert waiting[0] > 20
    assert waiting[-1] >= 40 + len(videos[0]) - 6
    # Its whole wait matches the other's first moment.
    assert (made[1][0][result.mapping(6, 1)[:40]] < 0.05).all()


def test_a_video_that_waits_last_is_left_before_its_wait_ends() -> None:
    made = performances(6)
    videos = [embeddings for _, embeddings in made]
    still = np.repeat(videos[0][-1:], 40, axis=0)
    result = joint_align([*videos, np.concatenate([videos[0], still])])
    waiting = result.mapping(1, 6)
    assert waiting[0] < 6
    assert len(videos[0]) - 6 < waiting[-1] < len(videos[0]) + 30
    # Its whole wait matches the other's last moment.
    assert (made[1][0][result.mapping(6, 1)[-40:]] > 0.9).all()


def test_a_curve_is_the_same_backwards_and_even_paths_stay_even_beyond_their_ends() -> None:
    one = np.concatenate([np.zeros(9), np.arange(30), np.full(14, 29)]).astype(np.int64)
    other = np.arange(len(one))
    forth = _curve(WarpingPath(one, other, 0.0), 0.08)
    back = _curve(WarpingPath(29 - one[::-1], other[-1] - other[::-1], 0.0), 0.08)
    np.testing.assert_allclose(back[0], 29 - forth[0][::-1], atol=1e-12)
    np.testing.assert_allclose(back[1], other[-1] - forth[1][::-1], atol=1e-12)
    for places, frames in (_curve(WarpingPath(other, other, 0.0), 0.08), forth):
        # Beyond either end both go on, half a step of the path each.
        assert places[0] < -5
        assert frames[-1] > other[-1] + 5
        assert np.diff(places)[[0, -1]] == pytest.approx(np.diff(frames)[[0, -1]], abs=1e-3)
    places, frames = _curve(WarpingPath(other, other, 0.0), 0.08)
    np.testing.assert_array_equal(places, frames)


def test_mappings_by_way_of_the_barycentre_come_home_where_pairwise_ones_do_not() -> None:
    videos = [embeddings for _, embeddings in performances(6, noise=0.4, seed=1)]
    count = range(len(videos))
    result = joint_align(videos)
    joint = [[result.mapping(a, b) for b in count] for a in count]
    pairwise = [[align(videos[a], videos[b]).query_frames for b in count] for a in count]
    scores = [three_way_cycle_consistency(maps, tolerance=2).score for maps in (joint, pairwise)]
    assert scores[0] > 0.85
    assert scores[0] > scores[1] + 0.1


def test_averaging_is_petitjeans_where_all_are_as_long() -> None:
    """Against a plain loop over the path, as in Algorithm 5 of the paper."""
    videos = [performances(1, seed=seed)[0][1][:25] for seed in range(3)]
    one = joint_align(videos, start=0, length=25, rounds=0)
    expected = []
    for position in range(25):
        total, weight = np.zeros(8), 0.0
        for path, video in zip(one.paths, videos, strict=True):
            for place, frame in zip(path.reference, path.query, strict=True):
                if place == position:
                    total += video[frame] / len(path.reference)
                    weight += 1 / len(path.reference)
        expected.append(total / weight)
    np.testing.assert_allclose(_mean_along(one.paths, videos, 25), expected, rtol=1e-4, atol=1e-6)


def test_positions_run_along_the_whole_barycentre() -> None:
    videos = [embeddings for _, embeddings in performances(4)]
    result = joint_align(videos)
    for index, video in enumerate(videos):
        positions = result.positions(index)
        assert positions.shape == (len(video),)
        assert (np.diff(positions) >= 0).all()
        # The frames at them are the frames that one began with, but for still ends.
        inside = np.flatnonzero((positions > 0) & (positions < len(result.barycentre) - 1))
        assert len(inside) > 0.8 * len(video)
        assert np.abs(result.frames(index, positions)[inside] - inside).max() < 1
    same = joint_align(videos[:1] * 3)
    assert same.positions(1) == pytest.approx(np.arange(len(videos[0])), abs=1e-6)


def test_a_round_of_averaging_lowers_the_cost_and_it_ends() -> None:
    videos = [embeddings for _, embeddings in performances(10, noise=0.3)]
    result = joint_align(videos, rounds=30)
    assert 2 <= len(result.costs) < 31
    assert result.costs[-1] < 0.8 * result.costs[0]
    assert len(joint_align(videos, rounds=3, tolerance=0).costs) == 4
    assert len(joint_align(videos, rounds=0).costs) == 1


def test_a_slow_video_does_not_pull_the_barycentre_to_itself() -> None:
    course = performances(1)[0][1]
    quick, slow = (np.pad(course, ((0, 0), (0, 1)), constant_values=end) for end in (-1, 1))
    result = joint_align([quick, np.repeat(slow, 10, axis=0)], start=0, length=len(course))
    assert np.abs(result.barycentre[:, -1]).max() < 0.2


def test_one_video_of_one_frame_and_equal_videos_work() -> None:
    single = np.ones((1, 3), dtype=np.float32)
    assert joint_align([single]).mapping(0, 0).tolist() == [0]
    longer = np.ones((5, 3), dtype=np.float32)
    result = joint_align([single, longer, longer])
    assert result.mapping(0, 1).shape == (1,)
    assert result.mapping(1, 0).tolist() == [0] * 5
    assert result.mapping(1, 2).tolist() == [0, 1, 2, 3, 4]


def test_the_length_and_the_start_may_be_given() -> None:
    videos = [embeddings for _, embeddings in performances(5)]
    assert len(joint_align(videos).barycentre) == np.median([len(video) for video in videos])
    given = joint_align(videos, length=17, start=3)
    assert given.barycentre.shape == (17, 8)
    assert given.barycentre.dtype == np.float32
    assert given.medoid == 3


def test_bad_input_is_one_sentence() -> None:
    good = performances(1)[0][1]
    wrong: list[tuple[list[Any], dict[str, Any], str]] = [
        ([], {}, "no videos to align"),
        ([good, good[:0]], {}, "has no frames"),
        ([good, good[:, :3]], {}, "dimensions"),
        ([good], {"start": 1}, "there is no video 1"),
        ([good], {"length": 0}, "at least one position"),
        ([good], {"rounds": -1}, "at least 0"),
        ([good], {"distance": "other"}, "distance must be one of squared_euclidean, cosine"),
    ]
    for videos, options, message in wrong:
        with pytest.raises(AlignmentError, match=message):
            joint_align(videos, **options)
