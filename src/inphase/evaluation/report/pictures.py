"""The pictures of a report, as PNG and JPEG bytes."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray
from PIL import Image

from inphase.alignment import AlignmentOptions, align
from inphase.alignment.distances import distance_named
from inphase.evaluation.pairs import EventErrors
from inphase.evaluation.videos import ScoredVideo
from inphase.video import VideoReader

_DPI = 110
# Frames of a video, of which a matrix shows every n-th.
_MOST_POINTS = 2000
_MODEL, _BESIDE, _TRUE = "#2f6db5", "#b8b8b8", "#d1341f"
_FRAME_HEIGHT = 150


@dataclass(frozen=True)
class EventCase:
    """A key event that was transferred from one video to another.

    Attributes:
        reference: index of the video it comes from.
        query: index of the video it was transferred to.
        event: index of the event.
        share: its error as a fraction of the query's length.
    """

    reference: int
    query: int
    event: int
    share: float


def telling_pairs(errors: EventErrors) -> dict[str, tuple[int, int]]:
    """The pairs with the smallest, the median and the largest mean event error."""
    known = np.isfinite(errors.share)
    counts = known.sum(axis=2)
    sums = np.where(known, errors.share, 0.0).sum(axis=2)
    pairs = np.argwhere(counts > 0)
    if len(pairs) == 0:
        return {}
    means = sums[tuple(pairs.T)] / counts[tuple(pairs.T)]
    order = np.argsort(means, kind="stable")
    chosen = {"best": order[0], "median": order[len(order) // 2], "worst": order[-1]}
    return {name: (int(pairs[k][0]), int(pairs[k][1])) for name, k in chosen.items()}


def worst_cases(errors: EventErrors, *, count: int) -> list[EventCase]:
    """The largest errors, at most one per query, so that one odd video does not fill the list."""
    cases = [
        EventCase(int(i), int(j), int(e), float(errors.share[i, j, e]))
        for i, j, e in np.argwhere(np.isfinite(errors.share))
    ]
    chosen: dict[int, EventCase] = {}
    for case in sorted(cases, key=lambda case: -case.share):
        chosen.setdefault(case.query, case)
    return list(chosen.values())[:count]


def draw_cost_matrix(
    reference: ScoredVideo,
    query: ScoredVideo,
    *,
    events: Sequence[str],
    options: AlignmentOptions = AlignmentOptions(),
) -> bytes:
    """Draw the distances between all frames of two videos, the path, and where events meet."""
    # More points than the picture has would only take memory.
    step = 1 + max(len(reference.times), len(query.times)) // _MOST_POINTS
    distances = distance_named(options.distance)(
        reference.embeddings[::step], query.embeddings[::step]
    )
    path = align(reference.embeddings, query.embeddings, options).path
    figure = Figure(figsize=(3.7, 3.3), dpi=_DPI, layout="constrained")
    axes = figure.add_subplot()
    # The square root, because squares make all but the farthest frames dark.
    shown = np.sqrt(distances) if options.distance == "squared_euclidean" else distances
    extent = (-0.5, step * len(shown) - 0.5, -0.5, step * shown.shape[1] - 0.5)
    picture = axes.imshow(shown.T, origin="lower", aspect="auto", cmap="viridis", extent=extent)
    axes.plot(path.reference, path.query, color="white", linewidth=2.5)
    axes.plot(path.reference, path.query, color="black", linewidth=1)
    for name, i, j in zip(events, reference.event_frames, query.event_frames, strict=True):
        if i >= 0 and j >= 0:
            axes.plot(i, j, "o", color=_TRUE, markeredgecolor="white", markersize=7)
            right = i > 0.55 * len(reference.times)
            axes.annotate(
                name,
                (i, j),
                xytext=(-7 if right else 7, -9),
                textcoords="offset points",
                ha="right" if right else "left",
                color="white",
                fontsize=7,
            ).set_in_layout(False)
    axes.set_xlabel(f"{reference.name}: frame", fontsize=8)
    axes.set_ylabel(f"{query.name}: frame", fontsize=8)
    axes.tick_params(labelsize=7)
    figure.colorbar(picture, ax=axes, shrink=0.8).ax.tick_params(labelsize=6)
    return _png(figure)


def draw_error_histograms(
    model: EventErrors, stretch: EventErrors, *, events: Sequence[str]
) -> bytes:
    """Draw a histogram of errors for each event, with time-stretching in the background."""
    columns = 2 if len(events) == 4 else min(3, len(events))
    rows = -(-len(events) // columns)
    figure = Figure(figsize=(3.4 * columns, 2.5 * rows), dpi=_DPI, layout="constrained")
    largest = max(_largest(model.share), _largest(stretch.share), 1e-3)
    bins = np.linspace(0, largest, 31).tolist()
    for event, name in enumerate(events):
        axes = figure.add_subplot(rows, columns, event + 1)
        for errors, colour, label in (
            (stretch, _BESIDE, "time-stretching"),
            (model, _MODEL, "model"),
        ):
            values = errors.share[:, :, event]
            values = values[np.isfinite(values)]
            axes.hist(values, bins=bins, color=colour, alpha=0.75, label=label)
            if len(values):
                axes.axvline(float(values.mean()), color=colour, linestyle="--", linewidth=1.2)
        axes.set_title(name, fontsize=9)
        _label(axes, "error, share of the length", "pairs")
        if event == 0:
            axes.legend(fontsize=7)
    return _png(figure)


def draw_training_curve(metrics: Path) -> bytes | None:
    """Plot the loss of each step from a run's metrics.csv, and that of constant embeddings."""
    steps, losses, collapsed = [], [], []
    with metrics.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            try:
                values = int(row["step"]), float(row["loss"]), float(row["collapsed_loss"])
            except (KeyError, TypeError, ValueError):
                continue
            steps.append(values[0])
            losses.append(values[1])
            collapsed.append(values[2])
    if len(steps) < 2:
        return None
    figure = Figure(figsize=(6.2, 2.6), dpi=_DPI, layout="constrained")
    axes = figure.add_subplot()
    axes.plot(steps, losses, color=_MODEL, alpha=0.35, linewidth=0.8, label="each step")
    width = max(1, min(25, len(losses) // 4))
    smooth = np.convolve(losses, np.ones(width) / width, mode="valid")
    axes.plot(steps[width - 1 :], smooth, color=_MODEL, label=f"mean of {width} steps")
    axes.plot(steps, collapsed, color=_TRUE, linestyle=":", label="constant embeddings")
    _label(axes, "step", "loss")
    axes.legend(fontsize=7)
    return _png(figure)


def read_frames(path: Path, frames: Sequence[int]) -> list[bytes]:
    """JPEGs of some frames of a video, in the order given, keeping the aspect ratio."""
    with VideoReader(path) as whole:
        width, height = whole.size
    scale = min(1.0, _FRAME_HEIGHT / height)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    with VideoReader(path, size=size) as reader:
        return [_jpeg(reader[frame]) for frame in frames]


def _label(axes: Axes, x: str, y: str) -> None:
    axes.set_xlabel(x, fontsize=8)
    axes.set_ylabel(y, fontsize=8)
    axes.tick_params(labelsize=7)


def _largest(values: NDArray[np.float64]) -> float:
    known = values[np.isfinite(values)]
    return float(known.max()) if len(known) else 0.0


def _png(figure: Figure) -> bytes:
    file = io.BytesIO()
    figure.savefig(file, format="png")
    return file.getvalue()


def _jpeg(frame: NDArray[np.uint8]) -> bytes:
    file = io.BytesIO()
    Image.fromarray(frame).save(file, format="JPEG", quality=82)
    return file.getvalue()
