"""Landmarks of a whole video."""

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from skimage import measure

from inphase.errors import ConfigError, VideoError
from inphase.models.pose import (
    Detection,
    Landmarks,
    Place,
    PoseTrack,
    Region,
    video_landmarks,
)
from inphase.video import VideoWriter

BRIGHT = 128


class Square:
    """A network for which a bright square is a person, all of whose landmarks are its middle."""

    def __init__(self) -> None:
        self.sizes: set[tuple[int, ...]] = set()

    def detect(
        self,
        image: NDArray[np.uint8],
        region: Region | None = None,  # noqa: ARG002
    ) -> Sequence[Detection]:
        self.sizes.add(image.shape)
        rows, columns = np.nonzero(image[..., 0] > BRIGHT)
        if not len(rows):
            return []
        middle = np.array([columns.mean() + 0.5, rows.mean() + 0.5])
        points = np.stack([middle, middle - [0, 10], middle, middle])
        return [Detection(0.9, np.zeros(4), points)]

    def landmarks(self, image: NDArray[np.uint8], region: Region) -> Landmarks | None:
        for person in self.detect(image):
            values = np.zeros((33, 7), np.float32)
            values[:, :2] = person.points[0]
            values[:, 2] = 10
            return Landmarks(values, 1.0, region)
        return None


class Squares(Square):
    """A network for which every bright shape is a person, with arms and legs at its corners.

    Attributes:
        followed: how often landmarks were asked for.
    """

    def __init__(self) -> None:
        super().__init__()
        self.followed = 0

    def detect(
        self,
        image: NDArray[np.uint8],
        region: Region | None = None,  # noqa: ARG002
    ) -> Sequence[Detection]:
        self.sizes.add(image.shape)
        size = image.shape[0] / 6
        return [
            Detection(0.9, np.zeros(4), np.stack([middle, middle - [0, size], middle, middle]))
            for middle, _, _ in self._shapes(image)
        ]

    def landmarks(self, image: NDArray[np.uint8], region: Region) -> Landmarks | None:
        self.followed += 1
        for middle, low, high in self._shapes(image):
            if np.hypot(*(middle - (region.x, region.y))) < region.size / 2:
                values = np.zeros((33, 7), np.float32)
                values[:, :2] = middle
                values[11:17, :2], values[25:29, :2] = low, high
                values[:, 3] = 1
                top = middle - [0, image.shape[0] / 6]
                return Landmarks(values, 1.0, Region.of_body(middle, top))
        return None

    @staticmethod
    def _shapes(image: NDArray[np.uint8]) -> list[NDArray[np.float64]]:
        """(3, 2) the middle and two corners of each."""
        numbers = measure.label(image[..., 0] > BRIGHT)
        shapes = []
        for number in range(1, numbers.max() + 1):
            places = np.argwhere(numbers == number)[:, ::-1]
            low, high = places.min(axis=0), places.max(axis=0) + 1
            shapes.append(np.stack([(low + high) / 2, low, high]))
        return shapes


def film(
    path: Path, size: tuple[int, int], middles: Sequence[tuple[int, int] | None], *, fps: int = 20
) -> Path:
    """A black video with a white square around each of the places."""
    half = size[0] // 20
    shown = [[] if one is None else [(*one, half, half)] for one in middles]
    return film_of_many(path, size, shown, fps=fps)


def film_of_many(
    path: Path,
    size: tuple[int, int],
    frames: Sequence[Sequence[tuple[int, int, int, int]]],
    *,
    fps: int = 20,
) -> Path:
    """A black video with white rectangles: x and y of the middle, half the width and height."""
    with VideoWriter(path, fps=fps, size=size) as out:
        for shapes in frames:
            frame = np.zeros((size[1], size[0], 3), np.uint8)
            for x, y, across, down in shapes:
                frame[y - down : y + down, x - across : x + across] = 255
            out.write(frame)
    return path


def track_of(places: NDArray[np.floating], fps: float = 30) -> PoseTrack:
    """The track of a body all of whose landmarks are at these places, (frames, 2) or more."""
    landmarks = np.zeros((len(places), 33, 7), np.float32)
    landmarks[..., :2] = places.reshape(len(places), -1, 2)
    landmarks[np.isnan(landmarks[..., 0])] = np.nan
    return PoseTrack(Path("a.mp4"), np.arange(len(places)) / fps, landmarks)


def test_a_track_has_every_frame_and_nan_where_nobody_is(tmp_path: Path) -> None:
    middles = [(40 + 2 * index, 60) for index in range(20)]
    path = film(tmp_path / "walk.mp4", (160, 120), [None, *middles, None, None])
    done: list[int] = []
    track = video_landmarks(path, network=Square(), advance=done.append)
    assert track.path == path
    assert track.landmarks.shape == (23, 33, 7)
    assert track.landmarks.dtype == np.float32
    assert sum(done) == 23
    np.testing.assert_allclose(track.times, np.arange(23) / 20, atol=1e-6)
    assert track.found.tolist() == [False] + [True] * 20 + [False] * 2
    np.testing.assert_allclose(track.landmarks[1:21, 0, :2], middles, atol=0.6)


