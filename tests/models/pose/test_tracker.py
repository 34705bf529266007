"""Following one person, by a network that knows where people are."""

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from inphase.models.pose import Detection, Landmarks, PoseTracker, Region

Image = NDArray[np.uint8]


class Scene:
    """A network for pictures that hold nothing.

    Attributes:
        people: score and x of each.
        ghosts: those whom only the detector sees.
        blind: the landmark network misses whoever is this far from where it looks.
        calls: what the tracker asked for.
    """

    def __init__(self) -> None:
        self.people: list[tuple[float, float]] = []
        self.ghosts: list[tuple[float, float]] = []
        self.blind = np.inf
        self.calls: list[str] = []

    def detect(
        self,
        image: Image,  # noqa: ARG002
        region: Region | None = None,  # noqa: ARG002
    ) -> Sequence[Detection]:
        self.calls.append("detect")
        return [
            Detection(score, np.zeros(4), np.array([[x, 50], [x, 10], [x, 30], [x, 10]]))
            for score, x in sorted([*self.people, *self.ghosts], reverse=True)
        ]

    def landmarks(self, image: Image, region: Region) -> Landmarks | None:  # noqa: ARG002
        self.calls.append("landmarks")
        for _, x in self.people:
            if abs(region.x - x) < min(region.size / 2, self.blind):
                values = np.full((33, 7), x, np.float32)
                return Landmarks(values, 1.0, Region(x, 50.0, 100.0))
        return None


def positions(
    tracker: PoseTracker, scene: Scene, *frames: Sequence[tuple[float, float]]
) -> list[float]:
    """x of the person in each frame; NaN where nobody was found."""
    found = []
    for people in frames:
        scene.people = list(people)
        person = tracker.next(np.zeros((8, 8, 3), np.uint8))
        found.append(float("nan") if person is None else float(person.values[0, 0]))
    return found


@pytest.fixture
def scene() -> Scene:
    return Scene()


@pytest.fixture
def tracker(scene: Scene) -> PoseTracker:
    return PoseTracker(scene)


def test_the_detector_is_asked_once_while_the_person_is_there(
    tracker: PoseTracker, scene: Scene
) -> None:
    assert positions(tracker, scene, [(0.9, 100)], [(0.9, 110)], [(0.9, 130)]) == [100, 110, 130]
    assert scene.calls == ["detect", "landmarks", "landmarks", "landmarks"]


def test_it_starts_with_the_most_certain_and_stays_with_them(
    tracker: PoseTracker, scene: Scene
) -> None:
    first, second = [(0.6, 100), (0.8, 400)], [(0.9, 105), (0.7, 410)]
    assert positions(tracker, scene, first, second) == [400, 410]


def test_a_person_lost_is_searched_in_the_same_frame(tracker: PoseTracker, scene: Scene) -> None:
    assert positions(tracker, scene, [(0.9, 100)], [(0.9, 900)], [(0.9, 905)]) == [100, 900, 905]
    assert scene.calls.count("detect") == 2


def test_frames_without_anybody_are_none_until_somebody_comes(
    tracker: PoseTracker, scene: Scene
) -> None:
    found = positions(tracker, scene, [], [(0.9, 100)], [], [], [(0.7, 102)], [(0.7, 103)])
    np.testing.assert_equal(found, [np.nan, 100, np.nan, np.nan, 102, 103])


def test_nobody_where_the_detector_was_wrong(tracker: PoseTracker, scene: Scene) -> None:
    scene.ghosts = [(0.9, 100.0)]
    assert np.isnan(positions(tracker, scene, [], [])).all()
    assert scene.calls == ["detect", "landmarks", "detect", "landmarks"]


def test_where_the_detector_is_wrong_the_next_person_is_taken(
    tracker: PoseTracker, scene: Scene
) -> None:
    scene.ghosts = [(0.95, 700.0)]
    assert positions(tracker, scene, [(0.6, 100), (0.8, 400)]) == [400]
    assert scene.calls == ["detect", "landmarks", "landmarks"]


def where_known(
    tracker: PoseTracker, scene: Scene, known: Region, people: Sequence[tuple[float, float]]
) -> float:
    """x of the person in the next frame, if roughly known; NaN if nobody is found."""
    scene.people = list(people)
    person = tracker.next(np.zeros((8, 8, 3), np.uint8), known)
    return float("nan") if person is None else float(person.values[0, 0])


def test_a_person_roughly_known_is_followed_and_nobody_else(
    tracker: PoseTracker, scene: Scene
) -> None:
    known = Region(100.0, 50.0, 100.0)
    assert where_known(tracker, scene, known, [(0.6, 110), (0.9, 400)]) == 110
    assert np.isnan(where_known(tracker, scene, known, [(0.9, 400)]))
    assert where_known(tracker, scene, known, [(0.9, 400), (0.6, 95)]) == 95


def test_where_a_person_is_known_the_detector_is_not_asked(
    tracker: PoseTracker, scene: Scene
) -> None:
    assert where_known(tracker, scene, Region(90.0, 50.0, 100.0), [(0.9, 100)]) == 100
    assert scene.calls == ["landmarks"]


def test_who_went_over_to_somebody_else_is_called_back(tracker: PoseTracker, scene: Scene) -> None:
    assert positions(tracker, scene, [(0.9, 130)]) == [130]
    # Within sight, but too far from where the person is by now.
    known = Region(180.0, 50.0, 100.0)
    assert where_known(tracker, scene, known, [(0.9, 130), (0.6, 185)]) == 185
    assert where_known(tracker, scene, known, [(0.9, 140), (0.6, 190)]) == 190


def test_a_person_lost_is_searched_where_they_should_be(tracker: PoseTracker, scene: Scene) -> None:
    assert where_known(tracker, scene, Region(100.0, 50.0, 100.0), [(0.9, 100)]) == 100
    scene.calls.clear()
    assert where_known(tracker, scene, Region(490.0, 50.0, 100.0), [(0.6, 500)]) == 500
    assert scene.calls == ["landmarks", "landmarks"]


def test_whoever_is_known_but_not_seen_there_is_searched_in_the_whole_picture(
    tracker: PoseTracker, scene: Scene
) -> None:
    # The region looks past the person, who is near enough all the same.
    scene.blind = 20.0
    assert where_known(tracker, scene, Region(120.0, 50.0, 100.0), [(0.9, 100)]) == 100
    assert scene.calls == ["landmarks", "detect", "landmarks"]


@pytest.mark.parametrize("size", [60.0, 165.0])
def test_somebody_of_another_size_is_somebody_else(
    tracker: PoseTracker, scene: Scene, size: float
) -> None:
    assert np.isnan(where_known(tracker, scene, Region(100.0, 50.0, size), [(0.9, 100)]))


def test_what_is_known_in_one_frame_does_not_bind_the_next(
    tracker: PoseTracker, scene: Scene
) -> None:
    assert where_known(tracker, scene, Region(100.0, 50.0, 100.0), [(0.9, 100)]) == 100
    assert positions(tracker, scene, [(0.9, 400)]) == [400]
