"""Frames of a video that is still being recorded: a growing file or a camera."""

import math
import time as clock
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
from av.error import FFmpegError
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray

from inphase.errors import VideoError
from inphase.video.conversion import Orientation, RgbConverter
from inphase.video.opening import opened, reason, video_stream

_OPENING = 10.0  # seconds in which a device must answer
_CAMERAS = "/dev/video"


def live_frames(
    path: str | Path, *, size: tuple[int, int] | None, wait: float = 2.0
) -> Iterator[tuple[float, NDArray[Any]]]:
    """Yield the time in seconds and the (height, width, 3) RGB of each frame as soon as it arrives.

    Args:
        path: a file in a format that can be read while it is written (.ts, .mkv, .webm), any
            complete video file, or a camera (`/dev/video0`).
        size: (width, height) of the frames; None for their own.
        wait: seconds without new data after which a growing file counts as complete; 0 for a file
            that no longer grows.

    Raises:
        VideoError: it cannot be opened or contains no video.
    """
    path = Path(path)
    if not str(path).startswith(_CAMERAS):
        with opened(path) as container:  # a clear error for a missing or wrong file
            video_stream(container, path)
    convert: RgbConverter | None = None
    first: float | None = None
    last, step = -math.inf, 0.0
    begun = clock.monotonic()
    with _open(path, wait) as container:
        stream = video_stream(container, path)
        for frame in _decoded(container, stream):
            if convert is None:
                turned = Orientation.of(frame)
                own = turned.shown_size(frame.width, frame.height)
                convert = RgbConverter(size or own, turned)
            if frame.pts is not None and frame.time_base is not None:
                now = float(frame.pts * frame.time_base)
            elif step > 0:  # the last frames of a file that ended abruptly have no timestamps
                now = last + step
            else:
                now = clock.monotonic() - begun
            if now <= last:  # damaged, or yielded already
                continue
            last, step = now, now - last if math.isfinite(last) else 0.0
            first = now if first is None else first
            yield now - first, convert(frame)
    if convert is None:
        raise VideoError(f"None of the frames of {path} can be decoded.")


def _open(path: Path, wait: float) -> Any:
    name = str(path.absolute())
    try:
        if name.startswith(_CAMERAS):
            return av.open(name, "r", format="v4l2", timeout=(_OPENING, None))
        if wait > 0:
            # With this option, libav waits at the end of the file for more, until the timeout.
            return av.open(f"file:{name}", "r", options={"follow": "1"}, timeout=(_OPENING, wait))
        return av.open(name, "r")
    except (FFmpegError, OSError) as error:
        raise VideoError(f"{path} cannot be opened as a video: {reason(error)}.") from error


def _decoded(container: Any, stream: VideoStream) -> Iterator[VideoFrame]:
    # Frame threads would delay the output by several frames.
    stream.thread_type = "SLICE"
    try:
        for packet in container.demux(stream):
            try:
                yield from packet.decode()
            except FFmpegError:
                continue
    except FFmpegError:
        pass  # nothing new within the timeout: the file is complete
    try:
        yield from stream.decode(None)
    except FFmpegError:
        return
