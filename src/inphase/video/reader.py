"""Reading frames: streaming, by index, and by time."""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from types import TracebackType

import numpy as np
from numpy.typing import NDArray

from inphase.errors import VideoError
from inphase.video.child import ApartSource, is_apart
from inphase.video.file_state import State, file_state
from inphase.video.info import VideoInfo, frame_at
from inphase.video.opening import reading_errors
from inphase.video.rates import given_rate
from inphase.video.sound_track import SoundTrack, find_sound
from inphase.video.source import Pictures, Source, open_source
from inphase.video.span import find_span
from inphase.video.span_source import SpanOfSource


class VideoReader:
    """Frames of a video as RGB arrays with their times.

    Reads video files, animated GIFs, and folders of numbered images (at the frame rate of their
    labels, or `IMAGE_FPS`). Memory use is bounded, however long the video is. Rotation stored in
    the file is applied, interlaced frames are reduced to one field, and high bit depths and
    greyscale become 8-bit RGB. HDR (HLG, PQ) and the colours of BT.2020 and Display P3 become SDR
    in those of BT.709.

    There are always exactly `len` frames: a frame that cannot be decoded repeats the one before
    it, with a warning in the log. A truncated file has the frames that are still in it.

    Iterations are independent of each other: each has its own decoder.

    Example:
        >>> with VideoReader("swing.mp4", size=(224, 224)) as video:
        ...     for time, frame in video:  # seconds, (224, 224, 3) uint8
        ...         ...
        ...     impact = video.at(1.32)

    Attributes:
        info: size, length and frame times of the file; its width and height are not resized.
        size: (width, height) of the arrays.
    """

    def __init__(self, path: str | Path, *, size: tuple[int, int] | None = None) -> None:
        """
        Args:
            path: a video file, a folder of numbered images, or a span of either, in seconds:
                `long.mp4#t=12.5,17.2`.
            size: (width, height) to resize to while decoding, after rotation; the aspect ratio is
                not kept. None keeps the video's own size.

        Raises:
            VideoError: the path is not a readable video; the message says why.
            ValueError: `size` is not positive.
        """
        if size is not None and min(size) < 1:
            raise ValueError(f"size must be two positive numbers, not {size}.")
        self._source = _source(Path(path))
        self.info: VideoInfo = self._source.info
        self.size: tuple[int, int] = size or (self.info.width, self.info.height)
        self._random_access: Pictures | None = None

    def __enter__(self) -> "VideoReader":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file. The reader can still be used: it then opens the file again."""
        if self._random_access is not None:
            self._random_access.close()
            self._random_access = None

    @property
    def times(self) -> NDArray[np.float64]:
        """(frames,) presentation times in seconds, strictly increasing."""
        return self.info.times

    def __len__(self) -> int:
        return self.info.frames

    def __iter__(self) -> Iterator[tuple[float, NDArray[np.uint8]]]:
        """Yield (seconds, (height, width, 3) RGB) for each frame in presentation order."""
        pictures = self._source.pictures(self.size)
        try:
            for index, time in enumerate(self.times):
                yield float(time), self._read(pictures, index)
        finally:
            pictures.close()

    def frames(self, indices: Iterable[int]) -> Iterator[NDArray[np.uint8]]:
        """Yield (height, width, 3) RGB of the frames at `indices` in one pass.

        Gaps are decoded or jumped over, whichever is quicker.

        Args:
            indices: ascending; repeats are allowed. Each yields its own copy.

        Raises:
            ValueError: the indices descend.
            VideoError: an index is outside the video.
        """
        pictures = self._source.pictures(self.size)
        try:
            last = 0
            for index in map(int, indices):
                if 0 <= index < last:
                    raise ValueError(f"indices must ascend; {index} comes after {last}.")
                last = index
                yield self._read(pictures, index)
        finally:
            pictures.close()

    def __getitem__(self, index: int) -> NDArray[np.uint8]:
        """(height, width, 3) RGB of one frame; negative indices count from the end.

        Raises:
            VideoError: there is no such frame.
        """
        if self._random_access is None:
            self._random_access = self._source.pictures(self.size)
        return self._read(self._random_access, index + len(self) if index < 0 else index)

    def at(self, time: float) -> NDArray[np.uint8]:
        """(height, width, 3) RGB of the frame shown at `time` seconds.

        Before the first frame it is the first, after the last frame the last.
        """
        return self[self.index_at(time)]

    def index_at(self, time: float) -> int:
        """Index of the frame shown at `time` seconds."""
        return frame_at(self.times, time)

    def _read(self, pictures: Pictures, index: int) -> NDArray[np.uint8]:
        if not 0 <= index < len(self):
            raise VideoError(f"{self.info.path} has {len(self)} frames; there is no frame {index}.")
        with reading_errors(self.info.path):
            return pictures.frame(index)


def probe(path: str | Path) -> VideoInfo:
    """Size, length and frame times of a video, found with hardly any decoding.

    Raises:
        VideoError: the path is not a readable video; the message says why.
    """
    return _source(Path(path)).info


def time_origin(path: Path) -> Fraction:
    """Time 0 of a video or sound file, in seconds on the file's own clock.

    It is where picture or sound starts, whichever comes first, as for `VideoReader.times`.

    Raises:
        VideoError: the file cannot be opened.
    """
    try:
        return _source(path).origin
    except VideoError:
        sound = find_sound(path)
        start = sound.start if isinstance(sound, SoundTrack) else None
        return Fraction(0) if start is None else start


def _source(path: Path) -> Source:
    """The source at a path. A file is scanned once, and again only when it changes."""
    with reading_errors(path):
        return _scanned(path)


def _scanned(path: Path) -> Source:
    span = find_span(path)
    if span is not None:
        return SpanOfSource(_scanned(span.file), span)
    state = file_state(path)
    if state is None:
        return _opened(path, apart=is_apart())
    return _known(state, given_rate(path), path, apart=is_apart())


@lru_cache(maxsize=1024)
def _known(_state: State, _rate: float, path: Path, *, apart: bool) -> Source:
    return _opened(path, apart=apart)


def _opened(path: Path, *, apart: bool) -> Source:
    return ApartSource(path) if apart else open_source(path)
