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

    def look_back(self, embeddings: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Progress at each frame of a whole video, from the frames before and after it.

        The costs of the course up to a frame and of that from it on are added (forward and
        backward), so that nothing fades and a late frame corrects an early guess.

        Args:
            embeddings: (frames, dims).

        Returns:
            (frames,) progress and (frames,) confidence, as from `update`.

        Raises:
            AlignmentError: the embeddings are not finite, or their dimensions differ.
        """
        here = self._measure(np.asarray(embeddings), self._barycentre) / self._scale
        here = here.astype(np.float64)
        costs = np.empty_like(here)
        costs[0] = self._begin + here[0]
        for frame in range(1, len(here)):
            costs[frame] = moved(costs[frame - 1]) + here[frame]
        later = np.zeros(here.shape[1])
        for frame in range(len(here) - 2, -1, -1):
            # Seen from its end, a move goes the other way.
            later = moved((later + here[frame + 1])[::-1])[::-1]
            costs[frame] += later
        least = costs.min(axis=1, keepdims=True)
        weights = np.exp(least - costs)
        frames = np.arange(len(here))
        nearest, mean = here[frames, costs.argmin(axis=1)], here.mean(axis=1)
        confidence = np.maximum(0.0, 1.0 - nearest / np.maximum(mean, 1e-12))
        return weights @ self.progress / weights.sum(axis=1), confidence

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
