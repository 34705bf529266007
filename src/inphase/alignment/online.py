"""Online alignment: follow a query, whose frames arrive one by one, along a reference.

Dynamic time warping with an open end, keeping only the newest column (in the spirit of Dixon,
"Live tracking of musical performances using on-line time warping", DAFx 2005). Every query frame is
one step that advances by as many reference frames as `max_speed` allows, so that the costs of all
positions are directly comparable.
"""

from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from inphase.compiled import compiled
from inphase.errors import AlignmentError

_LARGEST_SPEED = 100
# Times are sums and differences of rounded numbers.
_TIE = 1e-6


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
        times: ArrayLike | None = None,
        max_speed: float = 3,
        look_back: float = 0,
        open_begin: bool = False,
    ) -> None:
        """
        Args:
            reference_embeddings: (n, dims).
            times: (n,) of the reference's frames, increasing, in the unit of the times that `push`
                gets; by default the frame numbers of both count.
            max_speed: how much faster than the query the reference may pass.
            look_back: how long the matches of earlier query frames may still be revised, in the
                unit of the times.
            open_begin: the query may start anywhere in the reference.

        Raises:
            AlignmentError: the reference is empty or not finite, its times do not increase, or an
                option is out of range.
        """
        reference = np.array(reference_embeddings, dtype=np.float64)
        if reference.ndim != 2 or reference.size == 0:
            raise AlignmentError(
                f"The reference's embeddings must be (frames, dims), not {reference.shape}."
            )
        if not np.isfinite(reference).all():
            raise AlignmentError("The reference's embeddings are not all finite numbers.")
        if not 1 <= max_speed <= _LARGEST_SPEED:
            raise AlignmentError(f"max_speed must be in 1..{_LARGEST_SPEED}, not {max_speed:g}.")
        if not 0 <= look_back < np.inf:
            raise AlignmentError(f"look_back must be 0 or more, not {look_back:g}.")
        self._reference = reference
        self._open_begin, self._look_back = open_begin, look_back
        self._first_reach = max(1, round(max_speed))
        # Reference frames that may pass in one unit of time.
        self._reach = max_speed * _density(times, len(reference))
        self._costs = np.full(len(reference), np.inf)
        self._next = np.empty_like(self._costs)
        # Of the last frames, the time, and how far back the previous position of each is.
        self._came: deque[tuple[float, NDArray[np.int32]]] = deque()
        self._begun = 0.0
        self._passed = 0
        self._count = 0
        self._at = 0

    def push(self, embedding: ArrayLike, time: float | None = None) -> Place:
        """Take the query's next frame.

        Args:
            embedding: (dims,).
            time: of the frame, in the unit of the reference's times; by default its number.

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
        moment = float(self._count if time is None else time)
        came = self._room(moment)
        if self._count == 0:
            begin = len(distances) if self._open_begin else self._first_reach
            self._costs[:begin] = distances[:begin]
            came[:] = 0
            self._begun = moment
        else:
            # The sum of all steps is rounded, not each, so that none of the speed is lost.
            passed = round((moment - self._begun) * self._reach)
            reach = min(max(passed - self._passed, 0), len(distances) - 1)
            self._passed = max(passed, self._passed)
            advance(self._costs, distances, reach, self._next, came)
            self._costs, self._next = self._next, self._costs
        self._came.append((moment, came))
        self._at = int(self._costs.argmin())
        # Only differences matter, and the sums of an endless stream must not grow.
        self._costs -= self._costs[self._at]
        mean = float(distances.mean())
        confidence = 1.0 - float(distances[self._at]) / mean if mean > 0 else 0.0
        self._count += 1
        return Place(self._count - 1, self._at, min(max(confidence, 0.0), 1.0), self._revised())

    def _room(self, moment: float) -> NDArray[np.int32]:
        """Where to note how far back each position comes from; what is too old is forgotten."""
        room = None
        while self._came and self._came[0][0] < moment - self._look_back - _TIE:
            _, room = self._came.popleft()
        return np.empty(len(self._costs), dtype=np.int32) if room is None else room

    def _revised(self) -> NDArray[np.int64]:
        places = np.empty(len(self._came), dtype=np.int64)
        at = self._at
        for index in range(len(places) - 1, -1, -1):
            places[index] = at
            at -= int(self._came[index][1][at])
        return places


def _density(times: ArrayLike | None, count: int) -> float:
    """Average number of reference frames in one unit of time."""
    if times is None:
        return 1.0
    known = np.asarray(times, dtype=np.float64)
    if known.shape != (count,) or not (np.diff(known) > 0).all() or not np.isfinite(known).all():
        raise AlignmentError("The reference's times must be one increasing number per frame.")
    return float((count - 1) / (known[-1] - known[0])) if count > 1 else 0.0


@compiled()
def advance(
    costs: NDArray[np.float64],
    distances: NDArray[np.float64],
    reach: int,
    new_costs: NDArray[np.float64],
    came: NDArray[np.int32],
) -> None:
    """Add a query frame: the cheapest path to each position, and how far back it came from.

    Takes as long for a large reach as for a small one: a queue holds the positions that may be the
    cheapest within reach of the next ones, the cheapest first.
    """
    queue = np.empty(len(costs), dtype=np.int64)
    first, after = 0, 0
    for i in range(len(costs)):
        if i > 0 and reach > 0:
            # Of equally cheap positions, the nearest.
            while after > first and costs[queue[after - 1]] >= costs[i - 1]:
                after -= 1
            queue[after] = i - 1
            after += 1
            if queue[first] < i - reach:
                first += 1
        best, step = costs[i], 0
        # Of equally cheap paths, take one that advances.
        if after > first and costs[queue[first]] <= best:
            best, step = costs[queue[first]], i - queue[first]
        new_costs[i] = best + distances[i]
        came[i] = step
