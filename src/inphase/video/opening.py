"""Opening video files: which stream to read, where time 0 is, and errors in plain words."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

import av
from av.container import InputContainer
from av.error import FFmpegError
from av.stream import Disposition
from av.video.stream import VideoStream

from inphase.errors import VideoError

# Each frame thread keeps a decoded frame: four are enough, and limit the memory used at 4K.
_DECODER_THREADS = min(4, os.cpu_count() or 1)

# libav's own output would get mixed up with the package's messages.
av.logging.set_level(None)


@contextmanager
def opened(path: Path) -> Iterator[InputContainer]:
    """Open a media file for reading and close it afterwards."""
    container = open_container(path)
    try:
        yield container
    finally:
        container.close()


def open_container(path: Path) -> InputContainer:
    """Open a media file.

    Raises:
        VideoError: it is missing, empty, a folder, unreadable or not a media file.
    """
    try:
        if path.is_dir():
            raise VideoError(f"{path} is a folder, not a video file.")
        with path.open("rb") as file:
            if not file.read(1):
                raise VideoError(f"{path} is empty (0 bytes).")
        # An absolute path, so that a colon in the name is not mistaken for a protocol.
        return av.open(str(path.absolute()), "r", metadata_errors="replace")
    except (FFmpegError, OSError) as error:
        raise VideoError(f"{path} cannot be opened as a video: {reason(error)}.") from error


def video_stream(container: InputContainer, path: Path) -> VideoStream:
    """The main video stream, set up to decode with a limited number of threads.

    Raises:
        VideoError: the file has no video stream, or there is no decoder for it.
    """
    streams = [
        stream
        for stream in container.streams.video
        # The cover picture of a song is a "video stream" too.
        if not stream.disposition & Disposition.attached_pic
    ]
    if not streams:
        kind = "only sound" if container.streams.audio else "no video stream"
        raise VideoError(f"{path} is not a video: it contains {kind}.")
    best = container.streams.best("video")
    stream = best if best in streams else streams[0]
    assert isinstance(stream, VideoStream)
    if stream.codec_context is None:
        raise VideoError(f"{path} cannot be decoded: there is no decoder for its video stream.")
    stream.thread_type = "AUTO"
    stream.codec_context.thread_count = _DECODER_THREADS
    return stream


def time_origin(container: InputContainer) -> Fraction:
    """Time 0, in seconds on the file's own clock: where picture or sound starts first.

    Taken from the streams, because the container's start is rounded to microseconds.
    """
    starts = [
        stream.start_time * stream.time_base
        for stream in (*container.streams.video, *container.streams.audio[:1])
        if stream.start_time is not None and stream.time_base is not None
    ]
    return min(starts, default=Fraction(0))


def reason(error: BaseException) -> str:
    """Why libav or the system refused a file, in a few words."""
    if isinstance(error, OSError) and error.errno == errno.ENOENT:
        return "there is no such file"
    if isinstance(error, av.error.InvalidDataError):
        return "its content is not a video, or it is cut off before its index"
    if isinstance(error, av.error.EOFError):
        return "it ends before its first frame"
    words = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return str(words)[:1].lower() + str(words)[1:]
