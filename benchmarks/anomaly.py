"""False alarms on normal videos, and planted changes of pace found, on a labelled set.

    inphase train DATA --split train -o run
    inphase embed DATA --split train --model run/model -o train.npz     # and test.npz
    python benchmarks/anomaly.py DATA train.npz test.npz

Typical are (a) the training videos, (b) the test videos of all other groups (people, scenes), each
test video in turn being the new one. Groups are left out together. Deviations are planted in the
embeddings of the test videos: the frame shown goes on for 0.8 s (stop), 0.5 s run backwards and
forwards again (reversal), a quarter of the video is cut out (skip). A thing that was never there
cannot be planted in embeddings; see tests/alignment/test_deviation.py for that.
Writes benchmarks/results/anomaly.csv.
"""

import argparse
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from result_tables import processor, replace_rows
from rich.console import Console
from rich.table import Table
from sklearn.metrics import roc_auc_score
from stored_embeddings import read_embeddings

from inphase.alignment.deviation import TypicalCourse
from inphase.data import Collection, Video, planted

RESULTS = Path(__file__).parent / "results" / "anomaly.csv"
ALPHA = 0.05
KINDS = ("none", "stop", "reversal", "skip")
Embedding = NDArray[np.float32]


@dataclass(frozen=True)
class Row:
    """One kind of deviation, told by one choice of typical videos."""

    data: str
    typical: str
    planted: str
    videos: int
    alarms: float
    auroc: float
    start_error_frames: float
    end_error_frames: float
    alpha: float
    machine: str
    command: str


@dataclass(frozen=True)
class Judged:
    """A test video."""

    p_value: float
    score: float
    start_error: float
    end_error: float


def main() -> None:
    """Judge, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("train", type=Path, help=".npz of `inphase embed --split train`")
    parser.add_argument("test", type=Path, help=".npz of `inphase embed --split test`")
    arguments = parser.parse_args()
    collection = Collection.open(arguments.data)
    console = Console()
    train, test = (_loaded(collection, file) for file in (arguments.train, arguments.test))
    judged: dict[tuple[str, str], list[Judged]] = {}
    seen = _course(train)
    for group in sorted({str(video.group) for video, *_ in test}):
        others = _course([one for one in test if str(one[0].group) != group])
        for _, embedding, time in (one for one in test if str(one[0].group) == group):
            for kind in KINDS:
                planted, truth = _planted(embedding, kind, time)
                for name, course in (("training videos", seen), ("other test videos", others)):
                    one = _judge(course, planted, time, truth)
                    judged.setdefault((name, kind), []).append(one)
        console.print(f"{group} done", highlight=False)
    rows = []
    for (name, kind), found in sorted(judged.items()):
        normal = judged[name, "none"]
        auroc = (
            roc_auc_score(
                [0] * len(normal) + [1] * len(found), [one.score for one in (*normal, *found)]
            )
            if kind != "none"
            else float("nan")
        )
        rows.append(
            Row(
                arguments.data.name,
                name,
                kind,
                len(found),
                float(np.mean([one.p_value <= ALPHA for one in found])),
                float(auroc),
                float(np.median([one.start_error for one in found])),
                float(np.median([one.end_error for one in found])),
                ALPHA,
                processor(),
                f"benchmarks/anomaly.py {arguments.data.name} train.npz test.npz",
            )
        )
    table = Table("typical", "planted", "videos", "alarms", "AUROC", "start", "end")
    for row in rows:
        table.add_row(
            row.typical,
            row.planted,
            str(row.videos),
            f"{row.alarms:.3f}",
            f"{row.auroc:.3f}",
            f"{row.start_error_frames:.1f}",
            f"{row.end_error_frames:.1f}",
        )
    console.print(table)
    replace_rows(RESULTS, arguments.data.name, [*map(asdict, rows)])


def _loaded(collection: Collection, file: Path) -> list[tuple[Video, Embedding, float]]:
    return [
        (collection[one.name], one.embeddings, one.frame_time)
        for one in read_embeddings(collection, [file])
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
    """The embedding with a deviation in its middle, and its first and last frame."""
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
    parts = course.parts(deviation)
    if truth is None:
        return Judged(p_value, score, float("nan"), float("nan"))
    if not parts:
        return Judged(p_value, score, np.inf, np.inf)
    best = max(parts, key=lambda part: part.score)
    return Judged(p_value, score, abs(best.first - truth[0]), abs(best.last - truth[1]))


if __name__ == "__main__":
    main()
