"""Cycle consistency: does a frame return to itself through its nearest neighbours?"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from inphase.alignment.mapping import nearest_in
from inphase.alignment.sources import distances_between
from inphase.errors import EvaluationError

# Neighbours of two videos: for each frame of the first, its nearest frame in the second.
Neighbours = Sequence[Sequence[NDArray[np.int64]]]


@dataclass(frozen=True)
class CycleConsistency:
    """Fraction of frames that return to themselves.

    Attributes:
        score: mean over all cycles, in 0..1.
        per_video: (videos,) mean over the cycles that start in each.
        ways: number of ordered pairs or triples that were followed.
        tolerance: how many frames off still count.
    """

    score: float
    per_video: NDArray[np.float64]
    ways: int
    tolerance: int


def all_neighbours(embeddings: Sequence[ArrayLike]) -> list[list[NDArray[np.int64]]]:
    """Nearest neighbours of every video's frames in every video, including itself.

    Args:
        embeddings: one (frames, dims) per video.

    Returns:
        `result[i][j]` is (frames of i,), the nearest frame of j.

    Raises:
        AlignmentError: an input is empty or not finite, or the dimensions differ.
    """
    return [
        [nearest_in(distances_between("squared_euclidean", a, b)) for b in embeddings]
        for a in embeddings
    ]


def two_way_cycle_consistency(neighbours: Neighbours, *, tolerance: int = 1) -> CycleConsistency:
    """Fraction of frames that return, within the tolerance, from every other video.

    Source: Aytar et al., "Playing hard exploration games by watching YouTube", NeurIPS 2018 (a
    frame i that returns to k is consistent if |i − k| ≤ 1).

    Args:
        neighbours: from `all_neighbours`, of at least two videos.
        tolerance: frames.

    Raises:
        EvaluationError: fewer than two videos, or a negative tolerance.
    """
    count = _checked(neighbours, 2, tolerance)
    starts: list[list[float]] = [[] for _ in range(count)]
    for a, b in itertools.permutations(range(count), 2):
        home = neighbours[b][a][neighbours[a][b]]
        starts[a].append(float(_is_home(home, tolerance).mean()))
    return _result(starts, tolerance)


def three_way_cycle_consistency(
    neighbours: Neighbours, *, tolerance: int = 1, triples: int | None = 20_000, seed: int = 0
) -> CycleConsistency:
    """Fraction of frames that return both ways through two other videos: a→b→c→a and a→c→b→a.

    Source: Aytar et al., "Playing hard exploration games by watching YouTube", NeurIPS 2018.

    Args:
        neighbours: from `all_neighbours`, of at least three videos.
        tolerance: frames.
        triples: maximum number of triples, drawn at random; None for all.
        seed: of that draw.

    Raises:
        EvaluationError: fewer than three videos, or a negative tolerance.
    """
    count = _checked(neighbours, 3, tolerance)
    each = (count - 1) * (count - 2) // 2
    generator = np.random.default_rng(seed)
    share = each if triples is None else min(each, max(1, triples // count))
    starts: list[list[float]] = [[] for _ in range(count)]
    for a in range(count):
        others = [video for video in range(count) if video != a]
        pairs = list(itertools.combinations(others, 2))
        # The same number from each start, so that all videos count equally.
        chosen = range(each) if share == each else generator.permutation(each)[:share]
        for b, c in (pairs[index] for index in chosen):
            one = neighbours[c][a][neighbours[b][c][neighbours[a][b]]]
            other = neighbours[b][a][neighbours[c][b][neighbours[a][c]]]
            home = _is_home(one, tolerance) & _is_home(other, tolerance)
            starts[a].append(float(home.mean()))
    return _result(starts, tolerance)


def _is_home(frames: NDArray[np.int64], tolerance: int) -> NDArray[np.bool_]:
    away: NDArray[np.bool_] = np.abs(frames - np.arange(len(frames))) <= tolerance
    return away


def _result(starts: Sequence[Sequence[float]], tolerance: int) -> CycleConsistency:
    per_video = np.array([np.mean(ways) for ways in starts])
    return CycleConsistency(
        score=float(per_video.mean()),
        per_video=per_video,
        ways=sum(len(ways) for ways in starts),
        tolerance=tolerance,
    )


def _checked(neighbours: Neighbours, at_least: int, tolerance: int) -> int:
    if len(neighbours) < at_least:
        raise EvaluationError(
            f"{at_least}-way cycle consistency needs {at_least} videos, not {len(neighbours)}."
        )
    if tolerance < 0:
        raise EvaluationError(f"The tolerance must be at least 0 frames, not {tolerance}.")
    return len(neighbours)
