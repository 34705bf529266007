"""Put decoded pieces of sound end to end on the clock of the pictures."""

from collections.abc import Iterator
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from inphase.video.resampling import Resampler

# Sound is joined without a seam while its timestamps are off by at most this many seconds: some
# containers round them to milliseconds. A larger step is a gap (silence) or an overlap (cut).
_SEAM = Fraction(5, 1000)
# Damaged files claim holes of days. What comes after more silence than this has no time that can be
# believed: seconds in one hole, and in all of them.
LONGEST_HOLE, LONGEST_SILENCE = 600, 1200
# Silence is made in pieces of this many samples.
_SILENCE = 1 << 16


class HoleError(Exception):
    """The timestamps claim more silence than can be believed."""


class Timeline:
    """Joins pieces by their times, at one rate: silence in gaps, nothing twice in overlaps.

    Pieces may change their rate. What the methods yield, joined, is the sound from time 0 on.

    Attributes:
        repeated: seconds of sound left out because their time was over already.
    """

    def __init__(self, rate: int, channels: int) -> None:
        self._rate = rate
        self._channels = channels
        self._position = 0  # samples yielded
        self._silence = 0
        self._run: _Run | None = None
        self.repeated = 0.0

    @property
    def end(self) -> Fraction:
        """Seconds at which the next piece would start if its time was not stated."""
        return Fraction(self._position, self._rate) if self._run is None else self._run.end

    def add(
        self, samples: NDArray[np.float32], rate: int, time: Fraction | None
    ) -> Iterator[NDArray[np.float32]]:
        """Append a piece.

        Args:
            samples: (samples, channels).
            rate: of the piece.
            time: of its first sample, in seconds; None if it is not stated.

        Raises:
            HoleError: there is too much silence before it.
        """
        joins = self._run is not None and (time is None or abs(time - self._run.end) <= _SEAM)
        if joins and self._run is not None and self._run.rate == rate:
            yield from self._pushed(self._run, samples)
            return
        start = self.end if joins or time is None else time
        yield from self.finish()
        self._run = None
        if not joins:
            first = round(start * self._rate)
            if first > self._position:
                yield from self._silent(first - self._position)
            # Heard already, or before time 0.
            here = Fraction(self._position, self._rate)
            heard = min(max(0, round((here - start) * rate)), len(samples))
            self.repeated += max(0, min(heard, heard + round(start * rate))) / rate
            samples = samples[heard:]
            start = max(start, here)
        if len(samples):
            self._run = _Run(rate, start, Resampler(rate, self._rate, self._channels))
            yield from self._pushed(self._run, samples)

    def finish(self) -> Iterator[NDArray[np.float32]]:
        """What is left at the end."""
        run = self._run
        if run is None:
            return
        for piece in run.resampler.finish():
            yield from self._yielded(run, piece)
        # A resampler may give one or two samples fewer than it should.
        missing = round(Fraction(run.taken * self._rate, run.rate)) - run.given
        if missing > 0:
            yield from self._yielded(run, np.zeros((missing, self._channels), dtype=np.float32))

    def _pushed(self, run: "_Run", samples: NDArray[np.float32]) -> Iterator[NDArray[np.float32]]:
        run.taken += len(samples)
        for piece in run.resampler.push(samples):
            yield from self._yielded(run, piece)

    def _yielded(self, run: "_Run", piece: NDArray[np.float32]) -> Iterator[NDArray[np.float32]]:
        most = round(Fraction(run.taken * self._rate, run.rate)) - run.given
        piece = piece[: max(0, most)]
        if len(piece):
            run.given += len(piece)
            self._position += len(piece)
            yield piece

    def _silent(self, count: int) -> Iterator[NDArray[np.float32]]:
        self._silence += count
        if count > LONGEST_HOLE * self._rate or self._silence > LONGEST_SILENCE * self._rate:
            raise HoleError
        self._position += count
        for start in range(0, count, _SILENCE):
            length = min(_SILENCE, count - start)
            yield np.zeros((length, self._channels), dtype=np.float32)


class _Run:
    """Pieces of one rate without a gap."""

    def __init__(self, rate: int, start: Fraction, resampler: Resampler) -> None:
        self.rate = rate
        self.resampler = resampler
        self._start = start
        self.taken = 0  # samples, at its own rate
        self.given = 0  # samples, at the timeline's rate

    @property
    def end(self) -> Fraction:
        return self._start + Fraction(self.taken, self.rate)
