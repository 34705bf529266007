"""Convert decoded frames of any format to RGB arrays: colour, rotation, fields, size."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from av.filter import Graph
from av.sidedata.sidedata import SideData
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter
from numpy.typing import NDArray

# What players assume for untagged frames: BT.709 from this height up, BT.601 below.
_HD_HEIGHT = 720
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


class RgbConverter:
    """Converts decoded frames to RGB arrays of one size and orientation.

    It reuses one scaler: making a new one for each frame halves the speed.
    """

    def __init__(self, size: tuple[int, int], orientation: Orientation | None = None) -> None:
        """
        Args:
            size: (width, height) of the arrays, after the orientation is applied.
            orientation: how to turn the frames.
        """
        self._orientation = orientation or Orientation()
        self._stored_size = self._orientation.shown_size(*size)
        self._reformatter = VideoReformatter()
        self._fields: Graph | None = None

    def __call__(self, frame: VideoFrame) -> NDArray[np.uint8]:
        """(height, width, 3) RGB in contiguous memory that nothing else refers to."""
        if frame.interlaced_frame and frame.height > 1:
            frame = self._one_field(frame)
        width, height = self._stored_size
        rgb = self._reformatter.reformat(
            frame,
            width,
            height,
            "rgb24",
            src_colorspace=_matrix(frame),
            src_color_range=frame.color_range,
            dst_color_range=ColorRange.JPEG,
            interpolation="BILINEAR",
            threads=1,
        )
        plane = rgb.planes[0]
        data: NDArray[np.uint8] = np.frombuffer(memoryview(plane), np.uint8)
        pixels = data.reshape(-1, plane.line_size)[:height, : width * 3].reshape(height, width, 3)
        # If there was nothing to convert, the memory is still the decoder's.
        return self._orientation.apply(pixels.copy() if rgb is frame else pixels)

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


def _matrix(frame: VideoFrame) -> int | None:
    if frame.colorspace not in _UNSPECIFIED:
        return None
    hd = frame.height >= _HD_HEIGHT
    return int(Colorspace.ITU709 if hd else Colorspace.ITU601)