def test_a_large_video_is_seen_small_and_reported_large(tmp_path: Path) -> None:
    path = film(tmp_path / "large.mp4", (1440, 1080), [(300, 700)] * 3)
    network = Square()
    track = video_landmarks(path, network=network)
    assert network.sizes == {(540, 720, 3)}
    np.testing.assert_allclose(track.landmarks[:, 5, :3], [[300, 700, 20]] * 3, atol=2)


def test_a_small_video_keeps_its_size(tmp_path: Path) -> None:
    network = Square()
    video_landmarks(film(tmp_path / "small.mp4", (160, 120), [None]), network=network)
    assert network.sizes == {(120, 160, 3)}


def test_what_is_no_video_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "notes.mp4").write_text("no video")
    with pytest.raises(VideoError, match=r"notes\.mp4"):
        video_landmarks(tmp_path / "notes.mp4", network=Square())


def test_nobody_in_the_frames_searched_is_nobody_anywhere(tmp_path: Path) -> None:
    # Three seconds; people are looked for in frames 0 and 12, but not in those between.
    middles = [(80, 60) if 5 <= index <= 8 else None for index in range(60)]
    path = film(tmp_path / "empty.mp4", (160, 120), middles)
    track = video_landmarks(path, network=Square())
    assert track.people == 0
    assert track.landmarks.shape == (60, 33, 7)
    assert np.isnan(track.landmarks).all()
    assert not track.found.any()
    assert np.isnan(track.shake)


def test_of_several_people_the_one_who_acts_is_followed(tmp_path: Path) -> None:
    frames = [
        [(40, 60, 8, 8), (120, 60, 8, 8 + 4 * (index % 3)), (80, 30, 8, 8)] for index in range(30)
    ]
    path = film_of_many(tmp_path / "three.mp4", (160, 120), frames)
    track = video_landmarks(path, network=Squares())
    assert track.people == 3
    assert track.found.all()
    np.testing.assert_allclose(track.landmarks[:, 0, :2], [[120, 60]] * 30, atol=1)


def test_the_subject_is_named_by_a_place_in_the_pixels_of_the_video(tmp_path: Path) -> None:
    frames = [[(300, 600, 60, 60), (1100, 600, 60, 60 + 40 * (i % 2))] for i in range(6)]
    path = film_of_many(tmp_path / "two.mp4", (1440, 1080), frames)
    place = Place(320, 620, 0.1)
    track = video_landmarks(path, network=Squares(), subject=place)
    assert track.people == 2
    np.testing.assert_allclose(track.landmarks[:, 0, :2], [[300, 600]] * 6, atol=3)
    other = video_landmarks(path, network=Squares(), subject=Place(1080, 580, 0.1))
    np.testing.assert_allclose(other.landmarks[:, 0, :2], [[1100, 600]] * 6, atol=3)


@pytest.mark.parametrize(
    ("place", "told"),
    [
        (Place(9999, 10, 0.1), "outside the picture, which has 160×120 pixels: 9999,10"),
        (Place(80, 60, 100), "wanted at 100 s, but the video ends at"),
    ],
)
def test_a_subject_beyond_the_video_is_a_mistake(tmp_path: Path, place: Place, told: str) -> None:
    path = film_of_many(tmp_path / "one.mp4", (160, 120), [[(80, 60, 8, 6)]] * 4)
    with pytest.raises(ConfigError, match=re.escape(told)):
        video_landmarks(path, network=Squares(), subject=place)


def test_when_the_subject_has_left_nobody_else_is_followed(tmp_path: Path) -> None:
    frames = []
    for index in range(40):
        acting = [(40, 60, 8, 6 + 4 * (index % 3))] if index < 25 else []
        frames.append([(120, 60, 8, 8), *acting])
    path = film_of_many(tmp_path / "left.mp4", (160, 120), frames)
    track = video_landmarks(path, network=Squares())
    assert track.found.tolist() == [True] * 25 + [False] * 15
    np.testing.assert_allclose(track.landmarks[:25, 0, :2], [[40, 60]] * 25, atol=1)


