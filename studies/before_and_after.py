"""Question: what do τ and phase accuracy lose because an action begins and ends in the same pose?
Answer: on push-ups, with one labelled video, 0.15 of all frames are put into the last phase instead
of the first or the other way round, and 0.70 are right. Between the first and the last key event,
where this confusion cannot happen, τ-b is 0.93, against 0.51 for whole videos. Written up in
docs/studies/what-limits-it.md.

    inphase train DATA --split train -o run
    inphase embed DATA --split train --model run/model -o train.npz     # the same for test
    PYTHONPATH=benchmarks python studies/before_and_after.py DATA train.npz test.npz

Before the first key event and after the last a person may hold the same pose. A frame and its
neighbours then do not tell the first phase from the last. The program prints phase accuracy with
one labelled video (fifty draws) and with all, the share of frames put into the last phase instead
of the first or the other way round, accuracy without counting that as wrong, and τ-b of whole
videos and from the first key event to the last. Results go into
studies/results/before_and_after.csv.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from arguments import add_data, add_embeddings, new_parser
from numpy.typing import NDArray
from result_tables import processor, replace_rows, show
from rich.console import Console
from rich.progress import track
from sklearn.svm import SVC
from stored_embeddings import read_scored

from inphase.data import Collection
from inphase.evaluation.metrics import kendalls_tau_pairs
from inphase.evaluation.videos import ScoredVideo

RESULTS = Path(__file__).parent / "results" / "before_and_after.csv"
DRAWS, STRIDE = 50, 2


def main() -> None:
    """Classify, compare, print, write."""
    parser = new_parser(__doc__)
    add_data(parser)
    add_embeddings(parser)
    arguments = parser.parse_args()
    collection = Collection.open(arguments.data)
    train, test = (
        [video for video in read_scored(collection, file) if video.phases is not None]
        for file in (arguments.train, arguments.test)
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
    rows = [
        {"data": arguments.data.name, "figure": name, "value": value, "machine": processor()}
        for name, value in figures.items()
    ]
    show(rows, {"figure": "", "value": ".3f"}, title=arguments.data.name)
    replace_rows(RESULTS, rows)


def _confusion(train: Sequence[ScoredVideo], test: Sequence[ScoredVideo]) -> NDArray[np.float64]:
    """(phases, phases) shares of all test frames, by true and by predicted phase."""
    frames, phases = _frames(train)
    shown, true = _frames(test)
    said = SVC().fit(frames, phases).predict(shown)  # the evaluation's classifier
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
