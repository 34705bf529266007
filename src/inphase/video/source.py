"""Where frames come from: a video file or a folder of images, behind one small interface."""

from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Protocol

import numpy as np
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray

from inphase.errors import VideoError
from inphase.video.conversion import RgbConverter, measured_white
from inphase.video.cursor import FrameCursor
from inphase.video.frame_table import read_frame_table
from inphase.video.images import image_size, numbered_images, read_image
from inphase.video.info import VideoInfo, average_fps
from inphase.video.opening import opened, video_stream
from inphase.video.rates import at_rate, given_rate, states_no_times
from inphase.video.sound_track import SoundTrack, find_sound, is_near

RAW_SUFFIXES = frozenset({".h264", ".264", ".h265", ".265", ".hevc", ".m2v"})
"""Of streams without a container, which state no times."""
VIDEO_SUFFIXES = RAW_SUFFIXES | {
    ".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".mpg", ".mpeg", ".ts", ".mts", ".m2ts",
    ".wmv", ".asf", ".flv", ".f4v", ".3gp", ".ogv", ".gif", ".mxf", ".vob", ".dv",
}  # fmt: skip
# A pixel aspect ratio outside this range is damage, not a format.
_SANE_ASPECT = (0.2, 5)
# Of an HDR video, to see how bright it is.
_FRAMES_LOOKED_AT = 5


class Pictures(Protocol):
    """Reads the frames of a source; keeps files open until closed."""

    def frame(self, index: int) -> NDArray[np.uint8]:
        """(height, width, 3) RGB of frame `index`, or of the last decodable one before it."""

    def close(self) -> None: ...


class Source(Protocol):
    """Something that has frames."""

    @property
    def info(self) -> VideoInfo: ...

    @property
    def origin(self) -> Fraction:
        """Time 0 in seconds on the file's own clock."""

    def pictures(self, size: tuple[int, int]) -> Pictures:
        """Start reading frames of `size` (width, height)."""


def open_source(path: Path) -> Source:
    """The source at `path`: a folder of images or a media file.

    Raises:
        VideoError: it is neither.
    """
    try:
        is_folder = path.is_dir()
    except OSError:
        is_folder = False  # Opening it raises an error that says why.
    return ImageFolder(path) if is_folder else VideoFile(path)


class VideoFile:
    """A media file with a video stream."""

    def __init__(self, path: Path) -> None:
        found = find_sound(path)
        sound = found if isinstance(found, SoundTrack) else None
        self._table = read_frame_table(path, sound_start=sound.start if sound else None)
        look, times = self._table.look, self._table.times
        with opened(path) as container:
            square_width = _square_width(look.width, video_stream(container, path))
            has_times = not states_no_times(container)
        width, height = look.orientation.shown_size(square_width, look.height)
        self._info = VideoInfo(
            path=path,
            width=width,
            height=height,
            frames=len(times),
            fps=average_fps(times, default=1 / self._table.last_duration),
            duration=float(times[-1]) + self._table.last_duration,
            has_audio=sound is not None and is_near(sound.start, self._table.origin),
            times=times,
        )
        if not has_times:
            self._info = at_rate(self._info, given_rate(path))

    @property
    def info(self) -> VideoInfo:
        return self._info

    @property
    def origin(self) -> Fraction:
        return self._table.origin

    def pictures(self, size: tuple[int, int]) -> Pictures:
        convert = RgbConverter(size, self._table.look.orientation, white=self._white)
        return _FilePictures(FrameCursor(self._info.path, self._table), convert)

    @cached_property
    def _white(self) -> float | None:
        """The light that becomes white, the same for every frame; None without HDR."""
        if not self._table.look.is_hdr:
            return None
        cursor = FrameCursor(self._info.path, self._table)
        places = np.linspace(0, self._info.frames - 1, _FRAMES_LOOKED_AT).astype(np.int64)
        try:
            return measured_white(cursor.frame(place) for place in np.unique(places).tolist())
        finally:
            cursor.close()


def _square_width(width: int, stream: VideoStream) -> int:
    """The width of a stored frame after its pixels, oblong in old formats, are made square."""
    ratio = stream.sample_aspect_ratio
    return round(width * ratio) if ratio and _SANE_ASPECT[0] < ratio < _SANE_ASPECT[1] else width


class _FilePictures:
    def __init__(self, cursor: FrameCursor, convert: RgbConverter) -> None:
        self._cursor = cursor
        self._convert = convert

    def frame(self, index: int) -> NDArray[np.uint8]:
        return self._convert(self._cursor.frame(index))

    def close(self) -> None:
        self._cursor.close()


class ImageFolder:
    """A folder of numbered images, in the order of their numbers, at the rate given for it."""

    def __init__(self, path: Path) -> None:
        self._files = numbered_images(path)
        if not self._files:
            raise VideoError(f"{path} is a folder without numbered images.")
        width, height = image_size(self._files[0])
        count, fps = len(self._files), given_rate(path)
        self._info = VideoInfo(
            path=path,
            width=width,
            height=height,
            frames=count,
            fps=fps,
            duration=count / fps,
            has_audio=False,
            times=np.arange(count) / fps,
        )

    @property
    def info(self) -> VideoInfo:
        return self._info

    @property
    def origin(self) -> Fraction:
        return Fraction(0)

    def pictures(self, size: tuple[int, int]) -> Pictures:
        return _FolderPictures(self._files, size)


class _FolderPictures:
    def __init__(self, files: list[Path], size: tuple[int, int]) -> None:
        self._files = files
        self._convert = RgbConverter(size)

    def frame(self, index: int) -> NDArray[np.uint8]:
        return self._convert(VideoFrame.from_ndarray(read_image(self._files[index]), "rgb24"))

    def close(self) -> None:
        pass
