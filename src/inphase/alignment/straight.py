"""Straight courses through known matches: what is left where nothing else can be trusted."""

import itertools
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from inphase.alignment.trust import DOUBTFUL


def straight(times: ArrayLike, marks: Sequence[tuple[float, float]]) -> NDArray[np.float64]:
    """The course that is linear between marks, and runs at real speed before and after them.

    With one mark it is an offset: both videos keep their own speed, and the marks coincide.

    Args:
        times: (n,) of the reference.
        marks: at least one pair (time of the reference, time of the query), increasing in both.

    Returns:
        (n,) times of the query, in the same unit; they may lie before its start or after its end.
    """
    at = np.asarray(times, dtype=np.float64)
    known, there = np.array(marks, dtype=np.float64).T
    before, after = np.minimum(at - known[0], 0), np.maximum(at - known[-1], 0)
    course: NDArray[np.float64] = np.interp(at, known, there) + before + after
    return course


def straightened(
    frames: NDArray[np.int64],
    confidence: NDArray[np.float32],
    n_query: int,
    anchors: Sequence[tuple[int, int]],
    *,
    pace: float,
    open_ends: tuple[bool, bool],
) -> NDArray[np.int64]:
    """Replace what cannot be trusted between anchors by straight lines.

    Anchors cut the reference into sections. In a section whose mean confidence is as low as in a
    doubtful stretch, the line from anchor to anchor is nearer to the truth than the alignment is;
    elsewhere the alignment is nearer (docs/studies/anchors.md). Before the first anchor and after
    the last one, the line is in the middle between real speed and a line to the videos' ends.

    Args:
        frames: (reference frames,) query frames of the alignment, −1 for none.
        confidence: (reference frames,) of these matches.
        n_query: number of query frames.
        anchors: at least one pair (reference frame, query frame), increasing in both.
        pace: query frames per reference frame at real speed.
        open_ends: whether the alignment is open at its start and at its end: the videos' ends
            need not match there, so the line keeps real speed.

    Returns:
        (reference frames,) query frames; frames without a match still have none.
    """
    rows = np.arange(len(frames))
    real = pace * straight(rows, [(row, column / pace) for row, column in anchors])
    corners = sorted({(0, 0), *anchors, (len(frames) - 1, n_query - 1)})
    to_ends = np.interp(rows, *np.array(corners, dtype=np.float64).T)
    first, last = anchors[0][0], anchors[-1][0]
    is_open = ((rows < first) & open_ends[0]) | ((rows > last) & open_ends[1])
    line = np.where(is_open, real, (real + to_ends) / 2).round().clip(0, n_query - 1)
    found = frames.copy()
    bounds = [0, *(row for row, _ in anchors), len(frames)]
    for start, end in itertools.pairwise(bounds):
        if end > start and confidence[start:end].mean() < DOUBTFUL:
            found[start:end] = line[start:end]
    return np.where(frames < 0, -1, found)


def staircase(frames: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The pairs (reference, query) of a path that steps through matches.

    Args:
        frames: (reference frames,) query frames, never decreasing, −1 for none at the ends.
    """
    rows = np.flatnonzero(frames >= 0)
    steps = np.maximum(np.diff(frames[rows], prepend=frames[rows[:1]] - 1), 1)
    reference = np.repeat(rows, steps)
    offset = np.arange(len(reference)) - np.repeat(np.cumsum(steps), steps) + 1
    return reference, np.repeat(frames[rows], steps) + offset
