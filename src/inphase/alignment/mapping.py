"""From a path, or plain distances, to one query frame for each reference frame."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from inphase.alignment.dtw import WarpingPath
from inphase.errors import AlignmentError


def frame_mapping(path: WarpingPath, n_reference: int) -> NDArray[np.int64]:
    """Choose for each reference frame the median of the query frames it is matched to.

    Args:
        path: a warping path (of two middle frames the earlier counts).
        n_reference: number of reference frames.

    Returns:
        (n_reference,) query frames, never decreasing; −1 for frames before the begin and after
        the end of a path with open ends.

    Raises:
        AlignmentError: the path does not go forward, or leaves the reference's frames.
    """
    steps = np.diff(path.reference), np.diff(path.query)
    if len(path.reference) == 0 or any((step < 0).any() or (step > 1).any() for step in steps):
        raise AlignmentError("A mapping needs a warping path that goes forward frame by frame.")
    if path.reference[0] < 0 or path.reference[-1] >= n_reference:
        raise AlignmentError(
            f"The path reaches reference frame {path.reference[-1]} of {n_reference}."
        )
    mapping = np.full(n_reference, -1, dtype=np.int64)
    frames, starts = np.unique(path.reference, return_index=True)
    ends = np.append(starts[1:], len(path.reference)) - 1
    # A frame's matches are consecutive, so their median is the middle of the first and last.
    mapping[frames] = (path.query[starts] + path.query[ends]) // 2
    return mapping


def nearest_neighbours(distances: ArrayLike) -> NDArray[np.int64]:
    """Choose for each reference frame the nearest query frame, whatever its neighbours choose.

    Args:
        distances: (reference frames, query frames), finite.

    Returns:
        (reference frames,) query frames, the earliest of equally near ones; need not be in order.

    Raises:
        AlignmentError: ``distances`` is empty or not finite.
    """
    matrix = np.asarray(distances)
    if matrix.ndim != 2 or matrix.size == 0:
        raise AlignmentError(
            f"Distances must be (reference frames, query frames), not {matrix.shape}."
        )
    if not np.isfinite(matrix).all():
        raise AlignmentError("The distances are not all finite numbers.")
    nearest: NDArray[np.int64] = matrix.argmin(axis=1).astype(np.int64)
    return nearest


def match_confidence(
    distances: NDArray[np.float32], mapping: NDArray[np.int64]
) -> NDArray[np.float32]:
    """How much nearer each reference frame's match is than the query's frames at large.

    1 − (distance of the match) / (mean distance to all query frames), not below 0. It is near 1
    where the match is far nearer than the rest; and near 0 where nothing in the query looks like
    this frame, where the path was forced elsewhere, and where all of the query looks alike, so
    that its time cannot be told. Any unit of distance gives the same.

    Args:
        distances: (reference frames, query frames), none negative.
        mapping: (reference frames,) query frames, −1 for none.

    Returns:
        (reference frames,) in 0..1; 0 where there is no match.
    """
    mean = distances.mean(axis=1, dtype=np.float64)
    matched = distances[np.arange(len(distances)), np.maximum(mapping, 0)]
    share = np.divide(matched, mean, out=np.ones_like(mean), where=mean > 0)
    confidence = np.clip(1.0 - share, 0.0, 1.0)
    return np.where(mapping >= 0, confidence, 0.0).astype(np.float32)


def filled(mapping: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give frames without a match (−1), which open ends leave, that of the nearest with one.

    Args:
        mapping: (frames,) matches; where none has one, it is returned as it is.
    """
    matched = np.flatnonzero(mapping >= 0)
    if len(matched) in (0, len(mapping)):
        return mapping
    after = np.searchsorted(matched, np.arange(len(mapping))).clip(max=len(matched) - 1)
    before = np.maximum(after - 1, 0)
    frames = np.arange(len(mapping))
    nearer = np.abs(matched[before] - frames) <= np.abs(matched[after] - frames)
    sources: NDArray[np.intp] = np.where(nearer, matched[before], matched[after])
    return np.take(mapping, sources)
