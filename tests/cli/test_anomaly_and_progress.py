"""`inphase anomaly` and `inphase progress`, from videos to files."""

import csv
import json
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from inphase.cli import run
from inphase.data import Collection
from inphase.models import Encoder
from inphase.training import TrainingConfig
from inphase.video import VideoReader, VideoWriter, probe


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    config = TrainingConfig(
        encoder={"image_size": 64, "conv_width": 8, "fc_width": 16, "context_gap": 0.25}
    ).encoder
    folder = tmp_path_factory.mktemp("deviation") / "model"
    Encoder(config).save(folder)
    return folder


@pytest.fixture(scope="module")
def videos(pouring: Collection) -> list[str]:
    return [str(video.path) for video in pouring]


def test_anomalies_are_listed_and_written(
    videos: list[str], model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # White frames deviate from all videos, whatever the encoder makes of them.
    odd, reader = tmp_path / "odd.mp4", VideoReader(videos[0])
    with VideoWriter(odd, fps=12, size=reader.size) as writer:
        for index, (_, frame) in enumerate(reader):
            writer.write(np.full_like(frame, 255) if 8 <= index < 16 else frame)
    arguments = ["anomaly", str(odd), "--model", str(model), "--typical", *videos[1:5]]
    for suffix in ("json", "csv", "png", "html"):
        arguments += ["-o", str(tmp_path / f"a.{suffix}")]
    assert run(arguments) == 0
    told = capsys.readouterr()
    assert "No alarm." in told.out
    assert "4 typical videos cannot show a p-value below 0.2" in " ".join(told.err.split())
    result = json.loads((tmp_path / "a.json").read_text())
    assert result["video"] == odd.stem
    assert len(result["typical"]) == 4
    assert len(result["looks"]) == probe(odd).frames
    # The same segments in each format, in the same words as on the screen.
    assert result["segments"]
    starts = [f"{one['start']:.2f}" for one in result["segments"]]
    assert re.findall(r"([\d.]+) to [\d.]+ s ", told.out) == starts
    with (tmp_path / "a.csv").open() as file:
        assert [f"{float(row['start']):.2f}" for row in csv.DictReader(file)] == starts
    page = (tmp_path / "a.html").read_text()
    assert re.findall(r"<td>([\d.]+)</td>\n<td>[\d.]+</td><td>", page) == starts
    with Image.open(tmp_path / "a.png") as picture:
        assert picture.width == 1200


def test_progress_is_a_row_for_each_frame(
    videos: list[str], model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["progress", videos[0], "--model", str(model), "-o", str(tmp_path / "p.csv")]
    arguments += ["--demonstrations", *videos[1:3]]
    assert run([*arguments, "-o", str(tmp_path / "p.png")]) == 0
    assert "ends at progress" in capsys.readouterr().out
    with (tmp_path / "p.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == probe(videos[0]).frames
    assert all(0 <= float(row["progress"]) <= 1 for row in rows)


def test_the_reference_chooses_itself_and_all_are_aligned_together(
    videos: list[str], model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "m.json"
    arguments = ["synchronize", *videos[:4], "--model", str(model), "-o", str(out)]
    assert run([*arguments, "--joint"]) == 0
    name = json.loads(out.read_text())["reference"]["name"]
    assert f"The reference is {name}, the most typical video." in capsys.readouterr().out


def test_mistakes_are_one_line(
    videos: list[str], model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = str(Path(videos[0]).parent)
    ends = ["--model", str(model), "-o", str(tmp_path / "a.json")]
    wrong = [
        (["anomaly", folder, "--typical", folder, *ends], "holds 6 videos; give one"),
        (["anomaly", videos[0], "--typical", videos[1], *ends], "At least two typical"),
        (["anomaly", videos[0], "--typical", folder, "--by-group", *ends], "--by-group needs"),
        (
            ["anomaly", videos[0], "--typical", folder, "--alpha", "2", *ends],
            "alpha must be between",
        ),
        (
            ["anomaly", videos[0], "--typical", folder, "--span", "inf", *ends],
            "--span must be a number, not inf",
        ),
        (
            ["anomaly", videos[0], "--typical", folder, *ends[:2], "-o", "a.mp4"],
            "a.mp4 must end in one of .png",
        ),
        (
            ["progress", videos[0], "--demonstrations", folder, *ends[:2], "-o", "a.mp4"],
            "a.mp4 must end in one of .csv",
        ),
        (["progress", videos[0], "--demonstrations", "no-such-folder", *ends], "no-such-folder"),
        (
            ["synchronize", *videos[:3], "--joint", "--open-end", *ends],
            "open_end cannot be used with joint",
        ),
    ]
    for arguments, message in wrong:
        assert run(arguments) == 2
        told = capsys.readouterr().err.strip().splitlines()[-1]
        assert told.startswith("inphase: ")
        assert message in told
