"""How far an alignment can be trusted, by the confidence of its matches."""

from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from inphase.alignment.runs import runs
from inphase.errors import AlignmentError

# Below this mean confidence an alignment is called unreliable. On most labelled sets those are off
# by 1.5 to 2.7 times as much as the others (docs/studies/confidence.md).
_RELIABLE = 0.4
# A stretch is doubtful where the confidence, averaged over this share of the reference, is lower.
DOUBTFUL, _WINDOW = 0.3, 0.1


@dataclass(frozen=True)
class Trust:
    """How far the alignment of a query can be trusted.

    Attributes:
        confidence: mean over the reference's frames, 0..1.
        doubtful: (stretches, 2) first and last reference frame of stretches without a good match.
    """

    confidence: float
    doubtful: NDArray[np.int64]

    @property
    def reliable(self) -> bool:
        """Whether the alignment as a whole looks right."""
        return self.confidence >= _RELIABLE


def trust(confidence: ArrayLike) -> Trust:
    """Judge an alignment.

    A low confidence says that the query's frames do not look like those they are matched to. A
    high one is no proof: two people may do different things that look alike.

    Args:
        confidence: (reference frames,) of the matches, see
            [`match_confidence`][inphase.alignment.match_confidence].

    Raises:
        AlignmentError: there are no frames.
    """
    values = np.asarray(confidence, dtype=np.float64)
    if values.ndim != 1 or not len(values):
        raise AlignmentError(f"The confidence must be a list of numbers, not {values.shape}.")
    width = _width(len(values))
    # At the ends the average is over the frames that there are.
    sums = np.concatenate([[0.0], np.cumsum(values)])
    first = np.maximum(np.arange(len(values)) - width // 2, 0)
    end = np.minimum(first + width, len(values))
    low = (sums[end] - sums[first]) / (end - first) < DOUBTFUL
    return Trust(float(values.mean()), runs(low) - np.array([0, 1]))


class RunningTrust:
    """The same while the frames arrive, when only earlier ones are known.

    Memory grows only with the number of doubtful stretches.

    Args:
        frames: of the reference; the average is over a tenth of them.

    Attributes:
        stretches: first and last second of each doubtful stretch so far.
    """

    def __init__(self, frames: int) -> None:
        self.stretches: tuple[tuple[float, float], ...] = ()
        self._latest: deque[float] = deque(maxlen=_width(frames))
        self._sum = 0.0
        self._count = 0
        self._doubtful = False

    def push(self, confidence: float, seconds: float) -> bool:
        """Take the next frame's confidence and time; whether it is in a doubtful stretch."""
        self._latest.append(confidence)
        self._sum += confidence
        self._count += 1
        before, self._doubtful = self._doubtful, sum(self._latest) / len(self._latest) < DOUBTFUL
        if self._doubtful:
            known = self.stretches[:-1] if before else self.stretches
            start = self.stretches[-1][0] if before else seconds
            self.stretches = (*known, (start, seconds))
        return self._doubtful

    @property
    def reliable(self) -> bool:
        """Whether the alignment looks right so far; True before the first frame."""
        return self._sum >= _RELIABLE * self._count


def _width(frames: int) -> int:
    """Number of frames over which the confidence is averaged."""
    return max(1, round(_WINDOW * frames))
