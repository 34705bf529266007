"""Joint alignment by way of a barycentre, beside the pairwise alignments; and its time.

    inphase train DATA --split train -o run
    inphase embed DATA --split test --model run/model -o test.npz
    python benchmarks/joint.py DATA test.npz

Scores are over all ordered pairs, or triples, of the videos in the .npz file. *Event error* as in
benchmarks/quality.py; *home* is the three-way cycle consistency (within one frame), *away* the mean
distance from home in frames. The row `joint` is what `joint_align` does by itself; the others are
its variants: by the medoid alone, without smoothing, with another length of the barycentre,
started at other videos, and, as a fair floor, pairwise paths smoothed alike. Without DATA only the
time is taken: 200 made-up videos of 300 frames.
"""

import argparse
import itertools
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from result_tables import processor, replace_rows
from rich.console import Console
from rich.table import Table
from stored_embeddings import read_embeddings

from inphase.alignment import align, joint_align, medoid
from inphase.data import Collection
from inphase.evaluation import event_alignment_error, time_stretch
from inphase.evaluation.metrics import three_way_cycle_consistency

RESULTS = Path(__file__).parent / "results" / "joint.csv"
TRIPLES = 2000
Frames = NDArray[np.int64]
Mappings = list[list[Frames]]


@dataclass(frozen=True)
class Row:
    """One way of aligning all videos of a set with each other."""

    data: str
    method: str
    videos: int
    alignments: int
    event_error_share: float
    event_error_frames: float
    three_way_home: float
    three_way_away_frames: float
    seconds: float
    machine: str
    command: str


