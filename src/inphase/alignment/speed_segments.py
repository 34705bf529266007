"""A mapping for editing programs: few pieces, each at a constant speed."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike, NDArray

from inphase.compiled import compiled
from inphase.errors import AlignmentError

_LARGEST_SPEED = 100


@dataclass(frozen=True)
class SpeedSegment:
    """A piece of the output during which the source plays at one speed.

    Output frame `first + i` shows source frame `source + floor(i · speed)`.

    Attributes:
        first: output frame.
        frames: number of output frames.
        source: source frame shown at the first output frame.
        speed: source frames per output frame; 0 for a freeze frame.
    """

    first: int
    frames: int
    source: int
    speed: Fraction

    def played(self) -> NDArray[np.int64]:
        """(frames,) the source frame shown at each output frame."""
        steps = np.arange(self.frames) * self.speed.numerator // self.speed.denominator
        return np.asarray(self.source + steps, dtype=np.int64)


def constant_speeds(
    mapping: ArrayLike, *, error: int = 2, steps: int = 250, fastest: int | None = None
) -> tuple[SpeedSegment, ...]:
    """Cut a mapping into the fewest pieces of constant speed.

    Dynamic programming finds where the pieces end. Each piece then gets the start frame and speed
    that deviate least from the mapping.

    Args:
        mapping: (n,) source frame of each output frame, a non-negative integer.
        error: maximum difference of a shown frame from the mapping, in source frames.
        steps: speeds are multiples of 1/steps, as in the files of editing programs.
        fastest: the largest of these multiples; by default a speed of 100.

    Returns:
        Pieces without gaps, from output frame 0 to n − 1.

    Raises:
        AlignmentError: the mapping is empty, negative or not of integers, or an option is out of
            range.
    """
    wanted = np.asarray(mapping)
    if wanted.ndim != 1 or len(wanted) == 0 or not np.issubdtype(wanted.dtype, np.integer):
        raise AlignmentError("A mapping must hold one integer source frame per output frame.")
    if wanted.min() < 0:
        raise AlignmentError("A mapping must not contain negative frames.")
    if error < 0:
        raise AlignmentError(f"The error must be 0 or more frames, not {error}.")
    if steps < 1:
        raise AlignmentError(f"steps must be at least 1, not {steps}.")
    if fastest is not None and fastest < 1:
        raise AlignmentError(f"fastest must be at least 1, not {fastest}.")
    most = _LARGEST_SPEED * steps
    most = most if fastest is None else min(most, fastest)
    wanted = wanted.astype(np.int64)
    ends = least_cuts(wanted, error, steps, most)
    starts = np.concatenate([[0], ends[:-1]])
    segments: list[SpeedSegment] = []
    for start, end in zip(starts, ends, strict=True):
        shown = int(segments[-1].played()[-1]) if segments else 0
        segments.append(_best(wanted[start:end], int(start), error, steps, most, shown=shown))
    return tuple(segments)


@compiled()
def least_cuts(
    wanted: NDArray[np.int64], error: int, steps: int, fastest: int
) -> NDArray[np.int64]:
    """The ends of the fewest pieces; `wanted` (n,), ends (pieces,) ascending, the last is n."""
    n = len(wanted)
    pieces = np.full(n + 1, n + 1, dtype=np.int64)
    before = np.zeros(n + 1, dtype=np.int64)
    pieces[0] = 0
    for start in range(n):
        for source in range(max(0, wanted[start] - error), wanted[start] + error + 1):
            low, high = 0, fastest
            for end in range(start + 1, n + 1):
                step = end - 1 - start
                if step > 0:
                    # source + k·step // steps within error of the wanted frame, for whole k.
                    least = (wanted[end - 1] - error - source) * steps
                    most = (wanted[end - 1] + error + 1 - source) * steps
                    low = max(low, -((-least) // step))
                    high = min(high, -((-most) // step) - 1)
                if low > high:
                    break
                if pieces[start] + 1 < pieces[end]:
                    pieces[end] = pieces[start] + 1
                    before[end] = start
    ends = np.empty(pieces[n], dtype=np.int64)
    at = n
    for index in range(pieces[n] - 1, -1, -1):
        ends[index] = at
        at = before[at]
    return ends


def _best(
    wanted: NDArray[np.int64], first: int, error: int, steps: int, fastest: int, *, shown: int
) -> SpeedSegment:
    """The start and speed that jump back least from the frame `shown` last, then deviate least."""
    offsets = np.arange(len(wanted))
    # The speed from end to end, and the range that the error at either end allows around it.
    middle = round((wanted[-1] - wanted[0]) * steps / max(len(wanted) - 1, 1))
    reach = (2 * error + 1) * steps // max(len(wanted) - 1, 1) + 1
    speeds = np.unique(np.linspace(max(0, middle - reach), middle + reach, 401).round())
    source, speed = _exact(wanted, error, steps, fastest)
    speeds = np.union1d(np.minimum(speeds.astype(np.int64), fastest), [speed])
    best = (max(0, shown - source), error, error * len(wanted), source, speed)
    for source in range(max(0, int(wanted[0]) - error), int(wanted[0]) + error + 1):
        away = np.abs(source + speeds[:, None] * offsets // steps - wanted)
        order = np.lexsort((away.sum(axis=1), away.max(axis=1)))
        found = int(order[0])
        strays = int(away[found].max())
        if strays <= error:
            back = max(0, shown - source)
            option = (back, strays, int(away[found].sum()), source, int(speeds[found]))
            best = min(best, option)
    source, speed = best[3:]
    return SpeedSegment(first, len(wanted), source, Fraction(speed, steps))


def _exact(wanted: NDArray[np.int64], error: int, steps: int, fastest: int) -> tuple[int, int]:
    """A start and a speed that stay within the error; one always exists."""
    offsets = np.arange(1, len(wanted))
    for source in range(max(0, int(wanted[0]) - error), int(wanted[0]) + error + 1):
        least = -((-(wanted[1:] - error - source) * steps) // offsets)
        most = -((-(wanted[1:] + error + 1 - source) * steps) // offsets) - 1
        low = max(0, int(least.max(initial=0)))
        if low <= int(most.min(initial=fastest)):
            return source, low
    raise AssertionError("least_cuts returned a piece that cannot be played.")
