"""What a network sees of a region."""

import numpy as np
import pytest

from inphase.models.pose.region import Region
from inphase.models.pose.sampling import sample

IMAGE = np.random.default_rng(0).integers(0, 256, (20, 30, 3), dtype=np.uint8)


def test_an_upright_region_of_the_same_scale_is_a_crop() -> None:
    crop = sample(IMAGE, Region(12, 9, 8), 8, values=(0, 255), repeat_edge=True)
    np.testing.assert_allclose(crop[0], IMAGE[5:13, 8:16], atol=1e-3)


def test_between_pixels_it_interpolates() -> None:
    crop = sample(IMAGE, Region(12.5, 9, 8), 8, values=(0, 255), repeat_edge=True)
    wanted = (IMAGE[5:13, 8:16].astype(float) + IMAGE[5:13, 9:17]) / 2
    np.testing.assert_allclose(crop[0], wanted, atol=1e-3)


def test_values_have_the_range_that_the_network_takes() -> None:
    image = np.array([[[0, 255, 51]]], np.uint8).repeat(4, axis=0).repeat(4, axis=1)
    crop = sample(image, Region(2, 2, 2), 2, values=(-1, 1), repeat_edge=True)
    np.testing.assert_allclose(crop[0, 0, 0], [-1, 1, -0.6], atol=1e-6)


@pytest.mark.parametrize("quarter", [1, 2, 3])
def test_a_turned_region_of_a_turned_picture_shows_the_same(quarter: int) -> None:
    region = Region(9.5, 9.5, 16)
    square = np.ascontiguousarray(IMAGE[:, :20])
    upright = sample(square, region, 16, values=(0, 1), repeat_edge=True)
    # rot90 turns against the clock, rotation is clockwise.
    turned = np.ascontiguousarray(np.rot90(square, quarter))
    region = Region(9.5, 9.5, 16, -quarter * np.pi / 2)
    again = sample(turned, region, 16, values=(0, 1), repeat_edge=True)
    np.testing.assert_allclose(again, upright, atol=1e-5)


@pytest.mark.parametrize(("repeat_edge", "beyond"), [(True, 200), (False, 0)])
def test_beyond_the_picture(repeat_edge: bool, beyond: int) -> None:
    image = np.full((10, 10, 3), 200, np.uint8)
    for middle in [(0, 5), (10, 5), (5, 0), (5, 10), (-30, 40)]:
        crop = sample(image, Region(*middle, 10), 10, values=(0, 255), repeat_edge=repeat_edge)
        rows, columns = np.indices((10, 10))
        x, y = columns + middle[0] - 5, rows + middle[1] - 5
        inside = (x >= 0) & (x < 10) & (y >= 0) & (y < 10)
        np.testing.assert_allclose(crop[0, ..., 0], np.where(inside, 200, beyond), atol=1e-3)
