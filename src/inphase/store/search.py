"""Find nearest frames: exactly where that is fast, otherwise with the index."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from inphase.errors import StoreError
from inphase.store.catalogue import StoredModel
from inphase.store.table import EMBEDDING, FrameTable, StoredVideo, isin, quoted

# Below this, comparing with every frame takes tens of milliseconds and needs no index.
EXACT_BELOW = 100_000
# Frames to fetch for each one wanted, because adjacent frames have similar embeddings: a hundred
# more cost the index half a millisecond, another round several.
_SURPLUS, _LEAST = 40, 400
_ROUNDS, _GROWTH = 3, 8
_COLUMNS = ["content", "frame", "seconds", "_distance"]


@dataclass(frozen=True)
class Filter:
    """Which frames may be found.

    Attributes:
        videos: names of the videos; empty means all.
        start: earliest second in the video.
        end: latest second in the video.
        metadata: values that the video must have.
    """

    videos: Sequence[str] = ()
    start: float | None = None
    end: float | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)

    def sql(self) -> str:
        """The condition as SQL, empty if there is none."""
        terms = []
        if self.videos:
            terms.append(isin("video", self.videos))
        if self.start is not None:
            terms.append(f"seconds >= {self.start!r}")
        if self.end is not None:
            terms.append(f"seconds <= {self.end!r}")
        pairs = [f"{key}={value}" for key, value in self.metadata.items()]
        terms += [f"array_has_any(metadata, [{quoted(pair)}])" for pair in pairs]
        return " AND ".join(terms)


@dataclass(frozen=True)
class Neighbour:
    """A frame that was found.

    Attributes:
        video: the video that it belongs to.
        frame: its number, from 0.
        seconds: its time in the video.
        distance: squared Euclidean distance between its embedding and the query's.
    """

    video: StoredVideo
    frame: int
    seconds: float
    distance: float


def nearest_frames(
    table: FrameTable,
    model: StoredModel,
    videos: Mapping[str, StoredVideo],
    embedding: ArrayLike,
    *,
    k: int,
    per_video: int | None,
    without: Sequence[str] = (),
    condition: Filter | None = None,
    exact: bool | None = None,
) -> tuple[Neighbour, ...]:
    """Find the k frames nearest to an embedding.

    Args:
        videos: all videos in the table, by content.
        embedding: (dims,).
        per_video: maximum number of frames per video; None for no limit.
        without: content hashes of videos to exclude.
        condition: which frames may be found.
        exact: compare with every frame; by default only if there is no index or fewer than
            `EXACT_BELOW` frames may be found.

    Returns:
        Nearest first; fewer than k if there are not enough.

    Raises:
        StoreError: k or `per_video` is below 1, or the embedding's size is not the model's or
            its values are not finite.
    """
    vector = np.asarray(embedding, dtype=np.float32)
    if vector.shape != (model.dims,):
        raise StoreError(
            f"The query's embedding has shape {vector.shape}, the store's have "
            f"({model.dims},); both must come from the same model."
        )
    if not np.isfinite(vector).all():
        raise StoreError("The query's embedding is not all finite.")
    if k < 1 or (per_video is not None and per_video < 1):
        raise StoreError("k and the number of frames per video must be at least 1.")
    terms = [(condition or Filter()).sql()]
    if without:
        terms.append(f"NOT ({isin('content', without)})")
    where = " AND ".join(term for term in terms if term)
    possible = table.count(where)
    if exact is None:
        exact = model.index is None or possible < EXACT_BELOW
    for searched in [model] * (not exact) + [None]:
        # None: compare with all frames, also if the searched partitions held too few.
        limit = k if per_video is None else max(k * _SURPLUS, _LEAST)
        for _ in range(_ROUNDS):
            found = _search(table, searched, vector, where, min(limit, possible))
            chosen = _chosen(found, videos, k, per_video)
            if len(chosen) == k or (searched is None and limit >= possible):
                return chosen
            if limit >= possible:
                break
            limit *= _GROWTH
    found = _search(table, None, vector, where, possible)
    return _chosen(found, videos, k, per_video)


def _search(
    table: FrameTable,
    model: StoredModel | None,
    vector: NDArray[np.float32],
    where: str,
    limit: int,
) -> dict[str, list[Any]]:
    if limit == 0:
        return {column: [] for column in _COLUMNS}
    query = table.lance.search(vector, vector_column_name=EMBEDDING).limit(limit).select(_COLUMNS)
    if where:
        query = query.where(where, prefilter=True)
    if model is None or model.index is None:
        query = query.bypass_vector_index()
    else:
        query = query.nprobes(model.index.probes)
    found: dict[str, list[Any]] = query.to_arrow().to_pydict()
    return found


def _chosen(
    found: Mapping[str, Sequence[Any]],
    videos: Mapping[str, StoredVideo],
    k: int,
    per_video: int | None,
) -> tuple[Neighbour, ...]:
    taken: dict[str, int] = {}
    chosen: list[Neighbour] = []
    limit = math.inf if per_video is None else per_video
    for content, frame, seconds, distance in zip(*(found[c] for c in _COLUMNS), strict=True):
        video = videos.get(str(content))
        # Unknown: another process added it after the list of videos was read.
        if video is None or taken.get(video.content, 0) >= limit:
            continue
        taken[video.content] = taken.get(video.content, 0) + 1
        chosen.append(Neighbour(video, int(frame), float(seconds), float(distance)))
        if len(chosen) == k:
            break
    return tuple(chosen)
