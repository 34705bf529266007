"""Whom to follow, by a network for which the brightness of a picture tells which frame it is."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from inphase.errors import ConfigError
from inphase.models.pose import Detection, Landmarks, Place, Region
from inphase.models.pose.subject import (
    Person,
    Sighting,
    persons_in,
    region_in,
    sightings_of_subject,
)
from inphase.video import VideoReader, VideoWriter

Image = NDArray[np.uint8]

WIDTH, HEIGHT = 320, 240
# Levels of grey from one frame to the next.
STEP = 4


@dataclass(frozen=True)
class Actor:
    """Somebody in a frame.

    Attributes:
        x: of the hips, in pixels.
        size: of the body.
        arms: how far they are stretched out, in pixels.
        y: of the hips.
        hidden: from the detector, not from the landmark network.
    """

    x: float
    size: float = 100.0
    arms: float = 0.0
    y: float = 120.0
    hidden: bool = False


Scene = Callable[[int], Sequence[Actor]]


class Stage:
    """A network that sees whoever the scene has in a frame.

    Attributes:
        frames: the frames in which people were looked for.
    """

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self.frames: list[int] = []

    def _actors(self, image: Image) -> tuple[int, Sequence[Actor]]:
        frame = round(float(image.mean()) / STEP)
        return frame, self._scene(frame)

    def detect(
        self,
        image: Image,
        region: Region | None = None,  # noqa: ARG002
    ) -> Sequence[Detection]:
        frame, actors = self._actors(image)
        if frame not in self.frames:
            self.frames.append(frame)
        tops = [(one, one.y - one.size / 2) for one in actors if not one.hidden]
        return [
            Detection(
                0.9,
                np.zeros(4),
                np.array([[one.x, one.y], [one.x, top], [one.x, one.y], [one.x, top]]),
            )
            for one, top in tops
        ]

    def landmarks(self, image: Image, region: Region) -> Landmarks | None:
        _, actors = self._actors(image)
        near = sorted((math.hypot(one.x - region.x, one.y - region.y), one.x) for one in actors)
        if not near or near[0][0] > region.size / 2:
            return None
        one = next(one for one in actors if one.x == near[0][1])
        values = np.zeros((33, 7), np.float32)
        values[:, :2] = one.x, one.y
        values[11:17, 0] += one.arms
        values[25:29, 0] += one.arms
        values[:, 3] = 1
        hips = np.array([one.x, one.y])
        return Landmarks(values, 1.0, Region.of_body(hips, hips - [0, one.size / 2]))


def film(folder: Path, frames: int, fps: int = 10) -> Path:
    """A video each of whose frames is a little brighter."""
    path = folder / f"{frames}_{fps}.mp4"
    with VideoWriter(path, fps=fps, size=(WIDTH, HEIGHT)) as out:
        for index in range(frames):
            out.write(np.full((HEIGHT, WIDTH, 3), STEP * index, np.uint8))
    return path


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three seconds at ten frames per second."""
    return film(tmp_path_factory.mktemp("subject"), 30)


def swing(frame: int, width: float = 20.0) -> float:
    return width * math.sin(1.3 * frame)


def followed(path: Path, scene: Scene, place: Place | None = None) -> list[float]:
    """x of the subject in each frame searched in which they were seen."""
    with VideoReader(path) as reader:
        seen, *_ = sightings_of_subject(reader, Stage(scene), place)
    return [one.region.x for one in seen]


def test_nobody_is_nobody(video: Path) -> None:
    with VideoReader(video) as reader:
        assert sightings_of_subject(reader, Stage(lambda _: [])) == ([], 0, None)
        place = Place(100, 100, 1.0)
        assert sightings_of_subject(reader, Stage(lambda _: []), place) == ([], 0, None)


def test_whoever_acts_is_followed_rather_than_who_watches(video: Path) -> None:
    def scene(frame: int) -> list[Actor]:
        return [Actor(60, 110), Actor(180, 90, swing(frame)), Actor(280, 100)]

    assert set(followed(video, scene)) == {180}


def test_of_two_who_act_the_larger_is_followed(video: Path) -> None:
    def scene(frame: int) -> list[Actor]:
        return [Actor(80, 70, swing(frame)), Actor(220, 100, swing(frame))]

    assert set(followed(video, scene)) == {220}


def test_larger_than_the_picture_does_not_count_for_more(video: Path) -> None:
    # A passer-by in front of the camera who hardly moves.
    def scene(frame: int) -> list[Actor]:
        return [Actor(80, 700, swing(frame, 2)), Actor(250, 220, swing(frame, 60), y=121)]

    assert set(followed(video, scene)) == {250}


def test_who_moves_briefly_loses_against_who_acts_throughout(video: Path) -> None:
    def scene(frame: int) -> list[Actor]:
        return [Actor(80, 100, 90 * (frame == 1)), Actor(220, 100, swing(frame, 10))]

    assert set(followed(video, scene)) == {220}


