"""What looks wrong is said, with what helps; with `--strict` it is an exit code."""

from importlib import import_module
from pathlib import Path

import pytest

from inphase.applications.verdict import Verdict
from inphase.cli import run, verdict
from inphase.data import Collection
from inphase.models import Encoder
from inphase.training import TrainingConfig

GOOD, BAD = Verdict("me", True, ()), Verdict("[pro]", False, ((3.14, 4.0),))


def test_what_looks_wrong_is_said_and_with_strict_is_an_exit_code(
    capsys: pytest.CaptureFixture[str],
) -> None:
    helps = ["Do this.", "Or that."]
    assert verdict.say_verdict([GOOD], strict=True, helps=helps) == 0
    assert capsys.readouterr().err == ""
    assert verdict.say_verdict([GOOD, BAD], strict=False, helps=helps) == 0
    told = " ".join(capsys.readouterr().err.split())
    assert told == "1 of 2 matches looks unreliable: [pro] (3.1 to 4.0 s) Do this. Or that."
    assert verdict.say_verdict([BAD], strict=True, helps=helps) == 1


OPTIONS = {
    "align": "",
    "synchronize": verdict.CORRECT + verdict.SUBJECT,
    "transfer": verdict.CORRECT,
    "progress": verdict.LOOK,
    "follow": verdict.LOOK + verdict.SUBJECT_OF_REFERENCE,
}


@pytest.mark.parametrize("verb", OPTIONS)
def test_an_option_that_helps_exists(
    verb: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    assert run([verb, "--help"]) == 0
    shown = capsys.readouterr().out
    assert "--strict" in shown
    for word in OPTIONS[verb].replace(".", " ").replace(",", " ").split():
        if word.startswith("--"):
            assert word in shown


def test_each_verb_says_it(
    pouring: Collection,
    tiny: TrainingConfig,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # The package's own `trust` is the function of that name.
    monkeypatch.setattr(import_module("inphase.alignment.trust"), "_RELIABLE", 1.1)
    videos = [str(video.path) for video in pouring.videos[:2]]
    Encoder(tiny.encoder).save(tmp_path / "model")
    model = ["--model", str(tmp_path / "model"), "--strict"]
    labels = tmp_path / "me.srt"
    labels.write_text("1\n00:00:00,000 --> 00:00:01,000\nx\n")
    lines = {
        "align": [*videos, "-o", str(tmp_path / "a.csv")],
        "progress": [videos[0], "--demonstrations", videos[1], "-o", str(tmp_path / "p.csv")],
        "transfer": [f"{videos[0]}={labels}", videos[1], "-o", str(tmp_path / "t.srt")],
        "follow": [videos[0], "--reference", videos[1], "--wait", "0"],
    }
    for verb, words in lines.items():
        assert run([verb, *words, *model]) == 1, verb
        told = " ".join(capsys.readouterr().err.split())
        assert "The match looks unreliable:" in told, verb
