"""Writing H.264 videos that every browser plays."""

from contextlib import ExitStack
from fractions import Fraction
from pathlib import Path
from types import TracebackType

import av
import numpy as np
from av.container import OutputContainer
from av.video.frame import VideoFrame
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc, VideoReformatter
from av.video.stream import VideoStream
from numpy.typing import NDArray

from inphase.atomic import replacing
from inphase.errors import OutputError
from inphase.video.audio import Audio, Sound
from inphase.video.audio_writer import AacTrack
from inphase.video.writing import output_errors

# Fine enough for any frame time, and a whole number for all usual frame rates.
_TICKS = 90_000
_BT709 = 1  # AVCOL_SPC_BT709
# Takes half the time of x264's default, for files some 10 % larger.
_PRESET = "veryfast"


class VideoWriter:
    """Writes frames to an MP4 file: H.264, `yuv420p`, index at the start, optional AAC sound.

    Named `.mov`, it is a QuickTime file of the same.

    The file is written under a temporary name and renamed at the end of the `with` block. If the
    block raises or the disk is full, nothing is left behind and an older file stays untouched.

    Colours are BT.709 and tagged as such. Odd widths and heights, which 4:2:0 does not allow, are
    padded by repeating the last column or row.

    Example:
        >>> with VideoWriter("out.mp4", fps=25, size=(640, 480)) as out:
        ...     for frame in frames:  # (480, 640, 3) uint8 RGB
        ...         out.write(frame)
    """

    def __init__(
        self,
        path: str | Path,
        *,
        fps: float | Fraction,
        size: tuple[int, int],
        audio: Sound | None = None,
        quality: int = 20,
        key_every: int | None = None,
    ) -> None:
        """
        Args:
            path: the file to write; its folder is created if needed.
            fps: frames per second; only a hint for frames written with explicit times.
            size: (width, height) of the frames.
            audio: sound track, starting at time 0; more than two channels are mixed into two. It is
                not cut if it is longer than the video.
            quality: x264's constant rate factor, 0 (lossless) to 51; lower is better and larger.
            key_every: for quick seeking: the largest number of frames between key frames; also
                turns B-frames off. None keeps x264's defaults (250 frames, three B-frames).

        Raises:
            ValueError: an argument is out of range.
        """
        if not 0 < fps < _TICKS:
            raise ValueError(f"fps must be above 0 and below {_TICKS}, not {fps}.")
        if min(size) < 1:
            raise ValueError(f"size must be two positive numbers, not {size}.")
        if not 0 <= quality <= 51:
            raise ValueError(f"quality must be between 0 and 51, not {quality}.")
        if key_every is not None and key_every < 1:
            raise ValueError(f"key_every must be a positive number of frames, not {key_every}.")
        self._path = Path(path)
        self._fps = Fraction(fps).limit_denominator(1001)
        self._size = size
        is_empty = isinstance(audio, Audio) and not len(audio.samples)
        self._audio = None if is_empty else audio
        self._quality = quality
        self._key_every = key_every
        self._stack = ExitStack()
        self._container: OutputContainer | None = None
        self._reformatter = VideoReformatter()
        self._written = 0
        self._last_tick = -1

    def __enter__(self) -> "VideoWriter":
        with ExitStack() as stack:
            beside = stack.enter_context(replacing(self._path))
            with output_errors(self._path):
                options = {"movflags": "+faststart"}
                kind = "mov" if self._path.suffix.lower() == ".mov" else "mp4"
                container = av.open(str(beside), "w", format=kind, options=options)
                stack.callback(container.close)
                self._stream = self._add_stream(container)
                self._track = AacTrack(container, self._audio) if self._audio else None
            self._container = container
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        container, self._container = self._container, None
        assert container is not None
        with self._stack:
            if error is not None:
                raise error
            if not self._written:
                raise OutputError(f"Cannot write {self._path}: it would have no frames.")
            with output_errors(self._path):
                self._mux(container, None)
                if self._track is not None:
                    self._track.finish()
                container.close()

    def write(self, frame: NDArray[np.uint8], *, time: float | None = None) -> None:
        """Append a frame.

        Args:
            frame: (height, width, 3) uint8 RGB.
            time: when it is shown, in seconds; None means one frame interval after the last frame.

        Raises:
            ValueError: the frame's shape or type is wrong, or its time is not after the last one.
            OutputError: the file cannot be written.
        """
        if self._container is None:
            raise ValueError("Frames can be written only inside the VideoWriter's `with` block.")
        width, height = self._size
        if frame.shape != (height, width, 3) or frame.dtype != np.uint8:
            raise ValueError(
                f"a frame must be uint8 of shape {(height, width, 3)}, not {frame.dtype} of "
                f"shape {frame.shape}."
            )
        tick = self._tick(time)
        if tick <= self._last_tick:
            raise ValueError(f"frame times must increase; {time} s is not after the last one.")
        picture = VideoFrame.from_ndarray(_even(frame), format="rgb24")
        encoded = self._reformatter.reformat(
            picture,
            format="yuv420p",
            dst_colorspace=Colorspace.ITU709,
            src_color_range=ColorRange.JPEG,
            dst_color_range=ColorRange.MPEG,
            interpolation="BILINEAR",
        )
        encoded.pts = tick
        encoded.time_base = Fraction(1, _TICKS)
        with output_errors(self._path):
            self._mux(self._container, encoded)
            if self._track is not None:
                self._track.write_until(tick / _TICKS)
        self._last_tick = tick
        self._written += 1

    def _tick(self, time: float | None) -> int:
        if time is not None:
            return round(time * _TICKS)
        if self._written == 0:
            return 0
        # Counted from the start if possible, so that rounding errors do not add up.
        regular = round(self._written * _TICKS / self._fps)
        before = round((self._written - 1) * _TICKS / self._fps)
        return self._last_tick + regular - before

    def _add_stream(self, container: OutputContainer) -> VideoStream:
        stream = container.add_stream("libx264", rate=self._fps)
        assert isinstance(stream, VideoStream)
        width, height = self._size
        context = stream.codec_context
        context.width, context.height = width + width % 2, height + height % 2
        context.pix_fmt = "yuv420p"
        context.time_base = Fraction(1, _TICKS)
        context.options = {"crf": str(self._quality), "preset": _PRESET}
        if self._key_every is not None:
            context.gop_size = self._key_every
            context.max_b_frames = 0
        context.colorspace = _BT709
        context.color_range = ColorRange.MPEG
        context.color_primaries = ColorPrimaries.BT709
        context.color_trc = ColorTrc.BT709
        return stream

    def _mux(self, container: OutputContainer, frame: VideoFrame | None) -> None:
        for packet in self._stream.encode(frame):
            if not packet.duration:
                packet.duration = round(_TICKS / self._fps)
            container.mux(packet)


def _even(frame: NDArray[np.uint8]) -> NDArray[np.uint8]:
    height, width, _ = frame.shape
    if height % 2 or width % 2:
        return np.pad(frame, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
    return np.ascontiguousarray(frame)
