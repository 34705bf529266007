"""No output of any verb replaces an input: every verb, every kind of input, every other name.

Nor what a person made: labels, and matches corrected in the viewer.
"""

import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from inphase.cli import inputs, run
from inphase.cli.app import app
from inphase.evaluation.result import EVENTS, JSON, REPORT, SCORES, SUMS

MEDIA = ("lab/a.mp4", "lab/labels.json", "lab/alignment.json")
MODEL = ("model/model.safetensors", "model/config.yaml")
# Each verb with an output: its line, and the files that it reads or that lie next to its videos.
VERBS: dict[str, tuple[str, tuple[str, ...]]] = {
    "synchronize": ("lab --model model -o OUT", (*MEDIA, *MODEL)),
    "synchronize --separate": ("lab --separate --model model -o OUT", (*MEDIA, *MODEL)),
    "synchronize --alignment": ("lab/*.mp4 --alignment mine.json -o OUT", (*MEDIA, "mine.json")),
    "view": ("lab --model model --export OUT", (*MEDIA, *MODEL)),
    "view --labels": ("lab/a.mp4 lab/b.mp4 --labels mine.json --export OUT", ("mine.json",)),
    "cut": ("lab --model model -o OUT", (*MEDIA, *MODEL)),
    "follow": ("lab/b.mp4 --reference lab/a.mp4 --model model -o OUT", (*MEDIA, *MODEL)),
    "measure": ("lab --model model -o new.png -o OUT", (*MEDIA, *MODEL)),
    "export": ("model -o OUT", MODEL),
    "train": ("lab --config mine.yaml -o OUT", (*MEDIA, "mine.yaml")),
    "embed": ("lab --model model -o OUT", (*MEDIA, *MODEL)),
    "align": ("lab/a.mp4 lab/b.mp4 --model model -o OUT", (*MEDIA, *MODEL)),
    "sound": ("lab/a.mp4 --sources lab/b.mp4 --model model -o OUT", (*MEDIA, "lab/b.mp4", *MODEL)),
    "retrieve": ("lab/a.mp4@1.2 --store store -o OUT", (*MEDIA, "store/store.json")),
    "retrieve picture": ("still.png --model model --store store -o OUT", ("still.png", *MODEL)),
    "transfer": ("lab/a.srt lab/*.mp4 --model model -o OUT", (*MEDIA, "lab/a.srt", *MODEL)),
    "transfer VIDEO=FILE": ("lab/a.mp4=mine.srt lab/b.mp4 -o OUT", (*MEDIA, "mine.srt")),
    "anomaly": ("lab/a.mp4 --typical lab/b.mp4 --model model -o new.png -o OUT", (*MEDIA, *MODEL)),
    "progress": ("lab/a.mp4 --demonstrations lab/b.mp4 --model model -o OUT", (*MEDIA, *MODEL)),
    "trajectories": ("lab/b.mp4 --add lab/a.mp4 --model model -o OUT", (*MEDIA, *MODEL)),
    "evaluate": ("model lab/labels.json -o OUT", (*MEDIA[1:], *MODEL)),
    "evaluate run": ("run lab -o OUT", ("run/model/model.safetensors",)),
    "compare": ("one run -o OUT", ("one/scores.csv", "run/evaluation/evaluation.json")),
    "data check": ("lab -o OUT", MEDIA),
    "data convert": ("mine.csv lab -o OUT", ("lab/alignment.json", "lab/labels.json", "mine.csv")),
}
FILL_FOLDERS = ("synchronize --separate", "view", "cut", "train", "transfer", "evaluate")
# They write into a folder that they check themselves, or into nothing that was named.
OTHERS = {
    "draw",
    "retime",
    "index add",
    "index merge",
    "index compact",
    "index list",
    "index remove",
    "cache show",
    "cache clear",
}


