"""Regions: where they lie in the picture, which way is up in them, how they follow."""

import math

import numpy as np
import pytest

from inphase.models.pose import Region


def test_the_whole_picture_is_letterboxed_in_the_middle() -> None:
    region = Region.of_picture(400, 200)
    corners = region.from_picture(np.array([[0.0, 0.0], [400.0, 200.0]]))
    np.testing.assert_allclose(corners, [[0, 0.25], [1, 0.75]])


def test_a_body_is_in_the_middle_with_a_margin_around_its_circle() -> None:
    region = Region.of_body(np.array([100.0, 120.0]), np.array([100.0, 40.0]))
    assert (region.x, region.y, region.rotation) == (100, 120, 0)
    assert region.size == pytest.approx(2 * 80 * 1.25)


@pytest.mark.parametrize("angle", [0.0, 0.5, math.pi / 2, 3.0, -2.0])
def test_the_head_is_up_in_the_region_however_the_body_lies(angle: float) -> None:
    hips = np.array([50.0, 60.0])
    head = hips + 30 * np.array([math.sin(angle), -math.cos(angle)])
    region = Region.of_body(hips, head)
    np.testing.assert_allclose(
        region.from_picture(np.stack([hips, head])), [[0.5, 0.5], [0.5, 0.1]], atol=1e-9
    )


def test_there_and_back_is_the_same_place() -> None:
    region = Region(31.0, -4.0, 77.0, 2.1)
    points = np.random.default_rng(0).normal(size=(5, 4, 2))
    np.testing.assert_allclose(region.from_picture(region.to_picture(points)), points, atol=1e-9)


def test_trembling_is_followed_slowly_and_movement_at_once() -> None:
    here = Region(100.0, 100.0, 200.0)
    trembled = here.followed_by(Region(102.0, 100.0, 200.0))
    assert 100 < trembled.x < 100.5
    moved = Region(150.0, 100.0, 200.0)
    assert here.followed_by(moved).x == pytest.approx(moved.x)


def test_a_region_that_stays_is_reached() -> None:
    region, other = Region(100.0, 100.0, 200.0), Region(110.0, 95.0, 190.0, 0.05)
    for _ in range(300):
        region = region.followed_by(other)
    assert math.hypot(region.x - other.x, region.y - other.y) < 1


def test_a_small_turn_past_half_a_circle_does_not_go_the_long_way_round() -> None:
    turned = Region(0.0, 0.0, 100.0, 3.13).followed_by(Region(0.0, 0.0, 100.0, -3.13))
    assert abs(turned.rotation) > 3.1


def test_between_two_regions_is_a_share_of_the_way() -> None:
    here, there = Region(100.0, 40.0, 200.0, 0.2), Region(140.0, 60.0, 100.0, 0.2)
    quarter = here.between(there, 0.25)
    assert (quarter.x, quarter.y, quarter.size) == pytest.approx((110, 45, 175))
    assert quarter.rotation == pytest.approx(0.2)
    for share, end in ((0.0, here), (1.0, there)):
        reached = here.between(end, share)
        assert (reached.x, reached.y, reached.size) == pytest.approx((end.x, end.y, end.size))
        assert reached.rotation == pytest.approx(end.rotation)


def test_between_two_rotations_is_the_short_way_round() -> None:
    half = Region(0.0, 0.0, 100.0, 3.0).between(Region(0.0, 0.0, 100.0, -3.0), 0.5)
    assert abs(half.rotation) == pytest.approx(math.pi)


def test_the_size_of_a_body_is_that_of_its_circle() -> None:
    region = Region.of_body(np.array([100.0, 120.0]), np.array([148.0, 56.0]))
    assert region.body == pytest.approx(160)


def test_how_far_apart_two_are_is_in_lengths_of_the_larger_body() -> None:
    large = Region.of_body(np.array([100.0, 100.0]), np.array([100.0, 0.0]))
    small = Region.of_body(np.array([130.0, 140.0]), np.array([130.0, 70.0]))
    assert large.apart(small) == small.apart(large) == pytest.approx(50 / 200)
    assert large.apart(large) == 0


def test_bodies_of_very_different_size_are_not_one_person_however_close() -> None:
    here = Region(100.0, 100.0, 100.0)
    assert here.apart(Region(100.0, 100.0, 155.0)) == 0
    assert here.apart(Region(100.0, 100.0, 165.0)) == math.inf
    assert Region(100.0, 100.0, 165.0).apart(here) == math.inf
