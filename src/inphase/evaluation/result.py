"""What an evaluation found, and how it is written: JSON, CSV, arrays for comparing, HTML."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from rich.console import Console

from inphase.errors import Skipped
from inphase.evaluation.metrics.bootstrap import DRAWS
from inphase.evaluation.pairs import Pairs
from inphase.evaluation.scores import Score, ScoringOptions
from inphase.evaluation.videos import Action

MODEL, STRETCH, NEAREST = "model", "time-stretching", "nearest neighbour"
JSON, SCORES, EVENTS, SUMS, REPORT = (
    "evaluation.json",
    "scores.csv",
    "events.csv",
    "sums.npz",
    "report.html",
)
FORMAT_VERSION = 1
JSON, SCORES, EVENTS, SUMS, REPORT = (
    "evaluation.json",
    "scores.csv",
    "events.csv",
    "sums.npz",
    "report.html",
)
FORMAT_VERSION = 1


@dataclass(frozen=True)
class EvaluationOptions:
    """How :func:`~inphase.evaluation.evaluate` scores.

    Attributes:
        scoring: of each metric.
        distance: between embeddings.
        alignment: further options of :func:`inphase.alignment.align`, for the event errors.
        bootstrap: draws of test videos for the 95 % intervals.
        shortcuts: score trimmed, frozen and shuffled videos too.
        train_split: name of the split that classifiers learn from.
        test_split: name of the split that is scored.
        shared_groups: score even where a group (person, scene, performance) is in both splits.
    """

    scoring: ScoringOptions = field(default_factory=ScoringOptions)
    distance: str = "squared_euclidean"
    alignment: Mapping[str, Any] = field(default_factory=dict)
    bootstrap: int = DRAWS
    shortcuts: bool = True
    train_split: str = "train"
    test_split: str = "test"
    shared_groups: bool = False


@dataclass(frozen=True)
class ModelRun:
    """One model's embeddings of the videos as filmed, and their scores.

    Attributes:
        folder: of the model.
        actions: with its embeddings.
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
        action: whose event it is.
        event: its name.
        methods: by method (model, nearest neighbour, time-stretching), scores by key.
    """

    action: str
    event: str
    methods: Mapping[str, Mapping[str, Score]]


@dataclass(frozen=True)
class Figures:
    """A score as it is told.

    Attributes:
        value: mean over models, actions and videos.
        low: lower end of the 95 % interval over test videos; NaN where they are too few.
        high: its upper end.
        seeds: the value of each model.
        unit: of the value; empty for a pure number.
        better: higher or lower.
        title: name for people.
        note: what a reader must know to compare it.
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
class Evaluation:
    """Scores of one or several models (seeds) on a labelled set.

    Attributes:
        source: the labels.
        models: model folders.
        options: how it was scored.
        train: names of the training videos.
        test: names of the test videos.
        methods: by method, scores by key; ``model`` first, then what stands beside it.
        per_event: errors of each key event.
        per_action: scores by action and key, where there are several actions.
        warnings: sentences that a reader must know.
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
    warnings: tuple[str, ...]
    skipped: tuple[Skipped, ...]
    files: Mapping[str, Path] = field(repr=False)
    runs: tuple[ModelRun, ...] = field(repr=False)

    @property
    def scores(self) -> Mapping[str, Score]:
        """The models' scores by key, e.g. ``event_error_share``."""
        return self.methods[MODEL]

    def __getitem__(self, key: str) -> float:
        """The models' mean score of that key.

        Raises:
            KeyError: the labels do not allow this score, or there is none of that name.
        """
        return self.scores[key].value

    def save(self, folder: str | Path, *, console: Console | None = None) -> tuple[Path, ...]:
        """Write evaluation.json, scores.csv, events.csv, sums.npz and report.html into a folder.

        The report holds its pictures and needs no other file. sums.npz is what
        :func:`~inphase.evaluation.compare` reads beside the JSON.

        Args:
            folder: made if need be; files of the same names are replaced.
            console: where a progress bar goes; by default nowhere.

        Raises:
            OutputError: the folder cannot be written.
            VideoError: a test video can no longer be read.
        """
        # Here, because drawing is slow to import and not every evaluation is written.
        from inphase.evaluation.result_files import save_evaluation

        return save_evaluation(self, Path(folder), console=console)

    def to_dict(self) -> dict[str, Any]:
        """Everything that was found, as plain values, as evaluation.json holds it; NaN is None."""
        from inphase.evaluation.result_files import evaluation_dict

        return evaluation_dict(self)

    @cached_property
    def figures(self) -> dict[str, dict[str, Figures]]:
        """By method and key, each score's value, interval and notes."""
        return {name: self._figures(scores) for name, scores in self.methods.items()}

    @cached_property
    def event_figures(self) -> list[dict[str, dict[str, Figures]]]:
        """The same for each row of ``per_event``."""
        return [
            {name: self._figures(scores) for name, scores in row.methods.items()}
            for row in self.per_event
        ]

    @cached_property
    def action_figures(self) -> dict[str, dict[str, Figures]]:
        """The same for each action of ``per_action``."""
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
