"""Videos in HDR and in wide colours, made from SDR pictures by the formulas of BT.2100."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, VideoReformatter
from av.video.stream import VideoStream
from numpy.typing import NDArray

# From BT.709 to BT.2020 (BT.2087) and to Display P3, in linear light.
_TO_BT2020 = [[0.6274, 0.3293, 0.0433], [0.0691, 0.9195, 0.0114], [0.0164, 0.0880, 0.8956]]
_TO_P3 = [[0.8225, 0.1774, 0.0], [0.0332, 0.9669, 0.0], [0.0171, 0.0724, 0.9108]]
_COLOURS = {"bt2020": (9, 9, _TO_BT2020), "p3": (12, 1, _TO_P3)}
_TRANSFERS = {"hlg": 18, "pq": 16, "sdr": 14}


def scene(step: int = 0) -> NDArray[np.uint8]:
    """(96, 128, 3) of surfaces as bright as those of a room, in many colours, with a white one."""
    y, x = np.mgrid[0:96, 0:128]
    waves = [90 + 70 * np.sin((x * (i + 1) + y * (3 - i) + 4 * step) / 23 + i) for i in range(3)]
    picture = np.stack(waves, axis=-1).astype(np.uint8)
    picture[10:30, 10:30] = 255
    return picture


def encode_hdr(
    path: Path,
    pictures: list[NDArray[np.uint8]],
    *,
    transfer: str,
    colours: str = "bt2020",
    white: float = 203.0,
) -> Path:
    """Write pictures as 10-bit video without loss.

    Args:
        path: of a Matroska file.
        pictures: (height, width, 3) SDR.
        transfer: `"hlg"`, `"pq"` or `"sdr"`.
        colours: `"bt2020"` or `"p3"`.
        white: candelas per square metre of SDR's white.
    """
    primaries, matrix, to_wide = _COLOURS[colours]
    with av.open(str(path), "w") as container:
        stream = container.add_stream("ffv1", rate=10)
        assert isinstance(stream, VideoStream)
        height, width, _ = pictures[0].shape
        context = stream.codec_context
        context.width, context.height, context.pix_fmt = width, height, "yuv444p10le"
        context.color_trc, context.color_primaries = _TRANSFERS[transfer], primaries
        context.colorspace, context.color_range = matrix, ColorRange.MPEG
        reformatter = VideoReformatter()
        for index, picture in enumerate(pictures):
            signal = _signal((picture / 255.0) ** 2.4 @ np.array(to_wide).T, transfer, white)
            deep = np.round(np.clip(signal, 0, 1) * 65535).astype(np.uint16)
            frame = reformatter.reformat(
                VideoFrame.from_ndarray(deep, "rgb48le"),
                format="yuv444p10le",
                dst_colorspace=matrix,
                src_color_range=ColorRange.JPEG,
                dst_color_range=ColorRange.MPEG,
            )
            frame.pts, frame.time_base = index, Fraction(1, 10)
            frame.color_trc, frame.color_primaries = _TRANSFERS[transfer], primaries
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def _signal(light: NDArray[np.float64], transfer: str, white: float) -> NDArray[np.float64]:
    light = np.maximum(light, 0)
    if transfer == "sdr":
        return np.asarray(light ** (1 / 2.4))
    if transfer == "hlg":
        scene_light = (light * white / 1000) ** (1 / 1.2)
        bright = 0.17883277 * np.log(np.maximum(12 * scene_light - 0.28466892, 1e-9)) + 0.55991073
        return np.where(scene_light <= 1 / 12, np.sqrt(3 * scene_light), bright)
    power = (light * white / 10_000) ** 0.1593017578125
    return np.asarray(((0.8359375 + 18.8515625 * power) / (1 + 18.6875 * power)) ** 78.84375)
