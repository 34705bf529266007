"""Opening video files: which stream to read, where time 0 is, and errors in plain words."""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import av
from av.container import InputContainer
from av.error import FFmpegError
from av.stream import Disposition
from av.video.stream import VideoStream

from inphase.errors import InphaseError, VideoError
from inphase.video.span import file_of

# Each frame thread keeps a decoded frame: four are enough, and limit the memory used at 4K.
_DECODER_THREADS = min(4, os.cpu_count() or 1)
# Pixels of a picture: room for 12K. A file of a few bytes may claim more than memory holds.
LARGEST_PICTURE = 100_000_000
_LIMITS = {"max_pixels": str(LARGEST_PICTURE)}
# PyAV 17 writes options past the end of its memory if streams appear only in the data (.ts).
_OPENING_OPTIONS = _LIMITS if int(av.__version__.split(".")[0]) >= 18 else {}
# What PyAV and libav raise for damaged files, besides the system's own errors.
_READING_ERRORS = (FFmpegError, OSError, ValueError, RuntimeError, OverflowError, MemoryError)

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
    """Open a media file, as a whole if the path names a span of it.

    Raises:
        VideoError: it is missing, empty, a folder, unreadable or not a media file.
    """
    path = file_of(path)
    try:
        kind = path.stat().st_mode
        if stat.S_ISDIR(kind):
            raise VideoError(f"{path} is a folder, not a video file.")
        if not stat.S_ISREG(kind):
            # Reading from a pipe would wait for ever.
            raise VideoError(f"{path} is not a regular file but a pipe, socket or device.")
        with path.open("rb") as file:
            if not file.read(1):
                raise VideoError(f"{path} is empty (0 bytes).")
        # An absolute path, so that a colon in the name is not mistaken for a protocol.
        return av.open(
            str(path.absolute()),
            "r",
            options=_OPENING_OPTIONS,
            metadata_errors="replace",
        )
    except _READING_ERRORS as error:
        raise VideoError(f"{path} cannot be opened as a video: {reason(error)}.") from error


@contextmanager
def reading_errors(path: Path) -> Iterator[None]:
    """Turn whatever a damaged file makes the libraries raise into a `VideoError`.

    One file must never take the others of a batch with it.
    """
    try:
        yield
    except InphaseError:
        raise
    except MemoryError as error:
        raise VideoError(f"{path} cannot be read: it claims more than fits into memory.") from error
    except Exception as error:
        raise VideoError(f"{path} cannot be read: {reason(error)}.") from error


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
    context = stream.codec_context
    check_picture_size(path, context.width, context.height)
    stream.thread_type = "AUTO"
    context.thread_count = _DECODER_THREADS
    # The pictures may be larger than the header says.
    context.options = dict(_LIMITS)
    return stream


def check_picture_size(path: Path, width: int, height: int) -> None:
    """Refuse pictures that are too large for memory, before they are decoded.

    Raises:
        VideoError: there are more than `LARGEST_PICTURE` pixels.
    """
    if width * height > LARGEST_PICTURE:
        most = LARGEST_PICTURE // 1_000_000
        raise VideoError(
            f"{path} claims pictures of {width}×{height} pixels; at most {most} megapixels can "
            "be read: make it smaller."
        )


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
