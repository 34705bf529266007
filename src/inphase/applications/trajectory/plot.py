"""Trajectories as a plot: a map in the middle, and frames on both sides joined to their points."""

from collections.abc import Sequence
from colorsys import hsv_to_rgb
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import ConnectionPatch
from numpy.typing import NDArray
from PIL import Image
from rich.console import Console

from inphase.applications.trajectory.result import Path2d
from inphase.progress import Bar, progress_bar
from inphase.results.figures import save_figure
from inphase.results.texts import shortened
from inphase.video import VideoReader

# Okabe and Ito's palette without its yellow: safe for colour blindness, on light and dark.
_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8c6d46", "#7f7f7f")
_MAP_WIDTH, _SMALLEST_MAP = 6.0, 5.4  # inches
_SMALLEST_FRAME, _LARGEST_FRAME, _TALL = 0.5, 1.3, 10.0  # inches
_GAP = 0.16  # inches
_PIXELS = 240
_LONGEST_NAME = 28


@dataclass(frozen=True)
class _Frame:
    picture: Image.Image
    colour: str
    place: tuple[float, float]
    time: float


def colours(count: int) -> list[str]:
    """This many colours as `#rrggbb`, as different from each other as possible."""
    if count <= len(_COLOURS):
        return list(_COLOURS[:count])
    return [to_hex(hsv_to_rgb(i / count, 0.85, 0.55 + 0.3 * (i % 2))) for i in range(count)]


def write_plot(
    path: Path, videos: Sequence[Path2d], *, width: int, console: Console | None = None
) -> None:
    """Write `.png` or `.svg`, whole or not at all.

    Args:
        width: of the .png, in pixels.

    Raises:
        OutputError: the file cannot be written.
        VideoError: a video cannot be read.
    """
    tints = colours(len(videos))
    with progress_bar("Drawing", sum(len(v.shown) for v in videos), console=console) as bar:
        frames = [
            frame
            for video, tint in zip(videos, tints, strict=True)
            for frame in _read(video, tint, bar)
        ]
    save_figure(path, _drawn(videos, tints, frames), width=width)


