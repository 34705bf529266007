"""What is known about a video before its frames are decoded."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

# Containers round times, some to a microsecond: a time this close before a frame means that frame.
_TIME_TOLERANCE = 1e-6


@dataclass(frozen=True)
class VideoInfo:
    """A video's size, length and frame times.

    Attributes:
        path: the file or folder.
        width: of a frame in pixels, as displayed: rotated upright and with square pixels.
        height: of a frame in pixels, as displayed: rotated upright and with square pixels.
        frames: number of frames.
        fps: average frames per second.
        duration: seconds from time 0 to the end of the last frame.
        has_audio: whether the video has a sound track.
        times: (frames,) presentation times in seconds, strictly increasing, at least 0. Time 0 is
            the start of picture or sound, whichever comes first, as in `read_audio`.
    """

    path: Path
    width: int
    height: int
    frames: int
    fps: float
    duration: float
    has_audio: bool
    times: NDArray[np.float64]


def frame_at(times: NDArray[np.float64], time: float) -> int:
    """Index of the frame shown at `time` seconds; 0 before the first frame.

    Args:
        times: (frames,) presentation times in seconds, strictly increasing.
    """
    after = int(np.searchsorted(times, time + _TIME_TOLERANCE, side="right"))
    return max(0, after - 1)


def average_fps(times: NDArray[np.float64], *, default: float) -> float:
    """Frames per second over all of `times` (frames,); `default` for a single frame."""
    if len(times) < 2:
        return default
    return float((len(times) - 1) / (times[-1] - times[0]))
