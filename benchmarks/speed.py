"""How fast the common jobs are, each as a ratio to an alternative measured in the same run.

    python benchmarks/speed.py

*Engine*: milliseconds a frame of the preset's base network in torch with folded batch
normalization, in torch with bfloat16, and in the engine that inphase uses, at several batches, in
turns; the ratio is to torch at batch 4, which inphase used before. *Again*:
seconds of `inphase synchronize` on drawn videos with a model, the first time and the second time.
*Mistake*: seconds until a missing file is reported, beside starting Python with torch alone.
Results go into benchmarks/results/speed.csv.
"""

import copy
import functools
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from arguments import new_parser
from result_tables import processor, replace_rows, show, this_command
from torch import Tensor

from inphase.models import Encoder
from inphase.models.encoder import FrameMaps
from inphase.models.engine import FrozenNetwork
from inphase.training import load_config

RESULTS = Path(__file__).parent / "results" / "speed.csv"
TABLE = {"what": "", "way": "", "threads": "", "median": ".2f", "fastest": ".2f", "unit": "",
         "ratio": ".2f"}  # fmt: skip


def engines(threads: int, *, frames: int, turns: int) -> list[dict[str, object]]:
    """Rows of the base network: one a way of running it."""
    torch.set_num_threads(threads)
    encoder = Encoder(load_config("quick").encoder).eval()
    engine, plain = FrozenNetwork(FrameMaps(encoder)), FrameMaps(copy.deepcopy(encoder)).folded()
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

    wanted, got = in_torch(images[:4]), engine(images[:4])
    assert engine.engine == "openvino", "OpenVINO is not installed"
    apart = float((got - wanted).abs().max() / wanted.abs().max())
    print(f"OpenVINO and torch are {apart:.1e} of the largest value apart.")
    ways: list[tuple[str, Callable[[Tensor], Tensor], int]] = [
        ("torch, folded", in_torch, 4),
        ("torch, folded", in_torch, 2),
        ("torch, bfloat16", in_bfloat16, 4),
        *(("inphase (OpenVINO, float32)", engine, batch) for batch in (1, 2, 4, 8)),
    ]

    def all_frames(run: Callable[[Tensor], Tensor], batch: int) -> None:
        for start in range(0, len(images), batch):
            run(images[start : start + batch])

    jobs = [functools.partial(all_frames, run, batch) for _, run, batch in ways]
    taken = in_turns(jobs, turns)
    milliseconds = [[1000 * second / frames for second in one] for one in taken]
    names = [f"{name}, batch {batch}" for name, _, batch in ways]
    return rows("base network", names, milliseconds, "ms a frame", threads)


def in_turns(jobs: Sequence[Callable[[], object]], turns: int) -> list[list[float]]:
    """Seconds of each job, in turns, so that a busy moment of the machine hits them all."""
    taken: list[list[float]] = [[] for _ in jobs]
    for turn in range(turns + 1):
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


def inphase(*arguments: str, folder: Path, expected: int = 0) -> float:
    """Seconds of a command in a cache of its own."""
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "inphase", *arguments],
        cwd=folder,
        env={**os.environ, "XDG_CACHE_HOME": str(folder / "cache")},
        capture_output=True,
    )
    assert done.returncode == expected, done.stderr.decode()
    return time.perf_counter() - start


def again(folder: Path, count: int, threads: int) -> list[dict[str, object]]:
    """Rows of synchronizing drawn videos twice."""
    videos = [f"videos/videos/pouring_{index:03d}.mp4" for index in range(count)]
    command = ["synchronize", *videos, "--model", "model", "-o", "out.mp4"]
    first = inphase(*command, folder=folder)
    second = inphase(*command, folder=folder)
    name = f"synchronize {count} videos with a model"
    return rows(name, ["the first time", "again"], [[first], [second]], "s", threads)


def mistake(folder: Path, threads: int, turns: int) -> list[dict[str, object]]:
    """Rows of a missing file, beside an interpreter that imports torch."""
    command = ["synchronize", "no.mp4", "nor.mp4", "--model", "model", "-o", "out.mp4"]
    program = [sys.executable, "-c", "import torch"]
    taken = in_turns(
        [
            lambda: subprocess.run(program, check=True),
            lambda: inphase(*command, folder=folder, expected=2),
        ],
        turns,
    )
    return rows("a missing file", ["import torch", "inphase"], taken, "s", threads)


def main() -> None:
    """Measure, print and keep."""
    parser = new_parser(__doc__)
    parser.add_argument("--frames", type=int, default=64, help="in each turn")
    parser.add_argument("--turns", type=int, default=7)
    options = parser.parse_args()
    measured = []
    for threads in sorted({1, os.cpu_count() or 1}):
        measured += engines(threads, frames=options.frames, turns=options.turns)
    with tempfile.TemporaryDirectory() as place:
        folder, threads = Path(place), os.cpu_count() or 1
        inphase("draw", "--action", "pouring", "--count", "9", "-o", "videos", folder=folder)
        Encoder(load_config("quick").encoder).save(folder / "model")
        measured += mistake(folder, threads, options.turns)
        measured += again(folder, 2, threads)
        measured += again(folder, 9, threads)
    about = {"machine": processor(), "command": this_command()}
    replace_rows(RESULTS, [{**row, **about} for row in measured], by=("what", "way", "threads"))
    show(measured, TABLE)


if __name__ == "__main__":
    main()
