"""A folder of numbered images, read as a video."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from inphase.errors import VideoError
from inphase.video.info import VideoInfo

IMAGE_SUFFIXES = frozenset({".bmp", ".jpeg", ".jpg", ".png", ".ppm", ".tif", ".tiff", ".webp"})
IMAGE_FPS = 25.0


@dataclass(frozen=True)
class ImageSource:
    """Numbered images of one folder, in the order of their numbers, 25 a second.

    Attributes:
        info: of the video; its size is the first image's.
        files: the images in order.
    """

    info: VideoInfo
    files: tuple[Path, ...]

    @classmethod
    def open(cls, folder: Path) -> "ImageSource":
        """List a folder's images.

        Raises:
            VideoError: there are none, or the first cannot be read.
        """
        numbered = []
        for file in folder.iterdir():
            digits = re.findall(r"\d+", file.stem)
            if file.suffix.lower() in IMAGE_SUFFIXES and digits and not file.name.startswith("."):
                # The number that changes from image to image is the last in the name.
                numbered.append((int(digits[-1]), file.name, file))
        if not numbered:
            raise VideoError(f"{folder} is a folder without numbered images.")
        files = tuple(file for _, _, file in sorted(numbered))
        height, width = _image(files[0]).shape[:2]
        times = np.arange(len(files)) / IMAGE_FPS
        return cls(VideoInfo(folder, width, height, times, has_audio=False), files)

    def frames(
        self, wanted: Sequence[int], size: tuple[int, int]
    ) -> Iterator[tuple[int, NDArray[np.uint8]]]:
        """Read images; ``size`` is (width, height) of the pictures, (height, width, 3) RGB."""
        for index in wanted:
            yield index, _image(self.files[index], size)


def _image(file: Path, size: tuple[int, int] | None = None) -> NDArray[np.uint8]:
    try:
        with Image.open(file) as opened:
            image = ImageOps.exif_transpose(opened).convert("RGB")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise VideoError(f"{file} is not an image that can be read.") from error
    if size is not None and image.size != size:
        image = image.resize(size, Image.Resampling.BILINEAR, reducing_gap=3.0)
    return np.array(image)
