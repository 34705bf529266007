"""`python -m tests.fuzzing.kills`: kill verbs at random moments, and run them again.

After each kill nothing half-written has a final name and the inputs are as before; the same line
then ends with 0, gives what an undisturbed run gives, and leaves no temporary folder.
"""

import argparse
import hashlib
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tests.fuzzing.forks import Forks, apart, preload
from tests.fuzzing.seeds import TRAINING, Seeds, make_seeds

_MODEL = "model/model.safetensors"


@dataclass(frozen=True)
class Verb:
    """A line that is killed.

    Attributes:
        line: what is typed; `{out}` is its output.
        whole: what stands for a finished output, below it; if it is there, all of it is.
        content: of a finished output, what must be the same each time.
    """

    line: str
    whole: str
    content: Callable[[Path], object]


def _same_bytes(path: Path) -> object:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _arrays(path: Path) -> object:
    with np.load(path, allow_pickle=False) as archive:
        return {name: archive[name].tobytes() for name in archive.files}


def _stored(path: Path) -> object:
    """A store's rows, read in a process of its own: lancedb starts threads."""
    shown = path.parent / "rows.json"

    def show() -> None:
        from inphase.store import Store

        store = Store(path)
        rows = {
            video.name: [store.frame_embedding(video, n).tolist() for n in range(video.frames)]
            for video in store.videos()
        }
        shown.write_text(json.dumps(rows, sort_keys=True))

    apart(show)
    return shown.read_text()


def _page(path: Path) -> object:
    return {
        str(file.relative_to(path)): _same_bytes(file)
        for file in sorted(path.rglob("*"))
        if file.is_file()
    }


VERBS = {
    "train": Verb(
        f"train {{videos}} -o {{out}} --cache {{cache}} {TRAINING}", _MODEL,
        lambda out: _same_bytes(out / _MODEL),
    ),
    "embed": Verb("embed {videos} --model {model} -o {out}.npz", "", _arrays),
    "index add": Verb("index add {videos} --model {model} --store {out}", "store.json", _stored),
    "synchronize": Verb(
        "synchronize {videos} --model {model} --cache {cache} -o {out}.mp4", "", _same_bytes
    ),
    "view": Verb("view {videos} --model {model} --cache {cache} --export {out}", "", _page),
}  # fmt: skip


class Kills:
    """Kills lines in a folder that holds whole inputs."""

    def __init__(self, folder: Path, seed: int) -> None:
        self._folder = folder
        self._draw = random.Random(seed)
        self._seeds = Seeds(folder / "seeds")
        apart(lambda: make_seeds(self._seeds.folder))
        self._inputs = [self._seeds["videos"], self._seeds["model"]]
        self._before = [_page(path) for path in self._inputs]

    def kill(self, name: str, times: int) -> list[str]:
        """Kill a verb some times; returns what was wrong."""
        verb = VERBS[name]
        out, _ = self._undisturbed(verb, name)
        wanted = verb.content(out)
        _, took = self._undisturbed(verb, name)  # what is loaded once is loaded now
        wrong = []
        for number in range(times):
            place = self._folder / f"{name}-{number}"
            found = self._once(verb, place, self._draw.uniform(0, took), wanted)
            wrong += [f"{name}, kill {number}: {one}" for one in found]
            shutil.rmtree(place)
        return wrong

    def _undisturbed(self, verb: Verb, name: str) -> tuple[Path, float]:
        place = self._folder / name
        shutil.rmtree(place, ignore_errors=True)
        code, seconds, told = self._run(verb, place)
        if code != 0:
            raise RuntimeError(f"inphase {verb.line} exits with {code}: {told}")
        return self._output(verb, place), seconds

    def _output(self, verb: Verb, place: Path) -> Path:
        suffix = Path(verb.line.split()[-1]).suffix if "{out}." in verb.line else ""
        return place / f"out{suffix}"

    def _run(self, verb: Verb, place: Path, after: float | None = None) -> tuple[int, float, str]:
        """Run a line, and kill it after some seconds."""
        place.mkdir(parents=True, exist_ok=True)
        names = {
            "out": place / "out", "cache": place / "cache",
            **{name: self._seeds[name] for name in ("videos", "model")},
        }  # fmt: skip
        words = [word.format_map(names) for word in verb.line.split()]
        forks: Forks[None] = Forks()
        process = forks.start(None, words, place, cache=place / "user", limit=300)
        if after is not None:
            time.sleep(after)
            os.kill(process, signal.SIGKILL)  # it is not waited for yet, so it is still its number
        _, outcome = forks.wait()
        return outcome.code, outcome.seconds, outcome.told

    def _once(self, verb: Verb, place: Path, after: float, wanted: object) -> list[str]:
        wrong = []
        code, _, _ = self._run(verb, place, after)
        out = self._output(verb, place)
        # A store grows video by video, so only what it says must be readable.
        if (out / verb.whole).exists() and "index" not in verb.line and verb.content(out) != wanted:
            wrong.append(f"half of it is there after {after:.2f} s")
        code, _, told = self._run(verb, place)
        if code != 0:
            wrong.append(f"after {after:.2f} s the same line exits with {code}: {told[-500:]}")
        elif verb.content(out) != wanted:
            wrong.append(f"after {after:.2f} s the same line gives something else")
        # Those younger than a second may still be in use, for all that another process knows.
        rooms = [str(path) for path in place.rglob(".inphase-*")]
        if rooms:
            time.sleep(1.1)
            self._run(verb, place)
            rooms = [str(path) for path in place.rglob(".inphase-*")]
        if rooms:
            wrong.append(f"after {after:.2f} s there is still {rooms}")
        if [_page(path) for path in self._inputs] != self._before:
            wrong.append(f"after {after:.2f} s an input has changed")
        return wrong


def main() -> int:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzzing.kills", description=__doc__)
    parser.add_argument("--kills", type=int, default=50, help="of each verb [default: 50]")
    parser.add_argument("--seed", type=int, default=0, help="of the moments [default: 0]")
    parser.add_argument("--verb", action="append", choices=list(VERBS), help="[default: all]")
    given = parser.parse_args()
    os.environ["OMP_NUM_THREADS"] = "1"
    preload()
    failed = 0
    with tempfile.TemporaryDirectory(prefix="kills-") as place:
        kills = Kills(Path(place), given.seed)
        print("| verb | kills | wrong |\n|---|--:|--:|")
        for name in given.verb or VERBS:
            wrong = kills.kill(name, given.kills)
            print(f"| {name} | {given.kills} | {len(wrong)} |", *wrong, sep="\n", flush=True)
            failed += len(wrong)
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