def test_a_fast_video_is_tracked_at_thirty_frames_per_second(tmp_path: Path) -> None:
    middles = [(40 + index, 60) for index in range(61)]
    slow = film(tmp_path / "30.mp4", (160, 120), middles[::2], fps=30)
    fast = film(tmp_path / "60.mp4", (160, 120), middles, fps=60)
    networks = Squares(), Squares()
    expected = video_landmarks(slow, network=networks[0])
    track = video_landmarks(fast, network=networks[1])
    assert networks[1].followed <= networks[0].followed + 3
    assert len(track.landmarks) == len(track.times) == 61
    np.testing.assert_allclose(track.landmarks[:, 0, :2], middles, atol=0.6)
    np.testing.assert_allclose(track.landmarks[::2], expected.landmarks, atol=0.1)
    between = (track.landmarks[:-2:2] + track.landmarks[2::2]) / 2
    np.testing.assert_allclose(track.landmarks[1::2], between, atol=1e-3)


def test_between_a_frame_with_somebody_and_one_without_is_nobody(tmp_path: Path) -> None:
    shown = range(21, 40)
    middles = [(80, 60) if index in shown else None for index in range(61)]
    path = film(tmp_path / "60.mp4", (160, 120), middles, fps=60)
    track = video_landmarks(path, network=Square())
    found = np.flatnonzero(track.found)
    np.testing.assert_array_equal(found, np.arange(22, 39))
    np.testing.assert_allclose(track.landmarks[found, 0, :2], [[80, 60]] * 17, atol=0.6)


def test_a_steady_motion_does_not_shake() -> None:
    line = np.stack([np.arange(50.0), 3 * np.arange(50.0)], axis=1)
    assert track_of(line).shake == pytest.approx(0, abs=1e-3)
    swing = np.stack([100 * np.sin(np.arange(90) / 15), np.zeros(90)], axis=1)
    assert track_of(swing).shake < 0.1


def test_noise_shakes() -> None:
    noise = np.random.default_rng(0).normal(0, 3, (200, 33, 2))
    assert track_of(noise).shake == pytest.approx(np.sqrt(3), rel=0.03)


def test_how_far_somebody_moves_does_not_matter_for_shaking() -> None:
    steps = np.random.default_rng(0).normal(0, 1, (200, 33, 2)).cumsum(axis=0)
    assert track_of(1000 * steps).shake == pytest.approx(track_of(steps).shake, rel=1e-3)


def test_frames_repeated_by_slow_motion_do_not_count_as_shaking() -> None:
    places = np.random.default_rng(0).normal(0, 1, (60, 33, 2)).cumsum(axis=0)
    places += np.arange(60.0)[:, None, None]
    assert track_of(places.repeat(3, axis=0)).shake == track_of(places).shake
    line = np.stack([np.arange(20.0), np.zeros(20)], axis=1)
    assert track_of(line.repeat(4, axis=0)).shake == pytest.approx(0, abs=1e-3)


def test_shaking_is_that_of_shoulders_hips_and_knees() -> None:
    places = np.zeros((40, 33, 2)) + np.arange(40.0)[:, None, None]
    places[:, [0, 15, 16, 31, 32]] += np.random.default_rng(0).normal(0, 9, (40, 5, 2))
    assert track_of(places).shake == pytest.approx(0, abs=1e-3)
    places[:, 25] += np.random.default_rng(0).normal(0, 9, (40, 2))
    assert track_of(places).shake > 0.5


@pytest.mark.parametrize("seen", [0, 1, 2])
def test_of_fewer_than_three_frames_that_differ_shaking_is_not_known(seen: int) -> None:
    places = np.full((9, 2), np.nan)
    places[:seen] = np.arange(seen)[:, None]
    assert np.isnan(track_of(places).shake)
    places[seen:7] = places[max(seen - 1, 0)]
    assert np.isnan(track_of(places).shake)


def test_somebody_who_runs_is_followed(tmp_path: Path) -> None:
    places = [[(30 + 3 * index, 60, 8, 6 + 4 * (index % 3))] for index in range(60)]
    path = film_of_many(tmp_path / "run.mp4", (320, 120), places)
    track = video_landmarks(path, network=Squares())
    assert track.people == 1
    assert track.found.all()


def test_shake_does_not_depend_on_what_was_interpolated(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).normal(0, 3, (200, 33, 7)).astype(np.float32)
    twice = np.repeat(noise, 2, axis=0)[:-1]
    twice[1::2] = (noise[:-1] + noise[1:]) / 2
    slow = PoseTrack(tmp_path, np.arange(200) / 30, noise)
    fast = PoseTrack(tmp_path, np.arange(399) / 60, twice)
    assert fast.shake == pytest.approx(slow.shake)


def test_progress_reaches_the_number_of_frames_above_30_per_second(tmp_path: Path) -> None:
    path = film_of_many(tmp_path / "fast.mp4", (160, 120), [[(80, 60, 8, 6)]] * 61, fps=60)
    done: list[int] = []
    video_landmarks(path, network=Squares(), advance=done.append)
    assert sum(done) == 61
