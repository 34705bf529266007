"""From a path or plain distances to one query frame per reference frame."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from inphase.alignment.dtw import WarpingPath
from inphase.alignment.sources import Matrix, Tiles, strips
from inphase.errors import AlignmentError


def frame_mapping(path: WarpingPath, n_reference: int) -> NDArray[np.int64]:
    """For each reference frame, choose the median of the query frames it is matched to.

    Args:
        path: a warping path (the earlier of two middle frames is chosen).
        n_reference: number of reference frames.

    Returns:
        (n_reference,) query frames, never decreasing; −1 for frames before the start and after the
        end of a path with open ends.

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
    """For each reference frame, choose the nearest query frame, independently of the others.

    Args:
        distances: (reference frames, query frames), finite.

    Returns:
        (reference frames,) query frames, the earliest if several are equally near; not necessarily
        in order.

    Raises:
        AlignmentError: `distances` is empty or not finite.
    """
    matrix = np.asarray(distances)
    if matrix.ndim != 2 or matrix.size == 0:
        raise AlignmentError(
            f"Distances must be (reference frames, query frames), not {matrix.shape}."
        )
    if not np.isfinite(matrix).all():
        raise AlignmentError("The distances are not all finite numbers.")
    return nearest_in(Matrix(matrix))


def nearest_in(source: Matrix | Tiles) -> NDArray[np.int64]:
    """Like `nearest_neighbours`, of distances that need not be a matrix."""
    n, m = source.shape
    return np.concatenate([source.rows(rows, m).argmin(axis=1) for rows in strips(0, n)])


def match_confidence(
    distances: NDArray[np.float32], mapping: NDArray[np.int64]
) -> NDArray[np.float32]:
    """How much nearer each reference frame's match is than the query's frames on average.

    1 − (distance of the match) / (mean distance to all query frames), not below 0. It is near 1 if
    the match is much nearer than the rest. It is near 0 if nothing in the query looks like this
    frame, if the path was forced elsewhere, or if the whole query looks alike, so that its time is
    unknown. It does not depend on the unit of distance.

    Args:
        distances: (reference frames, query frames), none negative.
        mapping: (reference frames,) query frames, −1 for none.

    Returns:
        (reference frames,) in 0..1; 0 if there is no match.
    """
    return confidence_in(Matrix(distances), mapping)


def confidence_in(source: Matrix | Tiles, mapping: NDArray[np.int64]) -> NDArray[np.float32]:
    """Like `match_confidence`, of distances that need not be a matrix."""
    mean = source.means()
    matched = source.at(np.arange(len(mapping)), np.maximum(mapping, 0))
    share = np.divide(matched, mean, out=np.ones_like(mean), where=mean > 0)
    confidence = np.clip(1.0 - share, 0.0, 1.0)
    return np.where(mapping >= 0, confidence, 0.0).astype(np.float32)


def filled(mapping: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give frames without a match (−1, from open ends) the match of the nearest frame with one.

    Args:
        mapping: (frames,) matches; returned unchanged if no frame has one.
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
