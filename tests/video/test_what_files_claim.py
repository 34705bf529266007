"""What a file claims takes no memory and no time before it is believed."""

import os
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from inphase.errors import VideoError
from inphase.video import VideoReader, probe, read_audio, read_image
from inphase.video.opening import LARGEST_PICTURE, reading_errors
from tests.video.odd_sounds import tone, wav
from tests.video.odd_videos import encode, numbered


def png_that_claims(path: Path, width: int, height: int) -> Path:
    """A PNG of a few bytes, black, that would be gigabytes in memory if it were true."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + check

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + body)
    return path


@pytest.mark.parametrize("side", [10_001, 13_500, 40_000, 2**31 - 1])
def test_huge_pictures_are_refused_by_their_size(tmp_path: Path, side: int) -> None:
    path = png_that_claims(tmp_path / "1.png", side, side)
    for read in (VideoReader, probe):
        with pytest.raises(VideoError, match=r"1\.png.*(megapixels|too large)"):
            read(tmp_path)
    with pytest.raises(VideoError, match=r"megapixels|too large"):
        read_image(path)


def test_a_huge_picture_among_others_is_refused_when_it_is_read(tmp_path: Path) -> None:
    Image.fromarray(numbered(1)).save(tmp_path / "1.png")
    png_that_claims(tmp_path / "2.png", 20_000, 20_000)
    reader = VideoReader(tmp_path)
    assert reader[0].shape == (48, 64, 3)
    with pytest.raises(VideoError, match=r"2\.png"):
        reader[1]


def test_the_size_of_a_folder_is_known_without_its_pixels(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = Image.fromarray(np.zeros((30, 50, 3), np.uint8))
    exif = image.getexif()
    exif[0x0112] = 6  # on its side
    image.save(tmp_path / "1.jpg", exif=exif)
    monkeypatch.setattr(Image.Image, "convert", None)
    info = probe(tmp_path)
    assert (info.width, info.height) == (30, 50)


def test_a_picture_is_what_its_name_says(tmp_path: Path) -> None:
    # Pillow would start another program for this.
    (tmp_path / "1.png").write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\nshowpage\n")
    with pytest.raises(VideoError, match="cannot be decoded"):
        read_image(tmp_path / "1.png")


@pytest.mark.parametrize("kind", ["header", "pictures"])
def test_a_video_of_huge_pictures_is_refused(tmp_path: Path, kind: str) -> None:
    path = encode(tmp_path / "v.mov", 3, codec="png", pix_fmt="rgb24")
    content = bytearray(path.read_bytes())
    if kind == "header":  # of the track
        place = content.index(b"png ", content.index(b"stsd") + 8) + 4 + 24
        content[place : place + 4] = struct.pack(">HH", 30_000, 30_000)
    place = content.index(b"IHDR") + 4
    while place > 3:
        content[place : place + 8] = struct.pack(">II", 30_000, 30_000)
        check = zlib.crc32(bytes(content[place - 4 : place + 13]))
        content[place + 13 : place + 17] = struct.pack(">I", check)
        place = content.find(b"IHDR", place) + 4
    path.write_bytes(content)
    assert LARGEST_PICTURE < 30_000**2
    with pytest.raises(VideoError, match=r"megapixels|can be decoded"):
        probe(path)


@pytest.mark.parametrize("seconds", [2**31 - 1, 4000])
def test_a_frame_that_is_shown_for_centuries(tmp_path: Path, seconds: int) -> None:
    path = encode(tmp_path / "v.avi", 5, codec="mpeg4")
    content = bytearray(path.read_bytes())
    clock = content.index(b"vids") + 20
    content[clock : clock + 8] = struct.pack("<II", seconds, 1)
    path.write_bytes(content)
    with pytest.raises(VideoError, match=r"v\.avi.*shown for"):
        probe(path)


def test_a_pipe_is_no_video(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.mp4")
    for read in (probe, VideoReader, read_audio):
        with pytest.raises(VideoError, match=r"pipe\.mp4 is not a regular file"):
            read(tmp_path / "pipe.mp4")


def test_sound_that_is_no_number_is_silent(tmp_path: Path) -> None:
    path = wav(tmp_path / "a.wav", [tone(0.1)] * 2)
    content = bytearray(path.read_bytes())
    # The same bytes as 32-bit floats: format 3, one channel, 4 bytes a sample.
    content[20:36] = struct.pack("<HHIIHH", 3, 1, 48000, 192000, 4, 32)
    levels = np.tile(np.array([np.nan, np.inf, -np.inf, 0.25], "<f4"), 1200)
    content[44:] = levels.tobytes()
    path.write_bytes(content)
    heard = read_audio(path).samples[:, 0]
    assert np.isfinite(heard).all()
    assert set(np.unique(heard).tolist()) == {0.0, 0.25}


@pytest.mark.parametrize(
    "error", [ValueError("odd"), MemoryError(), OverflowError("big"), KeyError(3), OSError(5, "I")]
)
def test_whatever_a_file_raises_is_one_sentence(error: Exception) -> None:
    with (
        pytest.raises(VideoError, match=r"v\.mp4 cannot be read: .*\.$"),
        reading_errors(Path("v.mp4")),
    ):
        raise error
