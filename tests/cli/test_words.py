"""What a person types who has not read the help: it works, or a sentence says what to do."""

import shutil
from pathlib import Path

import pytest

from inphase.cli import run
from inphase.data import Collection


@pytest.fixture
def folder(pouring: Collection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for video, name in zip(pouring.videos, ("me.mp4", "my coach.mp4"), strict=False):
        shutil.copy(video.path, tmp_path / name)
    (tmp_path / "cover.jpg").write_bytes(b"a picture")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("verb", ["data", "view", "index"])
def test_a_folder_of_the_name_of_a_verb_is_in_nobodys_way(
    folder: Path, verb: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / verb).mkdir()
    assert run([verb, "--help"]) == 0
    assert f"inphase {verb}" in capsys.readouterr().out


def test_one_wrong_name_among_many_is_named(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    del folder
    assert run(["sync", "missing.mp4", *["me.mp4"] * 60, "-o", "x"]) == 2
    assert "inphase: missing.mp4 does not exist" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["sync", "me.mp4", "-o", "x.mov"], "at least two videos that can be read, not 1: give"),
        (["sync", "me.mp4", "cover.jpg", "-o", "x"], "cover.jpg is a picture, not a video"),
        (["view", "me.mp4", "cover.jpg"], "cover.jpg is a picture, not a video: leave it out"),
        (["sync", "me.mp4", "my", "coach.mp4", "-o", "x"], '"my coach.mp4" does: put a name with'),
        (["me.mp4", "my coach.mp4"], "`inphase synchronize me.mp4 'my coach.mp4'`"),
        (["sync", "me.mp4", "my coach.mp4"], "say where to write"),
        (["sync", "me.mp4", "my coach.mp4", "-o", "x.avi"], "must end in one of .mp4, .mov"),
        (["sync", "me.mp4", "my coach.mp4", "-o", "x", "--slow", "0.5"], "speed slows the whole"),
        (["sync", "me.mp4", "-o", "x", "--mute"], "`inphase synchronize --help` lists"),
        (["sync", "me.mp4", "-o", "x", "--skeletn"], "Did you mean --skeleton?"),
    ],
)
def test_a_mistake_is_told_in_words_that_help(
    words: list[str], told: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = set(folder.iterdir())
    assert run(words) == 2
    assert told in " ".join(capsys.readouterr().err.split())
    assert set(folder.iterdir()) == before


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("--slowmo impakt:0.5", "no key event `impakt`"),
        ("--slow-motion=impakt:0.5", "no key event `impakt`"),
        ("--start impakt", "no key event `impakt`"),
        ("--end impakt", "no key event `impakt`"),
        ("--freeze impakt", "no key event `impakt`"),
        ("--wipe", "swipe compares two videos"),
    ],
)
def test_an_option_of_another_name_is_the_option(
    pouring: Collection,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    words: str,
    told: str,
) -> None:
    assert run(["sync", str(pouring.source), "-o", str(tmp_path / "x"), *words.split()]) == 2
    assert told in " ".join(capsys.readouterr().err.split())
