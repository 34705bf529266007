"""The reference's sound along a timeline: slowed at its pitch, silent where a picture is held.

At speeds that `at_tempo` does not take, it is silent too.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inphase.applications.synchronization.picture.timeline import Timeline
from inphase.video import SoundCursor, SoundFile
from inphase.video.tempo import FASTEST, SLOWEST, at_tempo

# Seconds written at a time.
_BLOCK = 1.0


@dataclass(frozen=True)
class TimelineSound:
    """A sound that can be written piece by piece.

    Attributes:
        sound: of the reference.
        timeline: of the clip.
    """

    sound: SoundFile
    timeline: Timeline

    @property
    def rate(self) -> int:
        """Samples per second."""
        return self.sound.rate

    @property
    def channels(self) -> int:
        """Number of channels."""
        return self.sound.channels

    def blocks(self) -> Iterator[NDArray[np.float32]]:
        """Yield (samples, channels) end to end, from time 0 on."""
        cursor = SoundCursor(self.sound)
        # A piece has whole frames, so that its length may be off by one.
        frame = 1 / self.timeline.rate
        for piece in self.timeline.pieces:
            first, last = round(piece.begin * self.rate), round(piece.stop * self.rate)
            if not (SLOWEST <= piece.speed <= FASTEST):
                yield np.zeros((last - first, self.channels), dtype=np.float32)
            elif abs(piece.stop - piece.begin - (piece.end - piece.start)) <= frame:
                yield from self._as_it_is(cursor, piece.start, last - first)
            else:
                yield from at_tempo(cursor, piece.start, piece.end, last - first)

    def _as_it_is(
        self, cursor: SoundCursor, start: float, samples: int
    ) -> Iterator[NDArray[np.float32]]:
        step = round(_BLOCK * self.rate)
        for done in range(0, samples, step):
            here = min(step, samples - done)
            begin = start + done / self.rate
            yield cursor.cut(begin, begin + here / self.rate).samples[:here]
