"""Every option of every verb reaches the function that it is for.

Nothing is decoded, fitted or aligned: the functions behind a verb note what they are called with.
What must arrive there stands in a table, `every_option.py`; an option without a row fails.
"""

import importlib
import inspect
import json
import pkgutil
import shlex
from collections.abc import Callable, Iterator, Mapping
from functools import reduce
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock

import numpy as np
import pytest
import typer

import inphase
from inphase.cli import run
from inphase.cli.app import app
from inphase.data import Collection
from inphase.evaluation import EvaluationOptions
from inphase.models import EmbeddedVideo, Embeddings
from inphase.store import Filter
from tests.cli.every_option import VERBS

# Of each function behind a verb, the arguments of each call, by name.
Calls = dict[str, list[Mapping[str, Any]]]
NOTHING = object()


def _embedded(videos: Collection) -> Embeddings:
    times, embeddings = np.arange(3) / 10, np.zeros((3, 2), np.float32)
    return Embeddings(tuple(EmbeddedVideo(one.name, one.path, times, embeddings) for one in videos))


def _recorder(
    function: Callable[..., Any], name: str, answer: Any, calls: Calls
) -> Callable[..., Any]:
    """Stands in for a function: notes its arguments by their names, and answers."""
    signature = inspect.signature(function)

    def record(*given: Any, **named: Any) -> Any:
        bound = signature.bind(*given, **named)
        bound.apply_defaults()
        calls.setdefault(name, []).append(bound.arguments)
        if answer is Embeddings:
            return _embedded(bound.arguments["videos"])
        return answer() if inspect.isfunction(answer) else answer

    return record


def _saver(name: str, calls: Calls) -> Callable[..., Any]:
    def save(path: Path, **options: Any) -> tuple[Path, ...]:
        calls.setdefault(name, []).append({"path": path, **options})
        return (path,)

    return save


def _owner(place: str) -> tuple[Any, str]:
    """What holds a function (`module:name`), and its name there."""
    module, _, name = place.partition(":")
    *owners, last = name.split(".")
    return reduce(getattr, owners, importlib.import_module(module)), last


def _at(place: str) -> Any:
    return getattr(*_owner(place))


@pytest.fixture(autouse=True, scope="session")
def _all_is_loaded() -> None:
    """A module that loads while a function is replaced would keep the replacement for good."""
    for one in pkgutil.walk_packages(inphase.__path__, "inphase."):
        if one.name != "inphase.__main__":
            importlib.import_module(one.name)


