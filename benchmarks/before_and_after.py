"""What τ and phase accuracy lose because the begin and the end of an action look alike.

    inphase train DATA --split train -o run
    inphase embed DATA --split train --model run/model -o train.npz
    inphase embed DATA --split test --model run/model -o test.npz
    python benchmarks/before_and_after.py DATA train.npz test.npz

Before the first key event and after the last one a person may stand in the same pose, and then no
look at a frame and its neighbours tells the first phase from the last. Prints: phase accuracy with
one labelled video (fifty draws) and with all of them, the share of frames put into the last phase
instead of the first or the other way round, accuracy if that is not counted as wrong; τ-b of the
whole videos, and of their frames from the first key event to the last. Results go into
benchmarks/results/before_and_after.csv.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from result_tables import processor, replace_rows
from rich.console import Console
from rich.progress import track
from rich.table import Table
from sklearn.svm import SVC
from stored_embeddings import read_scored

from inphase.data import Collection
from inphase.evaluation import kendalls_tau_pairs
from inphase.evaluation.videos import ScoredVideo

RESULTS = Path(__file__).parent / "results" / "before_and_after.csv"
DRAWS, STRIDE = 50, 2


def main() -> None:
    """Classify, compare, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, help="folder with labels.json")
    parser.add_argument("embeddings", type=Path, nargs=2, help=".npz of the train and test split")
    arguments = parser.parse_args()
    collection = Collection.open(arguments.data)
    train, test = (
        [video for video in read_scored(collection, file) if video.phases is not None]
        for file in arguments.embeddings
    )
    generator = np.random.default_rng([0, 1])  # the draws of the evaluation's few-shot accuracy
    drawn = [int(generator.permutation(len(train))[0]) for _ in range(DRAWS)]
    single = [_confusion([train[i]], test) for i in track(drawn, console=Console(stderr=True))]
    figures = {
        f"{name}_{figure}": value
        for name, confusion in (
            ("one_video", np.mean(single, axis=0)),
            ("all_videos", _confusion(train, test)),
        )
        for figure, value in _figures(confusion).items()
    }
    figures["tau_b_whole"] = _tau(test, inside=False)
    figures["tau_b_first_to_last_event"] = _tau(test, inside=True)
    table = Table("figure", "value", title=arguments.data.name)
    for name, value in figures.items():
        table.add_row(name.replace("_", " "), f"{value:.3f}")
    Console().print(table)
    rows = [
        {
            "data": arguments.data.name,
            "figure": name,
            "value": value,
            "machine": processor(),
        }
        for name, value in figures.items()
    ]
    replace_rows(RESULTS, arguments.data.name, rows)


def _confusion(train: Sequence[ScoredVideo], test: Sequence[ScoredVideo]) -> NDArray[np.float64]:
    """(phases, phases) shares of all test frames: their phase, and what the classifier says."""
    frames, phases = _frames(train)
    shown, true = _frames(test)
    said = SVC().fit(frames, phases).predict(shown)  # as the evaluation's
    count = len(test[0].events) + 1
    confusion = np.zeros((count, count))
    np.add.at(confusion, (true, said), 1 / len(true))
    return confusion


def _frames(videos: Sequence[ScoredVideo]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    embeddings = np.concatenate([video.embeddings for video in videos]).astype(np.float64)
    return embeddings, np.concatenate([v.phases for v in videos if v.phases is not None])


def _figures(confusion: NDArray[np.float64]) -> dict[str, float]:
    swapped = float(confusion[0, -1] + confusion[-1, 0])
    right = float(np.trace(confusion))
    return {"accuracy": right, "first_and_last_swapped": swapped, "else": right + swapped}


def _tau(videos: Sequence[ScoredVideo], *, inside: bool) -> float:
    embeddings = []
    for video in videos:
        first, last = video.event_frames[[0, -1]]
        embeddings.append(video.embeddings[first : last + 1] if inside else video.embeddings)
    return kendalls_tau_pairs(embeddings, stride=STRIDE).tau_b


if __name__ == "__main__":
    main()
