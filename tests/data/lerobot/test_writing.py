"""A written dataset has the chosen frames of every camera, and their states and actions."""

import json
import os
import subprocess
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from inphase.data.lerobot import RobotDataset, open_robot_dataset, writing
from inphase.data.lerobot.writing import write_frames_of
from inphase.errors import CollectionError
from inphase.video import VideoReader
from inphase.video.span import Span, find_span
from tests.data.lerobot.robot_sets import TOP, WRIST
from tests.video.odd_videos import numbers_in

FRAMES = {0: [0, 0, 3, 4, 11], 1: [2, 3, 3, 5, 8, 8, 8], 2: list(range(1, 15, 2))}
# Releases from 0.4 on read version 3.0, those before it version 2.1.
PYTHONS = {"v3.0": "LEROBOT_PYTHON", "v2.1": "LEROBOT_PYTHON_V21"}
READ = Path(__file__).parent / "read_with_lerobot.py"


def _write(dataset: Path, folder: Path) -> Path:
    robot = open_robot_dataset(dataset)
    chosen = [(one, np.array(FRAMES[one.index])) for one in robot.episodes]
    write_frames_of(robot, chosen, folder)
    return folder


@pytest.fixture(scope="module")
def written(dataset: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _write(dataset, tmp_path_factory.mktemp("written") / "set")


def test_pictures_states_and_actions_are_of_the_same_instants(dataset: Path, written: Path) -> None:
    old, new = open_robot_dataset(dataset), open_robot_dataset(written)
    assert new.version == old.version
    first = 0
    for before, after in zip(old.episodes, new.episodes, strict=True):
        frames, count = FRAMES[after.index], len(FRAMES[after.index])
        for number, camera in enumerate((TOP, WRIST)):
            with VideoReader(after.videos[camera]) as video:
                shown = numbers_in(picture for _, picture in video)
            assert shown == [1000 * number + 100 * after.index + frame for frame in frames]
        rows, taken = new.table(after), old.table(before).take(frames)
        for column in ("action", "observation.state", "task_index"):
            assert rows[column].to_pylist() == taken[column].to_pylist()
        assert rows["index"].to_pylist() == list(range(first, first + count))
        assert rows["frame_index"].to_pylist() == list(range(count))
        assert np.allclose(rows["timestamp"], np.arange(count) / 25)
        assert after.first == first
        assert after.tasks == before.tasks
        first += count
    assert new.info["total_frames"] == first
    assert new.info["total_episodes"] == len(FRAMES)


def test_statistics_are_those_of_the_new_frames(written: Path) -> None:
    robot = open_robot_dataset(written)
    values = np.concatenate(
        [np.stack(robot.table(one)["action"].to_pylist()) for one in robot.episodes]
    )
    if robot.version == "v3.0":
        whole = json.loads((written / "meta/stats.json").read_text())
        told = whole["action"]
        rows = pq.read_table(written / "meta/episodes/chunk-000/file-000.parquet").to_pylist()
        assert rows[1]["stats/action/count"] == [7]
        assert rows[1]["videos/" + TOP + "/from_timestamp"] == pytest.approx(5 / 25)
        assert np.array(
            json.loads((written / "meta/stats.json").read_text())[TOP]["mean"]
        ).shape == (3, 1, 1)
    else:
        lines = (written / "meta/episodes_stats.jsonl").read_text().splitlines()
        told = json.loads(lines[0])["stats"]["action"]
        values = values[:5]
    assert np.allclose(told["mean"], values.mean(0))
    assert np.allclose(told["std"], values.std(0))
    assert np.allclose(told["min"], values.min(0))
    assert np.allclose(told["max"], values.max(0))


def test_many_episodes_are_spread_over_files(
    dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "_FRAMES_A_FILE", 12)
    folder = _write(dataset, tmp_path / "set")
    robot = open_robot_dataset(folder)
    assert len({one.data for one in robot.episodes}) == (2 if robot.version == "v3.0" else 3)
    with VideoReader(robot.episodes[2].videos[TOP]) as video:
        assert numbers_in(picture for _, picture in video) == [200 + i for i in FRAMES[2]]


def test_a_video_that_is_too_short_is_told_and_nothing_is_left(
    dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    robot = open_robot_dataset(dataset)
    table = robot.table(robot.episodes[0])
    monkeypatch.setattr(type(robot), "table", lambda *_: table.slice(0, 0))
    short = tmp_path / "short"
    with pytest.raises((CollectionError, IndexError)):
        write_frames_of(robot, [(robot.episodes[0], np.array([0, 1]))], short)
    assert not short.exists()


def test_the_released_package_reads_what_is_written(written: Path) -> None:
    robot = open_robot_dataset(written)
    variable = PYTHONS[robot.version]
    python = os.environ.get(variable)
    if not python:
        pytest.skip(f"{variable} names no Python with a `lerobot` that reads {robot.version}")
    environment = {**os.environ, "HF_HUB_OFFLINE": "1"}
    environment.pop("PYTHONPATH", None)
    done = subprocess.run(
        [python, str(READ), str(written)],
        capture_output=True, text=True, env=environment, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["episodes"] == len(FRAMES)
    assert told["tasks"] == ["pick up", "put down"]
    assert np.allclose(told["states"], _column(robot, "observation.state"))
    # In which file it looks for each picture, and when: as we do.
    for one in robot.episodes:
        asked = told["asked"][one.first : one.first + one.length]
        span = find_span(one.videos[TOP]) or Span(one.videos[TOP])
        assert {file for file, _ in asked} == {str(span.file.resolve())}
        with VideoReader(span.path) as video:
            assert np.allclose([time for _, time in asked], span.start + video.times, atol=1e-4)


def _column(robot: RobotDataset, name: str) -> list[list[float]]:
    return [row for one in robot.episodes for row in robot.table(one)[name].to_pylist()]
