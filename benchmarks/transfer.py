"""Quality of transferred key events: from one, three and ten labelled videos to the test split.

    inphase train ../shared/data/pushup --split train -o runs/pushup
    inphase embed ../shared/data/pushup --model runs/pushup/model -o pushup.npz
    python benchmarks/transfer.py ../shared/data/pushup pushup.npz

Sources are drawn from the train split several times, and their events are carried over to all test
videos; the error is the evaluation's own (`transfer_error`), beside stretching the same sources
evenly. Several .npz files may hold the embeddings of one set.
Results go into benchmarks/results/transfer.csv, one row a set, number of sources and event.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from result_tables import processor, read_rows, write_rows
from rich.console import Console
from rich.table import Table
from stored_embeddings import read_embeddings

from inphase.applications import Transfer, transfer, transfer_error
from inphase.data import AnnotatedVideo, Collection, read_annotations
from inphase.models import EmbeddedVideo
from inphase.progress import progress_bar

RESULTS = Path(__file__).parent / "results" / "transfer.csv"
SOURCES = (1, 3, 10)


@dataclass(frozen=True)
class Row:
    """Error of one event, over all draws and test videos."""

    data: str
    sources: int
    event: str
    draws: int
    videos: int
    seconds: float
    seconds_median: float
    share: float
    share_lowest_draw: float
    share_highest_draw: float
    stretch_seconds: float
    stretch_seconds_median: float
    confidence: float
    machine: str
    command: str


def main() -> None:
    """Parse, draw, transfer, score, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", help="folder with labels.json and a train and a test split")
    parser.add_argument("embeddings", nargs="+", help=".npz of `inphase embed`")
    parser.add_argument("--draws", type=int, default=5)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    whole = Collection.open(arguments.data)
    embedded = {one.name: one for one in read_embeddings(whole, arguments.embeddings)}
    known = {one.video.name: one for one in read_annotations(arguments.data)}
    complete = [video for video in whole if {*whole.events} <= video.events.keys()]
    train = [known[v.name] for v in complete if v.split == "train" and v.name in embedded]
    targets = [embedded[v.name] for v in complete if v.split == "test" and v.name in embedded]
    truth = {video.name: video.events for video in complete}
    name = Path(arguments.data).name
    command = f"benchmarks/transfer.py {name} --draws {arguments.draws} --seed {arguments.seed}"

    rows: list[Row] = []
    for count in SOURCES:
        errors = []
        for sources, result in _draws(train, targets, embedded, count, arguments):
            videos = [*targets, *(embedded[one.video.name] for one in sources)]
            errors.append(transfer_error(result, sources, videos, truth))
        for column, event in enumerate([*whole.events, "all"]):
            chosen = slice(None) if event == "all" else [column]
            seconds = np.stack([error.seconds[:, chosen] for error in errors])
            stretched = np.stack([error.stretch_seconds[:, chosen] for error in errors])
            share = np.stack([error.share[:, chosen] for error in errors])
            of_draws = share.mean(axis=(1, 2))
            rows.append(
                Row(
                    name,
                    count,
                    event,
                    arguments.draws,
                    len(targets),
                    float(seconds.mean()),
                    float(np.median(seconds)),
                    float(share.mean()),
                    float(of_draws.min()),
                    float(of_draws.max()),
                    float(stretched.mean()),
                    float(np.median(stretched)),
                    float(np.mean([error.confidence[:, chosen] for error in errors])),
                    processor(),
                    command,
                )
            )
    _show(rows)
    kept = [row for row in read_rows(RESULTS) if row["command"] != command]
    write_rows(RESULTS, [*kept, *map(asdict, rows)])


def _draws(
    train: Sequence[AnnotatedVideo],
    targets: Sequence[EmbeddedVideo],
    embedded: dict[str, EmbeddedVideo],
    count: int,
    arguments: argparse.Namespace,
) -> Iterator[tuple[list[AnnotatedVideo], Transfer]]:
    generator = np.random.default_rng(arguments.seed)
    console = Console(stderr=True)
    with progress_bar(f"{count} sources", arguments.draws, console=console) as bar:
        for _ in range(arguments.draws):
            drawn = generator.choice(len(train), size=count, replace=False)
            sources = [train[index] for index in drawn]
            videos = [*targets, *(embedded[one.video.name] for one in sources)]
            yield sources, transfer(sources, videos)
            bar.advance(1)


def _show(rows: Sequence[Row]) -> None:
    table = Table("set", "sources", "event", "s", "median", "share", "of a draw", "stretched s",
                  "median", "confidence")  # fmt: skip
    for row in rows:
        table.add_row(
            row.data,
            str(row.sources),
            row.event,
            f"{row.seconds:.3f}",
            f"{row.seconds_median:.3f}",
            f"{row.share:.4f}",
            f"{row.share_lowest_draw:.3f} to {row.share_highest_draw:.3f}",
            f"{row.stretch_seconds:.3f}",
            f"{row.stretch_seconds_median:.3f}",
            f"{row.confidence:.2f}",
        )
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
