"""The map of all frames of a collection in a plane."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inphase.applications.trajectory.projection import project
from inphase.models import EmbeddedVideo
from inphase.viewer.videos import ViewedCollection

# t-SNE of this many frames takes about ten seconds. If there are more, every k-th frame is
# projected, and those between are placed on the line from one to the next.
_MOST_FRAMES = 4000
_DECIMALS = 4


def lay_out(videos: Sequence[EmbeddedVideo]) -> tuple[str, list[NDArray[np.float64]]]:
    """Project all frames to a plane: the name of the method, and (frames, 2) for each video.

    Uses t-SNE, or PCA for collections too small for it.

    Raises:
        InphaseError: there are too few embeddings, or they are all the same.
    """
    step = max(1, -(-sum(len(video.times) for video in videos) // _MOST_FRAMES))
    chosen = [_every(len(video.times), step) for video in videos]
    embeddings = np.concatenate([v.embeddings[f] for v, f in zip(videos, chosen, strict=True)])
    method = "tsne" if len(embeddings) > 10 else "pca"
    placed, _ = project(embeddings, method=method)  # type: ignore[arg-type]
    parts = np.split(placed, np.cumsum([len(frames) for frames in chosen])[:-1])
    between = [
        np.stack([np.interp(np.arange(len(v.times)), f, part[:, axis]) for axis in (0, 1)], axis=1)
        for v, f, part in zip(videos, chosen, parts, strict=True)
    ]
    return {"tsne": "t-SNE", "pca": "PCA"}[method], between


def map_document(viewed: ViewedCollection) -> dict[str, Any]:
    """`map.json`.

    Raises:
        InphaseError: there are too few embeddings, or they are all the same.
    """
    method, points = lay_out([video.embedded for video in viewed.videos])
    return {
        "method": method,
        "points": {
            video.id: np.round(part, _DECIMALS).tolist()
            for video, part in zip(viewed.videos, points, strict=True)
        },
    }


def _every(frames: int, step: int) -> NDArray[np.int64]:
    chosen = np.arange(0, frames, step)
    return chosen if chosen[-1] == frames - 1 else np.append(chosen, frames - 1)
