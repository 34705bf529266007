"""Measure the quality of methods on part of a labelled set, and keep it in a table.

A table's rows are identified by ``KEY``. Rows that the table already has are not measured again.
"""

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from fitted import WORK, Fit, evaluation_options, fit_all
from methods import Method
from result_tables import processor, read_rows, replace_rows, show_means
from rich.console import Console

from inphase.alignment import align
from inphase.data import Collection
from inphase.evaluation import ScoringOptions, evaluate
from inphase.evaluation.protocol import UNTRAINED
from inphase.evaluation.result import STRETCH, ModelRun
from inphase.synthetic import corresponding_frames, read_truth, write_collection
from inphase.training import load_config

KEY = ("data", "split", "method", "seed", "settings")
SCORES = {
    "event_error_share": "event error / length",
    "event_error_frames": "frames",
    "event_error_seconds": "s",
    "tau_b": "τ-b",
    "phase_accuracy_10": "phases 10 %",
    "phase_accuracy_50": "50 %",
    "phase_accuracy_100": "100 %",
    "few_shot_1": "1 video",
    "progression_r2": "progression",
    "truth_median_frames": "truth",
}
FLOORS = (UNTRAINED, STRETCH)
# The floors depend on no other setting, and are measured once for all of them.
_FLOOR_SETTINGS = ("encoder.base_network=", "encoder.image_size=", "encoder.pretrained=")
_NOT_SHOWN = ("event_error_frames", "event_error_seconds")

Scores = Mapping[str, float]


@dataclass(frozen=True)
class Part:
    """The videos to fit to and to score, as the splits `train` and `test` of a collection.

    Attributes:
        data: name of the set.
        split: the split of the set that is scored, or divided in two.
        collection: the videos.
        truth: folder of a synthetic set, whose true alignment is known.
    """

    data: str
    split: str
    collection: Collection
    truth: Path | None = None


@dataclass(frozen=True)
class Settings:
    """What all methods of one call share.

    Attributes:
        preset: to start from.
        overrides: changes to the preset, as ``--set`` takes them.
        stride: of the frames that τ compares.
        few_shot: measure phases with one labelled video: fifty draws, longer than all the rest.
    """

    preset: str = "quick"
    overrides: tuple[str, ...] = ()
    stride: int = 2
    few_shot: bool = False

    def __str__(self) -> str:
        return " ".join([self.preset, *self.overrides, f"stride={self.stride}"])

    def of_floors(self) -> str:
        """The settings that the floors depend on."""
        kept = tuple(one for one in self.overrides if one.startswith(_FLOOR_SETTINGS))
        return str(replace(self, overrides=kept))


def open_part(data: str | Path, split: str) -> Part:
    """Open a labelled set, or `synthetic`.

    The split `test` scores the set's own test videos. The split `train` leaves them out: every
    third group of the train split is scored, and the others are fitted to.
    """
    truth = None
    if str(data) == "synthetic":
        truth = WORK / "pouring"
        if not (truth / "labels.json").is_file():
            write_collection(truth, action="pouring", count=24, test_share=1 / 3)
    collection = Collection.open(truth or data)
    if split == "train":
        videos = collection.split("train").videos
        groups = sorted({video.group or video.name for video in videos})
        scored = set(groups[2::3])
        divided = (
            replace(v, split="test" if (v.group or v.name) in scored else "train") for v in videos
        )
        collection = replace(collection, videos=tuple(divided))
    return Part(Path(data).name, split, collection, truth)


