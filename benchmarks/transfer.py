"""Measure transferred key events: from one, three and ten labelled videos to the test split.

    inphase train DATA --split train -o run
    inphase embed DATA --model run/model -o all.npz
    python benchmarks/transfer.py DATA all.npz

Sources are drawn from the train split several times, and their events are transferred to all test
videos. The error is the evaluation's own (`transfer_error`), beside that of stretching the same
sources evenly. Several .npz files may hold the embeddings of one set. Results go into
benchmarks/results/transfer.csv, one row for each set, number of sources and event.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from arguments import add_data, new_parser
from result_tables import processor, replace_rows, show, this_command
from rich.console import Console
from stored_embeddings import read_embeddings

from inphase.applications.label_transfer.error import transfer_error
from inphase.applications.label_transfer.result import Transfer
from inphase.applications.label_transfer.transfer import transfer
from inphase.data import AnnotatedVideo, Collection, read_annotations
from inphase.models import EmbeddedVideo
from inphase.progress import progress_bar

RESULTS = Path(__file__).parent / "results" / "transfer.csv"
SOURCES = (1, 3, 10)
TABLE = {
    "sources": "",
    "event": "",
    "seconds": ".3f",
    "seconds_median": ".3f",
    "share": ".4f",
    "share_lowest_draw": ".3f",
    "share_highest_draw": ".3f",
    "stretch_seconds": ".3f",
    "stretch_seconds_median": ".3f",
    "confidence": ".2f",
}


def main() -> None:
    """Parse, draw, transfer, score, print, write."""
    parser = new_parser(__doc__)
    add_data(parser)
    parser.add_argument("embeddings", type=Path, nargs="+", help=".npz from `inphase embed`")
    parser.add_argument("--draws", type=int, default=5)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    whole = Collection.open(arguments.data)
    embedded = {one.name: one for one in read_embeddings(whole, *arguments.embeddings)}
    known = {one.video.name: one for one in read_annotations(arguments.data)}
    complete = [video for video in whole if {*whole.events} <= video.events.keys()]
    train = [known[v.name] for v in complete if v.split == "train" and v.name in embedded]
    targets = [embedded[v.name] for v in complete if v.split == "test" and v.name in embedded]
    truth = {video.name: video.events for video in complete}

    rows: list[dict[str, object]] = []
    for count in (count for count in SOURCES if count <= len(train)):
        errors = []
        drawn = _draws(train, targets, embedded, count, draws=arguments.draws, seed=arguments.seed)
        for sources, result in drawn:
            videos = [*targets, *(embedded[one.video.name] for one in sources)]
            errors.append(transfer_error(result, sources, videos, truth))
        for column, event in enumerate([*whole.events, "all"]):
            chosen = slice(None) if event == "all" else [column]
            seconds = np.stack([error.seconds[:, chosen] for error in errors])
            stretched = np.stack([error.stretch_seconds[:, chosen] for error in errors])
            share = np.stack([error.share[:, chosen] for error in errors])
            of_draws = share.mean(axis=(1, 2))
            rows.append(
                {
                    "data": arguments.data.name,
                    "sources": count,
                    "event": event,
                    "draws": arguments.draws,
                    "videos": len(targets),
                    "seconds": float(seconds.mean()),
                    "seconds_median": float(np.median(seconds)),
                    "share": float(share.mean()),
                    "share_lowest_draw": float(of_draws.min()),
                    "share_highest_draw": float(of_draws.max()),
                    "stretch_seconds": float(stretched.mean()),
                    "stretch_seconds_median": float(np.median(stretched)),
                    "confidence": float(np.mean([error.confidence[:, chosen] for error in errors])),
                    "machine": processor(),
                    "command": this_command(),
                }
            )
    show(rows, TABLE, title=arguments.data.name)
    replace_rows(RESULTS, rows)


def _draws(
    train: Sequence[AnnotatedVideo],
    targets: Sequence[EmbeddedVideo],
    embedded: dict[str, EmbeddedVideo],
    count: int,
    *,
    draws: int,
    seed: int,
) -> Iterator[tuple[list[AnnotatedVideo], Transfer]]:
    generator = np.random.default_rng(seed)
    console = Console(stderr=True)
    with progress_bar(f"{count} sources", draws, console=console) as bar:
        for _ in range(draws):
            drawn = generator.choice(len(train), size=count, replace=False)
            sources = [train[index] for index in drawn]
            videos = [*targets, *(embedded[one.video.name] for one in sources)]
            yield sources, transfer(sources, videos)
            bar.advance(1)


if __name__ == "__main__":
    main()
