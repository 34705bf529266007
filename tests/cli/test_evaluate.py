"""`inphase evaluate` and `inphase compare`: what a person sees and a script gets."""

import json
from pathlib import Path

import pytest

from inphase.cli import run
from inphase.data import Collection
from inphase.models import Encoder
from inphase.synthetic import write_collection
from inphase.training import TrainingConfig


@pytest.fixture(scope="module")
def labels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("labels") / "pouring"
    write_collection(
        folder,
        action="pouring",
        count=5,
        fps=10,
        size=(64, 48),
        duration_range=(1.5, 2.0),
        test_share=0.6,
    )
    return folder / "labels.json"


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folders = []
    for seed in range(2):
        folder = tmp_path_factory.mktemp("runs") / f"run{seed}"
        config = TrainingConfig(encoder={"image_size": 64, "conv_width": 4, "fc_width": 4})
        Encoder(config.encoder, seed=seed).save(folder / "model")
        folders.append(folder)
    return folders


def test_evaluate_then_compare(
    labels: Path, runs: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    quick = ["--no-shortcuts", "--bootstrap", "20", "--few-shot", "1", "--stride", "2"]
    for folder in runs:
        assert run(["evaluate", str(folder), str(labels), *quick]) == 0
        shown = capsys.readouterr().out
        assert "Kendall" in shown
        # Next to the model, where compare looks for it.
        told = json.loads((folder / "evaluation" / "evaluation.json").read_text())
        assert told["options"]["scoring"]["few_shot"] == [1]
        assert "stride 2" in told["methods"]["model"]["tau_b"]["note"]
        assert (folder / "evaluation" / "report.html").is_file()
    table = tmp_path / "comparison.csv"
    arguments = [*map(str, runs), "-o", str(table), "--bootstrap", "20"]
    assert run(["compare", *arguments]) == 0
    assert "B − A" in capsys.readouterr().out
    assert table.read_text().startswith("score,run,value,difference,low,high,p")


def test_several_models_are_one_report(
    labels: Path, runs: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = [*map(str, runs), str(labels), "--no-shortcuts", "--bootstrap", "20"]
    assert run(["evaluate", *arguments, "--window", "0.2", "-o", str(tmp_path / "report")]) == 0
    assert "mean of 2 models" in capsys.readouterr().out
    told = json.loads((tmp_path / "report" / "evaluation.json").read_text())
    assert len(told["methods"]["model"]["tau_b"]["seeds"]) == 2
    assert told["options"]["alignment"] == {"window": 0.2}


def _one_line(capsys: pytest.CaptureFixture[str]) -> str:
    lines = [line for line in capsys.readouterr().err.splitlines() if line.startswith("inphase:")]
    assert len(lines) == 1
    return lines[0]


def test_a_group_in_both_splits_is_one_line_and_exit_2(
    labels: Path, runs: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content = json.loads(labels.read_text())
    for name, entry in content["videos"].items():
        entry["file"] = str(labels.parent / "videos" / f"{name}.mp4")
        entry["group"] = "anna"
    mixed = tmp_path / "labels.json"
    mixed.write_text(json.dumps(content))
    assert run(["evaluate", str(runs[0]), str(mixed)]) == 2
    assert "group anna is in both splits" in _one_line(capsys)


def test_mistakes_are_one_line_and_exit_2(
    labels: Path,
    runs: list[Path],
    tmp_path: Path,
    pouring: Collection,
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = ["-o", str(tmp_path / "file" / "report")]
    (tmp_path / "file").touch()
    assert run(["evaluate", str(runs[0]), str(labels), *out]) == 2
    assert "Cannot write" in _one_line(capsys)
    assert run(["evaluate", str(runs[0]), str(pouring.videos[0].path)]) == 2
    assert "no key events" in _one_line(capsys)
    assert run(["evaluate", str(tmp_path / "no"), str(labels), "-o", str(tmp_path / "r")]) == 2
    assert "does not exist" in _one_line(capsys)
    assert run(["compare", str(runs[0])]) == 2
    assert "at least two runs" in _one_line(capsys)
