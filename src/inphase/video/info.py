"""What is known of a video before its frames are decoded."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

# Containers round times, some to a microsecond: a time this close before a frame means the frame.
_TIME_TOLERANCE = 1e-6


@dataclass(frozen=True)
class VideoInfo:
    """A video's size, length and frame times.

    Attributes:
        path: the file or folder.
        width: of a frame as it is shown, in pixels, rotation applied, pixels made square.
        height: of a frame as it is shown, in pixels, rotation applied, pixels made square.
        frames: number of frames.
        fps: average frames per second.
        duration: seconds from time 0 to the end of the last frame.
        has_audio: there is a sound track beside the pictures.
        times: (frames,) presentation times in seconds, strictly increasing, at least 0. Time 0 is
            where the first of picture and sound starts; ``read_audio`` counts from there too.
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
    """Index of the frame shown at ``time`` seconds; before the first frame that is the first.

    Args:
        times: (frames,) presentation times in seconds, strictly increasing.
    """
    after = int(np.searchsorted(times, time + _TIME_TOLERANCE, side="right"))
    return max(0, after - 1)


def average_fps(times: NDArray[np.float64], *, default: float) -> float:
    """Frames per second over all of ``times`` (frames,); ``default`` for a single frame."""
    if len(times) < 2:
        return default
    return float((len(times) - 1) / (times[-1] - times[0]))
