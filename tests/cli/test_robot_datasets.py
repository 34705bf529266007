"""`inphase progress` and `inphase retime` on a LeRobot dataset, from files to files."""

from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from inphase.cli import run
from inphase.data.lerobot import open_robot_dataset
from inphase.data.lerobot.cameras import choose_camera
from inphase.models import Encoder
from inphase.training import TrainingConfig
from inphase.video import VideoWriter
from tests.data.lerobot.robot_sets import TOP, WRIST, write_set

LENGTHS = [14, 20]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    config = TrainingConfig(
        encoder={"image_size": 64, "conv_width": 8, "fc_width": 16, "context_gap": 0.25}
    ).encoder
    folder = tmp_path_factory.mktemp("robot") / "model"
    Encoder(config).save(folder)
    return folder


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("robot")
    videos = []
    for episode, length in enumerate(LENGTHS):
        videos.append(folder / f"{episode}.mp4")
        with VideoWriter(videos[-1], fps=20, size=(64, 64)) as out:
            for share in np.linspace(0, 1, length):
                picture = np.full((64, 64, 3), 40, np.uint8)
                picture[:, : round(share * 60) + 4, 0] = 255
                out.write(picture)
    return write_set(
        folder / "set", "v3.0", {TOP: videos, WRIST: videos}, LENGTHS, fps=20, size=(64, 64)
    )


@pytest.fixture(autouse=True)
def _all_cameras_afterwards() -> object:
    yield
    choose_camera(None)


def test_progress_of_a_dataset_becomes_a_table(
    dataset: Path, model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = ["progress", str(dataset), "--demonstrations", str(dataset), "--model", str(model)]
    table, checks = tmp_path / "progress.parquet", tmp_path / "checks.csv"
    assert run([*line, "--camera", "top", "-o", str(table), "-o", str(checks)]) == 0
    told = capsys.readouterr().out
    assert "The reference of `pick up the bottle` is episode_00000" in told
    assert " of 2 are good." in told
    rows = pq.read_table(table).to_pylist()
    assert [row["index"] for row in rows] == list(range(sum(LENGTHS)))
    assert [row["episode_index"] for row in rows] == [0] * LENGTHS[0] + [1] * LENGTHS[1]
    assert len(checks.read_text().splitlines()) == 3
    assert run([*line, "-o", str(table)]) == 2
    told = " ".join(capsys.readouterr().err.split())
    assert f"has the cameras {TOP}, {WRIST}; choose one with --camera." in told
    assert run([*line, "--camera", "top", "-o", str(tmp_path / "x.png")]) == 2
    assert "must end in one of .parquet, .csv, .json" in capsys.readouterr().err


def test_a_dataset_is_retimed_with_all_its_cameras(
    dataset: Path, model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = ["retime", str(dataset), "--camera", "top", "--model", str(model), "-o"]
    out = tmp_path / "out"
    assert run([*line, str(out), "--reference", "episode_000001"]) == 0
    assert "Wrote 2 episodes" in capsys.readouterr().out
    new = open_robot_dataset(out)
    assert [one.length for one in new.episodes] == [LENGTHS[1]] * 2
    assert new.cameras == (TOP, WRIST)
    assert run([*line, str(dataset)]) == 2
    assert "would be lost" in capsys.readouterr().err
    assert len(open_robot_dataset(dataset).episodes) == 2
