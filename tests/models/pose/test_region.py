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
