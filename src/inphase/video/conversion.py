"""Convert decoded frames of any format to RGB arrays: colour, rotation, fields, size."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from av.filter import Graph
from av.sidedata.sidedata import SideData
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter
from numpy.typing import NDArray

from inphase.video.dynamic_range import LightCurve, to_sdr, white_of

# What players assume for untagged frames: BT.709 from this height up, BT.601 below.
_HD_HEIGHT = 720
# Enough to tell how much of a picture is bright.
_SAMPLE_SIZE = (160, 90)
_UNSPECIFIED = {0, 2}  # AVCOL_SPC_RGB (no matrix) and AVCOL_SPC_UNSPECIFIED


@dataclass(frozen=True)
class Orientation:
    """How to turn a stored frame for display: transpose first, then mirror."""

    transpose: bool = False
    mirror_x: bool = False
    mirror_y: bool = False

    @classmethod
    def of(cls, frame: VideoFrame) -> "Orientation":
        """Read a frame's display matrix, rounded to the nearest quarter turn.

        The matrix maps a stored (x, y) to the displayed x' = a·x + c·y, y' = b·x + d·y.
        """
        data = frame.side_data.get("DISPLAYMATRIX")
        if not isinstance(data, SideData):
            return cls()
        a, b, _, c, d = np.frombuffer(memoryview(data), dtype=np.int32)[:5].tolist()
        if abs(a) + abs(d) >= abs(b) + abs(c):
            return cls(False, a < 0, d < 0)
        return cls(True, c < 0, b < 0)

    def shown_size(self, width: int, height: int) -> tuple[int, int]:
        """(width, height) as displayed, from that of the stored frame; its own inverse."""
        return (height, width) if self.transpose else (width, height)

    def apply(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Turn (height, width, 3) pixels."""
        if self.transpose:
            pixels = pixels.transpose(1, 0, 2)
        if self.mirror_x:
            pixels = pixels[:, ::-1]
        if self.mirror_y:
            pixels = pixels[::-1]
        return np.ascontiguousarray(pixels)


@dataclass(frozen=True)
class Look:
    """What the first frame of a file tells about all of them.

    Attributes:
        width: as stored, in pixels.
        height: as stored, in pixels.
        orientation: how to turn them.
        is_hdr: whether the light that becomes white has to be chosen.
    """

    width: int
    height: int
    orientation: Orientation
    is_hdr: bool

    @classmethod
    def of(cls, frame: VideoFrame) -> "Look":
        """The look of a frame."""
        curve = LightCurve.of(frame)
        is_hdr = curve is not None and curve.is_hdr
        return cls(frame.width, frame.height, Orientation.of(frame), is_hdr)


class RgbConverter:
    """Converts decoded frames to RGB arrays of one size and orientation.

    It reuses one scaler: making a new one for each frame halves the speed.
    """

    def __init__(
        self,
        size: tuple[int, int],
        orientation: Orientation | None = None,
        *,
        white: float | None = None,
    ) -> None:
        """
        Args:
            size: (width, height) of the arrays, after the orientation is applied.
            orientation: how to turn the frames.
            white: the light of an HDR video that becomes white (`measured_white`); by default the
                first HDR frame decides.
        """
        self._orientation = orientation or Orientation()
        self._stored_size = self._orientation.shown_size(*size)
        self._reformatter = VideoReformatter()
        self._fields: Graph | None = None
        self._white = white

    def __call__(self, frame: VideoFrame) -> NDArray[np.uint8]:
        """(height, width, 3) RGB in contiguous memory that nothing else refers to."""
        curve = LightCurve.of(frame)
        if frame.interlaced_frame and frame.height > 1:
            frame = self._one_field(frame)
        if curve is None:
            rgb = _rgb(self._reformatter, frame, self._stored_size, "rgb24")
            pixels = _pixels(rgb)
            # If there was nothing to convert, the memory is still the decoder's.
            return self._orientation.apply(pixels.copy() if rgb is frame else pixels)
        signals = _pixels(_rgb(self._reformatter, frame, self._stored_size, "rgb48le"))
        if self._white is None:
            self._white = white_of(curve, signals.view(np.uint16))
        return self._orientation.apply(to_sdr(signals.view(np.uint16), curve, self._white))

    def _one_field(self, frame: VideoFrame) -> VideoFrame:
        """The upper field alone: half the rows, and no combing.

        A deinterlacer that looks at neighbouring frames would make a frame depend on how it was
        reached; a single field does not.
        """
        if self._fields is None:
            self._fields = Graph()
            source = self._fields.add_buffer(
                width=frame.width,
                height=frame.height,
                format=frame.format,
                time_base=frame.time_base or Fraction(1, 1000),
            )
            field = self._fields.add("field", "type=top")
            self._fields.link_nodes(source, field, self._fields.add("buffersink")).configure()
        self._fields.vpush(frame)
        return self._fields.vpull()


def measured_white(frames: Iterable[VideoFrame]) -> float | None:
    """The light that becomes white in a video; None if the first of its frames is no HDR.

    Args:
        frames: some that stand for the whole video.
    """
    reformatter = VideoReformatter()
    samples: list[NDArray[np.uint16]] = []
    found: LightCurve | None = None
    for frame in frames:
        curve = LightCurve.of(frame)
        if curve is None or not curve.is_hdr:
            return None
        found = found or curve
        small = _rgb(reformatter, frame, _SAMPLE_SIZE, "rgb48le")
        samples.append(_pixels(small).view(np.uint16).copy())
    return None if found is None else white_of(found, np.stack(samples))


def _rgb(
    reformatter: VideoReformatter, frame: VideoFrame, size: tuple[int, int], layout: str
) -> VideoFrame:
    return reformatter.reformat(
        frame,
        *size,
        layout,
        src_colorspace=_matrix(frame),
        src_color_range=frame.color_range,
        dst_color_range=ColorRange.JPEG,
        interpolation="BILINEAR",
        threads=1,
    )


def _pixels(rgb: VideoFrame) -> NDArray[np.uint8]:
    """(height, width, bytes of a pixel) in the memory of a packed frame."""
    plane = rgb.planes[0]
    bytes_each = 6 if rgb.format.name == "rgb48le" else 3
    data: NDArray[np.uint8] = np.frombuffer(memoryview(plane), np.uint8)
    rows = data.reshape(-1, plane.line_size)[: rgb.height, : rgb.width * bytes_each]
    return rows.reshape(rgb.height, rgb.width, bytes_each)


def _matrix(frame: VideoFrame) -> int | None:
    if frame.colorspace not in _UNSPECIFIED:
        return None
    hd = frame.height >= _HD_HEIGHT
    return int(Colorspace.ITU709 if hd else Colorspace.ITU601)
