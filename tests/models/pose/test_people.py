"""Everybody in a picture, by a network that sees only who fills enough of what it looks at."""

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray
from skimage import transform

from inphase.models.pose import Detection, Landmarks, PoseNetwork, Region
from inphase.models.pose.people import people

Image = NDArray[np.uint8]
Body = tuple[float, float, float]


class Crowd:
    """A network for pictures that hold nothing.

    Attributes:
        bodies: x, y and size of each person.
        ghosts: those whom only the detector sees.
        hidden: those whom only the landmark network sees.
        searched: the regions in which people were looked for.
    """

    def __init__(self, bodies: Sequence[Body] = ()) -> None:
        self.bodies = list(bodies)
        self.ghosts: list[Body] = []
        self.hidden: list[Body] = []
        self.searched: list[Region] = []

    def detect(self, image: Image, region: Region | None = None) -> Sequence[Detection]:
        region = region or Region.of_picture(image.shape[1], image.shape[0])
        self.searched.append(region)
        found = []
        for x, y, size in [*self.bodies, *self.ghosts]:
            inside = max(abs(x - region.x), abs(y - region.y)) <= region.size / 2
            if inside and size >= region.size / 5:
                top = y - size / 2
                points = np.array([[x, y], [x, top], [x, y], [x, top]])
                found.append(Detection(size / region.size, np.zeros(4), points))
        return found

    def landmarks(self, image: Image, region: Region) -> Landmarks | None:  # noqa: ARG002
        for x, y, size in [*self.bodies, *self.hidden]:
            if np.hypot(x - region.x, y - region.y) < size / 4:
                values = np.full((33, 7), size, np.float32)
                # Seen the less clearly, the further from the middle.
                values[:, 3] = 1 - np.hypot(x - region.x, y - region.y) / size
                body = Region.of_body(np.array([x, y]), np.array([x, y - size / 2]))
                return Landmarks(values, 1.0, body)
        return None


def picture(width: int, height: int) -> Image:
    return np.zeros((height, width, 3), np.uint8)


def found(people: Sequence[Landmarks]) -> list[Body]:
    """x, y and size of each, from the left."""
    return sorted((one.region.x, one.region.y, round(one.region.body, 6)) for one in people)


def test_nobody_is_found_where_nobody_is() -> None:
    assert people(picture(640, 360), Crowd()) == []


def test_whoever_fills_the_picture_is_found_by_one_search_of_it() -> None:
    crowd = Crowd([(300, 180, 330)])
    assert found(people(picture(640, 360), crowd)) == [(300, 180, 330)]
    assert crowd.searched == [Region.of_picture(640, 360)]


@pytest.mark.parametrize(("width", "height"), [(800, 400), (400, 800)])
@pytest.mark.parametrize("size", [100.0, 50.0])
@pytest.mark.parametrize("across", [0.05, 0.3, 0.5, 0.9])
@pytest.mark.parametrize("down", [0.1, 0.5, 0.95])
def test_small_people_are_found_anywhere(
    width: int, height: int, size: float, across: float, down: float
) -> None:
    body = (across * width, down * height, size)
    assert found(people(picture(width, height), Crowd([body]))) == [body]


def test_the_smallest_are_left_out_if_told() -> None:
    crowd = Crowd([(200, 200, 50), (600, 200, 100)])
    assert found(people(picture(800, 400), crowd, small=False)) == [(600, 200, 100)]


def test_a_square_picture_without_anybody_large_is_searched_in_squares() -> None:
    crowd = Crowd([(100, 300, 60)])
    assert crowd.detect(picture(400, 400)) == []
    assert found(people(picture(400, 400), crowd)) == [(100, 300, 60)]


def test_besides_somebody_large_the_smallest_are_not_searched() -> None:
    crowd = Crowd([(200, 200, 130), (600, 200, 50)])
    assert found(people(picture(800, 400), crowd)) == [(200, 200, 130)]
    assert min(one.size for one in crowd.searched) == 400


def test_everybody_is_found_once_though_squares_overlap() -> None:
    bodies = [(150.0, 200.0, 90.0), (400.0, 220.0, 90.0), (430.0, 220.0, 95.0)]
    assert found(people(picture(800, 400), Crowd(bodies))) == bodies


def test_of_one_person_found_twice_the_clearest_landmarks_are_kept() -> None:
    crowd = Crowd()
    crowd.hidden = [(300, 180, 330)]
    # Detections so far from each other that both are tried; the more certain one is further off.
    crowd.ghosts = [(230, 180, 330), (310, 180, 329)]
    [person] = people(picture(640, 360), crowd)
    assert person.values[0, 3] == pytest.approx(1 - 10 / 330)


def test_nobody_is_made_of_a_detection_without_landmarks() -> None:
    crowd = Crowd([(150, 200, 90)])
    crowd.ghosts = [(600, 200, 90)]
    assert found(people(picture(800, 400), crowd)) == [(150, 200, 90)]


def test_what_is_too_large_for_its_square_is_nobody() -> None:
    crowd = Crowd([(150, 200, 90)])
    # The hand of somebody, taken for a person by the detector: in a square it fills.
    crowd.hidden = [(500, 200, 700)]
    crowd.ghosts = [(500, 200, 150)]
    assert found(people(picture(800, 400), crowd)) == [(150, 200, 90)]


@pytest.mark.parametrize(("x", "y"), [(-5, 200), (805, 200), (300, -5), (300, 405)])
def test_whose_hips_are_outside_the_picture_is_nobody_in_a_square(x: float, y: float) -> None:
    crowd = Crowd([(600, 200, 90)])
    crowd.hidden = [(x, y, 95)]
    crowd.ghosts = [(float(np.clip(x, 0, 800)), float(np.clip(y, 0, 400)), 95)]
    assert found(people(picture(800, 400), crowd)) == [(600, 200, 90)]


def test_whom_the_detector_misses_is_found_where_they_were() -> None:
    crowd = Crowd([(150, 200, 90)])
    crowd.hidden = [(500, 210, 80)]
    before = [Region(495, 210, 100), Region(152, 200, 112), Region(700, 200, 100)]
    assert found(people(picture(800, 400), crowd)) == [(150, 200, 90)]
    both = people(picture(800, 400), crowd, before=before)
    assert found(both) == [(150, 200, 90), (500, 210, 80)]


def test_two_who_were_apart_and_met_are_one_if_only_one_is_seen() -> None:
    crowd = Crowd([])
    crowd.hidden = [(500, 210, 80)]
    before = [Region(488, 210, 100), Region(512, 210, 100)]
    assert found(people(picture(800, 400), crowd, before=before)) == [(500, 210, 80)]


def test_two_people_too_small_for_the_detector_are_found_in_a_real_picture(
    blazepose: PoseNetwork, astronaut: Image
) -> None:
    small = np.rint(transform.resize(astronaut, (120, 120), anti_aliasing=True) * 255)
    wide = np.full((360, 640, 3), 200, np.uint8)
    wide[140:260, 60:180] = small
    wide[140:260, 420:540] = small[:, ::-1]
    assert blazepose.detect(wide) == []
    left, right = sorted(people(wide, blazepose), key=lambda one: one.region.x)
    # The nose, in the picture of 512 pixels some 220 from the left and 120 from the top.
    np.testing.assert_allclose(left.values[0, :2], [60 + 52, 140 + 30], atol=8)
    np.testing.assert_allclose(right.values[0, :2], [539 - 52, 140 + 30], atol=8)
