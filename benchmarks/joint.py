"""Compare joint alignment with pairwise alignment, and time it.

    inphase train DATA --split train -o run
    inphase embed DATA --split test --model run/model -o test.npz
    python benchmarks/joint.py DATA test.npz
    python benchmarks/joint.py                    # only time, on 200 made-up videos

Scores are means over all ordered pairs, or triples, of the videos in the .npz file. *Event error*
is that of benchmarks/quality.py; *home* is the three-way cycle consistency (within one frame),
*away* the mean distance from home in frames. The row `joint` is `joint_align` with its defaults.
The other rows are variants: by the medoid alone, without smoothing, with another length of the
barycentre, started at other videos, and, for a fair comparison, pairwise with the same smoothing.
Results go into benchmarks/results/joint.csv.
"""

import itertools
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
from arguments import new_parser
from numpy.typing import NDArray
from result_tables import processor, replace_rows, show, this_command
from stored_embeddings import read_embeddings

from inphase.alignment import align, joint_align, medoid
from inphase.data import Collection
from inphase.evaluation.metrics import (
    event_alignment_error,
    three_way_cycle_consistency,
    time_stretch,
)

RESULTS = Path(__file__).parent / "results" / "joint.csv"
TRIPLES = 2000
Frames = NDArray[np.int64]
Mappings = list[list[Frames]]
Row = dict[str, object]
NAN = float("nan")

TABLE = {
    "method": "",
    "alignments": "",
    "event_error_share": ".4f",
    "event_error_frames": ".2f",
    "three_way_home": ".3f",
    "three_way_away_frames": ".2f",
    "seconds": ".1f",
}


def main() -> None:
    """Align, score, print, write."""
    parser = new_parser(__doc__)
    parser.add_argument("data", nargs="?", type=Path, help="folder with labels.json")
    parser.add_argument("embeddings", nargs="?", type=Path, help=".npz from `inphase embed`")
    parser.add_argument("--starts", type=int, default=5, help="how many other videos to start at")
    arguments = parser.parse_args()
    if arguments.data is None:
        rows = [_timed()]
    elif arguments.embeddings is None:
        parser.error("give the embeddings too: inphase embed DATA --model MODEL -o test.npz")
    else:
        rows = _compared(arguments.data, arguments.embeddings, arguments.starts)
    show(rows, TABLE, title=str(rows[0]["data"]))
    replace_rows(RESULTS, rows)


def _row(
    data: str,
    method: str,
    videos: int,
    alignments: int,
    seconds: float,
    scores: Sequence[float] = (NAN,) * 4,
) -> Row:
    share, frames, home, away = scores
    return {
        "data": data,
        "method": method,
        "videos": videos,
        "alignments": alignments,
        "event_error_share": share,
        "event_error_frames": frames,
        "three_way_home": home,
        "three_way_away_frames": away,
        "seconds": seconds,
        "machine": processor(),
        "command": this_command(),
    }


def _compared(data: Path, file: Path, starts: int) -> list[Row]:
    collection = Collection.open(data)
    embedded = read_embeddings(collection, file)
    videos = [one.embeddings for one in embedded]
    events = [
        [
            min(collection[one.name].events[event], len(one.embeddings) - 1)
            for event in collection.events
        ]
        for one in embedded
    ]
    count = len(videos)

    def row(method: str, make: Callable[[], Mappings], alignments: int) -> Row:
        start = time.perf_counter()
        mappings = make()
        seconds = time.perf_counter() - start
        home = three_way_cycle_consistency(mappings, triples=TRIPLES).score
        scores = (*_event_error(mappings, events, videos), home, _away(mappings))
        return _row(data.name, method, count, alignments, seconds, scores)

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
    return {**made, "alignments": rounds[0] * len(videos)}


def _timed() -> Row:
    """Time 200 made-up videos of about 300 frames: one course at warped paces, with noise."""
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
    return _row(
        "200 made-up videos of 300 frames",
        f"joint, {len(result.costs) - 1} rounds, medoid included",
        200,
        200 * len(result.costs),
        seconds,
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
    """Mean distance from home, in frames, over random triples."""
    generator = np.random.default_rng(0)
    away = []
    for _ in range(TRIPLES):
        a, b, c = generator.permutation(len(mappings))[:3]
        home = mappings[c][a][mappings[b][c][mappings[a][b]]]
        away.append(np.abs(home - np.arange(len(home))).mean())
    return float(np.mean(away))


if __name__ == "__main__":
    main()
