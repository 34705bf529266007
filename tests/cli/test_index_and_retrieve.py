"""`inphase index`, `inphase retrieve` and `inphase transfer`, as a person types them."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from inphase.cli import run
from inphase.data import Collection, Cue, read_captions, write_captions
from inphase.models import Encoder
from inphase.training import TrainingConfig
from inphase.video import probe


@pytest.fixture
def model(tiny: TrainingConfig, tmp_path: Path) -> str:
    Encoder(tiny.encoder).save(tmp_path / "model")
    return str(tmp_path / "model")


@pytest.fixture
def videos(pouring: Collection, tmp_path: Path) -> Path:
    (tmp_path / "videos").mkdir()
    for video in pouring.videos[:3]:
        shutil.copy(video.path, tmp_path / "videos")
    return tmp_path / "videos"


def _one_line(capsys: pytest.CaptureFixture[str]) -> str:
    lines = [line for line in capsys.readouterr().err.splitlines() if line.startswith("inphase:")]
    assert len(lines) == 1
    return lines[0]


@pytest.mark.parametrize("verb", [["embed"], ["index", "add"], ["index", "merge"],
                                  ["index", "compact"], ["index", "list"], ["index", "remove"],
                                  ["retrieve"], ["transfer"]])  # fmt: skip
def test_each_verb_shows_an_example(verb: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*verb, "--help"]) == 0
    assert "Example:" in capsys.readouterr().out


def test_asking_for_help_loads_no_database() -> None:
    program = """