def test_a_camera_that_pans_moves_nobody(video: Path) -> None:
    def scene(frame: int) -> list[Actor]:
        pan = 2.0 * frame
        return [Actor(60 + pan, 110), Actor(200 + pan, 100, swing(frame, 8))]

    with VideoReader(video) as reader:
        watching, acting = persons_in(reader, Stage(scene))
    assert [one.motion for one in watching.sightings] == pytest.approx([0.0] * 6)
    assert min(one.motion for one in acting.sightings) > 1


@pytest.mark.parametrize("fps", [10, 20])
def test_motion_is_in_pixels_per_second_at_every_frame_rate(tmp_path: Path, fps: int) -> None:
    def scene(frame: int) -> list[Actor]:
        return [Actor(160, arms=50.0 * frame / fps)]

    with VideoReader(film(tmp_path, 30, fps)) as reader:
        [person] = persons_in(reader, Stage(scene))
    # In the last frame, too, after which there is none.
    assert [one.motion for one in person.sightings] == pytest.approx([50.0] * 6, rel=0.01)


def test_a_picture_that_is_not_a_video_has_people_who_do_not_move(tmp_path: Path) -> None:
    with VideoReader(film(tmp_path, 1)) as reader:
        seen, count, _ = sightings_of_subject(reader, Stage(lambda _: [Actor(80), Actor(240, 140)]))
    assert count == 2
    assert [(one.frame, one.motion) for one in seen] == [(0, 0.0)]


def test_people_are_looked_for_all_over_a_video_but_not_in_every_frame(tmp_path: Path) -> None:
    stage = Stage(lambda _: [])
    with VideoReader(film(tmp_path, 40)) as reader:
        persons_in(reader, stage)
    assert len(stage.frames) == 7  # Two a second.
    assert (stage.frames[0], stage.frames[-1]) == (0, 39)
    assert np.diff(stage.frames).max() <= 7


def test_a_short_video_is_searched_in_at_least_six_frames_and_at_most_all(tmp_path: Path) -> None:
    for count, expected in ((20, 6), (3, 3)):
        stage = Stage(lambda _: [])
        with VideoReader(film(tmp_path, count)) as reader:
            persons_in(reader, stage)
        assert len(stage.frames) == expected


def test_everybody_is_counted_once(video: Path) -> None:
    def scene(frame: int) -> list[Actor]:
        walking = Actor(40 + 4 * frame, 60, y=60)
        late = [Actor(290, 90, y=180)] if frame > 10 else []
        return [walking, Actor(160, 120, y=160), *late]

    with VideoReader(video) as reader:
        _, count, _ = sightings_of_subject(reader, Stage(scene))
        persons = persons_in(reader, Stage(scene))
    assert count == 3
    assert sorted(len(person.sightings) for person in persons) == [4, 6, 6]


def test_two_who_pass_each_other_are_told_apart_by_size(video: Path) -> None:
    def scene(frame: int) -> list[Actor]:
        return [Actor(100 + 2 * frame, 150), Actor(160 - 2 * frame, 75, y=110)]

    with VideoReader(video) as reader:
        persons = persons_in(reader, Stage(scene))
    sizes = [{round(one.region.body) for one in person.sightings} for person in persons]
    assert sorted(sizes, key=min) == [{75}, {150}]


def test_a_person_missed_for_a_moment_is_the_same_person(video: Path) -> None:
    with VideoReader(video) as reader:
        persons = persons_in(reader, Stage(lambda frame: [Actor(160)] if frame != 12 else []))
    assert [len(person.sightings) for person in persons] == [5]


def test_a_person_seen_once_is_seen_where_the_detector_misses_them(video: Path) -> None:
    with VideoReader(video) as reader:
        persons = persons_in(reader, Stage(lambda frame: [Actor(160 + frame, hidden=frame > 0)]))
    assert [len(person.sightings) for person in persons] == [6]


def test_whoever_appears_elsewhere_is_somebody_else(video: Path) -> None:
    with VideoReader(video) as reader:
        persons = persons_in(reader, Stage(lambda frame: [Actor(20 if frame < 15 else 150)]))
    assert [{one.region.x for one in person.sightings} for person in persons] == [{20}, {150}]


def test_two_who_stand_close_are_two(video: Path) -> None:
    with VideoReader(video) as reader:
        alone = persons_in(reader, Stage(lambda _: [Actor(160), Actor(190)]))
        joined = persons_in(
            reader, Stage(lambda frame: [Actor(160), *([Actor(190)] if frame else [])])
        )
    for persons, seen in ((alone, [6, 6]), (joined, [6, 5])):
        assert [len(person.sightings) for person in persons] == seen
        assert [{one.region.x for one in person.sightings} for person in persons] == [{160}, {190}]


