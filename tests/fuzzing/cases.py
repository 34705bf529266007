"""One case: what is broken, how, and the line that reads it. All follow from seed and number."""

import random
from dataclasses import dataclass
from pathlib import Path

from tests.fuzzing.breaking import break_input
from tests.fuzzing.kinds import KINDS
from tests.fuzzing.seeds import Seeds

_TURNS = [kind for kind in KINDS for _ in range(kind.share)]


@dataclass(frozen=True)
class Case:
    """A line to run.

    Attributes:
        kind: what is broken, as in the table.
        done: in words, how.
        words: the line.
        cache: the user's cache for it.
        folder: of all its files.
    """

    kind: str
    done: str
    words: tuple[str, ...]
    cache: Path
    folder: Path


def make_case(seeds: Seeds, seed: int, number: int, folder: Path) -> Case:
    """Break an input below `folder`, and say which line reads it."""
    # All kinds come up in any run of some length.
    kind = _TURNS[number * 7 % len(_TURNS)]
    draw = random.Random(f"{seed}/{number}")
    whole = draw.choice(kind.whole)
    (folder / "in").mkdir(parents=True)
    bad, done = break_input(seeds[whole], folder / "in", draw, also_pipes=kind.also_pipes)
    line = draw.choice(kind.lines)
    if whole == "labels.json" or whole.endswith((".csv", ".vtt", ".srt")):
        # What labels name lies next to them.
        (folder / "in/videos").symlink_to(seeds["videos"])
        for name in "abcd":
            (folder / f"in/{name}.mp4").symlink_to(seeds[f"videos/{name}.mp4"])
    words = _words(seeds, bad, folder, line)
    is_users = line.startswith("cache")
    cache = folder / "in/user" if is_users else seeds["user"]
    if is_users:
        cache.mkdir()
        bad.rename(cache / "inphase")
    return Case(kind.name, f"{Path(whole).name}: {done}", words, cache, folder)


def whole_cases(seeds: Seeds, folder: Path) -> list[Case]:
    """Every line with inputs that are whole: all must end with 0 or 1."""
    cases = []
    lines = [
        (kind, whole, line)
        for kind in KINDS
        for whole in kind.whole
        for line in dict.fromkeys(kind.lines)
    ]
    for number, (kind, whole, line) in enumerate(lines):
        place = folder / str(number)
        place.mkdir(parents=True)
        words = _words(seeds, seeds[whole], place, line)
        cases.append(Case(kind.name, "whole", words, seeds["user"], place))
    return cases


def _words(seeds: Seeds, bad: Path, folder: Path, line: str) -> tuple[str, ...]:
    names = {
        "bad": bad,
        "out": folder / "out",
        "captions": seeds["captions/a.vtt"],
        **{name: seeds[f"videos/{name}.mp4"] for name in "abcd"},
        **{name: seeds[name] for name in ("model", "store", "cache", "videos", "report")},
        "labels": seeds["labels.json"],
        "clip": seeds["clip.mp4"],
    }
    return tuple(word.format_map(names) for word in line.split())
