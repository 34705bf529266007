"""How fast the common jobs are, each as a ratio to an alternative measured in the same run.

    python benchmarks/speed.py
    python benchmarks/speed.py --before PYTHON    # of another installation, such as an older one

*Base network*: milliseconds a frame of the preset's base network in torch with folded batch
normalization, which inphase used before, in torch with bfloat16, in ONNX Runtime (where it is
installed), and in the engine that inphase uses, in turns; the ratio is to the first. *Commands*:
seconds of whole commands, in turns with the other installation's, to which the ratio is; without
one, only the seconds. *A training step*: the median of 60 in each of five runs, likewise. Results
go into benchmarks/results/speed.csv.
"""

import copy
import csv
import functools
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import numpy as np
import torch
from arguments import new_parser
from result_tables import processor, replace_rows, show, this_command
from torch import Tensor

from inphase.models import Encoder, engine
from inphase.models.encoder import FrameMaps
from inphase.models.engine import FrozenNetwork
from inphase.training import load_config

TRAININGS = 5  # Runs whose median steps are compared.
RESULTS = Path(__file__).parent / "results" / "speed.csv"
TABLE = {"what": "", "way": "", "threads": "", "median": ".2f", "fastest": ".2f", "unit": "",
         "ratio": ".2f"}  # fmt: skip


def engines(threads: int, *, frames: int, turns: int) -> list[dict[str, object]]:
    """Rows of the base network: one a way of running it."""
    torch.set_num_threads(threads)
    encoder = Encoder(load_config("quick").encoder).eval()
    plain = FrameMaps(copy.deepcopy(encoder)).folded()
    drawn = np.random.default_rng(0).integers(0, 256, (frames, 224, 224, 3), dtype=np.uint8)
    images = torch.from_numpy(drawn)

    def in_torch(batch: Tensor) -> Tensor:
        with torch.inference_mode():
            maps: Tensor = plain(batch)
            return maps

    def in_bfloat16(batch: Tensor) -> Tensor:
        with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
            maps: Tensor = plain(batch)
            return maps

    wanted = in_torch(images[:4])
    ways: list[tuple[str, Callable[[Tensor], Tensor], int]] = [
        ("torch, folded", in_torch, 4),
        ("torch, folded", in_torch, 2),
        ("torch, bfloat16", in_bfloat16, 4),
    ]
    runtime = onnx_runtime(FrameMaps(encoder), threads)
    if runtime is not None:
        ways.append(("ONNX Runtime", runtime, 4))
    for reduced in (False, True):
        network = FrozenNetwork(FrameMaps(encoder))
        with mock.patch.object(engine, "_REDUCED", reduced):
            got = network(images[:4])
        assert network.engine == "openvino", "OpenVINO is not installed"
        if reduced and network.precision == "float32":
            print("This processor computes in float32 only.")
            continue
        apart = float((got - wanted).norm() / wanted.norm())
        print(f"OpenVINO in {network.precision} and torch are {apart:.1e} apart (relative RMS).")
        ways += [(f"inphase (OpenVINO, {network.precision})", network, n) for n in (1, 2, 4, 8)]

    def all_frames(run: Callable[[Tensor], Tensor], batch: int) -> None:
        for start in range(0, len(images), batch):
            run(images[start : start + batch])

    jobs = [functools.partial(all_frames, run, batch) for _, run, batch in ways]
    taken = in_turns(jobs, turns)
    milliseconds = [[1000 * second / frames for second in one] for one in taken]
    names = [f"{name}, batch {batch}" for name, _, batch in ways]
    return rows("base network", names, milliseconds, "ms a frame", threads)


def onnx_runtime(maps: FrameMaps, threads: int) -> Callable[[Tensor], Tensor] | None:
    """The same network in ONNX Runtime, or None if that or its exporter is not installed."""
    try:
        import onnxruntime  # type: ignore[import-not-found,import-untyped,unused-ignore]
    except ImportError:
        print("ONNX Runtime is not installed.")
        return None
    with tempfile.TemporaryDirectory() as place:
        file = Path(place) / "maps.onnx"
        example = torch.zeros(4, 224, 224, 3, dtype=torch.uint8)
        torch.onnx.export(maps.eval(), (example,), str(file), dynamo=False, opset_version=17)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        session = onnxruntime.InferenceSession(str(file), options)
    name = session.get_inputs()[0].name
    return lambda batch: torch.from_numpy(session.run(None, {name: batch.numpy()})[0])


