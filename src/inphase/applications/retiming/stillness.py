"""Where a video starts and stops to move."""

from pathlib import Path

import numpy as np
from scipy.ndimage import uniform_filter1d

from inphase.video import VideoReader

_SIZE = (64, 48)
# Movement below this share of the video's strongest is still; the strongest is the 95th percentile.
_STILL, _STRONGEST = 0.1, 95
# Seconds over which movement is averaged, and that are kept before and after it.
_SPAN = 0.2


def moving_part(path: Path) -> tuple[int, int]:
    """First and last frame of the part between a still begin and a still end.

    Movement is the mean difference of brightness from a frame to the next, in small pictures. A
    video in which nothing moves is kept whole.

    Raises:
        VideoError: the video cannot be read.
    """
    with VideoReader(path, size=_SIZE) as video:
        grey = np.array([picture.mean(axis=2) for _, picture in video], dtype=np.float32)
        fps = video.info.fps
    if len(grey) < 3:
        return 0, len(grey) - 1
    movement = np.abs(np.diff(grey, axis=0)).mean(axis=(1, 2))
    # What a still picture's noise changes is no movement.
    movement = np.maximum(movement - movement.min(), 0)
    movement = uniform_filter1d(movement, max(1, round(_SPAN * fps)), mode="nearest")
    moving = np.flatnonzero(movement > _STILL * np.percentile(movement, _STRONGEST))
    if not len(moving):
        return 0, len(grey) - 1
    reach = round(_SPAN * fps / 2)
    return max(0, int(moving[0]) - reach), min(len(grey) - 1, int(moving[-1]) + 1 + reach)
