"""Sound as float samples on the same clock as the frames."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from inphase.video.mixdown import mixed
from inphase.video.resampling import Resampler, of_length


class Sound(Protocol):
    """Sound that can be written piece by piece, without holding all of it.

    Attributes:
        rate: samples per second.
        channels: of each block.
    """

    @property
    def rate(self) -> int: ...

    @property
    def channels(self) -> int: ...

    def blocks(self) -> Iterator[NDArray[np.float32]]:
        """Yield (samples, channels) end to end, from time 0 on."""


@dataclass(frozen=True)
class Audio:
    """Sound in memory.

    Attributes:
        samples: (samples, channels) float32, full scale is −1 to 1.
        rate: samples per second.
    """

    samples: NDArray[np.float32]
    rate: int

    def __post_init__(self) -> None:
        if self.samples.ndim != 2 or self.samples.dtype != np.float32:
            raise ValueError(
                "samples must be float32 of shape (samples, channels), not "
                f"{self.samples.dtype} of shape {self.samples.shape}."
            )
        if self.rate < 1:
            raise ValueError(
                f"rate must be a positive number of samples per second, not {self.rate}."
            )

    @property
    def duration(self) -> float:
        """Length in seconds."""
        return len(self.samples) / self.rate

    @property
    def channels(self) -> int:
        """Number of channels."""
        return int(self.samples.shape[1])

    def blocks(self) -> Iterator[NDArray[np.float32]]:
        """Yield the samples."""
        yield self.samples

    def cut(self, start: float, end: float) -> "Audio":
        """The sound from `start` to `end` seconds, silent where there is no sound.

        Both ends are rounded to the nearest sample, so consecutive cuts join without a seam.

        Raises:
            ValueError: `end` is before `start`.
        """
        if not start <= end:
            raise ValueError(f"a cut must not end ({end}) before it starts ({start}).")
        first, last = math.floor(start * self.rate + 0.5), math.floor(end * self.rate + 0.5)
        piece = np.zeros((last - first, self.channels), dtype=np.float32)
        low, high = max(first, 0), min(last, len(self.samples))
        if low < high:
            piece[low - first : high - first] = self.samples[low:high]
        return Audio(piece, self.rate)

    def resampled(self, rate: int) -> "Audio":
        """The same sound at another rate."""
        if rate == self.rate or not len(self.samples):
            return Audio(self.samples, rate)
        resampler = Resampler(self.rate, rate, self.channels)
        pieces = [*resampler.push(self.samples), *resampler.finish()]
        return Audio(of_length(pieces, round(len(self.samples) * rate / self.rate)), rate)

    def stereo(self) -> "Audio":
        """The same sound in at most two channels, mixed as `mixdown.mixed` does."""
        return self if self.channels <= 2 else Audio(mixed(self.samples, 2), self.rate)


def gathered(pieces: Iterator[NDArray[np.float32]], least: int) -> Iterator[NDArray[np.float32]]:
    """The same sound in fewer pieces, of at least this many samples but for the last."""
    waiting: list[NDArray[np.float32]] = []
    count = 0
    for piece in pieces:
        waiting.append(piece)
        count += len(piece)
        if count >= least:
            yield np.concatenate(waiting)
            waiting, count = [], 0
    if waiting:
        yield np.concatenate(waiting)
