"""Compare evaluations: is one better than another on the same videos, or was it luck?"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from inphase.errors import EvaluationError
from inphase.evaluation.metrics import PairedDifference, Sums, paired_bootstrap
from inphase.evaluation.metrics.bootstrap import DRAWS
from inphase.evaluation.report import COMPARISON_FORMATS
from inphase.evaluation.result import FORMAT_VERSION, JSON, SUMS
from inphase.results.result import Result, Table

_FOLDER = "evaluation"


@dataclass(frozen=True)
class ComparedScore:
    """One score of every run.

    Attributes:
        key: of the score.
        title: for people.
        unit: of the values.
        higher_is_better: whether more is better.
        values: one per run.
        differences: one per run after the first: its value − the first's.
    """

    key: str
    title: str
    unit: str
    higher_is_better: bool
    values: tuple[float, ...]
    differences: tuple[PairedDifference, ...]

    def better(self, run: int) -> bool | None:
        """Whether a run (from 1) is significantly better than the first; None if undecided."""
        difference = self.differences[run - 1]
        if not difference.p < 0.05:
            return None
        return (difference.difference > 0) == self.higher_is_better


@dataclass(frozen=True)
class Comparison(Result):
    """Runs compared with the first of them.

    Attributes:
        runs: their names.
        labels: the labelled set on which all were scored.
        videos: number of test videos.
        scores: the scores that all runs have.
    """

    runs: tuple[str, ...]
    labels: str
    videos: int
    scores: tuple[ComparedScore, ...]

    formats = COMPARISON_FORMATS

    @property
    def input_files(self) -> Sequence[Path]:
        """None: no video is read."""
        return ()

    def table(self) -> Table:
        """One row per score and run; differences are to the first run."""
        names = ("difference", "low", "high", "p")
        rows = (
            [score.key, run, value, *(getattr(told, name) if told else "" for name in names)]
            for score in self.scores
            for run, value, told in zip(
                self.runs, score.values, (None, *score.differences), strict=True
            )
        )
        return Table(["score", "run", "value", *names], rows)


def compare(runs: Sequence[str | Path], *, draws: int = DRAWS, seed: int = 0) -> Comparison:
    """Compare evaluations on the same videos, by a paired bootstrap over the videos.

    Both runs of a pair use the same bootstrap samples of test videos, so that a video that is hard
    for both does not blur their difference. With many scores, some differ by chance: p < 0.05 is
    wrong one time in twenty.

    Args:
        runs: at least two folders written by `inphase evaluate`, or run folders that contain one;
            all are compared with the first.
        draws: number of bootstrap samples.
        seed: of the bootstrap.

    Raises:
        EvaluationError: there are fewer than two runs, one holds no complete evaluation, or they
            were not scored on the same test videos with the same options.
    """
    if len(runs) < 2:
        raise EvaluationError(f"Comparing needs at least two runs, not {len(runs)}.")
    read = [_read(_folder(Path(run))) for run in runs]
    first = read[0]
    for run, other in zip(runs[1:], read[1:], strict=True):
        for what, name in (("test videos", "test"), ("training videos", "train")):
            if other.told[name] != first.told[name]:
                raise EvaluationError(
                    f"{runs[0]} and {run} cannot be compared: their {what} differ; evaluate both "
                    "on the same labels."
                )
        if other.told["options"]["scoring"] != first.told["options"]["scoring"]:
            raise EvaluationError(
                f"{runs[0]} and {run} cannot be compared: they were scored with different options; "
                "evaluate both with the same ones."
            )
    scores = []
    for key, figures in first.told["methods"]["model"].items():
        sums = [one.sums.get(key) for one in read]
        if any(one is None or len(one) != len(sums[0] or ()) for one in sums):
            continue
        known = [one for one in sums if one is not None]
        scores.append(
            ComparedScore(
                key=key,
                title=figures["title"],
                unit=figures["unit"],
                higher_is_better=figures["better"] == "higher",
                values=tuple(float(np.mean([part.value for part in one])) for one in known),
                differences=tuple(
                    paired_bootstrap(known[0], one, draws=draws, seed=seed) for one in known[1:]
                ),
            )
        )
    return Comparison(
        runs=tuple(str(run) for run in runs),
        labels=first.told["labels"],
        videos=len(first.told["test"]),
        scores=tuple(scores),
    )


@dataclass(frozen=True)
class _Read:
    told: dict[str, Any]
    sums: dict[str, list[Sums]]


def _folder(run: Path) -> Path:
    for folder in (run, run / _FOLDER, run.parent / _FOLDER):
        if (folder / JSON).is_file():
            return folder
    raise EvaluationError(
        f"{run} holds no {JSON}; run `inphase evaluate` on it first, or give its report's folder."
    )


def _read(folder: Path) -> _Read:
    try:
        told = json.loads((folder / JSON).read_text(encoding="utf-8"))
        version = told["format_version"]
        if version > FORMAT_VERSION:
            raise EvaluationError(f"{folder / JSON} was written by a newer inphase; upgrade it.")
        sums: dict[str, list[Sums]] = {}
        with np.load(folder / SUMS, allow_pickle=False) as arrays:
            for key in told["methods"]["model"]:
                count = sum(name.startswith(f"{key}/") for name in arrays.files) // 2
                sums[key] = [
                    Sums(arrays[f"{key}/{n}/numerators"], arrays[f"{key}/{n}/denominators"])
                    for n in range(count)
                ]
    except EvaluationError:
        raise
    except Exception as error:  # A damaged file may raise anything.
        raise EvaluationError(
            f"{folder} does not hold a complete evaluation; run `inphase evaluate` again."
        ) from error
    return _Read(told, sums)
