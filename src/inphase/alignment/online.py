"""Online alignment: follow a query, whose frames arrive one by one, along a reference.

Dynamic time warping with an open end, keeping only the newest column (in the spirit of Dixon,
"Live tracking of musical performances using on-line time warping", DAFx 2005). Every query frame is
one step that advances by 0 to `max_speed` reference frames, so that the costs of all positions are
directly comparable.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from inphase.compiled import compiled
from inphase.errors import AlignmentError

_LARGEST_SPEED = 100


@dataclass(frozen=True)
class Place:
    """The position of a query frame in the reference, as known when it arrives.

    Attributes:
        frame: of the query, counted from 0.
        reference_frame: its match.
        confidence: 0..1; 1 − (distance of the match) / (mean distance to all reference frames).
        revised: current matches of the last query frames, newest last.
    """

    frame: int
    reference_frame: int
    confidence: float
    revised: NDArray[np.int64]


class OnlineAligner:
    """Follows a query along a reference, in bounded memory and bounded time per frame.

    Example::

        aligner = OnlineAligner(np.arange(5.0)[:, None])
        [aligner.push([value]).reference_frame for value in (0.1, 1.9, 2.2, 3.1)]  # 0, 2, 2, 3
    """

    def __init__(
        self,
        reference_embeddings: ArrayLike,
        *,
        max_speed: int = 3,
        look_back: int = 0,
        open_begin: bool = False,
    ) -> None:
        """
        Args:
            reference_embeddings: (n, dims).
            max_speed: maximum number of reference frames from one query frame to the next.
            look_back: number of earlier query frames whose matches may still be revised.
            open_begin: the query may start anywhere in the reference.

        Raises:
            AlignmentError: the reference is empty or not finite, or an option is out of range.
        """
        reference = np.array(reference_embeddings, dtype=np.float64)
        if reference.ndim != 2 or reference.size == 0:
            raise AlignmentError(
                f"The reference's embeddings must be (frames, dims), not {reference.shape}."
            )
        if not np.isfinite(reference).all():
            raise AlignmentError("The reference's embeddings are not all finite numbers.")
        if not 1 <= max_speed <= _LARGEST_SPEED:
            raise AlignmentError(f"max_speed must be in 1..{_LARGEST_SPEED}, not {max_speed}.")
        if look_back < 0:
            raise AlignmentError(f"look_back must be 0 or more frames, not {look_back}.")
        self._reference = reference
        self._max_speed, self._open_begin = max_speed, open_begin
        self._costs = np.full(len(reference), np.inf)
        self._next = np.empty_like(self._costs)
        # For each position of the last frames, how far back the previous position is.
        self._came = np.zeros((look_back + 1, len(reference)), dtype=np.uint8)
        self._count = 0
        self._at = 0

    def push(self, embedding: ArrayLike) -> Place:
        """Take the query's next frame.

        Args:
            embedding: (dims,).

        Raises:
            AlignmentError: its dimensions differ from the reference's, or it is not finite.
        """
        frame = np.asarray(embedding, dtype=np.float64)
        if frame.shape != self._reference.shape[1:] or not np.isfinite(frame).all():
            raise AlignmentError(
                f"A query frame must be {self._reference.shape[1]} finite numbers, like the "
                f"reference's, not of shape {frame.shape}."
            )
        away = self._reference - frame
        distances = np.einsum("nd,nd->n", away, away)
        came = self._came[self._count % len(self._came)]
        if self._count == 0:
            begin = len(distances) if self._open_begin else self._max_speed
            self._costs[:begin] = distances[:begin]
            came[:] = 0
        else:
            advance(self._costs, distances, self._max_speed, self._next, came)
            self._costs, self._next = self._next, self._costs
        self._at = int(self._costs.argmin())
        # Only differences matter, and the sums of an endless stream must not grow.
        self._costs -= self._costs[self._at]
        mean = float(distances.mean())
        confidence = 1.0 - float(distances[self._at]) / mean if mean > 0 else 0.0
        self._count += 1
        return Place(self._count - 1, self._at, min(max(confidence, 0.0), 1.0), self._revised())

    def _revised(self) -> NDArray[np.int64]:
        known = min(self._count, len(self._came))
        places = np.empty(known, dtype=np.int64)
        at = self._at
        for back in range(known):
            places[known - 1 - back] = at
            at -= int(self._came[(self._count - 1 - back) % len(self._came), at])
        return places


@compiled()
def advance(
    costs: NDArray[np.float64],
    distances: NDArray[np.float64],
    max_speed: int,
    new_costs: NDArray[np.float64],
    came: NDArray[np.uint8],
) -> None:
    """Add a query frame: the cheapest path to each position, and how far back it came from."""
    for i in range(len(costs)):
        best, step = costs[i], 0
        for back in range(1, min(max_speed, i) + 1):
            # Of equally cheap paths, take one that advances.
            if costs[i - back] < best or (costs[i - back] == best and step == 0):
                best, step = costs[i - back], back
        new_costs[i] = best + distances[i]
        came[i] = step
