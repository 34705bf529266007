"""Progress along a barycentre, frame by frame."""

import numpy as np
import pytest
from scipy.stats import spearmanr

from inphase.alignment import joint_align
from inphase.alignment.progress import _FREE, _STEP, ProgressFilter, moved
from inphase.errors import AlignmentError


def course(states: np.ndarray, seed: int, noise: float = 0.1) -> np.ndarray:
    """Embeddings of a performance at the given states in 0..1."""
    random = np.random.default_rng(seed)
    turns = 2.5 * states[:, None] * np.arange(1, 4)
    clean = np.concatenate([np.cos(turns), np.sin(turns)], axis=1)
    return clean + noise * random.normal(size=6) / 2 + noise * random.normal(size=clean.shape) / 2


@pytest.fixture(scope="module")
def follower() -> ProgressFilter:
    bends = np.linspace(0.7, 1.4, 8)
    lengths = np.linspace(60, 110, 8).astype(int)
    demonstrations = [
        course(np.linspace(0, 1, length) ** bend, seed)
        for seed, (bend, length) in enumerate(zip(bends, lengths, strict=True))
    ]
    return ProgressFilter(joint_align(demonstrations))


def follow(follower: ProgressFilter, embeddings: np.ndarray) -> np.ndarray:
    follower.restart()
    return np.array([follower.update(one) for one in embeddings])


def test_progress_is_the_known_state(follower: ProgressFilter) -> None:
    states = np.linspace(0, 1, 80)
    told = follow(follower, course(states, 30))
    assert spearmanr(told, states).statistic > 0.98
    assert np.abs(told - states).mean() < 0.06
    assert told[0] < 0.1
    assert told[-1] > 0.9


def test_a_video_at_three_times_the_pace_is_kept_up_with(follower: ProgressFilter) -> None:
    states = np.linspace(0, 1, 28)
    assert np.abs(follow(follower, course(states, 31)) - states).mean() < 0.1


def test_an_action_that_is_undone_goes_back(follower: ProgressFilter) -> None:
    states = np.concatenate([np.linspace(0, 0.7, 50), np.linspace(0.7, 0.3, 40)])
    told = follow(follower, course(states, 32))
    assert told[49] == pytest.approx(0.7, abs=0.12)
    assert told[-1] == pytest.approx(0.3, abs=0.12)


def test_what_was_seen_fades_by_a_tenth_each_frame_and_is_gone_after_a_second() -> None:
    """Frames that are as near to the beginning as to the end say nothing: only memory is left."""
    two = ProgressFilter(joint_align([[[0.0], [1.0]], [[0.2], [1.2]]]))
    told = follow(two, np.array([[1.1]] * 20 + [[0.6]] * 25))[20:]
    evidence = np.log(told / (1 - told))
    np.testing.assert_allclose(evidence[1:] / evidence[:-1], 0.9, rtol=1e-3)
    assert evidence[0] > 0.2
    assert told[-1] == pytest.approx(0.5, abs=0.01)


def test_moments_that_look_alike_are_told_apart_by_what_came_before() -> None:
    """A figure of eight crosses itself at 0.4 and at 0.9: that place alone does not say which."""
    states = np.linspace(0, 1, 60)
    turns = 2 * np.pi * (states + 0.1)
    eight = np.stack([np.sin(turns), np.sin(2 * turns)], axis=1)
    noise = np.random.default_rng(0).normal(size=(4, 60, 2))
    told = follow(ProgressFilter(joint_align(list(eight + 0.1 * noise))), eight)
    assert np.abs(told - states).max() < 0.15


def test_what_comes_later_does_not_matter(follower: ProgressFilter) -> None:
    embeddings = course(np.linspace(0, 1, 60), 33)
    whole = follow(follower, embeddings)
    np.testing.assert_array_equal(follow(follower, embeddings[:25]), whole[:25])


def test_progress_covers_the_whole_range(follower: ProgressFilter) -> None:
    assert follower.progress[0] == 0
    assert follower.progress[-1] == 1
    assert (np.diff(follower.progress) >= 0).all()


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 60])
def test_the_least_cost_of_a_move_is_that_of_all_pairs(count: int) -> None:
    costs = np.random.default_rng(count).exponential(3, size=count)
    ahead = np.arange(count)[None, :] - np.arange(count)[:, None]
    moves = _STEP * np.where(ahead < 0, -ahead, np.maximum(ahead - _FREE, 0))
    np.testing.assert_allclose(moved(costs), (costs[:, None] + moves).min(axis=0), rtol=1e-12)


def test_bad_input_is_one_sentence(follower: ProgressFilter) -> None:
    with pytest.raises(AlignmentError, match="dimensions"):
        follower.update(np.zeros(5))
    with pytest.raises(AlignmentError, match="finite"):
        follower.update(np.full(6, np.nan))
    with pytest.raises(AlignmentError, match="at least two frames"):
        ProgressFilter(joint_align([np.ones((1, 3))]))
