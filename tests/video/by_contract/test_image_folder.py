"""A folder of numbered images is a video."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from inphase.errors import VideoError
from inphase.video import IMAGE_FPS, VideoReader


def test_images_come_in_the_order_of_their_numbers(tmp_path: Path, numbers: Any) -> None:
    for number in (1, 2, 9, 10, 11, 100):
        Image.fromarray(numbers.draw(number)).save(tmp_path / f"shot_{number}.png")
    (tmp_path / "notes.txt").write_text("not an image")
    (tmp_path / "._shot_1.png").write_bytes(b"left by a Mac")
    Image.fromarray(numbers.draw(5)).save(tmp_path / "cover.png")
    reader = VideoReader(tmp_path)
    assert [numbers.read(frame) for _, frame in reader] == [1, 2, 9, 10, 11, 100]
    np.testing.assert_allclose(reader.times, np.arange(6) / IMAGE_FPS)
    assert reader.info.fps == IMAGE_FPS
    assert numbers.read(reader[3]) == 10
    assert [numbers.read(frame) for frame in reader.frames([0, 0, 5])] == [1, 1, 100]
    assert numbers.read(reader.at(0.09)) == 9


def test_all_images_get_the_size_of_the_first_or_the_one_asked_for(
    tmp_path: Path, numbers: Any
) -> None:
    Image.fromarray(numbers.draw(0, (96, 64))).save(tmp_path / "0.png")
    Image.fromarray(numbers.draw(1, (200, 30))).save(tmp_path / "1.png")
    assert [frame.shape for _, frame in VideoReader(tmp_path)] == [(64, 96, 3)] * 2
    resized = VideoReader(tmp_path, size=(40, 50))
    assert [(frame.shape, numbers.read(frame)) for _, frame in resized] == [
        ((50, 40, 3), 0),
        ((50, 40, 3), 1),
    ]


def test_exif_rotation_is_applied(tmp_path: Path) -> None:
    image = Image.fromarray(np.zeros((40, 60, 3), np.uint8))
    exif = image.getexif()
    exif[0x0112] = 6  # to be rotated clockwise by a quarter turn
    image.save(tmp_path / "1.jpg", exif=exif)
    info = VideoReader(tmp_path).info
    assert (info.width, info.height) == (40, 60)


@pytest.mark.parametrize("kind", ["16-bit", "palette", "alpha", "grey"])
def test_kinds_of_images_become_rgb(kind: str, tmp_path: Path) -> None:
    grey = np.full((16, 16), 100, np.uint8)
    image = {
        "16-bit": lambda: Image.fromarray(grey.astype(np.uint16) * 257),
        "palette": lambda: Image.fromarray(grey).convert("P"),
        "alpha": lambda: Image.fromarray(grey).convert("RGBA"),
        "grey": lambda: Image.fromarray(grey),
    }[kind]()
    image.save(tmp_path / "1.png")
    np.testing.assert_allclose(VideoReader(tmp_path)[0], 100, atol=1)


def test_images_are_fresh_memory(tmp_path: Path, numbers: Any) -> None:
    Image.fromarray(numbers.draw(3)).save(tmp_path / "1.png")
    first, second = VideoReader(tmp_path).frames([0, 0])
    first[:] = 0
    assert numbers.read(second) == 3


def test_a_folder_without_numbered_images_is_refused(tmp_path: Path) -> None:
    Image.fromarray(np.zeros((8, 8, 3), np.uint8)).save(tmp_path / "cover.png")
    with pytest.raises(VideoError, match=rf"{tmp_path} is a folder without numbered images"):
        VideoReader(tmp_path)


def test_a_broken_image_is_named(tmp_path: Path, numbers: Any) -> None:
    Image.fromarray(numbers.draw(3)).save(tmp_path / "1.png")
    (tmp_path / "2.png").write_bytes(b"\x89PNG\r\n\x1a\n and no more")
    with pytest.raises(VideoError, match=r"2\.png cannot be decoded"):
        list(VideoReader(tmp_path))
