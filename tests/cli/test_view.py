"""`inphase view`, as a person types it: exporting, and using corrections."""

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
    Encoder(tiny.encoder).save(tmp_path / "run" / "model")
    return str(tmp_path / "run")


@pytest.fixture
def folder(pouring: Collection, tmp_path: Path) -> Path:
    folder = tmp_path / "videos"
    folder.mkdir()
    for video in pouring.videos[:3]:
        shutil.copy(video.path, folder)
    return folder


def test_help_shows_examples(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["view", "--help"]) == 0
    shown = capsys.readouterr().out
    assert "Example:" in shown
    assert "--export page/" in shown
    assert run(["--help"]) == 0
    listed = capsys.readouterr().out
    assert listed.index(" synchronize ") < listed.index(" view ") < listed.index(" train ")


def test_a_folder_is_exported_with_its_corrections(
    folder: Path, model: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    anchor = {"reference": "pouring_000", "query": "pouring_002"}
    frames = {"reference_frame": 5, "query_frame": 11}
    (folder / "alignment.json").write_text(json.dumps({"anchors": [{**anchor, **frames}]}))
    (folder / "broken.mp4").write_bytes(b"nothing")
    page = tmp_path / "page"
    words = ["--export", str(page), "--cache", str(tmp_path / "cache"), "--reference"]
    assert run(["view", model, str(folder), *words, "pouring_002"]) == 1
    assert "broken" in capsys.readouterr().err
    told = json.loads((page / "data" / "collection.json").read_text())
    assert (told["editable"], told["reference"], len(told["videos"])) == (False, "v2", 3)
    alignment = json.loads((page / "data" / "alignments" / "v2.json").read_text())
    assert alignment["queries"]["v0"]["anchors"] == [[11, 5]]

    # Other verbs keep the matches of the same file.
    (folder / "broken.mp4").unlink()
    options = ["--model", f"{model}/model", "--alignment", str(folder / "alignment.json")]
    out = tmp_path / "x.json"
    assert run(["synchronize", str(folder), *options, "-o", str(out)]) == 0
    held = json.loads(out.read_text())
    assert held["queries"][1]["name"] == "pouring_002"
    assert held["queries"][1]["frames"][5] == 11
    assert held["anchors"] == [{**anchor, **frames}]

    events = {"events": {"pour": 5}, "file": "videos/pouring_000.mp4"}
    labels = tmp_path / "labels.json"
    labels.write_text(json.dumps({"events": ["pour"], "videos": {"pouring_000": events}}))
    transferred = tmp_path / "transferred.json"
    words = [str(labels), str(folder), *options, "-o", str(transferred)]
    assert run(["transfer", *words]) == 0
    videos = json.loads(transferred.read_text())["videos"]
    assert videos["pouring_002"]["events"]["pour"] == 11


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["missing.mp4"], "missing.mp4 does not exist"),
        (["MODEL"], "does not contain its videos"),
        (["FOLDER", "--model", "MODEL", "--export", "FOLDER"], "holds the videos themselves"),
        (["FOLDER", "--model", "MODEL", "--reference", "pouring_01"], "did you mean pouring_0"),
        (["FOLDER", "--model", "MODEL", "--host", "no.such.host.invalid"], "cannot listen"),
        (["FOLDER", "--model", "MODEL", "--alignment", "FOLDER/pouring_000.mp4"], "JSON"),
    ],
)
def test_a_wrong_command_is_one_line(
    arguments: list[str],
    told: str,
    folder: Path,
    model: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    words = [word.replace("FOLDER", str(folder)).replace("MODEL", model) for word in arguments]
    assert run(["view", *words, "--no-open", "--cache", str(tmp_path / "cache")]) == 2
    lines = [line for line in capsys.readouterr().err.splitlines() if line.startswith("inphase:")]
    assert len(lines) == 1
    assert told in lines[0]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--labels", "x.json", "--alignment", "x.json"], "cannot hold both labels and corrected"),
        (["--alignment", "other.json"], "other.json is not an alignment file"),
        (["--labels", "broken.json"], "broken.json"),
    ],
)
def test_a_file_that_cannot_keep_corrections_is_refused_before_the_work(
    words: list[str],
    told: str,
    folder: Path,
    model: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(folder)
    Path("other.json").write_text(json.dumps({"events": ["pour"], "videos": {}}))
    Path("broken.json").write_text("{")
    monkeypatch.setattr(
        "inphase.viewer.view.embed", lambda *_, **__: pytest.fail("it worked first")
    )
    assert run(["view", model, *map(str, folder.glob("*.mp4")), *words, "--no-open"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert told in line
    assert Path("other.json").read_text() == json.dumps({"events": ["pour"], "videos": {}})
