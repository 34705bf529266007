"""Frames of a video file, by index: a table of presentation times, then exact decoding."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import Colorspace, VideoReformatter
from av.video.stream import VideoStream
from numpy.typing import NDArray

from inphase.errors import VideoError
from inphase.video.info import VideoInfo

_log = logging.getLogger(__name__)

_THREADS = 4  # each frame-decoding thread holds some frames: memory must stay bounded
_UNSPECIFIED = 2  # of a frame's colour space
_HD_HEIGHT = 720  # from here on, unmarked video is BT.709
_READ_ON = 12  # frames that are quicker decoded than sought over


@dataclass(frozen=True)
class FileSource:
    """A video file whose frames are known by index.

    Attributes:
        info: of the video.
        rotation: quarter turns, counter-clockwise, that bring a decoded frame upright.
        pts: (frames,) presentation times in the stream's units, increasing; None where the file
            has none that can be trusted, and frames are counted instead.
        keyframes: indices of frames at which decoding can start.
    """

    info: VideoInfo
    rotation: int
    pts: NDArray[np.int64] | None
    keyframes: NDArray[np.int64]

    @classmethod
    def open(cls, path: Path) -> "FileSource":
        """Read a file's table of times, without decoding more than its first frame.

        Raises:
            VideoError: it is no video, or has no frames.
        """
        if path.stat().st_size == 0:
            raise VideoError(f"{path} is empty (0 bytes).")
        first = _first_frame(path)
        with _container(path) as container:
            stream = _stream(container, path)
            packets = [
                (packet.pts, packet.is_keyframe)
                for packet in _demuxed(container, stream)
                if packet.size and not packet.is_discard
            ]
            base = float(stream.time_base or 1)
            rate = float(stream.average_rate or stream.guessed_rate or 25)
            has_audio = any(audio.codec_context is not None for audio in container.streams.audio)
            aspect = float(stream.sample_aspect_ratio or 1) or 1.0
        known = [pts for pts, _ in packets if pts is not None]
        if len(known) == len(packets) and len(set(known)) == len(known) and packets:
            pts: NDArray[np.int64] | None = np.sort(np.array(known, dtype=np.int64))
            keys = np.array([pts_ for pts_, key in packets if key], dtype=np.int64)
            keyframes = np.searchsorted(pts, keys)  # type: ignore[arg-type]
            times = (pts - pts[0]) * base  # type: ignore[index]
        else:
            pts, keyframes = None, np.zeros(1, np.int64)
            times = _repaired(_decoded_times(path), 1 / rate)
        if len(times) == 0:
            raise VideoError(f"{path} has a video stream without frames.")
        rotation = round(first.rotation / 90) % 4
        width, height = max(1, round(first.width * aspect)), first.height
        if rotation % 2:
            width, height = height, width
        info = VideoInfo(path, width, height, times.astype(np.float64), has_audio)
        return cls(info, rotation, pts, np.unique(np.append(keyframes, 0)))

    def frames(
        self, wanted: Sequence[int], size: tuple[int, int]
    ) -> Iterator[tuple[int, NDArray[np.uint8]]]:
        """Decode frames in one pass, leaping over gaps.

        A frame that cannot be decoded repeats the one before it, so that numbers and times stay
        right.

        Args:
            wanted: ascending distinct indices.
            size: (width, height) of the pictures.

        Yields:
            each index with its picture, (height, width, 3) uint8 RGB.

        Raises:
            VideoError: none of the frames can be decoded.
        """
        picture = _Picture(size, self.rotation)
        lost = 0
        with _container(self.info.path) as container:
            decoder = _Decoder(self, container)
            for index in wanted:
                frame, exact = decoder.frame(index)
                lost += not exact
                yield index, picture.of(frame)
        if lost:
            _log.warning(
                "%s: %d of %d frames cannot be decoded; each repeats the one before.",
                self.info.path,
                lost,
                len(wanted),
            )


class _Decoder:
    """Moves through a file to frames of growing index."""

    def __init__(self, source: FileSource, container: av.container.InputContainer) -> None:
        self._source = source
        self._container = container
        self._stream = _stream(container, source.info.path)
        self._frames = self._numbered(start=0)
        self._last: VideoFrame | None = None
        self._ahead: tuple[int, VideoFrame] | None = None
        self._next = 0  # index that decoding reaches next

    def frame(self, index: int) -> tuple[VideoFrame, bool]:
        """The frame, and whether it is that very one."""
        source = self._source
        if source.pts is not None:
            key = int(source.keyframes[np.searchsorted(source.keyframes, index, "right") - 1])
            if key > self._next + _READ_ON:
                self._seek(key)
        while True:
            if self._ahead is None:
                self._ahead = next(self._frames, None)
            if self._ahead is None:
                break
            at, frame = self._ahead
            if at > index:
                break
            self._last, self._ahead, self._next = frame, None, at + 1
            if at == index:
                return frame, True
        if self._last is not None:
            return self._last, False
        if self._ahead is not None:
            return self._ahead[1], False
        raise VideoError(f"{source.info.path}: none of its frames can be decoded.")

    def _seek(self, key: int) -> None:
        assert self._source.pts is not None
        self._container.seek(int(self._source.pts[key]), stream=self._stream, backward=True)
        frames = self._numbered(start=None)
        first = next(frames, None)
        if first is None or first[0] > key:
            # The file's own index misleads: from the start, then.
            self._container.seek(int(self._source.pts[0]), stream=self._stream, backward=True)
            frames = self._numbered(start=None)
            first = next(frames, None)
        self._frames, self._ahead = frames, first

    def _numbered(self, start: int | None) -> Iterator[tuple[int, VideoFrame]]:
        pts = self._source.pts
        count = start or 0
        limit = self._source.info.frames
        for frame in _decoded(self._container, self._stream):
            if pts is None:
                if count >= limit:
                    return
                yield count, frame
                count += 1
            elif frame.pts is not None:
                index = int(np.searchsorted(pts, frame.pts))
                if index < len(pts) and pts[index] == frame.pts:
                    yield index, frame


class _Picture:
    """Turns decoded frames into upright RGB arrays of one size; the reformatter is reused."""

    def __init__(self, size: tuple[int, int], rotation: int) -> None:
        self._rotation = rotation
        self._size = size if rotation % 2 == 0 else (size[1], size[0])
        self._reformatter = VideoReformatter()

    def of(self, frame: VideoFrame) -> NDArray[np.uint8]:
        width, height = self._size
        unmarked = int(frame.colorspace) == _UNSPECIFIED
        high = frame.height >= _HD_HEIGHT
        converted = self._reformatter.reformat(
            frame,
            width,
            height,
            "rgb24",
            src_colorspace=Colorspace.ITU709 if unmarked and high else None,
            interpolation="BILINEAR",
        )
        array = converted.to_ndarray()
        if self._rotation:
            array = np.ascontiguousarray(np.rot90(array, self._rotation))
        return array


def _container(path: Path) -> av.container.InputContainer:
    try:
        return av.open(str(path), metadata_errors="replace")
    except av.error.FFmpegError as error:
        raise VideoError(f"{path} is not a video that can be read: {_told(error)}.") from error


def _stream(container: av.container.InputContainer, path: Path) -> VideoStream:
    cover = av.stream.Disposition.attached_pic
    streams = [stream for stream in container.streams.video if not stream.disposition & cover]
    if not streams:
        what = "sound" if container.streams.audio else "no stream of pictures"
        raise VideoError(
            f"{path} has no pictures: it holds {'only ' if what == 'sound' else ''}{what}."
        )
    stream = streams[0]
    if stream.codec_context is None:
        raise VideoError(f"{path} is in a video format that cannot be decoded here.")
    stream.thread_type = "AUTO"
    stream.codec_context.thread_count = _THREADS
    return stream


def _demuxed(
    container: av.container.InputContainer, stream: VideoStream
) -> Iterator[av.packet.Packet]:
    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets, None)
        except av.error.FFmpegError:
            return  # the file ends early: what came before counts
        if packet is None:
            return
        yield packet


def _decoded(container: av.container.InputContainer, stream: VideoStream) -> Iterator[VideoFrame]:
    for packet in _demuxed(container, stream):
        try:
            yield from packet.decode()  # type: ignore[misc]
        except av.error.EOFError:
            return
        except av.error.FFmpegError:
            continue  # a damaged packet: the next ones may be whole


def _first_frame(path: Path) -> VideoFrame:
    with _container(path) as container:
        stream = _stream(container, path)
        frame = next(_decoded(container, stream), None)
    if frame is None:
        raise VideoError(f"{path} has a video stream without frames that can be decoded.")
    return frame


def _decoded_times(path: Path) -> list[float | None]:
    with _container(path) as container:
        return [frame.time for frame in _decoded(container, _stream(container, path))]


def _repaired(times: Sequence[float | None], step: float) -> NDArray[np.float64]:
    """Times that rise: one that is missing or falls back follows the one before by a step."""
    repaired: list[float] = []
    for time in times:
        if repaired and (time is None or time <= repaired[-1]):
            time = repaired[-1] + step
        repaired.append(time if time is not None else 0.0)
    result = np.array(repaired, dtype=np.float64)
    return result - result[:1] if len(result) else result


def _told(error: av.error.FFmpegError) -> str:
    reason = (error.strerror or type(error).__name__).strip().rstrip(".")
    return reason[:1].lower() + reason[1:]
