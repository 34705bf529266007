"""`inphase sound`, as a person types it."""

import re
import shutil
from pathlib import Path

import numpy as np
import pytest

from inphase.applications.sound_transfer.transfer_sound import BLOCK
from inphase.cli import run
from inphase.data import Collection
from inphase.models import Encoder
from inphase.training import TrainingConfig
from inphase.video import VideoWriter, probe, read_audio


@pytest.fixture
def model(tiny: TrainingConfig, tmp_path: Path) -> str:
    Encoder(tiny.encoder).save(tmp_path / "model")
    return str(tmp_path / "model")


@pytest.fixture
def videos(pouring: Collection, tmp_path: Path) -> list[str]:
    (tmp_path / "videos").mkdir()
    return [str(shutil.copy(video.path, tmp_path / "videos")) for video in pouring.videos[:3]]


@pytest.fixture
def mute(tmp_path: Path) -> str:
    with VideoWriter(tmp_path / "mute.mp4", fps=12, size=(64, 64)) as writer:
        for level in range(12):
            writer.write(np.full((64, 64, 3), 20 * level, dtype=np.uint8))
    return str(tmp_path / "mute.mp4")


def _one_line(capsys: pytest.CaptureFixture[str]) -> str:
    lines = [line for line in capsys.readouterr().err.splitlines() if line.startswith("inphase:")]
    assert len(lines) == 1
    return lines[0]


def test_help_shows_an_example_and_the_verb_stands_after_align(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["sound", "--help"]) == 0
    assert "Example:" in capsys.readouterr().out
    assert run(["--help"]) == 0
    shown = capsys.readouterr().out
    assert shown.index(" align ") < shown.index(" sound ") < shown.index(" index ")


@pytest.mark.parametrize("paper", [[], ["--paper"]])
def test_a_mute_video_gets_sound(
    videos: list[str], mute: str, model: str, paper: list[str], tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    sources = [word for video in videos for word in ("--sources", video)]
    output = tmp_path / "out.mp4"
    assert run(["sound", mute, *sources, "--model", model, "-o", str(output), *paper]) == 0
    assert re.search(r"3 blocks of sound from [1-3] video", capsys.readouterr().out)
    assert probe(output).frames == 12
    assert read_audio(output).duration == pytest.approx(1.0, abs=0.01)


def test_from_takes_all_that_a_shells_glob_gives(
    videos: list[str], mute: str, model: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    outputs = [str(tmp_path / f"{number}.wav") for number in range(2)]
    one_by_one = [word for video in videos for word in ("--sources", video)]
    ends = [["--model", model, "-o", output] for output in outputs]
    assert run(["sound", mute, *one_by_one, *ends[0]]) == 0
    assert run(["sound", mute, "--from", *videos, *ends[1]]) == 0
    assert Path(outputs[0]).read_bytes() == Path(outputs[1]).read_bytes()
    # The target is the word before the sources.
    capsys.readouterr()
    assert run(["sound", "--sources", *videos, mute, *ends[0]]) == 2
    assert "target" in _one_line(capsys).lower()
    assert run(["sound", mute, *ends[0], "--sources"]) == 2
    assert "--sources" in _one_line(capsys)


def test_help_tells_the_block_that_is_the_default(capsys: pytest.CaptureFixture[str]) -> None:
    run(["sound", "--help"])
    assert f"[default: {BLOCK}]" in " ".join(capsys.readouterr().out.replace("│", " ").split())


def test_a_folder_of_sources_may_hold_one_without_sound(
    videos: list[str], mute: str, model: str, tmp_path: Path
) -> None:
    folder = Path(videos[0]).parent
    shutil.copy(mute, folder / "another.mp4")
    output = tmp_path / "out.wav"
    command = ["sound", mute, "--sources", str(folder), "--model", model, "-o", str(output)]
    assert run(command) == 1
    assert read_audio(output).duration == pytest.approx(1.0, abs=0.01)


def test_mistakes_get_one_sentence_and_leave_nothing(
    videos: list[str], mute: str, model: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {path: path.read_bytes() for path in Path(videos[0]).parent.iterdir()}
    start = ["sound", videos[0], "--model", model]
    output = str(tmp_path / "out.mp4")
    assert run([*start, "--sources", mute, "-o", output]) == 2
    assert "mute.mp4 has no sound" in _one_line(capsys)
    assert run([*start, "--sources", videos[1], "-o", videos[1]]) == 2
    assert "would be lost" in _one_line(capsys)
    assert run([*start, "--sources", videos[1], "-o", videos[0]]) == 2
    assert "would be lost" in _one_line(capsys)
    assert run([*start, "--sources", videos[1], "-o", str(tmp_path / "out.ogg")]) == 2
    assert ".mp4 or .wav" in _one_line(capsys)
    assert run([*start, "--sources", videos[1], "-o", output, "--paper", "--window", "0.2"]) == 2
    assert "leave out window" in _one_line(capsys)
    assert not list(tmp_path.glob("out*"))
    assert before == {path: path.read_bytes() for path in Path(videos[0]).parent.iterdir()}


def test_a_target_that_cannot_be_read_gets_one_sentence(
    videos: list[str], model: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "broken.mp4").write_bytes(b"no video")
    command = ["sound", str(tmp_path / "broken.mp4"), "--sources", videos[0], "--model", model]
    assert run([*command, "-o", str(tmp_path / "out.mp4")]) == 2
    assert "broken.mp4" in _one_line(capsys)
    assert not (tmp_path / "out.mp4").exists()
