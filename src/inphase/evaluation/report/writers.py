"""The files of an evaluation: JSON, CSV, the sums for comparisons, and the HTML report."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.console import Console

from inphase.atomic import replacing, write_csv, write_json, write_text
from inphase.evaluation.report.page import render_report
from inphase.evaluation.report.paper import latex, markdown, score_paper
from inphase.evaluation.result import (
    EVENTS,
    JSON,
    LATEX,
    MARKDOWN,
    MODEL,
    REPORT,
    SCORES,
    SUMS,
    Evaluation,
    plain,
    rounded,
)


def folder(result: Evaluation, place: Path, *, console: Console | None = None) -> tuple[Path, ...]:
    """Write all files of an evaluation, each whole or not at all.

    Raises:
        OutputError: the folder cannot be written.
        VideoError: a test video can no longer be read.
    """
    page = render_report(result, console=console)
    write_json(place / JSON, result.to_dict(), indent=1)
    _write_rows(place / SCORES, score_rows(result))
    _write_rows(place / EVENTS, event_rows(result))
    with replacing(place / SUMS) as beside:
        np.savez_compressed(beside, **_arrays(result))  # type: ignore[arg-type]
    headings, rows = score_paper(result)
    write_text(place / MARKDOWN, markdown(headings, rows))
    write_text(place / LATEX, latex(headings, rows))
    write_text(place / REPORT, page)
    names = (JSON, SCORES, MARKDOWN, LATEX, EVENTS, SUMS, REPORT)
    return tuple(place / name for name in names)


def score_rows(evaluation: Evaluation) -> Iterator[dict[str, object]]:
    """One row per method and score; rows of an action or event name it."""
    tables = [("", "", method, figures) for method, figures in evaluation.figures.items()]
    tables += [(name, "", MODEL, figures) for name, figures in evaluation.action_figures.items()]
    tables += [
        (row.action, row.event, method, figures)
        for row, methods in zip(evaluation.per_event, evaluation.event_figures, strict=True)
        for method, figures in methods.items()
    ]
    for action, event, method, figures in tables:
        for key, told in plain(figures).items():
            told["seeds"] = " ".join("" if one is None else f"{one:g}" for one in told["seeds"])
            yield {"method": method, "action": action, "event": event, "score": key, **told}


def event_rows(evaluation: Evaluation) -> Iterator[dict[str, object]]:
    """One row per model, ordered pair of test videos and key event."""
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
                    "error_seconds": rounded(pairs.dtw.seconds[i, j, e]),
                    "error_share": rounded(pairs.dtw.share[i, j, e]),
                }


def _arrays(evaluation: Evaluation) -> dict[str, NDArray[Any]]:
    """Numerators, denominators and groups of the models' scores, by key and action."""
    arrays = {}
    for key, score in evaluation.scores.items():
        for number, sums in enumerate(score.sums):
            arrays[f"{key}/{number}/numerators"] = sums.numerators
            arrays[f"{key}/{number}/denominators"] = sums.denominators
            # Not below the key, where a version that knows no groups would count them.
            arrays[f"groups/{key}/{number}"] = np.array(sums.groups, dtype=np.str_)
    return arrays


def _write_rows(path: Path, rows: Iterator[dict[str, object]]) -> None:
    """Write rows of one kind as CSV; without rows, the file is empty."""
    listed = list(rows)
    if listed:
        write_csv(path, list(listed[0]), (list(row.values()) for row in listed))
    else:
        write_text(path, "")
