"""Writing video that plays everywhere: H.264 and AAC in an mp4."""

from contextlib import ExitStack
from fractions import Fraction
from pathlib import Path
from types import TracebackType

import av
import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import Colorspace, VideoReformatter
from numpy.typing import NDArray
from typing_extensions import Self

from inphase.atomic import replacing
from inphase.video.audio import Audio, AudioTrack

_TIME_BASE = Fraction(1, 90_000)
_HD_HEIGHT = 720
# In H.264's numbering of colour descriptions.
_BT709, _SMPTE170M, _LIMITED_RANGE = 1, 6, 1


class VideoWriter:
    """Writes an mp4 with H.264 (yuv420p, the index in front) and, on request, AAC sound.

    The file appears under its name when the block ends well; otherwise nothing stays.

    Args:
        path: of the mp4.
        fps: frames per second of frames written without a time.
        size: (width, height) of the frames. An odd one gets a repeated last column or row.
        audio: sound, which starts with the first frame; cut where the pictures end.
        quality: H.264's constant rate factor: lower is better and larger; 18 looks unchanged.

    Raises:
        OutputError: the file cannot be written.

    Example::

        with VideoWriter("out.mp4", fps=25, size=(640, 480)) as writer:
            for frame in frames:            # (480, 640, 3) uint8 RGB
                writer.write(frame)
    """

    def __init__(
        self,
        path: str | Path,
        *,
        fps: float | Fraction,
        size: tuple[int, int],
        audio: Audio | None = None,
        quality: int = 20,
    ) -> None:
        if min(size) < 1 or not fps > 0:
            raise ValueError(f"size and fps must be positive, not {size} and {fps}.")
        self.path = Path(path)
        self.size = size
        self._even = (size[0] + size[0] % 2, size[1] + size[1] % 2)
        self._fps = Fraction(fps).limit_denominator(1001)
        self._audio = audio
        self._quality = quality
        self._high = self._even[1] >= _HD_HEIGHT
        self._reformatter = VideoReformatter()
        self._stack = ExitStack()
        self._count = 0
        self._last_pts = -1

    def __enter__(self) -> Self:
        with ExitStack() as opening:
            beside = opening.enter_context(replacing(self.path))
            opening.enter_context(_as_os_errors())
            options = {"movflags": "+faststart"}
            self._container = av.open(str(beside), "w", format="mp4", options=options)
            self._stream = self._container.add_stream("libx264", rate=self._fps)
            self._stream.width, self._stream.height = self._even
            self._stream.pix_fmt = "yuv420p"
            self._stream.options = {"crf": str(self._quality), "preset": "veryfast"}
            context = self._stream.codec_context
            context.time_base = _TIME_BASE
            context.color_range = _LIMITED_RANGE
            colors = _BT709 if self._high else _SMPTE170M
            context.colorspace = context.color_primaries = context.color_trc = colors
            self._track = AudioTrack(self._container, self._audio) if self._audio else None
            self._stack = opening.pop_all()
        return self

    def write(self, frame: NDArray[np.uint8], *, time: float | None = None) -> None:
        """Add a frame.

        Args:
            frame: (height, width, 3) uint8 RGB.
            time: seconds at which it is shown, after the frame before; by default one frame
                interval later.

        Raises:
            ValueError: wrong shape, or a time that does not rise.
        """
        if frame.shape != (self.size[1], self.size[0], 3) or frame.dtype != np.uint8:
            raise ValueError(
                f"frames must be uint8 ({self.size[1]}, {self.size[0]}, 3), "
                f"not {frame.dtype} {frame.shape}."
            )
        step = round(1 / (self._fps * _TIME_BASE))
        if time is not None:
            pts = round(time / _TIME_BASE)
        else:
            pts = round(self._count / (self._fps * _TIME_BASE))
        if pts <= self._last_pts:
            raise ValueError(f"the time of frame {self._count} ({time} s) does not rise.")
        extra = (self._even[1] - self.size[1], self._even[0] - self.size[0])
        if any(extra):
            frame = np.pad(frame, ((0, extra[0]), (0, extra[1]), (0, 0)), mode="edge")
        picture = self._reformatter.reformat(
            VideoFrame.from_ndarray(np.ascontiguousarray(frame), format="rgb24"),
            format="yuv420p",
            dst_colorspace=Colorspace.ITU709 if self._high else Colorspace.ITU601,
        )
        picture.pts, picture.time_base, picture.duration = pts, _TIME_BASE, step
        self._container.mux(self._stream.encode(picture))
        self._last_pts = pts
        self._count += 1
        if self._track:
            # Alongside the pictures, or the muxer would hold all of them back.
            self._track.write_until(float((pts + step) * _TIME_BASE))

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            with _as_os_errors():
                if kind is None:
                    if self._count == 0:
                        raise ValueError(f"no frame was written to {self.path}.")
                    self._container.mux(self._stream.encode(None))
                    if self._track:
                        self._track.close()
                self._container.close()
        except BaseException as failure:
            if not self._stack.__exit__(type(failure), failure, failure.__traceback__):
                raise
        else:
            self._stack.__exit__(kind, error, trace)


class _as_os_errors:  # noqa: N801
    """FFmpeg's own errors (a full disk, say) as OSError, which ``replacing`` explains."""

    def __enter__(self) -> None: ...

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, av.error.FFmpegError):
            raise OSError(error.errno, error.strerror) from error