def _drawn(videos: Sequence[Path2d], tints: Sequence[str], frames: Sequence[_Frame]) -> Figure:
    # Frames of the left half of the map go on the left, top to bottom, so that few lines cross.
    across = sorted(frames, key=lambda frame: frame.place[0])
    halves = across[: len(across) // 2], across[len(across) // 2 :]
    sides = [sorted(half, key=lambda frame: -frame.place[1]) for half in halves]
    rows = max(len(side) for side in sides)
    cell = min(_LARGEST_FRAME, max(_SMALLEST_FRAME, _TALL / max(rows, 1)))
    widest = max((f.picture.width / f.picture.height for f in frames), default=0.0)
    column = cell * widest + 2 * _GAP if rows else _GAP
    high = max(_SMALLEST_MAP, rows * (cell + _GAP + 0.1))
    breadth = max(_MAP_WIDTH, 0.9 * high)
    wide = breadth + 2 * column
    names = [
        shortened(video.name, _LONGEST_NAME) + (" (added)" if video.added else "")
        for video in videos
    ]
    names += ["first frame", "last frame"]
    columns = max(1, int(wide / (0.75 + 0.075 * max(map(len, names)))))
    legend = 0.2 * -(-len(names) // columns) + 0.25
    height = high + legend
    figure = Figure(figsize=(wide, height))
    FigureCanvasAgg(figure)
    box = (
        column / wide, (legend + _GAP) / height,
        breadth / wide, (height - legend - 2 * _GAP) / height,
    )  # fmt: skip
    axes = figure.add_axes(box)
    axes.set(xticks=[], yticks=[], aspect="equal", adjustable="datalim")
    axes.set_anchor("C")
    for spine in axes.spines.values():
        spine.set_color("#cccccc")
    for video, tint in zip(videos, tints, strict=True):
        _trace(axes, video, tint)
    for index, side in enumerate(sides):
        step = (height - legend) / max(len(side), 1)
        for row, frame in enumerate(side):
            middle = height - step * (row + 0.5)
            _beside(figure, axes, frame, cell=cell, middle=middle, right=index == 1)
    _name(figure, names, tints, columns=columns)
    return figure


def _trace(axes: Axes, video: Path2d, tint: str) -> None:
    x, y = video.points.T
    style = "--" if video.added else "-"
    axes.plot(x, y, style, color=tint, linewidth=0.8, alpha=0.45, zorder=2)
    axes.plot(x, y, "o", color=tint, markersize=3, markeredgewidth=0, alpha=0.8, zorder=3)
    edge = {"markeredgecolor": "white", "markeredgewidth": 0.8, "zorder": 4}
    axes.plot(x[:1], y[:1], "^", color=tint, markersize=9, **edge)  # type: ignore[arg-type]
    axes.plot(x[-1:], y[-1:], "s", color=tint, markersize=8, **edge)  # type: ignore[arg-type]


def _beside(
    figure: Figure, axes: Axes, frame: _Frame, *, cell: float, middle: float, right: bool
) -> None:
    """Put a frame next to the map, framed in the video's colour, and join it to its point."""
    wide, height = figure.get_size_inches()
    width = cell * frame.picture.width / frame.picture.height
    left = wide - _GAP - width if right else _GAP
    box = (left / wide, (middle - cell / 2) / height, width / wide, cell / height)
    place = figure.add_axes(box, zorder=5)
    place.imshow(np.asarray(frame.picture), aspect="auto")
    place.set(xticks=[], yticks=[])
    for spine in place.spines.values():
        spine.set(color=frame.colour, linewidth=3)
    place.text(
        0.03, 0.04, f"{frame.time:.2f} s", transform=place.transAxes, fontsize=7, color="white",
        bbox={"facecolor": "#000000", "alpha": 0.6, "pad": 1.5, "linewidth": 0},
    )  # fmt: skip
    line = ConnectionPatch(
        (0.0 if right else 1.0, 0.5), frame.place, place.transAxes, axes.transData,
        color=frame.colour, linewidth=1.1, alpha=0.9, zorder=4,
    )  # fmt: skip
    figure.add_artist(line)
    axes.plot(
        *frame.place, "o", color=frame.colour, markersize=9,
        markeredgecolor="black", markeredgewidth=1, zorder=6,
    )  # fmt: skip


def _name(figure: Figure, names: Sequence[str], tints: Sequence[str], *, columns: int) -> None:
    lines = [Line2D([], [], color=tint, marker="o", markersize=5) for tint in tints]
    lines += [
        Line2D([], [], color="#777777", marker=marker, linestyle="", markersize=7)
        for marker in "^s"
    ]
    legend = figure.legend(
        lines, ["-"] * len(lines), loc="lower center", ncols=min(len(lines), columns),
        frameon=False, fontsize=8,
    )  # fmt: skip
    # Set afterwards: a legend drops names that start with _ and reads $ as mathematics.
    for text, name in zip(legend.get_texts(), names, strict=True):
        text.set_parse_math(False)
        text.set_text(name)


def _read(video: Path2d, tint: str, bar: Bar) -> list[_Frame]:
    frames = []
    with VideoReader(video.path) as reader:
        for index, pixels in zip(video.shown, reader.frames(video.shown), strict=True):
            picture = fitted(pixels, _PIXELS)
            x, y = video.points[index]
            frames.append(_Frame(picture, tint, (float(x), float(y)), float(video.times[index])))
            bar.advance(1)
    return frames


def fitted(pixels: NDArray[np.uint8], height: int) -> Image.Image:
    """A frame (H, W, 3) scaled to that height."""
    image = Image.fromarray(np.ascontiguousarray(pixels))
    width = max(1, round(image.width * height / image.height))
    return image.resize((width, height), Image.Resampling.LANCZOS)
