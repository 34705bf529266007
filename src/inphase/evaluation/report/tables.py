"""An evaluation as tables for the terminal."""

import math
from collections.abc import Iterable, Iterator

from rich import box
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from inphase.evaluation.comparison import Comparison
from inphase.evaluation.result import MODEL, NEAREST, STRETCH, Evaluation, Figures

# The scores shown for other methods than the model, with a short heading.
SHORTCUT_KEYS = {
    "event_error_share": "event error",
    "tau_b": "τ-b",
    "phase_accuracy_100": "phase accuracy",
    "progression_r2": "progression R²",
}
BESIDE = (STRETCH, "untrained features", "frame number", "frame number / length")
SHORTCUTS = ("trimmed start", "frozen video", "shuffled frames")


def tables(evaluation: Evaluation) -> Iterator[Table | Text]:
    """The scores, the baselines, each event, each action, and the warnings."""
    yield score_table(evaluation)
    yield beside_table(evaluation)
    if evaluation.per_event:
        yield event_table(evaluation)
    if evaluation.per_action:
        yield action_table(evaluation)
    yield from warned(evaluation.warnings)


def warned(warnings: Iterable[str]) -> Iterator[Text]:
    """Each warning as a coloured line."""
    for warning in warnings:
        yield Text.assemble(("Warning: ", "yellow"), warning)


def score_table(evaluation: Evaluation) -> Table:
    """One row per score: the model's value and interval, and the untrained base network's value."""
    seeds = len(evaluation.models)
    caption = "95 %: bootstrap over groups of test videos"
    if seeds > 1:
        caption += f"; mean of {seeds} models, ± their standard deviation"
    title = f"{escape(evaluation.source)}: {len(evaluation.test)} test videos"
    table = _table("score", title, caption)
    table.add_column("model", justify="right")
    if seeds > 1:
        table.add_column("±", justify="right")
    table.add_column("95 %", justify="right", no_wrap=True)
    untrained = evaluation.figures.get("untrained features", {})
    table.add_column("untrained", justify="right")
    for key, figures in evaluation.figures[MODEL].items():
        spread = [deviation(figures)] if seeds > 1 else []
        value = f"[bold]{number(figures)}[/bold]"
        row = [value, *spread, interval(figures), number(untrained.get(key))]
        table.add_row(label(figures), *row)
    return table


def beside_table(evaluation: Evaluation) -> Table:
    """The model, the model on videos that hide the time, and the baselines."""
    keys = shortcut_keys(evaluation)
    table = _table(
        "method", "Position shortcuts", "if a frozen video scores, the model learned the clock"
    )
    for key in keys:
        table.add_column(SHORTCUT_KEYS[key], justify="right")
    for method in (MODEL, *beside(evaluation)):
        figures = evaluation.figures[method]
        table.add_row(method, *(number(figures.get(key)) for key in keys))
    return table


def beside(evaluation: Evaluation) -> list[str]:
    """The methods beside the model: videos that hide the time, and the baselines."""
    return [name for name in (*SHORTCUTS, *BESIDE) if name in evaluation.figures]


def shortcut_keys(evaluation: Evaluation) -> list[str]:
    """The `SHORTCUT_KEYS` that the labels allow."""
    return [key for key in SHORTCUT_KEYS if key in evaluation.scores]


def event_table(evaluation: Evaluation) -> Table:
    """Errors of each key event, compared with time-stretching."""
    table = _table("key event", "Event alignment error, as a share of the length")
    for name in ("DTW", "95 %", "frames", "s", "nearest", "stretched"):
        table.add_column(name, justify="right", no_wrap=name == "95 %")
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
    keys = shortcut_keys(evaluation)
    table = _table("action", "Each action")
    for key in keys:
        table.add_column(SHORTCUT_KEYS[key], justify="right")
    for action, scores in evaluation.action_figures.items():
        table.add_row(escape(action), *(number(scores.get(key)) for key in keys))
    return table


def comparison_table(comparison: Comparison) -> Table:
    """Every score of every run, and the differences to the first with their 95 % interval."""
    letters = [chr(ord("A") + index) for index in range(len(comparison.runs))]
    legend = "\n".join(
        f"{a}: {escape(run)}" for a, run in zip(letters, comparison.runs, strict=True)
    )
    counts = f"{comparison.videos} test videos, {comparison.groups} independent groups"
    title = f"{escape(comparison.labels)}: {counts}\n{legend}"
    caption = "95 % interval and p: paired bootstrap over groups of test videos"
    if len(letters) > 2:
        caption += "; p by Holm's method for the number of runs"
    table = _table("score", title, caption)
    table.add_column("A", justify="right")
    for letter in letters[1:]:
        table.add_column(letter, justify="right")
        table.add_column(f"{letter} − A", justify="right", no_wrap=True)
        table.add_column("p", justify="right")
    for score in comparison.scores:
        digits = 2 if score.unit == "frames" else 3
        cells = [f"{score.values[0]:.{digits}f}"]
        for index, difference in enumerate(score.differences, start=1):
            style = {True: "green", False: "red", None: "default"}[score.better(index)]
            told, p = f"[{style}]{difference.difference:+.{digits}f}[/]", "–"
            if math.isfinite(difference.low):
                told += f" ({difference.low:.{digits}f} to {difference.high:.{digits}f})"
            if math.isfinite(difference.p):
                p = f"{score.p_holm[index - 1]:.3f}"
            cells += [f"{score.values[index]:.{digits}f}", told, p]
        table.add_row(score.title + (f" ({score.unit})" if score.unit else ""), *cells)
    return table


def _table(first: str, title: str, caption: str | None = None) -> Table:
    # Narrow enough for eighty columns.
    table = Table(title=title, caption=caption, box=box.SIMPLE_HEAD, title_justify="left")
    table.add_column(first, overflow="fold")
    return table


def label(figures: Figures) -> str:
    """Title and unit."""
    return figures.title + (f" ({figures.unit})" if figures.unit else "")


def number(figures: Figures | None) -> str:
    """The value, or a dash if there is none."""
    if figures is None or not math.isfinite(figures.value):
        return "–"
    return f"{figures.value:.2f}" if figures.unit == "frames" else f"{figures.value:.3f}"


def interval(figures: Figures) -> str:
    """The 95 % interval, or a dash if there are too few groups."""
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
