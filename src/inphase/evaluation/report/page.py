"""The HTML report: one self-contained file with tables and pictures."""

import base64
import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from importlib.metadata import version

import jinja2
import numpy as np
from rich.console import Console

from inphase.evaluation.pairs import stretch_pairs
from inphase.evaluation.report import pictures, tables
from inphase.evaluation.result import MODEL, NEAREST, STRETCH, Evaluation, ModelRun
from inphase.evaluation.videos import Action
from inphase.progress import Bar, progress_bar

_WORST = 6


@dataclass(frozen=True)
class Picture:
    """A picture inside the page.

    Attributes:
        title: above it.
        source: a `data:` address.
    """

    title: str
    source: str


@dataclass(frozen=True)
class Case:
    """Frames of one badly placed key event, side by side.

    Attributes:
        title: which event, between which videos, how far off.
        frames: the event in the reference, where it was placed, and where it is.
    """

    title: str
    frames: tuple[Picture, ...]


@dataclass(frozen=True)
class ActionPictures:
    """The pictures of one action.

    Attributes:
        name: of the action; empty if there is only one.
        histograms: of event errors; None without events.
        matrices: cost matrices of the best, median and worst pair.
        cases: the events with the largest errors.
    """

    name: str
    histograms: Picture | None
    matrices: tuple[Picture, ...]
    cases: tuple[Case, ...]


def render_report(evaluation: Evaluation, *, console: Console | None = None) -> str:
    """Draw an evaluation as one HTML page.

    For several models, the tables show their mean, and the pictures the first one.

    Args:
        console: where a progress bar goes; by default nowhere.

    Raises:
        VideoError: a test video can no longer be read.
    """
    text = resources.files(__package__).joinpath("page.html").read_text("utf-8")
    environment = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    run = evaluation.runs[0]
    with progress_bar("Drawing", len(run.actions), console=console) as bar:
        drawn = [_draw_action(evaluation, run, index, bar) for index in range(len(run.actions))]
    return environment.from_string(text).render(
        evaluation=evaluation,
        version=version("inphase"),
        date=datetime.date.today().isoformat(),
        actions=drawn,
        curves=list(_curves(evaluation)),
        beside=[name for name in tables.BESIDE if name in evaluation.figures],
        shortcuts=[
            name
            for name in (MODEL, *tables.SHORTCUTS, *tables.BESIDE[2:])
            if name in evaluation.figures
        ],
        shortcut_keys={key: tables.SHORTCUT_KEYS[key] for key in tables.shortcut_keys(evaluation)},
        model=MODEL,
        nearest=NEAREST,
        stretch=STRETCH,
        label=tables.label,
        number=tables.number,
        interval=tables.interval,
        deviation=tables.deviation,
    )


def _draw_action(evaluation: Evaluation, run: ModelRun, index: int, bar: Bar) -> ActionPictures:
    action, pairs = run.actions[index], run.pairs[index]
    bar.describe(f"Drawing {action.name}".strip())
    histograms = None
    if np.isfinite(pairs.dtw.share).any():
        picture = pictures.draw_error_histograms(
            pairs.dtw, stretch_pairs(action.test), events=action.events
        )
        histograms = Picture("", _address(picture, "png"))
    matrices = []
    for name, (i, j) in pictures.telling_pairs(pairs.dtw).items():
        picture = pictures.draw_cost_matrix(
            action.test[i],
            action.test[j],
            events=action.events,
            options=evaluation.options.alignment,
        )
        error = float(np.nanmean(pairs.dtw.share[i, j]))
        matrices.append(Picture(f"{name}: {error:.3f} of the length", _address(picture, "png")))
    cases = tuple(_cases(evaluation, action, run, index))
    bar.advance(1)
    return ActionPictures(action.name, histograms, tuple(matrices), cases)


def _cases(evaluation: Evaluation, action: Action, run: ModelRun, index: int) -> Iterator[Case]:
    dtw = run.pairs[index].dtw
    for case in pictures.worst_cases(dtw, count=_WORST):
        reference, query = action.test[case.reference], action.test[case.query]
        event = action.events[case.event]
        at = int(reference.event_frames[case.event])
        put = int(dtw.predicted[case.reference, case.query, case.event])
        true = int(query.event_frames[case.event])
        (start,) = pictures.read_frames(evaluation.files[reference.name], [at])
        placed, real = pictures.read_frames(evaluation.files[query.name], [put, true])
        off = abs(float(query.times[put] - query.times[true]))
        yield Case(
            title=f"{event} of {reference.name} in {query.name}: {off:.2f} s off, "
            f"{case.share:.3f} of the length",
            frames=(
                Picture(f"{reference.name}, frame {at}", _address(start, "jpeg")),
                Picture(f"placed at frame {put}", _address(placed, "jpeg")),
                Picture(f"truly at frame {true}", _address(real, "jpeg")),
            ),
        )


def _curves(evaluation: Evaluation) -> Iterator[Picture]:
    for run in evaluation.runs:
        metrics = run.folder.parent / "metrics.csv"
        picture = pictures.draw_training_curve(metrics) if metrics.is_file() else None
        if picture is not None:
            yield Picture(str(run.folder.parent), _address(picture, "png"))


def _address(picture: bytes, kind: str) -> str:
    return f"data:image/{kind};base64,{base64.b64encode(picture).decode()}"
