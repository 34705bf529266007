"""Measurements as a picture: a panel for each quantity, and the sentences above."""

import textwrap
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from inphase.applications.measurement.quantities import ANGLES, NEEDS
from inphase.applications.measurement.result import Measurements
from inphase.results.figures import save_figure
from inphase.results.texts import shortened

_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8c6d46", "#7f7f7f")
_BAND, _MARK, _QUIET = "#b8c4cc", "#222222", "#9a9a9a"
_COLUMNS, _INCHES, _PANEL = 3, 12.0, 1.9
_LEAST_DEGREES, _LEAST_LENGTHS = 30.0, 0.3
_LINE, _CHARACTERS, _MOST_LINES = 0.19, 150, 14


def png(result: Measurements, path: Path, *, width: int = 1600) -> None:
    """Plot the curves, `width` pixels wide."""
    save_figure(path, _drawn(result), width=width)


svg = png


def _drawn(result: Measurements) -> Figure:
    sentences = [line for told in result.sentences() for line in textwrap.wrap(told, _CHARACTERS)]
    if len(sentences) > _MOST_LINES:
        sentences = [*sentences[: _MOST_LINES - 1], "… more in the .json file"]
    rows = -(-len(NEEDS) // _COLUMNS)
    head = _LINE * (len(sentences) + 2) + 0.35
    height = head + rows * (_PANEL + 0.45) + 0.5
    figure = Figure(figsize=(_INCHES, height))
    FigureCanvasAgg(figure)
    for number, sentence in enumerate(sentences):
        figure.text(0.05, 1 - (_LINE * (number + 1.2)) / height, sentence, fontsize=9)
    for number, quantity in enumerate(NEEDS):
        row, column = divmod(number, _COLUMNS)
        bottom = height - head - (row + 1) * (_PANEL + 0.45) + 0.35
        place = (0.05 + column * 0.32, bottom / height, 0.275, _PANEL / height)
        _panel(figure.add_axes(place), result, quantity)
    key = f"Over the seconds of {result.reference.name}. Dotted: the match is doubtful. Bar: the "
    key += "largest difference, if it is certain."
    key += " Grey: typical values." if result.bands else ""
    figure.text(0.05, 0.15 / height, key, fontsize=8)
    lines = figure.axes[0].get_lines()
    named = [line for line in lines if not str(line.get_label()).startswith("_")]
    figure.legend(
        handles=named,
        loc="upper left",
        bbox_to_anchor=(0.04, 1 - _LINE * (len(sentences) + 0.7) / height),
        ncols=8,
        frameon=False,
        fontsize=9,
    )
    return figure


def _panel(axes: Axes, result: Measurements, quantity: str) -> None:
    seconds = result.seconds
    band = result.bands.get(quantity)
    if band is not None:
        axes.fill_between(seconds, band.low, band.high, color=_BAND, alpha=0.6, lw=0)
        axes.plot(seconds, band.median, color=_QUIET, lw=0.8)
    for number, video in enumerate(result.videos):
        colour = _COLOURS[number % len(_COLOURS)]
        # What is doubtful stays dotted; what is trusted is drawn over it.
        axes.plot(seconds, video.values[video.own(quantity)], color=colour, lw=0.9, ls=":")
        name = shortened(video.name, 24) + (" (sides swapped)" if video.mirrored else "")
        axes.plot(seconds, video.trusted(quantity, seconds), color=colour, lw=1.5, label=name)
    for name, at in result.events.items():
        axes.axvline(at, color=_MARK, lw=0.6, alpha=0.6)
        axes.annotate(name, (at, 1.0), xycoords=("data", "axes fraction"), rotation=90, fontsize=6,
                      va="top", ha="right", color=_MARK)  # fmt: skip
    _mark_most(axes, result, quantity)
    low, high = axes.get_ylim()
    short = (_LEAST_DEGREES if quantity in ANGLES else _LEAST_LENGTHS) - (high - low)
    if short > 0:  # so that noise does not look like movement
        axes.set_ylim(low - short / 2, high + short / 2)
    unit = "°" if quantity in ANGLES else "torso lengths"
    axes.set_title(f"{quantity} ({unit})", fontsize=9, loc="left")
    axes.set_xlim(seconds[0], max(seconds[-1], seconds[0] + 1e-3))
    axes.tick_params(labelsize=7)
    axes.spines[["top", "right"]].set_visible(False)
    if all(np.isnan(video.values[video.own(quantity)]).all() for video in result.videos):
        axes.text(0.5, 0.5, "hidden throughout", transform=axes.transAxes, ha="center", fontsize=8)


def _mark_most(axes: Axes, result: Measurements, quantity: str) -> None:
    """A vertical bar where a video certainly differs most from the reference."""
    for number, video in enumerate(result.videos[1:], start=1):
        for one in result.differences:
            if one.video == video.name and one.of_reference == quantity and one.certain:
                here = result.reference.values[quantity][one.frame]
                axes.plot([one.seconds] * 2, [here, here + one.amount], lw=2, alpha=0.5,
                          color=_COLOURS[number % len(_COLOURS)])  # fmt: skip