@pytest.fixture(autouse=True)
def _files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of every kind. They are never read, except the labels."""
    monkeypatch.chdir(tmp_path)
    entries = {name: {"file": f"{name}.mp4", "split": "train"} for name in "ab"}
    anchor = {"reference": "a", "query": "b", "reference_frame": 3, "query_frame": 4}
    contents = {
        "lab/a.mp4": "pictures of a",
        "lab/b.mp4": "pictures of b",
        "lab/a.srt": "1\n00:00:01,000 --> 00:00:02,000\nTop",
        "lab/labels.json": json.dumps({"events": [], "videos": entries}),
        "lab/alignment.json": json.dumps({"anchors": [anchor]}),
        "model/config.yaml": "format_version: 1",
        "model/model.safetensors": "weights",
        "run/config.yaml": "steps: 7",
        "run/model/config.yaml": "format_version: 1",
        "run/model/model.safetensors": "weights",
        "run/evaluation/evaluation.json": "{}",
        "one/scores.csv": "score",
        "store/store.json": "{}",
        "still.png": "a picture",
        "mine.json": json.dumps({"anchors": [anchor | {"query_frame": 5}]}),
        "mine.yaml": "steps: 7",
        "mine.srt": "1\n00:00:01,000 --> 00:00:02,000\nTop",
        "mine.csv": "video,event,time",
    }
    for name, text in contents.items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(text)


def _linked(link: Callable[[Path, Path], None]) -> Callable[[str], str]:
    def name(target: str) -> str:
        other = Path(f"other{Path(target).suffix}")
        link(Path(target).absolute(), other)
        return str(other)

    return name


OTHER_NAMES: Mapping[str, Callable[[str], str]] = {
    "same": lambda target: target,
    "absolute": lambda target: str(Path(target).absolute()),
    "dots": lambda target: f"lab/../{target}",
    "case": lambda target: str(Path(target).with_stem(Path(target).stem.upper())),
    "symbolic link": _linked(lambda target, link: link.symlink_to(target)),
    "hard link": _linked(lambda target, link: os.link(target, link)),
}


def _contents() -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in Path().rglob("*") if path.is_file()}


# What lies next to the videos and is not named has only the names that the disk knows.
CASES = [
    (verb, target, other)
    for verb, (_, read) in VERBS.items()
    for target in read
    for other in OTHER_NAMES
    if other != "case" or target not in MEDIA[1:]
]


@pytest.mark.parametrize(("verb", "target", "other"), CASES)
def test_an_input_is_never_replaced(
    verb: str, target: str, other: str, capsys: pytest.CaptureFixture[str]
) -> None:
    name = OTHER_NAMES[other](target)
    before = _contents()
    line = VERBS[verb][0].replace("OUT", name)
    assert run([*_typed(verb), *_expanded(line)]) == 2
    told = capsys.readouterr().err
    assert name in told
    assert "would be lost" in told
    assert _contents() == before


@pytest.mark.parametrize("other", ["same", "dots", "symbolic link"])
@pytest.mark.parametrize(
    ("verb", "folder"),
    [(verb, str(Path(VERBS[verb][1][0]).parent)) for verb in FILL_FOLDERS],
)
def test_a_folder_of_inputs_is_never_filled(
    verb: str, folder: str, other: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = _contents()
    line = VERBS[verb][0].replace("OUT", OTHER_NAMES[other](folder))
    assert run([*_typed(verb), *_expanded(line)]) == 2
    assert re.search("lost|another folder", capsys.readouterr().err)
    if other == "symbolic link":
        Path("other").unlink()
    assert _contents() == before


def _typed(verb: str) -> list[str]:
    """The words of a verb, without what tells two rows of it apart."""
    words = verb.split()
    return words[:2] if words[0] == "data" else words[:1]


def _expanded(line: str) -> list[str]:
    """The words as a shell passes them on."""
    return [
        one for word in line.split()
        for one in (sorted(str(path) for path in Path().glob(word)) if "*" in word else [word])
    ]  # fmt: skip


def _commands() -> Iterator[tuple[str, Any]]:
    def below(command: Any, name: str) -> Iterator[tuple[str, Any]]:
        for own, verb in getattr(command, "commands", {}).items():
            yield from below(verb, f"{name} {own}".strip())
        if not hasattr(command, "commands"):
            yield name, command

    yield from below(get_command(app), "")


def test_the_table_has_every_verb_with_an_output() -> None:
    assert {" ".join(_typed(verb)) for verb in VERBS} | OTHERS == {name for name, _ in _commands()}


def test_the_files_of_an_evaluation_are_those_that_it_writes() -> None:
    assert {*inputs._REPORT} == {JSON, SCORES, EVENTS, SUMS, REPORT}
