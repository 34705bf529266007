"""An evaluation on disk: JSON, CSV, the sums that comparing needs, and the HTML report."""

import csv
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.console import Console

from inphase.atomic import replacing
from inphase.errors import OutputError
from inphase.evaluation.report import render_report
from inphase.evaluation.result import (
    EVENTS,
    FORMAT_VERSION,
    JSON,
    MODEL,
    REPORT,
    SCORES,
    SUMS,
    Evaluation,
    Figures,
)


def save_evaluation(
    evaluation: Evaluation, folder: Path, *, console: Console | None = None
) -> tuple[Path, ...]:
    """Write all files of an evaluation, each whole or not at all.

    Returns:
        Their paths.

    Raises:
        OutputError: the folder cannot be written.
        VideoError: a test video can no longer be read.
    """
    page = render_report(evaluation, console=console)
    told = json.dumps(evaluation_dict(evaluation), indent=1, ensure_ascii=False)
    with replacing(folder / JSON) as beside:
        beside.write_text(told + "\n", encoding="utf-8")
    with replacing(folder / SCORES) as beside:
        _write_csv(beside, score_rows(evaluation))
    with replacing(folder / EVENTS) as beside:
        _write_csv(beside, event_rows(evaluation))
    with replacing(folder / SUMS) as beside:
        np.savez_compressed(beside, **_arrays(evaluation))  # type: ignore[arg-type]
    with replacing(folder / REPORT) as beside:
        beside.write_text(page, encoding="utf-8")
    return tuple(folder / name for name in (JSON, SCORES, EVENTS, SUMS, REPORT))


def check_output_folder(folder: Path) -> None:
    """Refuse a folder that cannot be written, before minutes of work.

    Raises:
        OutputError: it is a file, or may not be made or written.
    """
    place = folder
    while not place.exists() and place != place.parent:
        place = place.parent
    if not place.is_dir() or not os.access(place, os.W_OK):
        raise OutputError(f"Cannot write into {folder}: {place} is no folder that may be written.")


def evaluation_dict(evaluation: Evaluation) -> dict[str, Any]:
    """Everything that was found, as plain values; NaN is None."""
    return {
        "format_version": FORMAT_VERSION,
        "inphase": version("inphase"),
        "labels": evaluation.source,
        "models": list(evaluation.models),
        "options": asdict(evaluation.options),
        "train": list(evaluation.train),
        "test": list(evaluation.test),
        "warnings": list(evaluation.warnings),
        "skipped": [asdict(one) for one in evaluation.skipped],
        "methods": {name: _plain(figures) for name, figures in evaluation.figures.items()},
        "per_event": [
            {
                "action": row.action,
                "event": row.event,
                "methods": {name: _plain(figures) for name, figures in methods.items()},
            }
            for row, methods in zip(evaluation.per_event, evaluation.event_figures, strict=True)
        ],
        "per_action": {
            name: _plain(figures) for name, figures in evaluation.action_figures.items()
        },
    }


def score_rows(evaluation: Evaluation) -> Iterator[dict[str, object]]:
    """One row a method and score; rows of one action or event name it."""
    tables = [("", "", method, figures) for method, figures in evaluation.figures.items()]
    tables += [(name, "", MODEL, figures) for name, figures in evaluation.action_figures.items()]
    tables += [
        (row.action, row.event, method, figures)
        for row, methods in zip(evaluation.per_event, evaluation.event_figures, strict=True)
        for method, figures in methods.items()
    ]
    for action, event, method, figures in tables:
        for key, told in _plain(figures).items():
            told["seeds"] = " ".join("" if one is None else f"{one:g}" for one in told["seeds"])
            yield {"method": method, "action": action, "event": event, "score": key, **told}


def event_rows(evaluation: Evaluation) -> Iterator[dict[str, object]]:
    """One row a model, ordered pair of test videos and key event."""
    for run in evaluation.runs:
        for action, pairs in zip(run.actions, run.pairs, strict=True):
            for i, j, e in np.argwhere(pairs.dtw.predicted >= 0):
                reference, query = action.test[i], action.test[j]
                yield {
                    "model": str(run.folder),
                    "action": action.name,
                    "reference": reference.name,
                    "query": query.name,
                    "event": action.events[e],
                    "reference_frame": int(reference.event_frames[e]),
                    "true_frame": int(query.event_frames[e]),
                    "predicted_frame": int(pairs.dtw.predicted[i, j, e]),
                    "nearest_frame": int(pairs.nearest.predicted[i, j, e]),
                    "error_frames": int(pairs.dtw.frames[i, j, e]),
                    "error_seconds": _rounded(pairs.dtw.seconds[i, j, e]),
                    "error_share": _rounded(pairs.dtw.share[i, j, e]),
                }


def _arrays(evaluation: Evaluation) -> dict[str, NDArray[np.float64]]:
    """Numerators and denominators of the models' scores, by key and action."""
    arrays = {}
    for key, score in evaluation.scores.items():
        for number, sums in enumerate(score.sums):
            arrays[f"{key}/{number}/numerators"] = sums.numerators
            arrays[f"{key}/{number}/denominators"] = sums.denominators
    return arrays


def _write_csv(path: Path, rows: Iterable[dict[str, object]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer: csv.DictWriter[str] | None = None
        for row in rows:
            if writer is None:
                writer = csv.DictWriter(file, list(row))
                writer.writeheader()
            writer.writerow(row)


def _plain(figures: Mapping[str, Figures]) -> dict[str, dict[str, Any]]:
    told = {}
    for key, one in figures.items():
        values = asdict(one)
        for name in ("value", "low", "high"):
            values[name] = _rounded(values[name])
        values["seeds"] = [_rounded(value) for value in one.seeds]
        told[key] = values
    return told


def _rounded(value: float) -> float | None:
    return round(float(value), 6) if np.isfinite(value) else None
