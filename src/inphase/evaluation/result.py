"""The result of an evaluation, and how it is written: JSON, CSV, arrays for comparison, HTML."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

from inphase.alignment import AlignmentOptions
from inphase.errors import Skipped
from inphase.evaluation.metrics.bootstrap import DRAWS
from inphase.evaluation.pairs import Pairs
from inphase.evaluation.report import FORMATS
from inphase.evaluation.scores import Score, ScoringOptions
from inphase.evaluation.videos import Action
from inphase.results.result import Result, Table

MODEL, STRETCH, NEAREST = "model", "time-stretching", "nearest neighbour"
JSON, SCORES, EVENTS, SUMS, REPORT = (
    "evaluation.json",
    "scores.csv",
    "events.csv",
    "sums.npz",
    "report.html",
)
MARKDOWN, LATEX = "scores.md", "scores.tex"
FORMAT_VERSION = 1


@dataclass(frozen=True)
class EvaluationOptions:
    """How [`evaluate`][inphase.evaluation.protocol.evaluate] scores.

    Attributes:
        scoring: options of each metric.
        alignment: distance and limits, for the event errors.
        bootstrap: number of bootstrap samples for the 95 % intervals.
        shortcuts: also score trimmed, frozen and shuffled videos.
        train_split: name of the split to train classifiers on.
        test_split: name of the split to score.
        shared_groups: allow a group (person, scene, performance) in both splits.
    """

    scoring: ScoringOptions = field(default_factory=ScoringOptions)
    alignment: AlignmentOptions = AlignmentOptions()
    bootstrap: int = DRAWS
    shortcuts: bool = True
    train_split: str = "train"
    test_split: str = "test"
    shared_groups: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Plain values; for the alignment, the distance and whatever differs from the defaults."""
        alignment = self.alignment.changed()
        alignment.pop("distance", None)
        told = asdict(self)
        at = list(told).index("alignment")
        items = list(told.items())
        items[at : at + 1] = [("distance", self.alignment.distance), ("alignment", alignment)]
        return dict(items)


@dataclass(frozen=True)
class ModelRun:
    """One model's embeddings of the original videos, and their scores.

    Attributes:
        folder: of the model.
        actions: with the model's embeddings.
        pairs: of the test videos of each action.
        per_action: scores by action and key.
        scores: mean over actions, by key.
    """

    folder: Path
    actions: tuple[Action, ...]
    pairs: tuple[Pairs, ...]
    per_action: Mapping[str, Mapping[str, Score]]
    scores: Mapping[str, Score]


@dataclass(frozen=True)
class EventRow:
    """Alignment errors of one key event.

    Attributes:
        action: that the event belongs to.
        event: its name.
        methods: by method (model, nearest neighbour, time-stretching), scores by key.
    """

    action: str
    event: str
    methods: Mapping[str, Mapping[str, Score]]


@dataclass(frozen=True)
class Figures:
    """A score as it is reported.

    Attributes:
        value: mean over models, actions and videos.
        low: lower end of the 95 % interval over groups of test videos; NaN if there are too few.
        high: its upper end.
        seeds: the value of each model.
        unit: of the value; empty for a pure number.
        better: higher or lower.
        title: name for people.
        note: what a reader needs to know to compare it.
    """

    value: float
    low: float
    high: float
    seeds: tuple[float, ...]
    unit: str
    better: str
    title: str
    note: str


