"""`inphase cut`, `inphase follow` and files for editing programs, as a person uses them."""

import json
import re
import threading
import time
from pathlib import Path

import av
import numpy as np
import pytest

from inphase.cli import run
from inphase.data import Collection
from inphase.models import Encoder
from inphase.training import TrainingConfig
from inphase.video import VideoReader, VideoWriter, probe


@pytest.fixture
def model(tiny: TrainingConfig, tmp_path: Path) -> str:
    Encoder(tiny.encoder).save(tmp_path / "model")
    return str(tmp_path / "model")


@pytest.fixture
def videos(pouring: Collection) -> list[str]:
    return [str(video.path) for video in pouring.videos[:3]]


def _one_line(capsys: pytest.CaptureFixture[str]) -> str:
    lines = [line for line in capsys.readouterr().err.splitlines() if line.startswith("inphase:")]
    assert len(lines) == 1
    return lines[0]


@pytest.mark.parametrize("verb", ["cut", "follow"])
def test_help_shows_an_example(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([verb, "--help"]) == 0
    assert "Example:" in capsys.readouterr().out


def test_cut_counts_and_writes_clips(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with VideoWriter(tmp_path / "ball.mp4", fps=15, size=(96, 96)) as writer:
        for angle in np.linspace(0, 2 * np.pi * 4, 100):
            frame = np.full((96, 96, 3), 230, dtype=np.uint8)
            x, y = int(40 + 30 * np.sin(angle)), int(40 - 30 * np.cos(angle))
            frame[y : y + 16, x : x + 16] = (200, 30, 30)
            writer.write(frame)
    out = tmp_path / "clips"
    assert run(["cut", str(tmp_path / "ball.mp4"), "-o", str(out)]) == 0
    assert "ball: 4 repetitions" in capsys.readouterr().out
    clips = sorted(out.glob("*.mp4"))
    assert len(clips) == 4
    assert sum(probe(clip).frames for clip in clips) <= 100


def test_a_single_performance_stays_whole(
    videos: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["cut", videos[0], "-o", str(tmp_path / "out")]) == 0
    assert "stays whole" in capsys.readouterr().out
    assert len(list((tmp_path / "out").glob("*.mp4"))) == 1


@pytest.mark.parametrize("suffix", ["otio", "edl", "sh"])
def test_files_of_editing_programs_tell_their_cuts(
    videos: list[str],
    model: str,
    tmp_path: Path,
    suffix: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = tmp_path / f"edit.{suffix}"
    command = ["synchronize", *videos[:2], "--model", model, "-o", str(out), "--cut-error", "3"]
    assert run(command) == 0
    told = re.search(r"(\d+) cuts in all, no frame off by more than 3", capsys.readouterr().out)
    assert told is not None
    pieces = {"otio": r"\"OTIO_SCHEMA\": \"Clip\.", "edl": r"^\d{3}  AX", "sh": "trim=start_frame"}
    found = len(re.findall(pieces[suffix], out.read_text(), re.MULTILINE))
    # A timeline also holds the reference's picture and sound, uncut.
    assert found == int(told[1]) + (3 if suffix == "otio" else 1)


def test_follow_writes_one_json_line_a_frame(
    videos: list[str], model: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "lines.jsonl"
    command = ["follow", videos[0], "--reference", videos[1], "--model", model, "--wait", "0"]
    assert run([*command, "-o", str(out), "--look-back", "0.5"]) == 0
    lines = [json.loads(line) for line in out.read_text().splitlines()]
    assert [line["frame"] for line in lines] == list(range(probe(videos[0]).frames))
    assert len(lines[-1]["revised"]) == 7
    times = probe(videos[1]).times
    for line in lines:
        assert line["reference_time"] == pytest.approx(times[line["reference_frame"]], abs=1e-5)
    capsys.readouterr()
    assert run([*command, "-o", "-"]) == 0
    shown = capsys.readouterr().out.splitlines()
    assert len([json.loads(line) for line in shown]) == len(lines)
    assert json.loads(shown[-1])["revised"] == []


@pytest.mark.parametrize("wrong", ["query", "model"])
def test_a_mistake_leaves_the_lines_of_before(
    wrong: str, videos: list[str], model: str, tmp_path: Path
) -> None:
    out, nonsense = tmp_path / "lines.jsonl", tmp_path / "nonsense.mp4"
    out.write_text("of yesterday\n")
    nonsense.write_text("no video")
    query = str(nonsense) if wrong == "query" else videos[0]
    used = str(tmp_path / "nowhere") if wrong == "model" else model
    command = ["follow", query, "--reference", videos[1], "--model", used, "--wait", "0"]
    assert run([*command, "-o", str(out)]) == 2
    assert out.read_text() == "of yesterday\n"


def test_a_file_that_grows_is_followed_to_its_end(videos: list[str], tmp_path: Path) -> None:
    from inphase.video.live import live_frames

    complete, growing = tmp_path / "whole.ts", tmp_path / "growing.ts"
    with av.open(str(complete), "w", format="mpegts") as container:
        stream = container.add_stream("libx264", rate=12)
        stream.width, stream.height, stream.pix_fmt = 96, 72, "yuv420p"
        for _, picture in VideoReader(videos[0]):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode(None))
    data = complete.read_bytes()
    growing.write_bytes(data[: len(data) // 3])

    def grow() -> None:
        with growing.open("ab") as file:
            for part in np.array_split(np.frombuffer(data[len(data) // 3 :], np.uint8), 8):
                time.sleep(0.05)
                file.write(part.tobytes())
                file.flush()

    writer = threading.Thread(target=grow)
    writer.start()
    frames = list(live_frames(growing, size=(32, 24), wait=3))
    writer.join()
    assert len(frames) == probe(videos[0]).frames
    moments = [moment for moment, _ in frames]
    assert moments == pytest.approx(np.arange(len(frames)) / 12, abs=1e-3)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["cut", "{video}", "-o", "{video}"], "would be lost"),
        (
            ["cut", "{video}", "-o", "out", "--longest", "1", "--shortest", "2"],
            "the shortest (2 s)",
        ),
        (["cut", "{video}", "-o", "out", "--longest", "inf"], "must be a number, not inf"),
        (["cut", "missing.mp4", "-o", "out"], "missing.mp4"),
        (["follow", "missing.ts", "--reference", "{video}", "--model", "{model}"], "missing.ts"),
        (["follow", "{video}", "--reference", "missing.mp4", "--model", "{model}"], "missing.mp4"),
        (["follow", "{video}", "--reference", "{video}", "--model", "nowhere"], "nowhere"),
        (
            [
                "follow",
                "{video}",
                "--reference",
                "{video}",
                "--model",
                "{model}",
                "--look-back=inf",
            ],
            "--look-back must be a number, not inf",
        ),
        (
            ["follow", "{video}", "--reference", "{video}", "--model", "{model}", "-o", "{video}"],
            "would be lost",
        ),
    ],
)
def test_a_mistake_is_one_sentence(
    arguments: list[str],
    told: str,
    videos: list[str],
    model: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    given = [word.format(video=videos[0], model=model) for word in arguments]
    assert run(given) == 2
    assert told in _one_line(capsys)