def test_whoever_is_nearest_to_the_place_is_followed(video: Path) -> None:
    def scene(frame: int) -> list[Actor]:
        return [Actor(60, 60), Actor(160, 120, swing(frame)), Actor(270, 60)]

    assert set(followed(video, scene)) == {160}
    assert set(followed(video, scene, Place(240, 110, 1.0))) == {270}
    assert set(followed(video, scene, Place(40, 90, 1.0))) == {60}


def test_the_place_counts_at_its_time(video: Path) -> None:
    def scene(frame: int) -> list[Actor]:
        return [Actor(60 + 6 * frame, 60, y=70), Actor(240 - 6 * frame, 60, y=170)]

    early, late = (followed(video, scene, Place(60, y, at)) for y, at in ((70, 0.0), (170, 2.9)))
    assert early == sorted(early)
    assert late == sorted(late, reverse=True)


def test_a_place_in_a_frame_between_those_searched_counts(video: Path) -> None:
    # Only there, frames 14 to 16, is the second person seen at all.
    def scene(frame: int) -> list[Actor]:
        passing = [Actor(260, 90)] if 14 <= frame <= 16 else []
        return [Actor(80, 100, swing(frame)), *passing]

    assert followed(video, scene, Place(250, 120, 1.5)) == [260]


def test_a_place_at_which_nobody_is_is_a_mistake(video: Path) -> None:
    def scene(frame: int) -> list[Actor]:
        return [Actor(80), Actor(220, arms=swing(frame))] if frame > 4 else []

    with pytest.raises(ConfigError, match=r"Nobody is found .* of .*\.mp4 at 0\.2 s"):
        followed(video, scene, Place(80, 120, 0.2))
    with pytest.raises(ConfigError, match="choose a pixel on the body"):
        followed(video, scene, Place(2, 2, 1.0))
    assert set(followed(video, scene, Place(80, 120, 1.0))) == {80}


def test_a_person_weighs_by_area_and_frames_of_clear_motion() -> None:
    def person(size: float, *motions: float) -> Person:
        values = np.zeros((33, 7), np.float32)
        body = Region(0, 0, 1.25 * size)
        return Person([Sighting(0, Landmarks(values, 1.0, body), one) for one in motions])

    assert person(100, 0, 0).weight == 0
    assert person(200, 40, 40).weight == pytest.approx(4 * person(100, 20, 20).weight)
    assert person(100, 50, 50).weight == pytest.approx(2 * person(100, 50, 0).weight)
    # Twice as fast does not count for twice as much: it is clear anyway.
    assert person(100, 400).weight < 1.1 * person(100, 200).weight


def test_between_two_sightings_the_subject_is_on_the_way() -> None:
    def sighting(frame: int, x: float, size: float) -> Sighting:
        values = np.zeros((33, 7), np.float32)
        return Sighting(frame, Landmarks(values, 1.0, Region(x, 50, size)), 0.0)

    seen = [sighting(10, 100, 200), sighting(20, 140, 220), sighting(40, 40, 220)]
    places = {frame: region_in(seen, frame) for frame in (0, 10, 15, 20, 25, 40, 99)}
    x = {frame: region.x for frame, region in places.items() if region is not None}
    assert x == pytest.approx({0: 100, 10: 100, 15: 120, 20: 140, 25: 115, 40: 40, 99: 40})
    halfway = places[15]
    assert halfway is not None
    assert halfway.size == pytest.approx(210)


def test_without_sightings_the_subject_is_nowhere() -> None:
    assert region_in([], 3) is None


def test_whoever_might_as_well_be_the_subject_is_named(video: Path) -> None:
    def scene(frame: int, size: float = 118) -> list[Actor]:
        return [Actor(80, 120, swing(frame)), Actor(240, size, swing(frame))]

    with VideoReader(video) as reader:
        _, _, rival = sightings_of_subject(reader, Stage(scene))
        _, _, clear = sightings_of_subject(reader, Stage(lambda frame: scene(frame, 100)))
        _, _, by_hand = sightings_of_subject(reader, Stage(scene), Place(80, 120, 1.0))
    assert clear is by_hand is None
    assert rival is not None
    assert rival.x == 240
    # What is named there is what follows the other.
    assert set(followed(video, scene)) == {80}
    assert set(followed(video, scene, rival)) == {240}


def test_whoever_is_never_seen_beside_the_subject_is_no_rival(video: Path) -> None:
    # The same person, lost and found elsewhere.
    def scene(frame: int) -> list[Actor]:
        return [Actor(60 if frame < 15 else 260, 120, swing(frame))]

    with VideoReader(video) as reader:
        _, count, rival = sightings_of_subject(reader, Stage(scene))
    assert count == 2
    assert rival is None
