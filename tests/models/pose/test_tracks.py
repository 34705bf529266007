"""Landmarks kept on disk, found by a network that counts how often it is asked."""

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from inphase.errors import VideoError
from inphase.models.pose import Detection, Landmarks, Place, PoseTrack, PoseTracks, Region, tracks
from inphase.video import VideoWriter, probe

Image = NDArray[np.uint8]


class Two:
    """A network that sees two people in every picture, whose landmarks are its brightness.

    Attributes:
        asked: how often.
    """

    def __init__(self) -> None:
        self.asked = 0

    def detect(
        self,
        image: Image,  # noqa: ARG002
        region: Region | None = None,  # noqa: ARG002
    ) -> Sequence[Detection]:
        self.asked += 1
        return [
            Detection(0.9, np.zeros(4), np.array([[x, 24], [x, 4], [x, 24], [x, 4]]))
            for x in (16, 48)
        ]

    def landmarks(self, image: Image, region: Region) -> Landmarks | None:
        x = 16.0 if region.x < 32 else 48.0
        values = np.full((33, 7), image.mean(), np.float32)
        values[:, 0] = x
        body = Region.of_body(np.array([x, 24]), np.array([x, 4]))
        return Landmarks(values, 1.0, body)


def film(path: Path, brightness: int, frames: int = 5) -> Path:
    with VideoWriter(path, fps=10, size=(64, 48)) as out:
        for _ in range(frames):
            out.write(np.full((48, 64, 3), brightness, np.uint8))
    return path


@pytest.fixture
def video(tmp_path: Path) -> Path:
    return film(tmp_path / "a.mp4", 100)


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """Where landmarks are kept; not there yet."""
    return tmp_path / "cache" / "landmarks"


def test_landmarks_are_computed_once_and_found_in_the_next_run(video: Path, kept: Path) -> None:
    first, second = Two(), Two()
    computed = PoseTracks(kept, network=first).track(video)
    found = PoseTracks(kept, network=second).track(video)
    assert first.asked > 0
    assert second.asked == 0
    assert found.path == video
    assert found.people == computed.people == 2
    np.testing.assert_array_equal(found.landmarks, computed.landmarks)
    np.testing.assert_array_equal(found.times, computed.times)
    assert found.landmarks.dtype == np.float32
    assert found.landmarks.shape == (5, 33, 7)
    np.testing.assert_allclose(found.landmarks[:, 0, 1], 100, atol=2)


def test_frames_without_anybody_are_kept_as_such(video: Path, kept: Path) -> None:
    class Nobody(Two):
        def detect(self, image: Image, region: Region | None = None) -> Sequence[Detection]:
            super().detect(image, region)
            return []

    network = Nobody()
    for _ in range(2):
        track = PoseTracks(kept, network=network).track(video)
        assert track.people == 0
        assert np.isnan(track.landmarks).all()
        network = Nobody()
    PoseTracks(kept, network=network).track(video)
    assert network.asked == 0


def test_a_video_is_known_by_its_content_not_by_its_name(video: Path, kept: Path) -> None:
    PoseTracks(kept, network=Two()).track(video)
    moved = video.with_name("moved.mp4")
    shutil.copy(video, moved)
    network = Two()
    assert PoseTracks(kept, network=network).track(moved).path == moved
    assert network.asked == 0
    # Another video under the old name.
    film(video, 180)
    track = PoseTracks(kept, network=network).track(video)
    assert network.asked > 0
    np.testing.assert_allclose(track.landmarks[:, 0, 1], 180, atol=2)


def test_another_subject_is_another_entry(video: Path, kept: Path) -> None:
    left, right = Place(10, 24, 0.0), Place(60, 24, 0.0)
    network = Two()
    for place, x in ((left, 16), (right, 48)):
        track = PoseTracks(kept, subjects={video: place}, network=network).track(video)
        np.testing.assert_allclose(track.landmarks[:, 0, 0], x)
    PoseTracks(kept, network=network).track(video)
    assert len(list(kept.iterdir())) == 3
    network = Two()
    again = PoseTracks(kept, subjects={video: right}, network=network).track(video)
    assert network.asked == 0
    np.testing.assert_allclose(again.landmarks[:, 0, 0], 48)


def test_the_place_of_one_video_does_not_count_for_another(video: Path, kept: Path) -> None:
    other = film(video.with_name("b.mp4"), 50)
    tracks = PoseTracks(kept, subjects={video: Place(60, 24, 0.0)}, network=Two())
    assert tracks.track(video).landmarks[0, 0, 0] == 48
    assert tracks.track(other).landmarks[0, 0, 0] == 16
    assert tracks.track(video).landmarks[0, 0, 0] == 48


