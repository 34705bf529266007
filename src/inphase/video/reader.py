"""Reading frames: streaming, by index, by time; exact on any frame rate."""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inphase.errors import VideoError
from inphase.video.file_source import FileSource
from inphase.video.image_source import ImageSource
from inphase.video.info import VideoInfo

VIDEO_SUFFIXES = frozenset(
    {".3gp", ".avi", ".flv", ".gif", ".m2ts", ".m4v", ".mkv", ".mov", ".mp4", ".mpeg", ".mpg",
     ".mts", ".mxf", ".ogv", ".ts", ".webm", ".wmv"}
)  # fmt: skip

_REMEMBERED = 4096


def probe(path: str | Path) -> VideoInfo:
    """Describe a video: its size, the times of its frames, whether it has sound.

    Raises:
        VideoError: the file is no video that can be read; one sentence with the reason.
    """
    return _source(Path(path)).info


class VideoReader:
    """The frames of a video file, an animated GIF, or a folder of numbered images.

    Frames are upright (rotation metadata is applied), RGB, uint8. However long the video, memory
    holds a few frames. Each use of the reader opens the file anew, so several may go on at once.

    Args:
        path: of the video.
        size: (width, height) to give frames in, whatever their own; resized while decoding.

    Raises:
        VideoError: the file is no video that can be read.

    Example::

        reader = VideoReader("swing.mp4", size=(224, 224))
        for time, frame in reader:      # seconds, (224, 224, 3) uint8
            ...
        frame = reader[17]              # exact, whatever the key frames
        frame = reader.at(0.5)          # what is on screen after half a second
    """

    def __init__(self, path: str | Path, *, size: tuple[int, int] | None = None) -> None:
        self._source = _source(Path(path))
        self.info = self._source.info
        if size is not None and min(size) < 1:
            raise ValueError(f"size must be a positive width and height, not {size}.")
        self.size = size or (self.info.width, self.info.height)

    @property
    def times(self) -> NDArray[np.float64]:
        """(frames,) seconds at which the frames are shown, from 0, strictly increasing."""
        return self.info.times

    def __len__(self) -> int:
        return self.info.frames

    def __iter__(self) -> Iterator[tuple[float, NDArray[np.uint8]]]:
        """Every frame in order: its time in seconds and its picture, (H, W, 3) uint8 RGB."""
        for index, frame in self._source.frames(range(len(self)), self.size):
            yield float(self.times[index]), frame

    def frames(self, indices: Iterable[int] | NDArray[np.int64]) -> Iterator[NDArray[np.uint8]]:
        """Some frames, in one pass.

        Args:
            indices: never falling; one that is repeated gives its frame again.

        Yields:
            (H, W, 3) uint8 RGB, memory of its own.

        Raises:
            ValueError: an index falls back behind the one before.
            VideoError: an index is outside the video.
        """
        listed = np.asarray(list(indices), dtype=np.int64)
        if listed.size == 0:
            return
        if (np.diff(listed) < 0).any():
            raise ValueError("indices must never fall.")
        if listed[0] < 0 or listed[-1] >= len(self):
            outside = int(listed[0] if listed[0] < 0 else listed[-1])
            raise VideoError(
                f"{self.info.path} has no frame {outside}; its {len(self)} frames are numbered "
                "from 0."
            )
        distinct, counts = np.unique(listed, return_counts=True)
        decoded = self._source.frames(distinct.tolist(), self.size)
        for (_, frame), count in zip(decoded, counts, strict=True):
            yield frame
            for _ in range(count - 1):
                yield frame.copy()

    def __getitem__(self, index: int) -> NDArray[np.uint8]:
        """One frame, (H, W, 3) uint8 RGB; −1 is the last.

        Raises:
            IndexError: there is no such frame.
        """
        position = index + len(self) if index < 0 else index
        if not 0 <= position < len(self):
            raise IndexError(f"{self.info.path} has {len(self)} frames, and no frame {index}.")
        return next(self.frames([position]))

    def at(self, time: float) -> NDArray[np.uint8]:
        """The frame on screen at ``time`` seconds, (H, W, 3) uint8 RGB."""
        return self[self.info.frame_at(time)]


def _source(path: Path) -> FileSource | ImageSource:
    try:
        if path.is_dir():
            return ImageSource.open(path)
        state = path.stat()
        return _file_source(path, state.st_mtime_ns, state.st_size)
    except FileNotFoundError as error:
        raise VideoError(f"{path} does not exist.") from error
    except OSError as error:
        raise VideoError(f"{path} cannot be read: {error.strerror or error}.") from error


@lru_cache(_REMEMBERED)
def _file_source(path: Path, changed: int, size: int) -> FileSource:  # noqa: ARG001
    # The table of times is read once a file; time of change and size say whether it is still so.
    return FileSource.open(path)