@pytest.fixture(autouse=True)
def _files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files that can be named, and are never decoded."""
    monkeypatch.chdir(tmp_path)
    for name in ("a", "b", "c", "d", "e", "f", "new"):
        Path(f"{name}.mp4").touch()
    entries: dict[str, dict[str, Any]] = {
        name: {
            "file": f"{name}.mp4",
            "fps": 10,
            "frames": 3,
            "split": "test" if group == "cleo" else "train",
            "group": group,
            "events": {},
        }
        for name, group in {"a": "anna", "b": "ben", "c": "cleo", "d": "cleo"}.items()
    }
    Path("labels.json").write_text(json.dumps({"events": [], "videos": entries}))
    Path("anchors.json").write_text(json.dumps({"anchors": []}))
    Path("mine.yaml").write_text("steps: 11\n")


@pytest.fixture
def called(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[[str, str], Calls]:
    """Runs a verb with words, and tells what the functions behind it were called with."""

    def type_in(verb: str, words: str) -> Calls:
        calls: Calls = {}
        with monkeypatch.context() as patch:
            for place, answer in VERBS[verb].answers.items():
                name = place.partition(":")[2]
                owner, last = _owner(place)
                original = getattr(owner, last)
                if inspect.isclass(original):  # how it is made is noted; the rest is its own
                    owner, last = original, "__init__"
                    original = getattr(owner, last)
                if isinstance(answer, MagicMock):
                    answer.save = _saver("save", calls)
                    answer.save_separate = _saver("save_separate", calls)
                patch.setattr(owner, last, _recorder(original, name, answer, calls))
            assert run([*verb.split(), *shlex.split(words)]) == 0
        calls["print"] = [{"text": capsys.readouterr().out.strip()}]
        return calls

    return type_in


def there(calls: Calls, where: str) -> Any:
    """What arrived at a place of the table, or nothing."""
    name = max((one for one in calls if where.startswith(one + ".")), key=len, default="")
    if not name:
        return NOTHING
    first, *way = where.removeprefix(name + ".").split(".")
    number = 0
    if first.isdigit():
        number, first, *way = int(first), *way
    if number >= len(calls[name]):
        return NOTHING
    found = calls[name][number].get(first, NOTHING)
    for step in way:
        if found is NOTHING or found is None:
            return NOTHING
        if step.isdigit():
            found = list(found)[int(step)] if len(found) > int(step) else NOTHING
        else:
            found = getattr(found, step, NOTHING)
    return found


@pytest.mark.parametrize(
    ("verb", "option"), [(name, option) for name, verb in VERBS.items() for option in verb.rows]
)
def test_it_reaches_the_function_that_it_is_for(
    called: Callable[[str, str], Calls], verb: str, option: str
) -> None:
    least, row = VERBS[verb].words, VERBS[verb].rows[option]
    with_it = called(verb, f"{least} {row.words}")
    without = called(verb, least) if row.words else {}
    for where, value in {row.where: row.value, **row.also}.items():
        assert there(with_it, where) == value
        assert there(without, where) != value  # it is the option that brings it there


# Where a verb means something else than the function: the videos are embedded once, in the cache.
OTHER_DEFAULTS = {"embed.cache", "Store.add.metadata"}


@pytest.mark.parametrize("verb", VERBS)
def test_what_is_left_out_is_the_functions_own_default(
    called: Callable[[str, str], Calls], verb: str
) -> None:
    calls = called(verb, VERBS[verb].words)
    for place in VERBS[verb].answers:
        name = place.partition(":")[2]
        parameters = inspect.signature(_at(place)).parameters.values()
        own = {one.name: one.default for one in parameters if one.default is not one.empty}
        if name == "evaluate":
            own["options"] = EvaluationOptions()
        elif name == "retrieve":
            own["condition"] = Filter()
        for where in (row.where for row in VERBS[verb].rows.values() if row.words):
            first = where.removeprefix(f"{name}.").partition(".")[0]
            if where.startswith(f"{name}.") and own.get(first) is not None:
                assert there(calls, where) == there({name: [own]}, where)
            elif where == f"{name}.{first}" and first in own and where not in OTHER_DEFAULTS:
                assert there(calls, where) is None


@pytest.mark.parametrize(
    ("verb", "writer", "option"),
    [
        ("synchronize", "synchronization.writers:mp4", "width"),
        ("synchronize", "synchronization.writers:otio", "cut_error"),
        ("retrieve", "retrieval.writers:png", "width"),
        ("anomaly", "anomalies.writers:png", "width"),
        ("trajectories", "trajectory.writers:png", "width"),
    ],
)
def test_what_is_left_out_is_the_writers_own_default(
    called: Callable[[str, str], Calls], verb: str, writer: str, option: str
) -> None:
    parameters = inspect.signature(_at(f"inphase.applications.{writer}")).parameters
    arrived = there(called(verb, VERBS[verb].words), f"save.{option}")
    assert arrived == parameters[option].default


def _verbs(command: Any, *names: str) -> Iterator[tuple[str, Any]]:
    if not hasattr(command, "commands"):
        yield " ".join(names), command
    for name, one in getattr(command, "commands", {}).items():
        yield from _verbs(one, *names, name)


def test_every_option_of_every_verb_is_in_the_table() -> None:
    there_are = {
        name: {option.opts[0] for option in command.params}
        for name, command in _verbs(typer.main.get_command(app))
    }
    assert there_are == {name: set(verb.rows) for name, verb in VERBS.items()}
