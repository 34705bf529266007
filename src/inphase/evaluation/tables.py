"""An evaluation as tables on the terminal."""

import math
from collections.abc import Iterator

from rich.markup import escape
from rich.table import Table
from rich.text import Text

from inphase.evaluation.result import MODEL, NEAREST, STRETCH, Evaluation, Figures

# What the position-shortcut table shows.
SHORTCUT_KEYS = ("event_error_share", "tau_b", "phase_accuracy_100", "progression_r2")
BESIDE = (STRETCH, "untrained features", "frame number", "frame number / length")
SHORTCUTS = ("trimmed start", "frozen video", "shuffled frames")


def tables(evaluation: Evaluation) -> Iterator[Table | Text]:
    """The scores, the position shortcuts, each event, each action, and the warnings."""
    yield score_table(evaluation)
    yield shortcut_table(evaluation)
    if evaluation.per_event:
        yield event_table(evaluation)
    if evaluation.per_action:
        yield action_table(evaluation)
    for warning in evaluation.warnings:
        yield Text.assemble(("Warning: ", "yellow"), warning)


def score_table(evaluation: Evaluation) -> Table:
    """One row a score: the model's value and interval, and what stands beside it."""
    seeds = len(evaluation.models)
    caption = "95 % interval: bootstrap over test videos"
    if seeds > 1:
        caption += f"; mean of {seeds} models, ± their standard deviation"
    title = f"{escape(evaluation.source)}: {len(evaluation.test)} test videos"
    table = Table("score", title=title, caption=caption)
    table.add_column("model", justify="right")
    if seeds > 1:
        table.add_column("±", justify="right")
    beside = [name for name in BESIDE if name in evaluation.figures]
    for name in ("95 %", *beside):
        table.add_column(name, justify="right")
    for key, figures in evaluation.figures[MODEL].items():
        others = [number(evaluation.figures[name].get(key)) for name in beside]
        spread = [deviation(figures)] if seeds > 1 else []
        table.add_row(
            label(figures), f"[bold]{number(figures)}[/bold]", *spread, interval(figures), *others
        )
    return table


def shortcut_table(evaluation: Evaluation) -> Table:
    """The model where time cannot be told from the clock, and embeddings of the clock alone."""
    shown = evaluation.figures[MODEL]
    keys = [key for key in SHORTCUT_KEYS if key in shown]
    table = Table("position shortcuts", caption="A frozen video that scores: the clock was learned")
    for key in keys:
        table.add_column(shown[key].title, justify="right")
    for method in (MODEL, *SHORTCUTS, *BESIDE[2:]):
        if method in evaluation.figures:
            figures = evaluation.figures[method]
            table.add_row(method, *(number(figures.get(key)) for key in keys))
    return table


def event_table(evaluation: Evaluation) -> Table:
    """Errors of each key event, beside time-stretching."""
    table = Table("key event", title="Event alignment error, as a share of the length")
    for name in ("DTW", "95 %", "frames", "s", NEAREST, STRETCH):
        table.add_column(name, justify="right")
    for row, methods in zip(evaluation.per_event, evaluation.event_figures, strict=True):
        model = methods[MODEL]
        share = model["event_error_share"]
        table.add_row(
            escape(f"{row.action}: {row.event}" if row.action else row.event),
            number(share),
            interval(share),
            f"{model['event_error_frames'].value:.1f}",
            number(model["event_error_seconds"]),
            number(methods[NEAREST].get("event_error_share")),
            number(methods[STRETCH].get("event_error_share")),
        )
    return table


def action_table(evaluation: Evaluation) -> Table:
    """The main scores of each action."""
    titles = {
        key: figures.title
        for scores in evaluation.action_figures.values()
        for key, figures in scores.items()
        if key in SHORTCUT_KEYS
    }
    table = Table("action", title="Each action")
    for title in titles.values():
        table.add_column(title, justify="right")
    for action, scores in evaluation.action_figures.items():
        table.add_row(escape(action), *(number(scores.get(key)) for key in titles))
    return table


def label(figures: Figures) -> str:
    """Title and unit."""
    return figures.title + (f" ({figures.unit})" if figures.unit else "")


def number(figures: Figures | None) -> str:
    """The value, or a dash where there is none."""
    if figures is None or not math.isfinite(figures.value):
        return "–"
    return f"{figures.value:.2f}" if figures.unit == "frames" else f"{figures.value:.3f}"


def interval(figures: Figures) -> str:
    """The 95 % interval, or a dash where there are too few videos."""
    if not math.isfinite(figures.low):
        return "–"
    digits = 1 if figures.unit == "frames" else 3
    return f"{figures.low:.{digits}f} to {figures.high:.{digits}f}"


def deviation(figures: Figures) -> str:
    """Standard deviation over models."""
    known = [value for value in figures.seeds if math.isfinite(value)]
    if len(known) < 2:
        return "–"
    mean = sum(known) / len(known)
    return f"{math.sqrt(sum((v - mean) ** 2 for v in known) / (len(known) - 1)):.3f}"
