"""Rotation, fields, bit depth, odd sizes, grey and colours look as they do in a player."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from av.video.reformatter import ColorRange, Colorspace
from av.video.stream import VideoStream
from PIL import Image

from inphase.video import VideoReader

Encode = Callable[..., Path]


def quarters(size: tuple[int, int] = (96, 64)) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Red, green over blue, white: any rotation or mirroring changes it."""
    width, height = size
    image = np.zeros((height, width, 3), np.uint8)
    image[: height // 2, : width // 2] = (220, 20, 20)
    image[: height // 2, width // 2 :] = (20, 200, 20)
    image[height // 2 :, : width // 2] = (20, 20, 220)
    image[height // 2 :, width // 2 :] = (235, 235, 235)
    return image


def corners(frame: np.ndarray[Any, np.dtype[np.uint8]]) -> str:
    """Colours at the centres of the quarters, row by row: R, G, B or W."""
    height, width, _ = frame.shape
    letters = ""
    for y in (height // 4, 3 * height // 4):
        for x in (width // 4, 3 * width // 4):
            pixel = frame[y, x].astype(int)
            letters += "W" if pixel.min() > 150 else "RGB"[int(pixel.argmax())]
    return letters


@pytest.mark.parametrize(
    ("degrees", "hflip", "shown"),
    [
        (0, False, "RGBW"),
        (90, False, "GWRB"),  # counter-clockwise: the right edge comes to the top
        (180, False, "WBGR"),
        (270, False, "BRWG"),
        (-90, False, "BRWG"),
        (0, True, "GRWB"),
    ],
)
def test_stored_rotation_is_applied(degrees: int, hflip: bool, shown: str, encode: Encode) -> None:
    def turn(stream: VideoStream) -> None:
        stream.set_display_rotation(degrees, hflip=hflip)

    reader = VideoReader(encode("v.mp4", frames=[quarters()] * 3, setup=turn))
    width, height = (64, 96) if degrees % 180 else (96, 64)
    assert (reader.info.width, reader.info.height) == (width, height)
    assert reader[1].shape == (height, width, 3)
    assert corners(reader[1]) == shown
    resized = VideoReader(reader.info.path, size=(40, 20))[1]
    assert resized.shape == (20, 40, 3)
    assert corners(resized) == shown


def test_oblong_pixels_are_made_square(encode: Encode) -> None:
    def oblong(stream: VideoStream) -> None:
        stream.codec_context.sample_aspect_ratio = Fraction(4, 3)

    reader = VideoReader(encode("v.mkv", frames=[quarters()] * 2, setup=oblong))
    assert (reader.info.width, reader.info.height) == (128, 64)
    assert reader[0].shape == (64, 128, 3)


@pytest.mark.parametrize(
    ("codec", "pix_fmt", "size"),
    [
        ("libx264", "yuv420p10le", (96, 64)),
        ("libx264", "yuv444p10le", (101, 75)),
        ("libx264", "yuv422p", (96, 63)),
        ("mpeg4", "yuv420p", (101, 75)),
        ("ffv1", "gray", (101, 75)),
        ("ffv1", "gray16le", (96, 64)),
        ("libx264rgb", "rgb24", (97, 64)),
        ("prores_ks", "yuv422p10le", (96, 64)),
    ],
)
def test_depths_odd_sizes_and_grey(
    codec: str, pix_fmt: str, size: tuple[int, int], encode: Encode, numbers: Any
) -> None:
    reader = VideoReader(encode("v.mkv", codec=codec, pix_fmt=pix_fmt, size=size, count=4))
    assert (reader.info.width, reader.info.height) == size
    for index, (_, frame) in enumerate(reader):
        assert frame.dtype == np.uint8
        assert frame.shape == (size[1], size[0], 3)
        assert numbers.read(frame) == index
        # The drawn cells are 30 and 220; the median of each stays near.
        assert abs(np.median(frame[frame < 125]) - 30) <= 4
        assert index == 0 or abs(np.median(frame[frame > 125]) - 220) <= 4


@pytest.mark.parametrize(
    ("codec", "options"),
    [
        ("libx264", {"x264-params": "tff=1:interlaced=1"}),
        ("mpeg2video", {"flags": "+ildct+ilme"}),
    ],
)
def test_interlaced_frames_show_no_combing(
    codec: str, options: dict[str, str], encode: Encode
) -> None:
    frames = []
    for index in range(10):
        # Both fields see an upright bar, the lower one 10 pixels further on.
        frame = np.full((64, 96, 3), 40, np.uint8)
        frame[::2, 4 * index : 4 * index + 20] = 220
        frame[1::2, 4 * index + 10 : 4 * index + 30] = 220
        frames.append(frame)
    reader = VideoReader(encode("v.mkv", codec=codec, frames=frames, options=options))
    assert len(reader) == 10
    shown = reader[5].astype(int)
    assert shown.shape == (64, 96, 3)
    assert np.abs(np.diff(shown[:, :, 1], axis=0)).max() < 20
    assert shown[:, 25:35].mean() > 190
    assert shown[:, 48:].mean() < 60


@pytest.mark.parametrize(
    ("height", "matrix", "limited"),
    [
        (64, "bt601", True),  # untagged and small: BT.601
        (720, "bt709", True),  # untagged and HD: BT.709
        (64, "bt601", False),
    ],
)
def test_colours_follow_matrix_and_range(
    height: int, matrix: str, limited: bool, encode: Encode
) -> None:
    colour = np.array([200, 40, 90], np.uint8)
    rgb = av.VideoFrame.from_ndarray(np.full((height, 96, 3), colour, np.uint8), "rgb24")
    planes = rgb.reformat(
        format="yuv444p",
        dst_colorspace=Colorspace.ITU709 if matrix == "bt709" else Colorspace.ITU601,
        src_color_range=ColorRange.JPEG,
        dst_color_range=ColorRange.MPEG if limited else ColorRange.JPEG,
    ).to_ndarray()
    path = encode("seed.mkv", count=1).with_name("v.mkv")
    with av.open(str(path), "w") as container:
        stream = container.add_stream("ffv1", rate=25)
        assert isinstance(stream, VideoStream)
        stream.width, stream.height, stream.pix_fmt = 96, height, "yuv444p"
        stream.codec_context.color_range = 1 if limited else 2
        frame = av.VideoFrame.from_ndarray(planes, "yuv444p")
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    shown = VideoReader(path)[0].reshape(-1, 3).astype(int)
    assert np.abs(shown - colour).max() <= 3


def test_an_animated_gif_keeps_its_delays(tmp_path: Path, numbers: Any) -> None:
    images = [Image.fromarray(numbers.draw(number)) for number in range(5)]
    path = tmp_path / "v.gif"
    delays = [100, 40, 250, 30, 500]
    images[0].save(path, save_all=True, append_images=images[1:], duration=delays, loop=0)
    reader = VideoReader(path)
    assert [numbers.read(frame) for _, frame in reader] == [0, 1, 2, 3, 4]
    np.testing.assert_allclose(reader.times, [0, 0.1, 0.14, 0.39, 0.42], atol=1e-9)
    assert reader.info.duration == pytest.approx(0.92)
    assert numbers.read(reader.at(0.3)) == 2
    assert numbers.read(reader[3]) == 3
