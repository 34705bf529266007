"""Compare evaluations: is one better than another on the same videos, or was it luck?"""

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import BaseModel

from inphase.errors import EvaluationError
from inphase.evaluation.metrics import PairedDifference, Sums, paired_bootstrap
from inphase.evaluation.metrics.bootstrap import (
    DRAWS,
    FEWEST_GROUPS,
    holm,
    independent_groups,
)
from inphase.evaluation.report import COMPARISON_FORMATS
from inphase.evaluation.result import EVENTS, FORMAT_VERSION, JSON, REPORT, SCORES, SUMS
from inphase.overwriting import protect
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

    @property
    def p_holm(self) -> list[float]:
        """p of each difference, corrected by Holm for the number of runs."""
        return holm([one.p for one in self.differences])

    def better(self, run: int) -> bool | None:
        """Whether a run (from 1) is significantly better than the first; None if undecided."""
        difference = self.differences[run - 1]
        if not self.p_holm[run - 1] < 0.05:
            return None
        return (difference.difference > 0) == self.higher_is_better


@dataclass(frozen=True)
class Comparison(Result):
    """Runs compared with the first of them.

    Attributes:
        runs: their names.
        labels: the labelled set on which all were scored.
        videos: number of test videos.
        groups: number of independent groups among them; below `FEWEST_GROUPS` there are no
            intervals and no p-values.
        warnings: sentences that a reader needs to know.
        scores: the scores that all runs have.
    """

    runs: tuple[str, ...]
    labels: str
    videos: int
    groups: int
    warnings: tuple[str, ...]
    scores: tuple[ComparedScore, ...]

    formats = COMPARISON_FORMATS

    @property
    def input_files(self) -> Sequence[Path]:
        """None: no video is read."""
        return ()

    def table(self) -> Table:
        """One row per score and run; differences are to the first run."""
        rows = []
        for score in self.scores:
            rows.append([score.key, self.runs[0], score.values[0], "", "", "", "", ""])
            for run, value, told, p in zip(
                self.runs[1:], score.values[1:], score.differences, score.p_holm, strict=True
            ):
                known = (told.difference, told.low, told.high, told.p, p)
                rows.append([score.key, run, value, *("" if math.isnan(v) else v for v in known)])
        names = ["score", "run", "value", "difference", "low", "high", "p", "p_holm"]
        return Table(names, rows)


def compare(runs: Sequence[str | Path], *, draws: int = DRAWS, seed: int = 0) -> Comparison:
    """Compare evaluations on the same videos, by a paired bootstrap over their groups.

    Both runs of a pair use the same bootstrap samples of groups (persons, scenes, performances), so
    that a video that is hard for both does not blur their difference. A video without a group is
    one of its own. Below `FEWEST_GROUPS` groups there are no intervals and no p-values. For each
    score, the p-values of several runs are also corrected by Holm's method. They are not corrected
    for the number of scores: name the score that decides before you look.

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
    groups = max((independent_groups(first.sums[score.key]) for score in scores), default=0)
    return Comparison(
        runs=tuple(str(run) for run in runs),
        labels=first.told["labels"],
        videos=len(first.told["test"]),
        groups=groups,
        warnings=tuple(_warnings(runs, read, groups)),
        scores=tuple(scores),
    )


def _warnings(runs: Sequence[str | Path], read: Sequence["_Read"], groups: int) -> Iterator[str]:
    if groups < FEWEST_GROUPS:
        yield (
            f"No intervals and no p-values: they need {FEWEST_GROUPS} independent groups of test "
            f"videos, not {groups} (a video without `group` counts as one)."
        )
    for run, one in zip(runs, read, strict=True):
        seen = one.told.get("fitted_on_test", [])
        if seen:
            yield (
                f"{run} was fitted on {len(seen)} of the {len(one.told['test'])} test videos: its "
                "scores do not show how well it does on new ones."
            )
        if not one.grouped:
            yield (
                f"{run} was evaluated by an older inphase, which kept no groups: each video counts "
                "as independent; run `inphase evaluate` again."
            )


class _Figures(BaseModel):
    title: str
    unit: str
    better: str


class _Methods(BaseModel):
    model: dict[str, _Figures]


class _Options(BaseModel):
    scoring: dict[str, Any]


class _Told(BaseModel):
    """What is read of an evaluation.json."""

    labels: str
    train: list[str]
    test: list[str]
    options: _Options
    methods: _Methods
    fitted_on_test: list[str] = []


@dataclass(frozen=True)
class _Read:
    told: dict[str, Any]
    sums: dict[str, list[Sums]]

    @property
    def grouped(self) -> bool:
        return all(one.groups for some in self.sums.values() for one in some)


def _folder(run: Path) -> Path:
    for folder in (run, run / _FOLDER, run.parent / _FOLDER):
        if (folder / JSON).is_file():
            return folder
    raise EvaluationError(
        f"{run} holds no {JSON}; run `inphase evaluate` on it first, or give its report's folder."
    )


def _read(folder: Path) -> _Read:
    for name in (JSON, SUMS, SCORES, EVENTS, REPORT):
        protect(folder / name)
    try:
        told = json.loads((folder / JSON).read_text(encoding="utf-8"))
        version = told["format_version"]
        if version > FORMAT_VERSION:
            raise EvaluationError(f"{folder / JSON} was written by a newer inphase; upgrade it.")
        _Told.model_validate(told)
        sums: dict[str, list[Sums]] = {}
        with np.load(folder / SUMS, allow_pickle=False) as arrays:
            for key in told["methods"]["model"]:
                count = sum(name.startswith(f"{key}/") for name in arrays.files) // 2
                sums[key] = [
                    Sums(
                        arrays[f"{key}/{n}/numerators"],
                        arrays[f"{key}/{n}/denominators"],
                        tuple(map(str, arrays.get(f"groups/{key}/{n}", ()))),
                    )
                    for n in range(count)
                ]
    except EvaluationError:
        raise
    except Exception as error:  # A damaged file may raise anything.
        raise EvaluationError(
            f"{folder} does not hold a complete evaluation; run `inphase evaluate` again."
        ) from error
    return _Read(told, sums)
