"""One draw changes a whole video alike, and what it changes is not the action."""

import numpy as np
import pytest
from numpy.typing import NDArray

from inphase.models.pose.augmentation import PoseAugmentation
from inphase.models.pose.features import PARTS, mirror, turned

Array = NDArray[np.float64]

PAIRS = [(left, left + 1) for left in range(1, len(PARTS), 2)]
NONE = np.zeros((len(PARTS), 2))


def places(frames: int = 50, seed: int = 0) -> Array:
    """(frames, 13, 3) of somebody who moves."""
    steps: Array = np.random.default_rng(seed).normal(0, 0.1, (frames, len(PARTS), 3))
    return 1 + steps.cumsum(axis=0)


def plain(
    *,
    mirrored: bool = False,
    turn: float = 0.0,
    scale: float = 1.0,
    jitter: float = 0.0,
    lost: Array = NONE,
) -> PoseAugmentation:
    return PoseAugmentation(mirrored, turn, np.full((len(PARTS), 1), scale), jitter, lost, seed=3)


def losing(part: int, start: float, end: float) -> PoseAugmentation:
    lost = NONE.copy()
    lost[part] = start, end
    return plain(lost=lost)


def draws(count: int) -> list[PoseAugmentation]:
    generator = np.random.default_rng(0)
    return [PoseAugmentation.draw(generator) for _ in range(count)]


def test_the_same_seed_draws_the_same_change_and_another_does_not() -> None:
    one, same, other = (
        PoseAugmentation.draw(np.random.default_rng(seed))(places()) for seed in (7, 7, 8)
    )
    np.testing.assert_array_equal(one, same)
    assert np.abs(one - other).max() > 0.01


def test_a_draw_used_twice_gives_the_same_and_leaves_its_input_as_it_was() -> None:
    video = places()
    for augment in draws(20):
        first = augment(video)
        assert first.shape == video.shape
        assert np.isfinite(first).all()
        np.testing.assert_array_equal(augment(video), first)
    np.testing.assert_array_equal(video, places())


def test_nothing_drawn_changes_nothing() -> None:
    np.testing.assert_array_equal(plain()(places()), places())


def test_it_mirrors_and_turns_the_whole_video_alike() -> None:
    np.testing.assert_array_equal(plain(mirrored=True)(places()), mirror(places()))
    np.testing.assert_allclose(plain(turn=0.7)(places()), turned(places(), 0.7))
    both = plain(mirrored=True, turn=0.7, scale=1.2)(places())
    np.testing.assert_allclose(both, 1.2 * turned(mirror(places()), 0.7))


def test_limbs_become_longer_or_shorter_left_and_right_alike() -> None:
    for augment in draws(50):
        assert augment.scale.shape == (len(PARTS), 1)
        for left, right in PAIRS:
            assert PARTS[left].replace("left", "right") == PARTS[right]
            assert augment.scale[left] == augment.scale[right]
        assert len(np.unique(augment.scale)) == 7
    scales = np.array([augment.scale for augment in draws(300)])
    assert np.median(scales) == pytest.approx(1, abs=0.02)
    assert 0.05 < np.log(scales).std() < 0.2


def test_half_of_all_draws_are_mirrored_and_the_camera_turns_both_ways() -> None:
    drawn = draws(300)
    assert 0.4 < np.mean([one.mirrored for one in drawn]) < 0.6
    turns = np.array([one.turn for one in drawn])
    assert abs(turns.mean()) < 0.1
    # The camera moves to the side, but not behind the person.
    assert 0.2 < turns.std() < 0.6


def test_jitter_differs_from_place_to_place_and_is_small() -> None:
    noise = plain(jitter=0.02)(places(400)) - places(400)
    assert noise.std() == pytest.approx(0.02, rel=0.05)
    assert abs(np.corrcoef(noise[:-1].ravel(), noise[1:].ravel())[0, 1]) < 0.05
    jitters = [one.jitter for one in draws(100)]
    assert 0 <= min(jitters) < max(jitters) <= 0.02


def test_a_lost_landmark_is_bridged_and_the_others_are_not_touched() -> None:
    video = places()
    found = losing(5, 0.2, 0.4)(video)
    others = np.delete(np.arange(len(PARTS)), 5)
    np.testing.assert_array_equal(found[:, others], video[:, others])
    np.testing.assert_array_equal(found[:10, 5], video[:10, 5])
    np.testing.assert_array_equal(found[20:, 5], video[20:, 5])
    # A straight line, from where it was last seen to where it is seen again.
    share = np.linspace(0, 1, 10)[:, None]
    np.testing.assert_allclose(found[10:20, 5], video[9, 5] * (1 - share) + video[20, 5] * share)


def test_a_landmark_lost_at_the_end_stays_where_it_was_last_seen() -> None:
    video = places()
    found = losing(0, 0.9, 1.15)(video)
    np.testing.assert_array_equal(found[:45], video[:45])
    np.testing.assert_allclose(found[45:, 0], video[[44], 0].repeat(5, axis=0))


def test_a_landmark_lost_at_the_start_gets_to_where_it_is_first_seen() -> None:
    video = places()
    found = losing(12, 0.0, 0.1)(video)
    np.testing.assert_array_equal(found[5:], video[5:])
    np.testing.assert_allclose(found[4, 12], video[5, 12])
    np.testing.assert_allclose(np.diff(found[:5, 12], n=2, axis=0), 0, atol=1e-12)


def test_some_landmarks_are_lost_for_a_part_of_the_video_and_most_are_not() -> None:
    lost = np.array([augment.lost for augment in draws(300)])
    length = lost[..., 1] - lost[..., 0]
    assert 0.05 < (length > 0).mean() < 0.15
    assert length.min() == 0
    assert 0.2 < length.max() <= 0.3
    assert 0 <= lost[..., 0].min() < 0.1
    assert 0.9 < lost[..., 0].max() <= 1


@pytest.mark.parametrize("frames", [1, 2, 3])
def test_the_shortest_videos_can_be_augmented(frames: int) -> None:
    for augment in draws(100):
        found = augment(places(frames))
        assert found.shape == (frames, len(PARTS), 3)
        assert np.isfinite(found).all()
