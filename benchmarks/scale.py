"""Measure sharded embedding: its speed against a plain loop, and its peak memory; and merging.

    python benchmarks/scale.py
    python benchmarks/scale.py --videos 12 --repeats 5

Speed: the frames per second of a plain loop over ``FrameEmbedder.embed``, of one shard and of two
shards at once, each process with one thread. They run in turns on drawn videos, with an encoder of
the quick preset that was not trained. Processes start together when all have imported what they
need. Loading the model counts, so short runs are slower than long ones. The ratio is the median
over the turns.

Memory: the peak of a fresh process that embeds a shard of the videos, and of one with four copies
of each; of one that merges made-up shards of two sizes. Results go into
benchmarks/results/scale.csv.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from arguments import new_parser
from embedding import peak_memory, quick_encoder
from result_tables import processor, replace_rows, this_command

from inphase.data import Collection
from inphase.models import Encoder, FrameEmbedder
from inphase.store import Store, StoredVideo
from inphase.store.shard_files import PartWriter, parts_in, read_rows, write_failed
from inphase.store.sharding import Shard, embed_shard
from inphase.synthetic import write_collection

RESULTS = Path(__file__).resolve().parent / "results" / "scale.csv"
DIMS, CLIP = 128, 300  # of the made-up shards: dimensions, and frames of a video
_COPIES = 4


@dataclass(frozen=True)
class Row:
    """One measurement: what, on how many frames, the value, and the value aimed for."""

    what: str
    frames: int
    value: float
    unit: str
    wanted: str = ""
    spread: str = ""


def work(task: str, videos: Path, model: Path, folder: Path) -> int:
    """Do one process's part, and return its number of frames."""
    if task == "plain":
        embedder = FrameEmbedder(Encoder.load(model))
        return sum(len(embedder.embed(one.path).times) for one in Collection.open(videos))
    if task == "merge":
        store = Store(folder / "store", create=True)
        store.merge([videos])
        return sum(video.frames for video in store.videos())
    shard = Shard.parse(task)
    embed_shard(videos, model, shard, folder)
    return sum(one.frames for one in _videos(folder / shard.folder))


def _videos(folder: Path) -> Sequence[StoredVideo]:
    return [row.video for part in parts_in(folder) for row in read_rows(part)]


