"""`inphase data check` and `inphase data convert`."""

import json
from pathlib import Path

import numpy as np
import pytest

from inphase.cli import run
from inphase.data import Collection
from inphase.video import VideoWriter


@pytest.mark.parametrize("verb", ["check", "convert"])
def test_each_verb_shows_an_example(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["data", verb, "--help"]) == 0
    assert "Example:" in capsys.readouterr().out


def test_check_exits_with_1_when_something_is_broken(
    pouring: Collection, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    videos = [str(video.path) for video in pouring.videos[:3]]
    assert run(["data", "check", *videos]) == 0
    assert "No problems found." in capsys.readouterr().out
    (tmp_path / "torn.mp4").write_bytes(b"no video")
    report = tmp_path / "check.json"
    assert run(["data", "check", *videos, str(tmp_path / "torn.mp4"), "-o", str(report)]) == 1
    assert "broken: " in capsys.readouterr().out
    told = json.loads(report.read_text())
    assert told["findings"][0]["videos"] == ["torn"]
    assert len(told["videos"]) == 3


def test_convert_writes_labels_and_lists_mistakes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("a", "b"):
        with VideoWriter(tmp_path / f"{name}.mp4", fps=10, size=(64, 48)) as writer:
            for _ in range(10):
                writer.write(np.zeros((48, 64, 3), np.uint8))
    table, out = tmp_path / "labels.csv", tmp_path / "labels.json"
    table.write_text("video,event,time\na,up,0.2\na,down,0.5\nb,up,0.5\nb,down,0.2\n")
    arguments = [str(table), str(tmp_path), "-o", str(out)]
    assert run(["data", "convert", *arguments, "--events", "up, down"]) == 1
    shown = capsys.readouterr()
    assert "labels of 1 video(s)" in shown.out
    assert "b: event `down` (0.2) comes before `up` (0.5)" in " ".join(shown.err.split())
    assert dict(Collection.open(out)["a"].events) == {"up": 2, "down": 5}
    table.write_text("video,event,time\na,up,0.2\nb,up,0.5\n")
    assert run(["data", "convert", *arguments]) == 0
    corrected = out.read_text().replace('"up": 2', '"up": 3')
    out.write_text(corrected)
    assert run(["data", "convert", *arguments]) == 2
    assert "holds labels that would be lost" in capsys.readouterr().err
    assert out.read_text() == corrected


def test_mistakes_are_one_line_and_exit_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["data", "check", str(tmp_path / "none")]) == 2
    assert "does not exist" in capsys.readouterr().err
    assert run(["data", "convert", str(tmp_path / "none.csv"), "-o", str(tmp_path / "x")]) == 2
    assert "none.csv does not exist" in capsys.readouterr().err
    assert run(["data", "chekc"]) == 2
    assert "check" in capsys.readouterr().err