def main() -> None:
    """Align, score, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", nargs="?", type=Path, help="folder with labels.json")
    parser.add_argument("embeddings", nargs="?", type=Path, help=".npz of `inphase embed`")
    parser.add_argument("--starts", type=int, default=5, help="other videos to start at, to see")
    arguments = parser.parse_args()
    console = Console()
    if arguments.data is None:
        rows = [_timed()]
    elif arguments.embeddings is None:
        parser.error("give the embeddings too: inphase embed DATA --model MODEL -o test.npz")
    else:
        rows = _compared(arguments.data, arguments.embeddings, arguments.starts)
    table = Table("set", "method", "alignments", "error/length", "frames", "home", "away", "s")
    for row in rows:
        table.add_row(
            row.data,
            row.method,
            str(row.alignments),
            f"{row.event_error_share:.4f}",
            f"{row.event_error_frames:.2f}",
            f"{row.three_way_home:.3f}",
            f"{row.three_way_away_frames:.2f}",
            f"{row.seconds:.1f}",
        )
    console.print(table)
    replace_rows(RESULTS, rows[0].data, [*map(asdict, rows)])


def _compared(data: Path, file: Path, starts: int) -> list[Row]:
    collection = Collection.open(data)
    embedded = read_embeddings(collection, [file])
    videos = [one.embeddings for one in embedded]
    events = [
        [
            min(collection[one.name].events[event], len(one.embeddings) - 1)
            for event in collection.events
        ]
        for one in embedded
    ]
    count = len(videos)
    command = f"benchmarks/joint.py {data.name} {file.name}"

    def row(method: str, make: Callable[[], Mappings], alignments: int) -> Row:
        start = time.perf_counter()
        mappings = make()
        seconds = time.perf_counter() - start
        share, frames = _event_error(mappings, events, videos)
        home = three_way_cycle_consistency(mappings, triples=TRIPLES).score
        away = _away(mappings)
        return Row(
            data.name,
            method,
            count,
            alignments,
            share,
            frames,
            home,
            away,
            seconds,
            processor(),
            command,
        )

    def pairwise(smoothing: float) -> Mappings:
        if smoothing == 0:
            return [[align(a, b).query_frames for b in videos] for a in videos]
        # A barycentre of one video is that video.
        made = []
        for a in videos:
            found = [
                joint_align([a, b], start=0, length=len(a), rounds=0, smoothing=smoothing)
                for b in videos
            ]
            made.append([one.mapping(0, 1) for one in found])
        return made

    middle = medoid(videos)
    others = [int(index) for index in np.argsort(middle.costs)[1 : starts + 1]]
    pairs = count * (count - 1)
    rows = [
        row("time-stretching", lambda: [[_stretched(a, b) for b in videos] for a in videos], 0),
        row("pairwise", lambda: pairwise(0), pairs),
        row("pairwise, smoothed", lambda: pairwise(0.08), pairs),
    ]
    variants: dict[str, dict[str, float | int]] = {
        "joint": {},
        "joint, by the medoid alone": {"rounds": 0},
        "joint, not smoothed": {"smoothing": 0},
        "joint, smoothed half as much": {"smoothing": 0.04},
        "joint, slopes up to 8": {"max_slope": 8},
        "joint, twice as long": {"length": 2 * round(float(np.median([*map(len, videos)])))},
        **{f"joint, started at neighbour {n + 1}": {"start": at} for n, at in enumerate(others)},
    }
    for method, options in variants.items():
        rows.append(_joint_row(row, method, videos, options))
    return rows


def _joint_row(
    row: Callable[[str, Callable[[], Mappings], int], Row],
    method: str,
    videos: Sequence[NDArray[np.float32]],
    options: Mapping[str, float | int],
) -> Row:
    rounds: list[int] = []

    def make() -> Mappings:
        result = joint_align(videos, **options)  # type: ignore[arg-type]
        rounds.append(len(result.costs))
        count = range(len(videos))
        return [[result.mapping(a, b) for b in count] for a in count]

    made = row(method, make, 0)
    return Row(**{**asdict(made), "alignments": rounds[0] * len(videos)})


def _timed() -> Row:
    """200 made-up videos of about 300 frames, warped courses with noise."""
    generator = np.random.default_rng(0)
    course = np.cumsum(generator.normal(size=(300, 128)), axis=0).astype(np.float32)
    videos = []
    for _ in range(200):
        pace = np.cumsum(generator.gamma(0.5, size=300))
        frames = (299 * (pace - pace[0]) / (pace[-1] - pace[0])).astype(np.int64)
        videos.append(course[frames] + generator.normal(size=(300, 128)).astype(np.float32))
    joint_align(videos[:3])  # compiles
    start = time.perf_counter()
    result = joint_align(videos)
    seconds = time.perf_counter() - start
    nan = float("nan")
    return Row(
        "200 made-up videos of 300 frames",
        f"joint, {len(result.costs) - 1} rounds, medoid included",
        200,
        200 * len(result.costs),
        nan,
        nan,
        nan,
        nan,
        seconds,
        processor(),
        "benchmarks/joint.py",
    )


def _stretched(a: NDArray[np.float32], b: NDArray[np.float32]) -> Frames:
    return time_stretch(len(a), len(b))


def _event_error(
    mappings: Mappings, events: Sequence[Sequence[int]], videos: Sequence[NDArray[np.float32]]
) -> tuple[float, float]:
    share, frames = [], []
    for a, b in itertools.permutations(range(len(videos)), 2):
        error = event_alignment_error(
            mappings[a][b],
            events[a],
            query_events=events[b],
            query_times=np.arange(len(videos[b])),
        )
        share.append(error.share.mean())
        frames.append(error.frames.mean())
    return float(np.mean(share)), float(np.mean(frames))


def _away(mappings: Mappings) -> float:
    """Mean distance from home, in frames, over triples drawn at random."""
    generator = np.random.default_rng(0)
    away = []
    for _ in range(TRIPLES):
        a, b, c = generator.permutation(len(mappings))[:3]
        home = mappings[c][a][mappings[b][c][mappings[a][b]]]
        away.append(np.abs(home - np.arange(len(home))).mean())
    return float(np.mean(away))


if __name__ == "__main__":
    main()