def test_other_weights_give_another_entry(
    video: Path, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    PoseTracks(kept, network=Two()).track(video)
    monkeypatch.setattr(tracks, "pose_version", lambda: "another")
    network = Two()
    PoseTracks(kept, network=network).track(video)
    assert network.asked > 0


@pytest.mark.parametrize("how", ["cut", "empty", "text", "other frames", "other numbers"])
def test_a_spoilt_file_is_computed_again_and_replaced(video: Path, kept: Path, how: str) -> None:
    expected = PoseTracks(kept, network=Two()).track(video)
    [file] = kept.iterdir()
    good = file.read_bytes()
    if how == "other frames":
        np.save(file, np.zeros((5, 33, 7), np.float32))
    elif how == "other numbers":
        np.save(file, np.zeros((6, 33, 7), np.float64))
    else:
        file.write_bytes({"cut": good[:-100], "empty": b"", "text": b"not landmarks"}[how])
    network = Two()
    track = PoseTracks(kept, network=network).track(video)
    assert network.asked > 0
    np.testing.assert_array_equal(track.landmarks, expected.landmarks)
    assert [one.read_bytes() for one in kept.iterdir()] == [good]


def test_without_a_folder_nothing_is_kept_but_the_last_video(video: Path) -> None:
    network = Two()
    tracks = PoseTracks(network=network)
    first = tracks.track(video)
    asked = network.asked
    assert tracks.track(str(video)) is first
    assert network.asked == asked
    tracks.track(film(video.with_name("b.mp4"), 50))
    np.testing.assert_allclose(tracks.track(video).landmarks, first.landmarks)
    assert sorted(one.name for one in video.parent.iterdir()) == ["a.mp4", "b.mp4"]


def test_an_entry_that_is_used_counts_as_recent(video: Path, kept: Path) -> None:
    PoseTracks(kept, network=Two()).track(video)
    [file] = kept.iterdir()
    os.utime(file, (1000, 1000))
    PoseTracks(kept, network=Two()).track(video)
    assert file.stat().st_mtime > 1000


def test_progress_counts_the_frames(video: Path) -> None:
    done: list[int] = []
    PoseTracks(network=Two()).track(video, advance=done.append)
    assert sum(done) == 5


def test_no_weights_are_loaded_for_landmarks_that_are_kept(
    video: Path, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = PoseTracks(kept, network=Two()).track(video)

    def missing() -> None:
        pytest.fail("The network was loaded.")

    monkeypatch.setattr(tracks, "PoseNetwork", missing)
    found = PoseTracks(kept).track(video)
    np.testing.assert_array_equal(found.landmarks, expected.landmarks)


def test_the_network_given_is_the_one_that_finds_people() -> None:
    network = Two()
    assert PoseTracks(network=network).network() is network


def test_what_cannot_be_read_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(VideoError, match=r"none\.mp4"):
        PoseTracks(network=Two()).track(tmp_path / "none.mp4")


def test_a_folder_that_cannot_be_written_does_not_stop_the_work(
    video: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("in the way")
    assert PoseTracks(tmp_path / "file", network=Two()).track(video).found.all()
    assert "Cannot keep the landmarks" in caplog.text


@pytest.mark.parametrize("spoilt", ["header", "zip", "nan"])
def test_a_file_spoilt_in_any_way_is_computed_again(
    tmp_path: Path, video: Path, spoilt: str
) -> None:
    network = Two()
    PoseTracks(tmp_path, network=network).track(video)
    (file,) = tmp_path.glob("*.npy")
    content = bytearray(file.read_bytes())
    if spoilt == "header":
        content[8] = 10
    elif spoilt == "zip":
        content[:4] = b"PK\x03\x04"
    else:
        kept = np.load(file)
        kept[-1] = np.nan
        np.save(file, kept)
        content = bytearray(file.read_bytes())
    file.write_bytes(content)
    assert PoseTracks(tmp_path, network=network).track(video).found.any()


def test_a_near_tie_is_told_once_in_a_run_and_again_in_the_next(
    video: Path, kept: Path, caplog: pytest.LogCaptureFixture
) -> None:
    told = "a: a near tie between two people; --subject a=48,24@0 follows the other."
    for _ in range(2):
        tracks._warn_once.cache_clear()
        caplog.clear()
        for _ in range(2):
            track = PoseTracks(kept, network=Two()).track(video)
            assert track.rival == Place(48, 24, 0)
        assert [record.message for record in caplog.records] == [told]
    caplog.clear()
    other = Place(48, 24, 0)
    assert PoseTracks(kept, subjects={video: other}, network=Two()).track(video).rival is None
    assert caplog.records == []


def test_the_rival_is_kept_as_it_is(video: Path, tmp_path: Path) -> None:
    times = probe(video).times
    for rival in (Place(692, 175, 2.37), None):
        track = PoseTrack(video, times, np.zeros((len(times), 33, 7), np.float32), 3, rival)
        tracks._write(tmp_path / "kept.npy", track)
        found = tracks._read(tmp_path / "kept.npy", video)
        assert found is not None
        assert (found.rival, found.people) == (rival, 3)
