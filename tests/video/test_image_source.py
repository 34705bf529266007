"""A folder of numbered images: which files count, how they are rotated, what can be wrong."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from inphase.errors import VideoError
from inphase.video import IMAGE_FPS, VideoReader, read_audio
from tests.video.odd_videos import SIZE, corners, number_in, numbered, numbers_in

# How to turn the stored picture upright, according to the EXIF standard.
UPRIGHT = {
    1: lambda p: p,
    2: lambda p: p[:, ::-1],
    3: lambda p: np.rot90(p, 2),
    4: lambda p: p[::-1],
    5: lambda p: p.transpose(1, 0, 2),
    6: lambda p: np.rot90(p, -1),
    7: lambda p: np.rot90(p, 2).transpose(1, 0, 2),
    8: lambda p: np.rot90(p),
}


def save(path: Path, number: int, size: tuple[int, int] = SIZE) -> None:
    Image.fromarray(numbered(number, size)).save(path)


def test_natural_order_and_other_files(tmp_path: Path) -> None:
    for number, name in enumerate(["f2.PNG", "f9.jpg", "f010.bmp", "f11.png", "f100.jpeg"]):
        save(tmp_path / name, number)
    (tmp_path / "f5.txt").write_text("not an image")
    (tmp_path / "f6").mkdir()
    (tmp_path / ".f7.png").write_bytes(b"hidden")
    reader = VideoReader(tmp_path)
    assert numbers_in(picture for _, picture in reader) == [0, 1, 2, 3, 4]
    assert [number_in(reader[index]) for index in (4, 0, -1, 2)] == [4, 0, 4, 2]
    np.testing.assert_allclose(reader.times, np.arange(5) / IMAGE_FPS)
    assert reader.info.duration == pytest.approx(5 / IMAGE_FPS)
    with pytest.raises(VideoError, match="there is no frame 5"):
        reader[5]


def test_a_folder_named_like_an_image_is_not_one(tmp_path: Path) -> None:
    save(tmp_path / "1.png", 1)
    (tmp_path / "2.png").mkdir()
    assert len(VideoReader(tmp_path)) == 1


@pytest.mark.parametrize("orientation", UPRIGHT)
def test_exif_orientation(tmp_path: Path, orientation: int) -> None:
    image = Image.fromarray(corners())
    exif = image.getexif()
    exif[0x0112] = orientation
    image.save(tmp_path / "1.png", exif=exif)
    reader = VideoReader(tmp_path)
    expected = UPRIGHT[orientation](corners())
    np.testing.assert_array_equal(reader[0], expected)
    assert (reader.info.height, reader.info.width) == expected.shape[:2]


def test_sizes_that_differ(tmp_path: Path) -> None:
    for number, size in enumerate([(80, 60), (64, 48), (200, 90)]):
        save(tmp_path / f"{number}.png", number, size)
    reader = VideoReader(tmp_path)
    pictures = [picture for _, picture in reader]
    assert {picture.shape for picture in pictures} == {(60, 80, 3)}
    assert numbers_in(pictures) == [0, 1, 2]


def test_an_image_that_is_gone_or_broken_is_named(tmp_path: Path) -> None:
    for number in range(3):
        save(tmp_path / f"{number}.png", number)
    reader = VideoReader(tmp_path)
    (tmp_path / "2.png").unlink()
    (tmp_path / "1.png").write_bytes((tmp_path / "1.png").read_bytes()[:60])
    for number in (1, 2):
        with pytest.raises(VideoError, match=rf"{number}\.png"):
            reader[number]
    assert number_in(reader[0]) == 0


def test_a_folder_has_no_sound(tmp_path: Path) -> None:
    save(tmp_path / "1.png", 1)
    assert not VideoReader(tmp_path).info.has_audio
    with pytest.raises(VideoError, match="folder"):
        read_audio(tmp_path)
