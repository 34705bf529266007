"""From the landmark network's numbers to landmarks."""

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from inphase.models.pose.landmarks import NAMES, Landmarks, decode
from inphase.models.pose.region import Region

REGION = Region(300.0, 200.0, 512.0)
COLD = np.full((64, 64, 39), -30, np.float32)


def decoded(
    *,
    presence: float = 0.9,
    heat: NDArray[np.float32] = COLD,
    world: tuple[float, float, float] = (0.0, 0.0, 0.0),
    region: Region = REGION,
) -> Landmarks | None:
    """All landmarks at (128, 64) with depth −16, in pixels of the input, except the nose."""
    raw = np.tile(np.array([128, 64, -16, 100, 0], np.float32), (39, 1))
    raw[0] = [64, 128, 0, -100, 0]
    raw[33, :2] = [128, 128]
    metres = np.tile(np.array(world, np.float32), 39)
    return decode(raw.ravel(), presence, heat, metres, region)


def test_nobody_is_there_if_the_network_doubts_it() -> None:
    assert decoded(presence=0.49) is None
    assert decoded(presence=math.nan) is None


def test_landmarks_are_in_pixels_of_the_picture() -> None:
    found = decoded()
    assert found is not None
    assert found.values.shape == (len(NAMES), 7) == (33, 7)
    np.testing.assert_allclose(found.values[0, :4], [172, 200, 0, 0], atol=1e-4)
    np.testing.assert_allclose(found.values[1, :4], [300, 72, -32, 1], atol=1e-4)


def test_the_next_region_is_around_the_points_that_follow_the_landmarks() -> None:
    found = decoded()
    assert found is not None
    assert found.region == Region(300.0, 200.0, 2 * 128 * 1.25, 0.0)


def test_in_a_turned_region_landmarks_are_turned_back() -> None:
    # A quarter turn clockwise: what is up in the region points right in the picture.
    found = decoded(world=(0.1, -0.3, 0.2), region=Region(300.0, 200.0, 512.0, math.pi / 2))
    assert found is not None
    np.testing.assert_allclose(found.values[1, :2], [428, 200], atol=1e-4)
    np.testing.assert_allclose(found.values[1, 4:], [0.3, 0.1, 0.2], atol=1e-6)
    assert found.region.rotation == pytest.approx(math.pi / 2)


def test_a_certain_heat_map_moves_its_landmark() -> None:
    heat = COLD.copy()
    heat[14:16, 31, 5] = 10  # (128, 64) is cell (32, 16)
    found = decoded(heat=heat)
    assert found is not None
    np.testing.assert_allclose(found.values[5, :2], [31 * 8 + 44, 14.5 * 8 - 56], atol=1e-3)
    np.testing.assert_allclose(found.values[6, :2], [300, 72], atol=1e-4)


@pytest.mark.parametrize(("cell", "logit"), [((14, 31), -0.1), ((12, 32), 10.0)])
def test_a_doubtful_or_distant_heat_does_not(cell: tuple[int, int], logit: float) -> None:
    heat = COLD.copy()
    heat[(*cell, 5)] = logit
    found = decoded(heat=heat)
    assert found is not None
    np.testing.assert_allclose(found.values[5, :2], [300, 72], atol=1e-4)


def test_a_landmark_outside_the_region_stays() -> None:
    raw = np.tile(np.array([400, -90, 0, 0, 0], np.float32), 39)
    found = decode(raw, 1.0, np.full_like(COLD, 9), np.zeros(117, np.float32), REGION)
    assert found is not None
    np.testing.assert_allclose(found.values[3, :2], [44 + 800, -56 - 180], atol=1e-3)
