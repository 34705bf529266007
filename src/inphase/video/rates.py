"""The frame rate of videos that state no times: folders of images, and raw streams of a camera."""

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
from av.container import InputContainer

from inphase.errors import VideoError
from inphase.video.info import VideoInfo
from inphase.video.opening import opened

IMAGE_FPS = 25.0
"""Frames per second where neither the labels nor the user say otherwise."""

_NO_TIMESTAMPS = 0x80  # libav's AVFMT_NOTIMESTAMPS
# By place on disk. Frames are read by path all over the package, and a path has no rate of its own.
_labelled: dict[str, float] = {}
_assumed: float | None = None


def declare_rate(path: Path, fps: float, *, unless_known: bool = False) -> None:
    """Note the frame rate that labels give for a video; it counts if the video states no times.

    Args:
        path: of the video.
        fps: frames per second.
        unless_known: keep a rate that was noted earlier.
    """
    place = os.path.realpath(path)
    if not (unless_known and place in _labelled):
        _labelled[place] = round(fps, 6)


def assume_rate(fps: float | None) -> None:
    """Set the frame rate of all videos that state no times, whatever their labels say.

    Args:
        fps: frames per second; None for that of the labels, or `IMAGE_FPS`.
    """
    global _assumed
    _assumed = fps


def given_rate(path: Path) -> float:
    """Frames per second of a video if it states no times."""
    return _assumed or _labelled.get(os.path.realpath(path), IMAGE_FPS)


def states_no_times(container: InputContainer) -> bool:
    """Whether a file is a raw stream, whose times libav makes up."""
    return bool(container.format.flags & _NO_TIMESTAMPS)


def at_rate(info: VideoInfo, fps: float) -> VideoInfo:
    """The same video with all its frames at an even rate."""
    return replace(info, fps=fps, duration=info.frames / fps, times=np.arange(info.frames) / fps)


def lacks_times(path: Path) -> bool:
    """Whether a file is a raw stream; False if it is no video."""
    try:
        with opened(path) as container:
            return states_no_times(container)
    except VideoError:
        return False
