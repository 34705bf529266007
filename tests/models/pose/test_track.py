"""Landmarks of a whole video."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from inphase.errors import VideoError
from inphase.models.pose import Detection, Landmarks, Region, video_landmarks
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


def film(path: Path, size: tuple[int, int], middles: Sequence[tuple[int, int] | None]) -> Path:
    """A black video with a white square around each of the places."""
    with VideoWriter(path, fps=20, size=size) as out:
        for middle in middles:
            frame = np.zeros((size[1], size[0], 3), np.uint8)
            if middle is not None:
                x, y = middle
                half = size[0] // 20
                frame[y - half : y + half, x - half : x + half] = 255
            out.write(frame)
    return path


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
