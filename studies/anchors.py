"""Question: how far does an anchor reach? With one or two key events given as anchors, how far off
are the *other* events, and what helps them most? Answer: where the alignment is confident, anchors
change little and straight lines do harm; where it is not, the straight line between anchors is
better. So a section between anchors follows the alignment unless its mean confidence is doubtful.
Written up in docs/studies/anchors.md.

    PYTHONPATH=benchmarks python studies/anchors.py DATA [DATA ...] [--split test] [--features pose]

Aligns pairs of videos, both ways. One or two of the labelled events are given as anchors, in every
combination, and the errors of the others are measured, in frames of the query, and how many are off
by more than 15:
without anchors; by marks alone (straight between them, real speed beyond); by the path through the
anchors; and as inphase does it. With `--sweep`, also with other limits of the confidence. Results
go into studies/results/anchors.csv.
"""

import itertools
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from arguments import add_data, new_parser
from numpy.typing import NDArray
from result_tables import processor, replace_rows, show, this_command
from rich.console import Console
from rich.progress import track

from inphase.alignment import dtw, frame_mapping, match_confidence, squared_euclidean
from inphase.alignment.straight import straight, straightened
from inphase.cache import cache_folder
from inphase.data import Collection
from inphase.models import EmbeddedVideo, embed
from inphase.training.choosing import choose_model

RESULTS = Path(__file__).parent / "results" / "anchors.csv"
TABLE = {"data": "", "split": "", "features": "", "anchors": "", "way": "", "errors": "",
         "mean": ".2f", "median": ".1f", "p90": ".1f", "off_15": ".3f"}  # fmt: skip
LIMIT = 0.3
LIMITS = (0.2, 0.25, 0.35, 0.4, 0.5)
FAR = 15

Frames = NDArray[np.int64]


def main() -> None:
    """Align, compare, print, write."""
    parser = new_parser(__doc__)
    add_data(parser, "+")
    parser.add_argument("--split", help="by default all videos")
    parser.add_argument("--features", choices=("pose", "appearance"), default="pose")
    parser.add_argument("--pairs", type=int, default=300, help="most pairs of a set, at random")
    parser.add_argument("--sweep", action="store_true", help="also other limits")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    console = Console(stderr=True)
    rows: list[dict[str, object]] = []
    for data in arguments.data:
        collection = Collection.open(data)
        if arguments.split:
            collection = collection.split(arguments.split)
        model = choose_model(
            collection, features=arguments.features, cache=cache_folder(), console=console
        )
        videos = list(embed(collection, model, cache=cache_folder(), console=console))
        pairs = list(itertools.permutations(videos, 2))
        np.random.default_rng(arguments.seed).shuffle(pairs)
        found: dict[tuple[int, str], list[int]] = {}
        limits = LIMITS if arguments.sweep else ()
        for one, other in track(pairs[: arguments.pairs], data.name, console=console):
            for anchors, way, errors in measured(collection, one, other, limits):
                found.setdefault((anchors, way), []).extend(errors)
        about = {
            "data": data.name,
            "split": arguments.split or "all",
            "features": arguments.features,
        }
        rows += [{**about, **row} for row in summaries(found)]
    told = {"machine": processor(), "command": this_command()}
    replace_rows(
        RESULTS,
        [{**row, **told} for row in rows],
        by=("data", "split", "features", "anchors", "way"),
    )
    show(rows, TABLE)


def measured(
    collection: Collection, one: EmbeddedVideo, other: EmbeddedVideo, limits: tuple[float, ...]
) -> Iterator[tuple[int, str, list[int]]]:
    """(anchors, way, errors of the other events) of one pair, for each choice of anchors."""
    marks = [
        (
            min(collection[one.name].events[event], len(one.times) - 1),
            min(collection[other.name].events[event], len(other.times) - 1),
        )
        for event in collection.events
    ]
    distances = squared_euclidean(one.embeddings, other.embeddings)
    free = frame_mapping(dtw(distances), len(distances))
    yield 0, "no anchors", [abs(int(free[r]) - q) for r, q in marks]
    for count in range(1, len(marks)):
        for anchors in itertools.combinations(marks, count):
            if any(a[0] >= b[0] or a[1] >= b[1] for a, b in itertools.pairwise(anchors)):
                continue
            others = [mark for mark in marks if mark not in anchors]
            ways = courses(one, other, distances, anchors, limits)
            for way, mapping in {"no anchors": free, **ways}.items():
                yield count, way, [abs(int(mapping[r]) - q) for r, q in others]


def courses(
    one: EmbeddedVideo,
    other: EmbeddedVideo,
    distances: NDArray[np.float32],
    anchors: tuple[tuple[int, int], ...],
    limits: tuple[float, ...],
) -> dict[str, Frames]:
    """The query frame of each reference frame, by each way of using anchors."""
    n, m = distances.shape
    seconds = straight(one.times, [(one.times[r], other.times[q]) for r, q in anchors])
    alone = np.abs(other.times[None] - seconds[:, None]).argmin(axis=1)
    through = frame_mapping(dtw(distances, anchors=anchors), n)
    confidence = match_confidence(distances, through)
    pace = one.frame_time / other.frame_time
    found = {"marks alone": alone, "path through anchors": through}
    for limit in (LIMIT, *limits):
        name = "inphase" if limit == LIMIT else f"below {limit}"
        # The limit inside is fixed; shifting the confidence shifts it.
        shifted = confidence + np.float32(LIMIT - limit)
        found[name] = straightened(
            through, shifted, m, anchors, pace=pace, open_ends=(False, False)
        )
    return found


def summaries(found: dict[tuple[int, str], list[int]]) -> Iterator[dict[str, object]]:
    """A row for each number of anchors and each way."""
    for (anchors, way), listed in sorted(found.items()):
        errors = np.array(listed)
        yield {
            "anchors": anchors,
            "way": way,
            "errors": len(errors),
            "mean": float(errors.mean()),
            "median": float(np.median(errors)),
            "p90": float(np.quantile(errors, 0.9)),
            "off_15": float((errors > FAR).mean()),
        }


if __name__ == "__main__":
    main()
