"""Compare the progress of test videos with their known events.

    inphase train DATA --split train -o run
    inphase embed DATA --split train --model run/model -o train.npz     # the same for test
    python benchmarks/progress.py DATA train.npz test.npz

The training videos are the demonstrations. Spearman's rank correlation compares three signals with
the number of key events that have happened: progress, the negative distance to the goal, and time
as a share of the video's length, which is the floor. It is computed over the frames of each video
(mean over videos) and over all frames of all videos. *Falling* counts the videos whose signal
falls with time, by the same correlation. For each video the program prints where its progress
begins (mean of the first second) and ends, and its correlation with time. Results go into
benchmarks/results/progress.csv.
"""

from pathlib import Path

import numpy as np
from arguments import add_data, add_embeddings, new_parser
from numpy.typing import NDArray
from result_tables import processor, replace_rows, show, this_command
from rich.console import Console
from scipy.stats import spearmanr
from stored_embeddings import read_embeddings

from inphase.applications.progress_signal.measure import Goal, measure_progress
from inphase.data import Collection

RESULTS = Path(__file__).parent / "results" / "progress.csv"
TABLE = {"signal": "", "within_videos": ".3f", "over_all_frames": ".3f", "falling": ""}


def main() -> None:
    """Follow, correlate, print, write."""
    parser = new_parser(__doc__)
    add_data(parser)
    add_embeddings(parser)
    arguments = parser.parse_args()
    console = Console()
    collection = Collection.open(arguments.data)
    demonstrations = read_embeddings(collection, arguments.train)
    goal = Goal(demonstrations)
    signals: dict[str, list[NDArray[np.float64]]] = {"progress": [], "−distance": [], "time": []}
    passed = []
    for video in read_embeddings(collection, arguments.test):
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
        {
            "data": arguments.data.name,
            "signal": name,
            "demonstrations": len(demonstrations),
            "videos": len(passed),
            "within_videos": float(
                np.mean([_rank(a, b) for a, b in zip(curves, passed, strict=True)])
            ),
            "over_all_frames": _rank(np.concatenate(curves), np.concatenate(passed)),
            "falling": sum(_rank(a, b) < 0 for a, b in zip(curves, signals["time"], strict=True)),
            "machine": processor(),
            "command": this_command(),
        }
        for name, curves in signals.items()
    ]
    show(rows, TABLE, title=arguments.data.name)
    replace_rows(RESULTS, rows)


def _rank(signal: NDArray[np.float64], events: NDArray[np.float64]) -> float:
    return float(spearmanr(signal, events).statistic)


if __name__ == "__main__":
    main()