def in_turns(
    jobs: Sequence[Callable[[], object]], turns: int, *, warm_up: bool = True
) -> list[list[float]]:
    """Seconds of each job, in turns, so that a busy moment of the machine hits them all."""
    taken: list[list[float]] = [[] for _ in jobs]
    for turn in range(0 if warm_up else 1, turns + 1):
        for job, seconds in zip(jobs, taken, strict=True):
            start = time.perf_counter()
            job()
            if turn:  # the first warms up
                seconds.append(time.perf_counter() - start)
    return taken


def rows(
    what: str, ways: Sequence[str], taken: Sequence[Sequence[float]], unit: str, threads: int
) -> list[dict[str, object]]:
    """One row a way, with its ratio to the first one."""
    medians = [statistics.median(one) for one in taken]
    return [
        {
            "what": what, "way": way, "threads": threads, "median": median, "fastest": min(one),
            "unit": unit, "ratio": medians[0] / median,
        }
        for way, one, median in zip(ways, taken, medians, strict=True)
    ]  # fmt: skip


@dataclass(frozen=True)
class Installation:
    """An installation of inphase to time.

    Attributes:
        name: in the table.
        python: its interpreter.
        folder: where it works, with a cache of its own.
    """

    name: str
    python: str
    folder: Path

    def run(self, *arguments: str, expected: int = 0) -> None:
        """Run a command."""
        done = subprocess.run(
            [self.python, "-m", "inphase", *arguments],
            cwd=self.folder,
            env={**os.environ, "XDG_CACHE_HOME": str(self.folder / "cache")},
            capture_output=True,
            check=False,
        )
        assert done.returncode == expected, done.stderr.decode()


def commands(installations: Sequence[Installation], turns: int) -> list[dict[str, object]]:
    """Rows of whole commands."""
    videos = [f"videos/videos/pouring_{index:03d}.mp4" for index in range(9)]
    for one in installations:
        one.folder.mkdir()
        one.run("draw", "--action", "pouring", "--count", "9", "-o", "videos")
        Encoder(load_config("quick").encoder).save(one.folder / "model")
    measured = []

    def time_all(what: str, *arguments: str, turns: int, expected: int = 0) -> None:
        jobs = [functools.partial(one.run, *arguments, expected=expected) for one in installations]
        names = [one.name for one in installations]
        measured.extend(rows(what, names, in_turns(jobs, turns), "s", os.cpu_count() or 1))

    model = ("--model", "model", "-o", "out.mp4")
    time_all("a missing file", "synchronize", "no.mp4", *model, turns=turns, expected=2)
    # The first turn, which does not count, fills the cache.
    time_all("two videos and a model again", "synchronize", *videos[:2], *model, turns=turns)
    time_all("nine videos and a model again", "synchronize", *videos, *model, turns=turns)
    fit = ("synchronize", *videos, "-o", "out.mp4")
    jobs = [functools.partial(one.run, *fit) for one in installations]
    taken = in_turns(jobs, 1, warm_up=False)
    names = [one.name for one in installations]
    measured += rows("nine videos, from files to mp4", names, taken, "s", os.cpu_count() or 1)
    for precision in ("float32", "auto"):
        steps: list[list[float]] = [[] for _ in installations]
        for turn in range(TRAININGS):
            for one, taken_so_far in zip(installations, steps, strict=True):
                taken_so_far.append(1000 * training_step(one, videos, precision, turn))
        what = f"a training step, precision {precision}"
        measured += rows(what, names, steps, "ms", os.cpu_count() or 1)
    return measured


def training_step(one: Installation, videos: Sequence[str], precision: str, turn: int) -> float:
    """Median seconds of a step of the preset."""
    run = f"run-{precision}-{turn}"
    one.run("train", *videos, "-o", run, "--set", "steps=60", "--set", f"precision={precision}")
    with (one.folder / run / "metrics.csv").open(newline="", encoding="utf-8") as file:
        return statistics.median(float(row["seconds"]) for row in csv.DictReader(file))


def main() -> None:
    """Measure, print and keep."""
    parser = new_parser(__doc__)
    parser.add_argument("--frames", type=int, default=64, help="in each turn")
    parser.add_argument("--turns", type=int, default=7)
    parser.add_argument("--before", metavar="PYTHON", help="of the other installation")
    options = parser.parse_args()
    measured = []
    for threads in sorted({1, os.cpu_count() or 1}):
        measured += engines(threads, frames=options.frames, turns=options.turns)
    with tempfile.TemporaryDirectory() as place:
        installations = [Installation("now", sys.executable, Path(place) / "now")]
        if options.before:
            before = Installation("before", options.before, Path(place) / "before")
            installations.insert(0, before)
        measured += commands(installations, options.turns)
    about = {"machine": processor(), "command": this_command()}
    replace_rows(RESULTS, [{**row, **about} for row in measured], by=("what", "way", "threads"))
    show(measured, TABLE)


if __name__ == "__main__":
    main()
