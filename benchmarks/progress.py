"""Progress of test videos along demonstrations, beside the known events.

    inphase train DATA --split train -o run
    inphase embed DATA --split train --model run/model -o train.npz     # and test.npz
    python benchmarks/progress.py DATA train.npz test.npz

Demonstrations are the training videos. For each frame of a test video the number of key events that
have happened is held against progress, and against the distance to the goal, by Spearman's rank
correlation: over the frames of each video (mean over videos), and over all frames of all videos.
Time as a share of the video's length is the floor. *Falling* are videos whose signal goes down with
time, by the same correlation. For each video prints where its progress begins (mean over a second)
and ends, and its correlation with time. Writes benchmarks/results/progress.csv.
"""

import argparse
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from result_tables import processor, replace_rows
from rich.console import Console
from rich.table import Table
from scipy.stats import spearmanr
from stored_embeddings import read_embeddings

from inphase.applications import Goal, measure_progress
from inphase.data import Collection

RESULTS = Path(__file__).parent / "results" / "progress.csv"


@dataclass(frozen=True)
class Row:
    """Rank correlation with the events that have happened."""

    data: str
    signal: str
    demonstrations: int
    videos: int
    within_videos: float
    over_all_frames: float
    falling: int
    machine: str
    command: str


def main() -> None:
    """Follow, correlate, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("train", type=Path, help=".npz of the demonstrations")
    parser.add_argument("test", type=Path, help=".npz of the videos to follow")
    arguments = parser.parse_args()
    console = Console()
    collection = Collection.open(arguments.data)
    demonstrations = read_embeddings(collection, [arguments.train])
    goal = Goal(demonstrations)
    signals: dict[str, list[NDArray[np.float64]]] = {"progress": [], "−distance": [], "time": []}
    passed = []
    for video in read_embeddings(collection, [arguments.test]):
        events = list(collection[video.name].events.values())
        curve = measure_progress(video, goal)
        signals["progress"].append(curve.progress)
        signals["−distance"].append(-curve.distance_to_goal)
        signals["time"].append(np.linspace(0, 1, len(curve.progress)))
        frames = np.arange(len(curve.progress))
        told = [
            f"begins {curve.progress[video.times < video.times[0] + 1].mean():.2f}",
            f"ends {curve.progress[-1]:.2f}",
            f"with time {_rank(curve.progress, signals['time'][-1]):.2f}",
        ]
        console.print(f"{video.name}: {', '.join(told)}", highlight=False)
        passed.append((frames[:, None] >= np.array(events)).sum(axis=1).astype(np.float64))
    rows = [
        Row(
            arguments.data.name,
            name,
            len(demonstrations),
            len(passed),
            float(np.mean([_rank(a, b) for a, b in zip(curves, passed, strict=True)])),
            _rank(np.concatenate(curves), np.concatenate(passed)),
            sum(_rank(a, b) < 0 for a, b in zip(curves, signals["time"], strict=True)),
            processor(),
            f"benchmarks/progress.py {arguments.data.name} {arguments.train.name} "
            f"{arguments.test.name}",
        )
        for name, curves in signals.items()
    ]
    table = Table("set", "signal", "within videos", "over all frames", "falling")
    for row in rows:
        table.add_row(
            row.data,
            row.signal,
            f"{row.within_videos:.3f}",
            f"{row.over_all_frames:.3f}",
            str(row.falling),
        )
    console.print(table)
    replace_rows(RESULTS, arguments.data.name, [*map(asdict, rows)])


def _rank(signal: NDArray[np.float64], events: NDArray[np.float64]) -> float:
    return float(spearmanr(signal, events).statistic)


if __name__ == "__main__":
    main()
