"""How far an action has come, frame by frame, without looking ahead."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from inphase.alignment.distances import distance_named
from inphase.alignment.joint import JointAlignment
from inphase.errors import AlignmentError

# The fraction of the evidence so far that counts at the next frame: at most a second is remembered.
_MEMORY = 0.9
# Positions that may be passed in one frame at no cost, and the cost of each further one and of each
# one back, in units of a demonstration's usual squared distance from the barycentre.
_FREE, _STEP = 3, 0.25


class ProgressFilter:
    """Follows a sequence of embeddings along the barycentre of demonstrations.

    Each frame is compared with all positions. Earlier frames count too, but fade, so that a wrong
    guess is corrected and an action that is undone goes back. Memory is that of the barycentre.

    Args:
        joint: demonstrations, aligned jointly.
        distance: between two embeddings; the same as for the alignment.

    Raises:
        AlignmentError: the barycentre has a single position, or there is no such distance.
    """

    def __init__(self, joint: JointAlignment, *, distance: str = "squared_euclidean") -> None:
        count = len(joint.barycentre)
        if count < 2:
            raise AlignmentError("Progress needs demonstrations of at least two frames.")
        self._barycentre = joint.barycentre
        self._measure = distance_named(distance)
        positions = np.arange(count)
        # A position's progress is how far the demonstrations have come there, on average.
        shares = [
            joint.frames(video, positions) / max(frames - 1, 1)
            for video, frames in enumerate(joint.lengths)
        ]
        mean = np.maximum.accumulate(np.mean(shares, axis=0))
        rise = mean[-1] - mean[0]
        self.progress: NDArray[np.float64] = (
            (mean - mean[0]) / rise if rise > 0 else positions / (count - 1)
        )
        """(positions,) in 0..1, never decreasing."""
        self._scale = max(float(joint.costs[-1]), 1e-12)
        self._begin = _STEP * np.maximum(positions - _FREE, 0.0)
        self._costs: NDArray[np.float64] | None = None
        self.confidence = 0.0
        """Of the last frame's position, 0..1, as in `match_confidence`."""

    def restart(self) -> None:
        """Start a new video."""
        self._costs = None

    def update(self, embedding: ArrayLike) -> float:
        """Take the next frame.

        Args:
            embedding: (dims,).

        Returns:
            How far the action has come, 0..1: the weighted mean over the likely positions.

        Raises:
            AlignmentError: the embedding is not finite, or its dimensions differ.
        """
        rows = np.asarray(embedding)[None]
        here = self._measure(rows, self._barycentre)[0].astype(np.float64) / self._scale
        # A video starts at the first position, or not far from it.
        before = self._begin if self._costs is None else moved(self._costs)
        self._costs = _MEMORY * (before - before.min()) + here
        place, mean = int(self._costs.argmin()), float(here.mean())
        self.confidence = max(0.0, 1.0 - float(here[place]) / mean) if mean > 0 else 0.0
        weights = np.exp(self._costs.min() - self._costs)
        return float(weights @ self.progress / weights.sum())


def moved(costs: NDArray[np.float64]) -> NDArray[np.float64]:
    """The lowest cost to be at each position after a move from any: (positions,) in and out.

    Each position back costs a step, and so does each one ahead beyond the free ones; three passes
    therefore cover all moves.
    """
    climb = _STEP * np.arange(len(costs))
    back = np.minimum.accumulate((costs + climb)[::-1])[::-1] - climb
    ahead = np.minimum.accumulate(costs - climb) + climb
    least: NDArray[np.float64] = np.minimum(back, costs)
    for step in range(1, _FREE + 1):
        free = ahead if step == _FREE else costs
        least[step:] = np.minimum(least[step:], free[: len(costs) - step])
    return least