@dataclass(frozen=True)
class Evaluation(Result):
    """Scores of one or several models (seeds) on a labelled set.

    Attributes:
        source: the labels.
        models: model folders.
        options: how it was scored.
        train: names of the training videos.
        test: names of the test videos.
        methods: scores by method and key; `model` first, then the baselines and variants.
        per_event: errors of each key event.
        per_action: scores by action and key, if there are several actions.
        fitted_on_test: names of the test videos that a model was fitted on, if its run tells.
        warnings: sentences that a reader needs to know.
        skipped: videos that could not be read.
        files: of the test videos, by name.
        runs: each model's embeddings and pairs, for the pictures.
    """

    source: str
    models: tuple[str, ...]
    options: EvaluationOptions
    train: tuple[str, ...]
    test: tuple[str, ...]
    methods: Mapping[str, Mapping[str, Score]]
    per_event: tuple[EventRow, ...]
    per_action: Mapping[str, Mapping[str, Score]]
    fitted_on_test: tuple[str, ...]
    warnings: tuple[str, ...]
    skipped: tuple[Skipped, ...]
    files: Mapping[str, Path] = field(repr=False)
    runs: tuple[ModelRun, ...] = field(repr=False)

    @property
    def scores(self) -> Mapping[str, Score]:
        """The models' scores by key, e.g. `event_error_share`."""
        return self.methods[MODEL]

    def __getitem__(self, key: str) -> float:
        """The models' mean score with this key.

        Raises:
            KeyError: there is no such score, or the labels do not allow it.
        """
        return self.scores[key].value

    formats = FORMATS

    @property
    def input_files(self) -> Sequence[Path]:
        """None: a report's files cannot overwrite a video."""
        return ()

    def to_dict(self) -> dict[str, Any]:
        """All results as plain values, as in evaluation.json; NaN is None."""
        return {
            "format_version": FORMAT_VERSION,
            "inphase": version("inphase"),
            "labels": self.source,
            "models": list(self.models),
            "options": self.options.to_dict(),
            "train": list(self.train),
            "test": list(self.test),
            "fitted_on_test": list(self.fitted_on_test),
            "warnings": list(self.warnings),
            "skipped": [asdict(one) for one in self.skipped],
            "methods": {name: plain(figures) for name, figures in self.figures.items()},
            "per_event": [
                {
                    "action": row.action,
                    "event": row.event,
                    "methods": {name: plain(figures) for name, figures in methods.items()},
                }
                for row, methods in zip(self.per_event, self.event_figures, strict=True)
            ],
            "per_action": {name: plain(figures) for name, figures in self.action_figures.items()},
        }

    def table(self) -> Table:
        """One row per method and score, with its interval of 95 %; NaN is None."""
        names = ("title", "value", "low", "high", "unit")
        rows = (
            [method, key, *(told[name] for name in names)]
            for method, figures in self.figures.items()
            for key, told in plain(figures).items()
        )
        return Table(["method", "score", *names], rows)

    @cached_property
    def figures(self) -> dict[str, dict[str, Figures]]:
        """Each score's value, interval and notes, by method and key."""
        return {name: self._figures(scores) for name, scores in self.methods.items()}

    @cached_property
    def event_figures(self) -> list[dict[str, dict[str, Figures]]]:
        """The same for each row of `per_event`."""
        return [
            {name: self._figures(scores) for name, scores in row.methods.items()}
            for row in self.per_event
        ]

    @cached_property
    def action_figures(self) -> dict[str, dict[str, Figures]]:
        """The same for each action of `per_action`."""
        return {name: self._figures(scores) for name, scores in self.per_action.items()}

    def _figures(self, scores: Mapping[str, Score]) -> dict[str, Figures]:
        figures = {}
        for key, score in scores.items():
            interval = score.interval(draws=self.options.bootstrap, seed=self.options.scoring.seed)
            seeds = tuple(run.scores[key].value for run in self.runs)
            figures[key] = Figures(
                value=score.value,
                low=interval.low,
                high=interval.high,
                seeds=seeds if scores is self.scores else (),
                unit=score.unit,
                better="higher" if score.higher_is_better else "lower",
                title=score.title,
                note=score.remark,
            )
        return figures


def plain(figures: Mapping[str, Figures]) -> dict[str, dict[str, Any]]:
    """Figures as plain values, by key; NaN is None."""
    told = {}
    for key, one in figures.items():
        values = asdict(one)
        for name in ("value", "low", "high"):
            values[name] = rounded(values[name])
        values["seeds"] = [rounded(value) for value in one.seeds]
        told[key] = values
    return told


def rounded(value: float) -> float | None:
    """A value rounded to six decimals; None if it is not finite."""
    return round(float(value), 6) if math.isfinite(value) else None
