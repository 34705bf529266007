"""The alignment of two videos from their embeddings."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from inphase.alignment.dtw import WarpingPath, warping_path
from inphase.alignment.mapping import confidence_in, frame_mapping, nearest_in
from inphase.alignment.options import AlignmentOptions
from inphase.alignment.sources import Matrix, Tiles, distances_between, enough_memory
from inphase.alignment.straight import staircase, straightened
from inphase.errors import AlignmentError


@dataclass(frozen=True)
class Alignment:
    """The query frame of each reference frame.

    Attributes:
        query_frames: (reference frames,) −1 if an open alignment has none.
        confidence: (reference frames,) in 0..1, see `match_confidence`; 1 at an anchor.
        cost: sum of the distances along the path.
        path: all pairs of frames that were matched.
    """

    query_frames: NDArray[np.int64]
    confidence: NDArray[np.float32]
    cost: float
    path: WarpingPath


def align(
    reference_embeddings: ArrayLike,
    query_embeddings: ArrayLike,
    options: AlignmentOptions = AlignmentOptions(),
    *,
    anchors: Sequence[tuple[int, int]] = (),
    pace: float = 1.0,
) -> Alignment:
    """Align a query with a reference.

    The distances of long videos are computed a strip at a time, more than once, so that the memory
    grows with the sum of their lengths (times the root of the reference's), not with the product.

    Args:
        reference_embeddings: (n, dims) of the reference's frames.
        query_embeddings: (m, dims) of the query's frames.
        options: distance, method and limits.
        anchors: pairs (reference frame, query frame) that are known to match, increasing in both:
            the path passes through them, and each anchor is the match of its reference frame.
            Between anchors where nothing looks alike, the line from anchor to anchor is the match
            (docs/studies/anchors.md).
        pace: query frames per reference frame at real speed, for such lines beyond the anchors.

    Raises:
        AlignmentError: an input is empty or not finite, the dimensions differ, an option is out
            of range or does not fit the method, the anchors are outside the videos or do not
            increase, or no path stays within the limits.
    """
    if options.method not in ("dtw", "nearest"):
        raise AlignmentError(f"method must be dtw or nearest, not {options.method}.")
    is_nearest = options.method == "nearest"
    if is_nearest and options.changed().keys() - {"distance", "method"}:
        raise AlignmentError("Nearest neighbours take no window, max_slope or open ends: use dtw.")
    if is_nearest and len(anchors):
        raise AlignmentError("Nearest neighbours do not follow a path through anchors: use dtw.")
    with enough_memory(reference_embeddings, query_embeddings):
        return _aligned(
            distances_between(options.distance, reference_embeddings, query_embeddings),
            options,
            anchors,
            pace,
        )


def _aligned(
    source: Matrix | Tiles,
    options: AlignmentOptions,
    anchors: Sequence[tuple[int, int]],
    pace: float,
) -> Alignment:
    if options.method == "nearest":
        query = nearest_in(source)
        frames = np.arange(len(query))
        cost = float(source.at(frames, query).sum(dtype=np.float64))
        path = WarpingPath(reference=frames, query=query, cost=cost)
    else:
        path = warping_path(
            source,
            window=options.window,
            max_slope=options.max_slope,
            open_begin=options.open_begin,
            open_end=options.open_end,
            open_in=options.open_in,
            anchors=anchors,
        )
        query = frame_mapping(path, source.shape[0])
    confidence = confidence_in(source, query)
    if len(anchors):
        frames = straightened(
            query,
            confidence,
            source.shape[1],
            anchors,
            pace=pace,
            open_ends=(options.open_begin, options.open_end),
        )
        if (frames != query).any():
            query, confidence = frames, confidence_in(source, frames)
            rows, columns = staircase(query)
            cost = float(source.at(rows, columns).sum(dtype=np.float64))
            path = WarpingPath(reference=rows, query=columns, cost=cost)
    for reference_frame, query_frame in anchors:
        # If the path waits at this reference frame, the middle of the wait is another query frame.
        query[reference_frame] = query_frame
        confidence[reference_frame] = 1.0
    return Alignment(
        query_frames=query,
        confidence=confidence,
        cost=path.cost,
        path=path,
    )
