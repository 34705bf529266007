"""What is known of a video before any of its pictures is used: size, times, sound."""

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class VideoInfo:
    """A video, described.

    Attributes:
        path: of the file or the folder of images.
        width: of a frame as it is shown, in pixels: turned upright, pixels made square.
        height: likewise.
        times: (frames,) seconds at which the frames are shown, strictly increasing. The first
            frame is shown at 0; the sound of the file is counted from the same instant.
        has_audio: whether the file has sound.
    """

    path: Path
    width: int
    height: int
    times: NDArray[np.float64]
    has_audio: bool

    @property
    def frames(self) -> int:
        """Number of frames."""
        return len(self.times)

    @property
    def fps(self) -> float:
        """Frames per second, on average; 25 for a single frame."""
        if self.frames < 2:
            return 25.0
        return float((self.frames - 1) / (self.times[-1] - self.times[0]))

    @property
    def duration(self) -> float:
        """Length in seconds; the last frame is taken to last as long as frames do on average."""
        return float(self.times[-1] - self.times[0]) + 1 / self.fps

    def frame_at(self, time: float) -> int:
        """The frame that is on screen at ``time`` seconds; the ends stand for what is outside."""
        if math.isnan(time):
            raise ValueError("time must be a number of seconds, not NaN.")
        # A time that was rounded down by a hair still means the frame that begins there.
        index = int(np.searchsorted(self.times, time + 1e-6, side="right")) - 1
        return min(max(index, 0), self.frames - 1)
