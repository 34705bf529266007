"""Videos that state no times have the frame rate of their labels, or the one that is asked for."""

import json
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from inphase.cli import run
from inphase.data import Collection, content_hash
from inphase.errors import CollectionError
from inphase.video import IMAGE_FPS, VideoReader, assume_rate, probe
from tests.video.odd_videos import numbered


@pytest.fixture(autouse=True)
def _nothing_is_assumed() -> Iterator[None]:
    yield
    assume_rate(None)


def images(folder: Path, count: int) -> None:
    folder.mkdir(parents=True)
    for number in range(count):
        Image.fromarray(numbered(number, (64, 48))).save(folder / f"{number}.png")


def raw(path: Path, frames: int) -> Path:
    """A stream without container, as a Raspberry Pi's camera writes it."""
    with av.open(str(path), "w", format="h264") as container:
        stream = container.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for number in range(frames):
            picture = av.VideoFrame.from_ndarray(numbered(number, (64, 48)), "rgb24")
            container.mux(stream.encode(picture))
        container.mux(stream.encode(None))
    return path


def made(folder: Path, kind: str) -> Path:
    if kind == "raw":
        return raw(folder / "a.h264", 6)
    images(folder / "a", 6)
    return folder / "a"


def labels(video: Path, fps: object) -> Path:
    path = video.parent / "labels.json"
    path.write_text(json.dumps({"events": [], "videos": {"a": {"file": video.name, "fps": fps}}}))
    return path


@pytest.mark.parametrize("kind", ["images", "raw"])
def test_the_rate_is_that_of_the_labels(tmp_path: Path, kind: str) -> None:
    video = made(tmp_path, kind)
    assert probe(video).fps == IMAGE_FPS
    before = content_hash(video)
    (opened,) = Collection.open(labels(video, 10))
    info = probe(opened.path)
    assert info.fps == 10
    assert info.duration == pytest.approx(0.6)
    np.testing.assert_allclose(info.times, np.arange(6) / 10)
    assert [time for time, _ in VideoReader(opened.path)] == pytest.approx(np.arange(6) / 10)
    # What was computed at another rate is of no use.
    assert content_hash(video) != before


@pytest.mark.parametrize("kind", ["images", "raw"])
def test_what_is_asked_for_counts_more_than_labels(tmp_path: Path, kind: str) -> None:
    video = made(tmp_path, kind)
    Collection.open(labels(video, 10))
    assume_rate(50)
    assert probe(video).duration == pytest.approx(0.12)


def test_a_file_with_times_keeps_them(tmp_path: Path) -> None:
    video = tmp_path / "a.mp4"
    with av.open(str(video), "w") as container:
        stream = container.add_stream("mpeg4", rate=20)
        stream.width, stream.height = 64, 48
        for number in range(6):
            picture = av.VideoFrame.from_ndarray(numbered(number, (64, 48)), "rgb24")
            container.mux(stream.encode(picture))
        container.mux(stream.encode(None))
    before = content_hash(video)
    Collection.open(labels(video, 10))
    assert probe(video).fps == pytest.approx(20)
    assume_rate(5)
    assert probe(video).fps == pytest.approx(20)
    assert content_hash(video) == before


def test_the_command_line_says_the_rate(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in "ab":
        images(tmp_path / "set" / name, 6)
    report = tmp_path / "report.json"
    assert run(["data", "check", str(tmp_path / "set"), "--fps", "10", "-o", str(report)]) in (0, 1)
    found = json.loads(report.read_text())["videos"]
    assert [(one["fps"], one["duration"]) for one in found] == [(10, 0.6)] * 2
    report.unlink()
    # The next command starts anew.
    assert run(["data", "check", str(tmp_path / "set"), "-o", str(report)]) in (0, 1)
    assert json.loads(report.read_text())["videos"][0]["fps"] == IMAGE_FPS
    assert run(["data", "check", str(tmp_path / "set"), "--fps", "0"]) == 2
    assert "--fps" in capsys.readouterr().err


@pytest.mark.parametrize("fps", [0, -1, float("inf"), float("nan"), 1e9])
def test_labels_with_an_impossible_rate_are_refused(tmp_path: Path, fps: float) -> None:
    video = made(tmp_path, "images")
    with pytest.raises(CollectionError, match=r"fps|not a number"):
        Collection.open(labels(video, fps))
