"""Key events of videos that are named without their labels."""

import json
from pathlib import Path

import pytest

from inphase.data import Collection
from inphase.data.labels_beside import with_labels_beside


def labels(path: Path, files: dict[str, str]) -> None:
    """A labels.json with one event, at a frame that tells the entry."""
    videos = {
        name: {"file": file, "fps": 10, "frames": 9, "events": {"hit": number}}
        for number, (name, file) in enumerate(files.items(), start=1)
    }
    path.write_text(json.dumps({"events": ["hit"], "videos": videos}))


@pytest.fixture
def videos(tmp_path: Path) -> list[Path]:
    """Two files in a folder of their own."""
    folder = tmp_path / "set" / "videos"
    folder.mkdir(parents=True)
    found = [folder / "a.mp4", folder / "b.mp4"]
    for path in found:
        path.write_bytes(path.name.encode())
    return found


def events(paths: list[Path]) -> list[dict[str, int]]:
    """Those of each video."""
    return [dict(video.events) for video in with_labels_beside(Collection.open(paths))]


def test_labels_beside_the_videos_are_found(videos: list[Path]) -> None:
    labels(videos[0].parent / "labels.json", {"b": "b.mp4"})
    assert events(videos) == [{}, {"hit": 1}]


def test_labels_one_folder_up_are_found(videos: list[Path]) -> None:
    labels(videos[0].parents[1] / "labels.json", {"x": "videos/a.mp4", "b": "videos/b.mp4"})
    assert events(videos) == [{"hit": 1}, {"hit": 2}]


def test_those_beside_the_videos_come_first(videos: list[Path]) -> None:
    labels(videos[0].parents[1] / "labels.json", {"x": "videos/b.mp4", "a": "videos/a.mp4"})
    labels(videos[0].parent / "labels.json", {"y": "a.mp4", "b": "b.mp4"})
    assert events(videos) == [{"hit": 1}, {"hit": 2}]
    labels(videos[0].parent / "labels.json", {"b": "b.mp4"})
    assert events(videos) == [{"hit": 2}, {"hit": 1}]


def test_videos_of_several_folders_have_each_its_own(videos: list[Path], tmp_path: Path) -> None:
    other = tmp_path / "other" / "c.mp4"
    other.parent.mkdir()
    other.write_bytes(b"c")
    labels(videos[0].parent / "labels.json", {"a": "a.mp4"})
    labels(other.parent / "labels.json", {"c": "c.mp4"})
    assert events([videos[0], other]) == [{"hit": 1}, {"hit": 1}]


@pytest.mark.parametrize("text", ["[1, 2]", "{", "\x00"])
def test_labels_that_nobody_named_and_that_are_none_are_left_out(
    videos: list[Path], text: str, caplog: pytest.LogCaptureFixture
) -> None:
    (videos[0].parents[1] / "labels.json").write_text(text)
    assert events(videos) == [{}, {}]
    assert "labels.json" in caplog.text


def test_labels_of_other_videos_are_none(videos: list[Path]) -> None:
    other = videos[0].parents[1] / "c.mp4"
    other.touch()
    labels(videos[0].parents[1] / "labels.json", {"c": "c.mp4"})
    collection = with_labels_beside(Collection.open(videos))
    assert not collection.events
    assert events(videos) == [{}, {}]
