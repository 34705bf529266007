"""Still pictures: which files of a folder are its frames, their size, their pixels."""

import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from inphase.errors import VideoError
from inphase.video.conversion import RgbConverter
from inphase.video.names import natural_key
from inphase.video.opening import check_picture_size

IMAGE_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".webp", ".ppm"})
# What a file of these names may really be. Others that Pillow knows start other programs.
_FORMATS = ("PNG", "JPEG", "BMP", "DIB", "TIFF", "WEBP", "PPM", "GIF", "JPEG2000")
# Values of the EXIF tag that turn a picture on its side.
_ON_ITS_SIDE = {5, 6, 7, 8}


def numbered_images(folder: Path) -> list[Path]:
    """The images in `folder` with a number in their name, by that number (2 before 10)."""
    try:
        files = [
            file
            for file in folder.iterdir()
            if file.suffix.lower() in IMAGE_SUFFIXES
            and re.search(r"\d", file.stem)
            and not file.name.startswith(".")
            and file.is_file()
        ]
    except OSError as error:
        raise VideoError(f"{folder} cannot be read: {error.strerror}.") from error
    return sorted(files, key=lambda file: (natural_key(file.stem), file.suffix))


def image_size(path: Path) -> tuple[int, int]:
    """(width, height) of an image, rotated according to its EXIF tag, without its pixels.

    Raises:
        VideoError: it does not exist, is no image, or is too large to be read.
    """
    with _opened(path) as image:
        width, height = image.size
        on_its_side = image.getexif().get(ExifTags.Base.Orientation) in _ON_ITS_SIDE
    return (height, width) if on_its_side else (width, height)


def read_image(path: Path, *, size: tuple[int, int] | None = None) -> NDArray[np.uint8]:
    """Read an image as (height, width, 3) RGB, rotated according to its EXIF tag.

    Args:
        path: of the image.
        size: (width, height) to resize to, in the same way as the frames of a video.

    Raises:
        VideoError: it does not exist, cannot be decoded, or is too large to be read.
    """
    with _opened(path) as image:
        upright = _upright(image)
    if size is None:
        return np.array(upright)
    return RgbConverter(size)(VideoFrame.from_ndarray(upright, "rgb24"))


def _upright(image: Image.Image) -> NDArray[np.uint8]:
    """The pixels, perhaps read-only. A large picture is not copied where nothing has to change."""
    ImageOps.exif_transpose(image, in_place=True)
    if image.mode.startswith("I"):
        # 16-bit grey: Pillow's own conversion clips at 255 instead of scaling.
        grey = np.clip(np.asarray(image) >> 8, 0, 255).astype(np.uint8)
        return np.repeat(grey[:, :, None], 3, axis=2)
    return np.asarray(image if image.mode == "RGB" else image.convert("RGB"))


@contextmanager
def _opened(path: Path) -> Iterator[Image.Image]:
    """Open an image; its pixels are read only after its size was looked at."""
    try:
        with warnings.catch_warnings():
            # The size is looked at below, before any pixel is read.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            opened = Image.open(path, formats=_FORMATS)
        with opened as image:
            check_picture_size(path, *image.size)
            yield image
    except FileNotFoundError as error:
        raise VideoError(f"{path} does not exist.") from error
    except VideoError:
        raise
    except UnidentifiedImageError as error:
        raise VideoError(f"The image {path} cannot be decoded.") from error
    except Image.DecompressionBombError as error:
        raise VideoError(f"The image {path} is too large to be read; make it smaller.") from error
    except Exception as error:  # damaged files make Pillow raise nearly anything
        raise VideoError(f"The image {path} cannot be decoded.") from error
