"""From the detector's numbers to people."""

import numpy as np
import pytest
from numpy.typing import NDArray

from inphase.models.pose.detections import INPUT, anchors, decode
from inphase.models.pose.region import Region

SQUARE = Region.of_picture(INPUT, INPUT)
RNG = np.random.default_rng(0)


def raw(*people: tuple[int, float, float]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The detector's output for (anchor, width of the face, logit); all others see nobody."""
    numbers = RNG.normal(0, 50, (2254, 12)).astype(np.float32)
    logits = np.full(2254, -200, np.float32)
    for anchor, width, logit in people:
        numbers[anchor] = [0, 0, width, width, 0, 0, 0, -20, 5, 5, 5, -5]
        logits[anchor] = logit
    return numbers, logits


def nearest(x: float, y: float, which: int = 0) -> int:
    """The anchor of the finest map nearest to pixel (x, y) of the input."""
    return int(np.argmin(((anchors()[:1568] * INPUT - [x, y]) ** 2).sum(1))) + which


def test_there_are_2254_anchors_in_the_middles_of_the_cells() -> None:
    assert anchors().shape == (2254, 2)
    np.testing.assert_allclose(anchors()[[0, 1, 2]] * INPUT, [[4, 4], [4, 4], [12, 4]])
    np.testing.assert_allclose(anchors()[28 * 2] * INPUT, [4, 12])
    np.testing.assert_allclose(anchors()[[1568, 1960]] * INPUT, [[8, 8], [16, 16]])
    np.testing.assert_allclose(anchors().mean(axis=0), 0.5)
    np.testing.assert_allclose(anchors()[-1] * INPUT, [208, 208])


def test_nobody_is_found_where_no_score_is_high() -> None:
    assert decode(*raw(), SQUARE) == []
    assert decode(*raw((100, 20, -0.01)), SQUARE) == []


def test_box_and_points_are_in_pixels_of_the_picture() -> None:
    # 448×224 is letterboxed: half the scale, with bars of 56 pixels of the input above and below.
    region = Region.of_picture(448, 224)
    (person,) = decode(*raw((nearest(100, 100), 20, 3)), region)
    assert person.score == pytest.approx(1 / (1 + np.exp(-3)))
    np.testing.assert_allclose(person.box, [180, 68, 220, 108])
    np.testing.assert_allclose(person.points, [[200, 88], [200, 48], [210, 98], [210, 78]])
    assert (person.region.x, person.region.y, person.region.size) == pytest.approx((200, 88, 100))


def test_overlapping_detections_are_one_person_weighted_by_their_scores() -> None:
    first, second = nearest(100, 100), nearest(108, 100)
    (person,) = decode(*raw((second, 40, 0.5), (first, 40, 2)), SQUARE)
    scores = 1 / (1 + np.exp(-np.array([2, 0.5])))
    assert person.score == pytest.approx(scores[0])
    middle = (person.box[:2] + person.box[2:]) / 2
    np.testing.assert_allclose(middle, [np.average([100, 108], weights=scores), 100])


def test_two_people_are_two_the_more_certain_first() -> None:
    here, there = nearest(50, 100), nearest(150, 100)
    people = decode(*raw((here, 40, 1), (there, 40, 2)), SQUARE)
    assert [round(person.box[[0, 2]].mean() / 10) for person in people] == [15, 5]


def test_a_box_without_width_is_nobody_and_harms_nobody() -> None:
    people = decode(*raw((nearest(100, 100), -5, 9), (nearest(150, 100), 20, 1)), SQUARE)
    assert len(people) == 1
    assert np.isfinite(people[0].points).all()
