"""Trajectories of videos through the embedding space (supplement, section 3, Figure 1)."""

from collections.abc import Sequence

import numpy as np
from rich.console import Console

from inphase.applications.trajectory.projection import PERPLEXITY, Method, project
from inphase.applications.trajectory.result import Path2d, Trajectories
from inphase.errors import ConfigError
from inphase.models import EmbeddedVideo, Embeddings
from inphase.progress import progress_bar


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
    """Project the frames of videos to a plane, to show how each runs through the action.

    Source: Dwibedi et al., "Temporal Cycle-Consistency Learning", supplement, section 3.

    Args:
        embeddings: of the videos that shape the map, from `inphase.embed`.
        added: of videos that are placed in that map without changing it; not with `tsne`.
        method: `tsne` or `pca`, or `umap` or `opentsne` if they are installed.
        perplexity: number of frames that count as near (t-SNE, UMAP).
        frames: number of random frames per video shown in the plot.
        seed: of the map and of the frames shown; the same seed gives the same picture.
        console: where a progress bar goes; by default nowhere.

    Raises:
        ConfigError: the method is unknown, is not installed, or cannot add videos.
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


def _drawn(draw: np.random.Generator, frames: int, count: int) -> tuple[int, ...]:
    chosen = draw.choice(frames, size=min(count, frames), replace=False)
    return tuple(sorted(int(frame) for frame in chosen))
