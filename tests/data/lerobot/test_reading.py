"""A LeRobot dataset is a collection of its episodes."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from inphase.cli import run
from inphase.data import Collection
from inphase.data.lerobot import open_robot_dataset
from inphase.data.lerobot.cameras import choose_camera
from inphase.errors import CollectionError
from inphase.video import VideoReader
from tests.data.lerobot.conftest import LENGTHS
from tests.data.lerobot.robot_sets import TOP, WRIST, write_set
from tests.video.odd_videos import number_in, numbers_in


@pytest.fixture
def _top() -> Iterator[None]:
    choose_camera("top")
    yield
    choose_camera(None)


@pytest.mark.usefixtures("_top")
def test_each_episode_is_a_video_with_its_own_frames(dataset: Path) -> None:
    collection = Collection.open(dataset)
    assert collection.names == ("episode_000000", "episode_000001", "episode_000002")
    for episode, (video, length) in enumerate(zip(collection, LENGTHS, strict=True)):
        with VideoReader(video.path) as reader:
            found = numbers_in(picture for _, picture in reader)
            assert found == [100 * episode + i for i in range(length)]
            assert number_in(reader[length - 1]) == 100 * episode + length - 1
            assert np.allclose(reader.times, np.arange(length) / 25, atol=1e-4)
        assert video.frames == length
    assert [video.action for video in collection] == ["pick up", "put down", "pick up"]


def test_cameras_are_views_of_one_event(dataset: Path) -> None:
    collection = Collection.open(dataset)
    assert len(collection) == 6
    views = [video for video in collection if video.group == "episode_000001"]
    assert [video.view for video in views] == ["top", "wrist"]
    shown = []
    for video in views:
        with VideoReader(video.path) as reader:
            shown.append(number_in(reader[3]))
    assert shown == [103, 1103]


def test_a_camera_may_be_named_in_full_and_an_unknown_one_is_told(
    dataset: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["data", "check", str(dataset), "--camera", WRIST]) == 0
    assert "episode_0" not in capsys.readouterr().err
    assert run(["data", "check", str(dataset), "--camera", "side"]) == 2
    assert f"no camera `side`; it has {TOP}, {WRIST}" in capsys.readouterr().err.replace("\n", " ")
    choose_camera(None)


def test_the_rows_of_an_episode_are_its_own(dataset: Path) -> None:
    robot = open_robot_dataset(dataset)
    for episode, length in zip(robot.episodes, LENGTHS, strict=True):
        table = robot.table(episode)
        assert set(table["episode_index"].to_pylist()) == {episode.index}
        assert table["index"].to_pylist() == list(range(episode.first, episode.first + length))


def _changed(dataset: Path, folder: Path, **changes: object) -> Path:
    copy = folder / "copy"
    shutil.copytree(dataset, copy)
    info = json.loads((copy / "meta/info.json").read_text())
    (copy / "meta/info.json").write_text(json.dumps(info | changes))
    return copy


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"codebase_version": "v9"}, "version v9"),
        ({"fps": 0}, "`fps` must be"),
        ({"features": {"observation.state": {"dtype": "float32"}}}, "no camera"),
        ({"features": {TOP: {"dtype": "image"}}}, "single images"),
        ({"video_path": "../{video_key}.mp4"}, "out of the dataset"),
        ({"data_path": "/{episode_index:99d}"}, "out of the dataset"),
    ],
)
def test_a_damaged_set_is_told_in_a_sentence(
    dataset: Path, tmp_path: Path, changes: dict[str, object], told: str
) -> None:
    with pytest.raises(CollectionError, match=told):
        open_robot_dataset(_changed(dataset, tmp_path, **changes))


def test_a_damaged_table_is_told(dataset: Path, tmp_path: Path) -> None:
    copy = _changed(dataset, tmp_path)
    robot = open_robot_dataset(copy)
    robot.episodes[0].data.write_bytes(b"PAR1 no PAR1")
    with pytest.raises(CollectionError, match="cannot be read"):
        robot.table(robot.episodes[0])
    short = pq.read_table(robot.episodes[2].data) if robot.version == "v2.1" else None
    if short is not None:
        pq.write_table(short.slice(1), robot.episodes[2].data)
        with pytest.raises(CollectionError, match="14 rows of episode 2"):
            robot.table(robot.episodes[2])


@pytest.mark.parametrize("version", ["v2.1", "v3.0"])
def test_a_real_robots_episodes_are_those_of_its_files(
    shared_data: Path, tmp_path: Path, version: str
) -> None:
    source = shared_data / "robot_g1_bottle"
    if not source.is_dir():
        pytest.skip("robot_g1_bottle is not here")
    labels = json.loads((source / "labels.json").read_text())["videos"]
    some = list(labels.values())[:3]
    files, lengths = [source / one["file"] for one in some], [one["frames"] for one in some]
    folder = write_set(tmp_path / "set", version, {TOP: files}, lengths, fps=30, size=(342, 256))
    for video, file in zip(Collection.open(folder), files, strict=True):
        with VideoReader(video.path) as found, VideoReader(file) as true:
            assert len(found) == len(true) == video.frames
            for index in (0, 100, len(true) - 1):
                assert np.array_equal(found[index], true[index])
