"""Cut a sound into pieces without holding all of it."""

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from inphase.video.audio import Audio, gathered
from inphase.video.sound_file import SoundFile

# Samples decoded at a time.
_BLOCK = 1 << 16
# Seconds before a piece that stay, for one that starts a little earlier.
_KEPT = 2


class SoundCursor:
    """Cuts pieces out of a sound in order, holding only what they need.

    Args:
        sound: to cut.
    """

    def __init__(self, sound: SoundFile) -> None:
        self._sound = sound
        self._blocks = self._start()
        self._held = np.zeros((0, sound.channels), dtype=np.float32)
        self._first = 0  # sample at which what is held starts

    @property
    def rate(self) -> int:
        """Samples per second."""
        return self._sound.rate

    @property
    def channels(self) -> int:
        """Number of channels."""
        return self._sound.channels

    def cut(self, start: float, end: float) -> Audio:
        """Like `Audio.cut`; quick if `start` is at most two seconds before that of the last one."""
        rate = self._sound.rate
        first, last = math.floor(start * rate + 0.5), math.floor(end * rate + 0.5)
        if first < self._first:
            self._blocks, self._held, self._first = self._start(), self._held[:0], 0
        while self._first + len(self._held) < last:
            block = next(self._blocks, None)
            if block is None:
                break
            past = first - _KEPT * rate - self._first
            passed = min(max(0, past), len(self._held))
            self._held = np.concatenate([self._held[passed:], block])
            self._first += passed
        piece = np.zeros((last - first, self._sound.channels), dtype=np.float32)
        low, high = max(first, self._first), min(last, self._first + len(self._held))
        if low < high:
            piece[low - first : high - first] = self._held[low - self._first : high - self._first]
        return Audio(piece, rate)

    def _start(self) -> Iterator[NDArray[np.float32]]:
        return gathered(self._sound.blocks(), _BLOCK)