import sys
from inphase.cli import run
assert run(["index", "add", "--help"]) == 0 and run(["retrieve", "--help"]) == 0
assert not {"lancedb", "torch", "numpy", "pyarrow"} & sys.modules.keys()
"""
    subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)


def test_from_videos_to_a_sheet_and_back(
    videos: Path, model: str, tmp_path: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    assert run(["index", "add", str(videos), "--model", model, "--metadata", "coach=anna"]) == 0
    assert "3 embedded" in capsys.readouterr().out
    assert (tmp_path / "inphase-store").is_dir()
    assert run(["index", "add", str(videos / "pouring_000.mp4"), "--metadata", "coach=bo"]) == 0
    assert "0 embedded, 1 with new metadata, 0 unchanged" in capsys.readouterr().out
    assert run(["index", "add"]) == 0
    assert "3 unchanged" in capsys.readouterr().out

    assert run(["index", "list", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert [(one["name"], one["state"], one["metadata"]) for one in listed] == [
        ("pouring_000", "current", {"coach": "bo"}),
        ("pouring_001", "current", {"coach": "anna"}),
        ("pouring_002", "current", {"coach": "anna"}),
    ]
    assert run(["index", "list"]) == 0
    assert "3 videos" in capsys.readouterr().out

    query = [f"{videos / 'pouring_000.mp4'}@1.0", "pouring_001@0:00.5"]
    outputs = ["-o", "sheet.png", "-o", "found.json"]
    assert run(["retrieve", *query, "-k", "2", *outputs]) == 0
    shown = capsys.readouterr().out
    assert "pouring_002" in shown
    assert "Wrote sheet.png" in shown
    # Of each query, the nearest is the first.
    lines = [line.split() for line in shown.splitlines() if line.startswith("   ")]
    assert [line[0] for line in lines] == ["1", "2"] * 2
    found = json.loads(Path("found.json").read_text())
    assert [len(one["neighbours"]) for one in found["queries"]] == [2, 2]
    assert run(["retrieve", query[0], "--metadata", "coach=bo", "--same-video"]) == 0
    assert "pouring_001" not in capsys.readouterr().out

    assert run(["index", "remove", "pouring_000"]) == 0
    assert run(["index", "remove", "pouring_00"]) == 2
    assert "did you mean" in _one_line(capsys)


@pytest.mark.usefixtures("videos")
def test_shards_become_an_index(
    model: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("list.txt").write_text("\n".join(f"videos/pouring_00{n}.mp4" for n in (0, 1, 2, 9)))
    embed = ["embed", "list.txt", "--model", model, "-o", "shards"]
    assert run([*embed, "--shard", "1/2"]) == 0
    assert "Shard 1/2: 2 embedded, 0 already there, 0 skipped" in capsys.readouterr().out
    assert run(["index", "merge", "shards"]) == 1
    shown = capsys.readouterr()
    assert "2 added, 0 with new metadata, 0 unchanged; 2 videos are in inphase-store" in shown.out
    assert "shard 2/2: it is not finished; run it with --shard 2/2." in shown.err
    assert run([*embed, "--shard", "2/2"]) == 1
    assert "pouring_009: " in capsys.readouterr().err
    assert run(["index", "merge", "shards"]) == 1
    shown = capsys.readouterr()
    assert "1 added, 0 with new metadata, 2 unchanged; 3 videos" in shown.out
    assert "Skipped 1:" in shown.err
    assert "pouring_009: " in shown.err
    assert run(["index", "compact"]) == 0
    assert "1 version instead of" in capsys.readouterr().out
    assert run(["retrieve", "pouring_000@1.0", "-k", "2"]) == 0

    for words, told in [
        ([*embed, "--shard", "3/2"], "there is no shard 3/2; they are 1/2 to 2/2"),
        (["embed", "list.txt", "--shard", "1/2", "-o", "shards"], "--shard needs --model"),
        ([*embed, "--shard", "1/2", "--subject", "a=1,2@3"], "--subject cannot be used"),
        (["embed", "list.txt", "--model", model, "-o", "shards"], ".npz"),
        (["index", "merge", "videos"], "videos holds no shards"),
        (["index", "compact", "--store", "nowhere"], "There is no store"),
    ]:
        assert run(words) == 2
        assert told in _one_line(capsys)


def test_captions_and_events_are_transferred(
    videos: Path, pouring: Collection, model: str, tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    write_captions(videos / "pouring_000.srt", [Cue(0.0, 0.8, "wait"), Cue(0.8, 1.6, "pour")])
    out = tmp_path / "out"
    arguments = [str(videos / "pouring_000.srt"), str(videos), "--model", model, "-o", str(out)]
    assert run(["transfer", *arguments, "--format", "srt", "--format", "mp4"]) == 0
    assert {path.name for path in out.iterdir()} == {
        f"pouring_00{n}.{suffix}" for n in (1, 2) for suffix in ("srt", "mp4")
    }
    assert [cue.text for cue in read_captions(out / "pouring_001.srt")] == ["wait", "pour"]
    assert probe(out / "pouring_001.mp4").frames == probe(videos / "pouring_001.mp4").frames
    capsys.readouterr()

    labels = str(Path(pouring.source))
    sources = ["--source", "pouring_000", "--source", "pouring_001"]
    arguments = [labels, labels, "--split", "test", *sources, "--model", model]
    assert run(["transfer", *arguments, "-o", str(tmp_path / "labels.json")]) == 0
    assert "Error against the labels of 2 videos" in capsys.readouterr().out
    assert Collection.open(tmp_path / "labels.json").events == pouring.events


def test_mistakes_are_one_line_and_leave_nothing(
    videos: Path, model: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = ["--store", str(tmp_path / "store")]
    before = {path.name for path in tmp_path.iterdir()}
    mistakes = [
        (["retrieve", "a.mp4@1", *store], "There is no store"),
        (["retrieve", "a.mp4@1", "-o", "x.gif", *store], ".png, .jpg, .json"),
        (["index", "list", *store], "There is no store"),
        (["index", "add", str(videos), *store], "There is no store"),
        (["index", "add", str(videos), "--model", "nowhere", *store], "nowhere does not exist"),
        (["index", "add", "no.mp4", "--model", model, *store], "no.mp4 does not exist"),
        (["index", "add", str(videos), "--metadata", "anna", *store], "write KEY=VALUE"),
        (["transfer", "no.srt", str(videos), "--model", model, "-o", "x"], "no.srt does not exist"),
    ]
    for arguments, told in mistakes:
        assert run(arguments) == 2
        assert told in _one_line(capsys)
    write_captions(videos / "pouring_000.srt", [Cue(0.0, 0.8, "wait")])
    source = [str(videos / "pouring_000.srt"), "--model", model, "-o", str(tmp_path / "x")]
    assert run(["transfer", *source, str(videos / "pouring_000.mp4")]) == 2
    assert "all of them are sources" in _one_line(capsys)
    assert {path.name for path in tmp_path.iterdir()} == before
