"""`inphase trajectories`, as a person types it."""

import json
import shutil
from pathlib import Path

import pytest

from inphase.cli import run
from inphase.data import Collection
from inphase.models import Encoder
from inphase.training import TrainingConfig


@pytest.fixture
def model(tiny: TrainingConfig, tmp_path: Path) -> str:
    Encoder(tiny.encoder).save(tmp_path / "model")
    return str(tmp_path / "model")


def test_help_shows_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["trajectories", "--help"]) == 0
    assert "Example:" in capsys.readouterr().out


def test_from_videos_to_all_outputs(pouring: Collection, model: str, tmp_path: Path) -> None:
    videos = [str(video.path) for video in pouring.videos[:2]]
    added = str(pouring.videos[2].path)
    outputs = [tmp_path / f"out.{suffix}" for suffix in ("png", "svg", "html", "json", "csv")]
    words = [word for path in outputs for word in ("-o", str(path))]
    arguments = [
        "--model",
        model,
        "--method",
        "pca",
        "--add",
        added,
        "--frames",
        "1",
        "--seed",
        "5",
    ]
    assert run(["trajectories", *videos, *arguments, *words]) == 0
    assert all(path.stat().st_size > 0 for path in outputs)
    told = json.loads((tmp_path / "out.json").read_text())
    assert (told["method"], told["seed"]) == ("pca", 5)
    assert [video["added"] for video in told["videos"]] == [False, False, True]
    assert [len(video["shown"]) for video in told["videos"]] == [1, 1, 1]


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        (["-o", "a.gif"], "must end in"),
        (["-o", "a.png", "--add", "{video}"], "cannot add"),
        (["-o", "{video}"], "would be lost"),
    ],
)
def test_mistakes_are_one_line_before_any_work(
    pouring: Collection, model: str, tmp_path: Path, more: list[str], sentence: str,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    video = tmp_path / "video.mp4"
    shutil.copy(pouring.videos[0].path, video)
    more = [word.format(video=video) for word in more]
    assert run(["trajectories", str(video), "--model", model, *more]) == 2
    error = capsys.readouterr().err
    assert sentence in " ".join(error.split())
    assert "Embedding" not in error
    assert video.read_bytes() == pouring.videos[0].path.read_bytes()