def measure_missing(
    table: Path,
    part: Part,
    methods: Mapping[str, Method],
    seeds: Sequence[int],
    settings: Settings,
    console: Console,
    *,
    more: Callable[[str, ModelRun], Iterator[tuple[str, Scores]]] = lambda *_: iter(()),
) -> None:
    """Fit and score the methods that the table lacks, and both floors.

    Args:
        table: the CSV file.
        part: the videos.
        methods: by name.
        seeds: one fit of each method with each.
        settings: shared by all methods.
        console: for progress.
        more: named scores besides those of a method, from its name and embeddings.
    """
    place = {"data": part.data, "split": part.split, "settings": str(settings)}
    done = {_key(row) for row in read_rows(table)}
    fits = []
    for name, method in methods.items():
        for seed in seeds:
            columns = {**place, "method": name, "seed": seed}
            if _key(columns) not in done:
                config = load_config(
                    settings.preset,
                    objective=method.objective,
                    overrides=[*settings.overrides, *method.overrides, f"seed={seed}"],
                )
                fits.append(Fit(columns, config, method.trained))
    if not fits:
        return
    work = WORK / "quality"
    fitted = fit_all(part.collection, fits, work, console)
    scoring = ScoringOptions(stride=settings.stride, few_shot=(1,) if settings.few_shot else ())
    evaluation = evaluate(
        [one.model for one in fitted],
        part.collection,
        options=evaluation_options(scoring),
        console=console,
    )
    rows = []
    for one, run in zip(fitted, evaluation.runs, strict=True):
        scores = {name: score.value for name, score in run.scores.items()}
        if part.truth is not None:
            scores["truth_median_frames"] = _truth(run, part.truth)
        undefined = run.scores["tau_b"].undefined or 0
        rows.append(_row(one.columns, scores, undefined, one.seconds))
        for name, others in more(str(one.columns["method"]), run):
            rows.append(_row({**one.columns, "method": name}, others))
    known = {_key(row) for row in read_rows(table) if not settings.few_shot or _has_few_shot(row)}
    for floor in FLOORS:
        columns = {**place, "settings": settings.of_floors(), "method": floor, "seed": 0}
        if floor in evaluation.methods and _key(columns) not in known:
            given = evaluation.methods[floor]
            undefined = (given["tau_b"].undefined or 0) if "tau_b" in given else 0
            scores = {name: score.value for name, score in given.items()}
            rows.append(_row(columns, scores, undefined))
    replace_rows(table, rows, by=KEY)
    for one in fitted:
        shutil.rmtree(one.run)


def show_quality(rows: Sequence[Mapping[str, str]]) -> None:
    """Print means and standard deviations over seeds: a table for each set, split and settings."""
    headings = {key: told for key, told in SCORES.items() if key not in _NOT_SHOWN}
    for place in dict.fromkeys((row["data"], row["split"], row["settings"]) for row in rows):
        data, split, settings = place
        shown = [row for row in rows if (row["data"], row["split"], row["settings"]) == place]
        methods = [row for row in shown if row["method"] not in FLOORS]
        floors = [row for row in rows if (row["data"], row["split"]) == (data, split)]
        floors = [row for row in floors if row["method"] in FLOORS]
        if methods:
            show_means(
                [*methods, *{row["method"]: row for row in floors}.values()],
                ["method"],
                {**headings, "fit_seconds": "fit s"},
                title=f"{data} · {split} · {settings}",
            )


def _key(row: Mapping[str, object]) -> tuple[str, ...]:
    return tuple(str(row[name]) for name in KEY)


def _has_few_shot(row: Mapping[str, str]) -> bool:
    return row["method"] == STRETCH or np.isfinite(float(row["few_shot_1"]))


def _row(
    columns: Mapping[str, object], scores: Scores, undefined: int = 0, seconds: float = 0.0
) -> dict[str, object]:
    return {
        **{name: columns[name] for name in KEY},
        **{name: scores.get(name, float("nan")) for name in SCORES},
        "tau_undefined": undefined,
        "fit_seconds": seconds,
        "machine": processor(),
    }


def _truth(run: ModelRun, folder: Path) -> float:
    """Median error of all matched frames, in frames, on videos whose true alignment is known."""
    states = {name: state for name, (_, state) in read_truth(folder).items()}
    errors: list[float] = []
    for action in run.actions:
        for reference in action.test:
            for query in action.test:
                if reference is query:
                    continue
                known = corresponding_frames(states[reference.name], states[query.name])
                found = align(reference.embeddings, query.embeddings).query_frames
                errors += np.abs(found - known).tolist()
    return float(np.median(errors))