def run(tasks: Sequence[str], videos: Path, model: Path) -> tuple[float, int, float]:
    """Run processes at once: seconds until the last ends, frames, and the largest peak in MB."""
    with tempfile.TemporaryDirectory() as room:
        environment = {**os.environ, "OMP_NUM_THREADS": "1", "XDG_CACHE_HOME": f"{room}/cache"}
        processes = [
            subprocess.Popen(
                [sys.executable, __file__, "--work", task, str(videos), str(model), f"{room}/out"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                env=environment,
            )
            for task in tasks
        ]
        for process in processes:
            assert process.stdout is not None
            process.stdout.readline()
        start = time.perf_counter()
        for process in processes:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        told = [json.loads(process.communicate()[0]) for process in processes]
        return (
            max(one["ended"] for one in told) - start,
            sum(one["frames"] for one in told),
            max(one["megabytes"] for one in told),
        )


def measure_speed(videos: Path, model: Path, repeats: int) -> list[Row]:
    """Frames per second of a loop, of one shard and of two, and their ratios to the loop."""
    programs = {"plain loop": ["plain"], "1 shard": ["1/1"], "2 shards": ["1/2", "2/2"]}
    speeds: dict[str, list[float]] = {name: [] for name in programs}
    frames = 0
    for turn in range(repeats):
        # They take turns in going first, so that a machine that slows down favours none.
        for name, tasks in list(programs.items())[:: 1 if turn % 2 == 0 else -1]:
            seconds, frames, _ = run(tasks, videos, model)
            speeds[name].append(frames / seconds)
    rows = [_row(name, frames, values, "frames/s") for name, values in speeds.items()]
    for name, wanted in (("1 shard", 0.9), ("2 shards", 1.7)):
        ratios = [a / b for a, b in zip(speeds[name], speeds["plain loop"], strict=True)]
        rows.append(_row(f"{name} / plain loop", frames, ratios, "ratio", f">= {wanted}"))
    return rows


def _row(what: str, frames: int, values: Sequence[float], unit: str, wanted: str = "") -> Row:
    spread = f"{min(values):.3g}..{max(values):.3g}"
    return Row(what, frames, round(statistics.median(values), 2), unit, wanted, spread)


def measure_memory(videos: Path, model: Path, room: Path) -> list[Row]:
    """Peak memory of a shard with some videos, and with several times as many."""
    many = room / "many"
    many.mkdir()
    for video in Collection.open(videos):
        for copy in range(_COPIES):
            shutil.copy(video.path, many / f"{video.path.stem}_{copy}{video.path.suffix}")
    rows = []
    for what, source in (("few", videos), ("many", many)):
        _, frames, megabytes = run(["1/1"], source, model)
        rows.append(Row(f"peak memory of a shard, {what} videos", frames, round(megabytes), "MB"))
    return rows


def measure_merge(sizes: Sequence[int], room: Path) -> list[Row]:
    """Speed and peak memory of merging made-up shards."""
    rows = []
    for size, frames in zip(("small", "large"), sizes, strict=False):
        shards = room / size
        _make_up(shards / "1-of-1", frames // CLIP)
        seconds, frames, megabytes = run(["merge"], shards, room)
        rows += [
            Row(f"merge, {size}", frames, round(frames / seconds), "frames/s"),
            Row(f"peak memory of a merge, {size}", frames, round(megabytes), "MB"),
        ]
        shutil.rmtree(shards)
    return rows


def _make_up(folder: Path, videos: int) -> None:
    folder.mkdir(parents=True)
    generator = np.random.default_rng(0)
    writer = PartWriter(folder, "")
    for number in range(videos):
        video = StoredVideo(
            name=f"video {number}",
            path=Path(f"/videos/{number}.mp4"),
            content=f"{number:064d}",
            model="f" * 64,
            frames=CLIP,
            duration=CLIP / 25,
            metadata={},
        )
        embeddings = np.cumsum(generator.normal(size=(CLIP, DIMS)), axis=0, dtype=np.float32)
        writer.add(video, "", np.arange(CLIP) / 25, embeddings)
    writer.flush()
    write_failed(folder, [])


def main() -> None:
    """Measure, print, write."""
    parser = new_parser(__doc__)
    parser.add_argument("--videos", type=int, default=8, help="to draw")
    parser.add_argument("--repeats", type=int, default=3, help="turns of the speeds")
    parser.add_argument(
        "--merge", type=int, nargs=2, default=[1_500_000, 3_000_000], help="frames of the shards"
    )
    parser.add_argument("--output", type=Path, default=RESULTS)
    parser.add_argument("--work", nargs=4, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.work:
        print("ready", flush=True)
        sys.stdin.readline()
        task, *places = arguments.work
        frames = work(task, *map(Path, places))
        told = {"frames": frames, "ended": time.perf_counter(), "megabytes": peak_memory() / 1e6}
        print(json.dumps(told))
        return
    with tempfile.TemporaryDirectory() as name:
        room = Path(name)
        videos, model = room / "videos", room / "model"
        write_collection(videos, action="pouring", count=arguments.videos, seed=0)
        quick_encoder().save(model)
        rows = measure_speed(videos, model, arguments.repeats)
        rows += measure_memory(videos, model, room)
        rows += measure_merge(arguments.merge, room)
    for row in rows:
        line = f"{row.what:<36} {row.frames:>8} frames {row.value:>10} {row.unit:<9}"
        print(f"{line} {row.wanted:<8} {row.spread}")
    about = {"machine": processor(), "load": round(os.getloadavg()[0], 1)}
    about["command"] = this_command()
    replace_rows(arguments.output, [{**asdict(row), **about} for row in rows], by=("what",))
    print(f"Wrote {arguments.output}")


if __name__ == "__main__":
    main()
