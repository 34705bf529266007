"""Count false alarms on normal videos, and find deviations that were planted in them.

    inphase train DATA --split train -o run
    inphase embed DATA --split train --model run/model -o train.npz     # the same for test
    python benchmarks/anomaly.py DATA train.npz test.npz

Each test video is compared with two sets of typical videos: the training videos, and the test
videos of all other groups (people, scenes). Groups are left out as a whole. Deviations are planted
in the embeddings of the test videos: the frame freezes for 0.8 s (stop), half a second runs
backwards and then forwards again (reversal), or a quarter of the video is cut out (skip). An object
that was never there cannot be planted in embeddings; tests/alignment/test_deviation.py covers that.
Results go into benchmarks/results/anomaly.csv.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from arguments import add_data, add_embeddings, new_parser
from numpy.typing import NDArray
from result_tables import processor, replace_rows, show, this_command
from rich.console import Console
from sklearn.metrics import roc_auc_score
from stored_embeddings import read_embeddings

from inphase.alignment.deviation import TypicalCourse
from inphase.data import Collection, Video
from inphase.synthetic import planted

RESULTS = Path(__file__).parent / "results" / "anomaly.csv"
ALPHA = 0.05
KINDS = ("none", "stop", "reversal", "skip")
TABLE = {
    "typical": "",
    "planted": "",
    "videos": "",
    "alarms": ".3f",
    "auroc": ".3f",
    "start_error_frames": ".1f",
    "end_error_frames": ".1f",
}
Embedding = NDArray[np.float32]


@dataclass(frozen=True)
class Judged:
    """A test video."""

    p_value: float
    score: float
    start_error: float
    end_error: float


def main() -> None:
    """Judge, print, write."""
    parser = new_parser(__doc__)
    add_data(parser)
    add_embeddings(parser)
    arguments = parser.parse_args()
    collection = Collection.open(arguments.data)
    console = Console(stderr=True)
    train, test = (_loaded(collection, file) for file in (arguments.train, arguments.test))
    judged: dict[tuple[str, str], list[Judged]] = {}
    seen = _course(train)
    for group in sorted({str(video.group) for video, *_ in test}):
        others = _course([one for one in test if str(one[0].group) != group])
        for _, embedding, time in (one for one in test if str(one[0].group) == group):
            for kind in KINDS:
                deviating, truth = _planted(embedding, kind, time)
                for typical, course in (("training videos", seen), ("other test videos", others)):
                    one = _judge(course, deviating, time, truth)
                    judged.setdefault((typical, kind), []).append(one)
        console.print(f"{group} done", highlight=False)
    rows = [
        {
            "data": arguments.data.name,
            "typical": typical,
            "planted": kind,
            **_scores(found, judged[typical, "none"], kind),
            "alpha": ALPHA,
            "machine": processor(),
            "command": this_command(),
        }
        for (typical, kind), found in sorted(judged.items())
    ]
    show(rows, TABLE, title=arguments.data.name)
    replace_rows(RESULTS, rows)


def _scores(found: Sequence[Judged], normal: Sequence[Judged], kind: str) -> Mapping[str, object]:
    truth = [0] * len(normal) + [1] * len(found)
    scores = [one.score for one in (*normal, *found)]
    return {
        "videos": len(found),
        "alarms": float(np.mean([one.p_value <= ALPHA for one in found])),
        "auroc": float("nan") if kind == "none" else float(roc_auc_score(truth, scores)),
        "start_error_frames": float(np.median([one.start_error for one in found])),
        "end_error_frames": float(np.median([one.end_error for one in found])),
    }


def _loaded(collection: Collection, file: Path) -> list[tuple[Video, Embedding, float]]:
    return [
        (collection[one.name], one.embeddings, one.frame_time)
        for one in read_embeddings(collection, file)
    ]


def _course(videos: Sequence[tuple[Video, Embedding, float]]) -> TypicalCourse:
    return TypicalCourse(
        [embedding for _, embedding, _ in videos],
        [time for *_, time in videos],
        groups=[video.group or video.name for video, *_ in videos],
    )


def _planted(
    embedding: Embedding, kind: str, time: float
) -> tuple[Embedding, tuple[int, int] | None]:
    """The embedding with a deviation in its middle, and the deviation's first and last frame."""
    middle, quarter = len(embedding) // 2, len(embedding) // 4
    if kind == "none":
        return embedding, None
    at, long = {
        "stop": (middle, round(0.8 / time)),
        "reversal": (middle, min(round(0.5 / time), middle - 1)),
        "skip": (middle - quarter // 2, quarter),
    }[kind]
    deviating, first, last = planted(embedding, kind, at=at, long=long)
    return deviating, (first, last)


def _judge(
    course: TypicalCourse, embedding: Embedding, time: float, truth: tuple[int, int] | None
) -> Judged:
    deviation = course.deviation(embedding, time)
    p_value = course.p_value(deviation, 0, len(embedding) - 1)
    score = float(deviation.score.max())
    segments = course.segments(deviation, np.arange(len(embedding), dtype=np.float64) * time)
    if truth is None:
        return Judged(p_value, score, float("nan"), float("nan"))
    if not segments:
        return Judged(p_value, score, np.inf, np.inf)
    best = max(segments, key=lambda segment: segment.score)
    return Judged(p_value, score, abs(best.first - truth[0]), abs(best.last - truth[1]))


if __name__ == "__main__":
    main()
