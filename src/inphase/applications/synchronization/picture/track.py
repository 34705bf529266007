"""One video in a clip: its frames, which part of each is seen, and how it is drawn."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from inphase.applications.synchronization.picture.marks import Color, Marker
from inphase.applications.synchronization.picture.windows import fitted
from inphase.video import VideoInfo, VideoReader

BACKGROUND = (18, 18, 20)
Box = tuple[int, int, int, int]


@dataclass(frozen=True)
class Track:
    """One video in a clip.

    Attributes:
        info: of the video.
        title: below its picture.
        color: of its bar, its lines and, on others, its title.
        frames: (steps,) its frame at each frame of the clip, never decreasing.
        windows: (steps, 4) what is seen of it, in its own pixels; all of one aspect.
        flipped: whether it is shown as in a mirror.
        doubtful: (steps,) whether it is marked as doubtful.
        marker: draws on its pictures; None for nothing.
        is_reference: whether its pace is kept.
    """

    info: VideoInfo
    title: str
    color: Color
    frames: NDArray[np.int64]
    windows: NDArray[np.float64]
    flipped: bool
    doubtful: NDArray[np.bool_]
    marker: Marker | None
    is_reference: bool

    def size_in(self, room: tuple[int, int]) -> tuple[int, int]:
        """(width, height) of its picture in a room."""
        return fitted(float(self.windows[0, 2] / self.windows[0, 3]), room)

    def reader(self, room: tuple[int, int]) -> VideoReader:
        """Open the video, with frames no larger than the room needs."""
        own = (self.info.width, self.info.height)
        size = self.size_in(room)
        if not self._is_whole(own):
            share = min(1.0, float((size[0] / self.windows[:, 2]).max()))
            size = (max(2, round(own[0] * share)), max(2, round(own[1] * share)))
        return VideoReader(self.info.path, size=size)

    def seen(
        self, picture: NDArray[np.uint8], step: int, size: tuple[int, int]
    ) -> tuple[Image.Image, Box]:
        """The part of a picture that is seen, and where it lies in a picture of this size."""
        image = Image.fromarray(picture[:, ::-1] if self.flipped else picture)
        if image.size == size and self._is_whole((self.info.width, self.info.height)):
            return image, (0, 0, *size)
        window = self.windows[step] * (image.width / self.info.width)
        pixels = size[0] / window[2]
        # Whole pixels of the result, and where exactly they are in the picture: nothing shakes.
        near = np.ceil(np.maximum(0, -window[:2] * pixels) - 1e-6)
        far = np.floor(np.minimum(size, (np.array(image.size) - window[:2]) * pixels) + 1e-6)
        if (far - near < 1).any():
            return Image.new("RGB", (1, 1), BACKGROUND), (0, 0, 0, 0)
        left, top, right, bottom = (int(edge) for edge in (*near, *far))
        begin, end = window[:2] + near / pixels, window[:2] + far / pixels
        area = np.concatenate([np.maximum(begin, 0), np.minimum(end, image.size)])
        resized = image.resize(
            (right - left, bottom - top), Image.Resampling.BILINEAR, box=tuple(area.tolist())
        )
        return resized, (left, top, right, bottom)

    def draw_marks(self, picture: Image.Image, step: int) -> None:
        """Draw its lines on a picture of what is seen."""
        if self.marker is not None:
            window = self.windows[step]
            pixels = picture.width / float(window[2])
            self.marker.draw(picture, int(self.frames[step]), window, pixels)

    def _is_whole(self, size: tuple[int, int]) -> bool:
        return bool((self.windows == np.array([0, 0, *size])).all())
