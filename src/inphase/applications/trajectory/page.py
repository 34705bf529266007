"""Trajectories as a self-contained page that shows the frame under the pointer."""

import base64
import io
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import Any

import jinja2
import numpy as np
from numpy.typing import NDArray
from rich.console import Console

from inphase.applications.trajectory.plot import colours, fitted
from inphase.applications.trajectory.result import Path2d
from inphase.atomic import write_text
from inphase.progress import Bar, progress_bar
from inphase.video import VideoReader

_HEIGHT = 150  # pixels
_QUALITY = 70
# About 4 KB each: a page of more than about 10 MB is slow to open.
_MOST_PICTURES = 2400
_SPAN = 1000.0


def write_page(
    path: Path, videos: Sequence[Path2d], *, title: str, console: Console | None = None
) -> None:
    """Write `.html`, whole or not at all.

    If there are very many frames, only some have their own picture; the others show the nearest
    picture of their video, and say so.

    Args:
        title: name of the projection.

    Raises:
        OutputError: the file cannot be written.
        VideoError: a video cannot be read.
    """
    step = -(-sum(len(video.times) for video in videos) // _MOST_PICTURES)
    pictured = [np.arange(0, len(video.times), step) for video in videos]
    tints = colours(len(videos))
    places = _square([video.points for video in videos])
    with progress_bar("Drawing", sum(map(len, pictured)), console=console) as bar:
        data: list[dict[str, Any]] = [
            {
                "name": video.name,
                "added": video.added,
                "colour": tint,
                "points": np.round(place, 2).tolist(),
                "times": np.round(video.times, 3).tolist(),
                "step": step,
                "shown": list(video.shown),
                "frames": _pictures(video, frames, bar),
            }
            for video, tint, place, frames in zip(videos, tints, places, pictured, strict=True)
        ]
    text = resources.files(__package__).joinpath("page.html").read_text("utf-8")
    environment = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    page = environment.from_string(text).render(videos=data, title=title, span=_SPAN)
    write_text(path, page)


def _square(points: Sequence[NDArray[np.float64]]) -> list[NDArray[np.float64]]:
    """The points scaled into a square of page coordinates, y downwards, keeping proportions."""
    everything = np.concatenate(points)
    low, high = everything.min(axis=0), everything.max(axis=0)
    scale = _SPAN / max(float((high - low).max()), 1e-12)
    centre = (low + high) / 2
    return [(part - centre) * (scale, -scale) + _SPAN / 2 for part in points]


def _pictures(video: Path2d, frames: NDArray[np.int64], bar: Bar) -> list[str]:
    pictures = []
    with VideoReader(video.path) as reader:
        for pixels in reader.frames(int(frame) for frame in frames):
            picture = io.BytesIO()
            fitted(pixels, _HEIGHT).save(picture, "jpeg", quality=_QUALITY)
            code = base64.b64encode(picture.getvalue()).decode()
            pictures.append(f"data:image/jpeg;base64,{code}")
            bar.advance(1)
    return pictures
