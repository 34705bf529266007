"""Trajectories of videos through the embedding space (supplement, section 3, Figure 1)."""

import csv
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console

from inphase.applications.output_file import check_output_file
from inphase.applications.projection import PERPLEXITY, Method, Path2d, project
from inphase.atomic import replacing
from inphase.errors import ConfigError
from inphase.models import EmbeddedVideo, Embeddings
from inphase.progress import progress_bar

_PLOTS = (".png", ".svg")


@dataclass(frozen=True)
class Trajectories:
    """Where the frames of videos lie in one plane.

    Attributes:
        videos: in the order given; those added to the map come last.
        method: that made the plane.
        seed: of the plane and of the frames shown.
    """

    videos: tuple[Path2d, ...]
    method: Method
    seed: int

    def save(self, path: str | Path, *, width: int = 1600, console: Console | None = None) -> None:
        """Write the trajectories in the form that the suffix asks for, whole or not at all.

        ``.png`` and ``.svg``: a plot as Figure 1 of the supplement, a colour a video, some frames
        beside it joined to their places. ``.html``: one page, without any other file, that shows
        the frame under the pointer. ``.json`` and ``.csv``: the coordinates.

        Args:
            width: of the .png in pixels.
            console: where a progress bar goes; by default nowhere.

        Raises:
            OutputError: another suffix, one of the videos would be lost, or the place cannot be
                written.
            VideoError: a video can no longer be read.
        """
        path = Path(path)
        check_output(path, [video.path for video in self.videos])
        # Here, because drawing is slow to import and not every result is drawn.
        if path.suffix in _PLOTS:
            from inphase.applications.trajectory_plot import write_plot

            write_plot(path, self.videos, width=width, console=console)
        elif path.suffix == ".html":
            from inphase.applications.trajectory_page import write_page

            write_page(path, self.videos, title=_TITLES[self.method], console=console)
        else:
            with replacing(path) as beside:
                _WRITERS[path.suffix](beside, self)

    def to_dict(self) -> dict[str, Any]:
        """The coordinates as plain values, as the JSON file holds them.

        ``shown`` are the numbers of the frames that the plot shows.
        """
        return {
            "method": self.method,
            "seed": self.seed,
            "videos": [
                {
                    "name": video.name,
                    "file": str(video.path),
                    "added": video.added,
                    "shown": list(video.shown),
                    "times": [round(float(time), 6) for time in video.times],
                    "x": [round(float(x), 6) for x in video.points[:, 0]],
                    "y": [round(float(y), 6) for y in video.points[:, 1]],
                }
                for video in self.videos
            ],
        }


def trajectories(
    embeddings: Embeddings | Sequence[EmbeddedVideo],
    *,
    added: Embeddings | Sequence[EmbeddedVideo] = (),
    method: Method = "tsne",
    perplexity: float = PERPLEXITY,
    frames: int = 2,
    seed: int = 0,
    console: Console | None = None,
) -> Trajectories:
    """Lay the frames of videos out in one plane, so that one sees how each runs through the action.

    Source: Dwibedi et al., "Temporal Cycle-Consistency Learning", supplement, section 3.

    Args:
        embeddings: of the videos that shape the map, as :func:`inphase.embed` gives them.
        added: of videos that are placed in that map and leave it as it is; not with ``tsne``.
        method: ``tsne``, ``pca``, or ``umap`` or ``opentsne`` where they are installed.
        perplexity: how many frames count as near (t-SNE, UMAP).
        frames: how many random frames of each video the plot shows.
        seed: of the plane and of the frames shown: the same seed, the same picture.
        console: where a progress bar goes; by default nowhere.

    Raises:
        ConfigError: the method is unknown, is not installed, or cannot add.
        ModelError: embeddings are not finite, or all the same.
        VideoError: the videos have fewer than four frames in all.
    """
    base, extra = list(embeddings), list(added)
    if not base:
        raise ConfigError("No video was given.")
    if frames < 0:
        raise ConfigError(f"{frames} frames of a video cannot be shown; give 0 or more.")
    with progress_bar("Laying out", 1, console=console) as bar:
        placed = project(
            np.concatenate([video.embeddings for video in base]),
            added=np.concatenate([video.embeddings for video in extra]) if extra else None,
            method=method,
            perplexity=perplexity,
            seed=seed,
        )
        bar.advance(1)
    ends = np.cumsum([len(video.times) for video in base + extra])[:-1]
    points = np.split(np.concatenate(placed), ends)
    draw = np.random.default_rng(seed)
    return Trajectories(
        tuple(
            Path2d(
                video.name,
                video.path,
                video.times,
                part,
                _drawn(draw, len(video.times), frames),
                index >= len(base),
            )
            for index, (video, part) in enumerate(zip(base + extra, points, strict=True))
        ),
        method,
        seed,
    )


def check_output(path: str | Path, sources: Iterable[Path]) -> None:
    """Refuse what :meth:`Trajectories.save` cannot or must not write, before minutes of work.

    Args:
        path: to be written.
        sources: the videos.

    Raises:
        OutputError: another suffix, or one of the videos would be lost.
    """
    check_output_file(path, sources, suffixes=[*_PLOTS, ".html", *_WRITERS])


def _drawn(draw: np.random.Generator, frames: int, count: int) -> tuple[int, ...]:
    chosen = draw.choice(frames, size=min(count, frames), replace=False)
    return tuple(sorted(int(frame) for frame in chosen))


def _write_json(path: Path, result: Trajectories) -> None:
    text = json.dumps(result.to_dict(), ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")


def _write_csv(path: Path, result: Trajectories) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["video", "frame", "time", "x", "y"])
        for video in result.videos:
            for frame, (time, (x, y)) in enumerate(zip(video.times, video.points, strict=True)):
                writer.writerow([video.name, frame, f"{time:.6f}", f"{x:.6f}", f"{y:.6f}"])


_WRITERS: Mapping[str, Callable[[Path, Trajectories], None]] = {
    ".json": _write_json,
    ".csv": _write_csv,
}
_TITLES: Mapping[str, str] = {
    "tsne": "t-SNE", "opentsne": "t-SNE", "pca": "PCA", "umap": "UMAP",
}  # fmt: skip
