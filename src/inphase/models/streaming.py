"""Embedding a video frame by frame as it comes, in bounded memory."""

import copy
from collections import deque

import numpy as np
import torch
from av.video.frame import VideoFrame
from numpy.typing import NDArray
from torch import Tensor

from inphase.errors import VideoError
from inphase.models.encoder import Encoder
from inphase.models.folding import fold_batch_norm
from inphase.video.conversion import RgbConverter


class StreamingEmbedder:
    """An encoder that is given one frame after the other, and sees no later ones.

    It gives what :func:`inphase.models.embed` gives, but for an encoder that takes off the
    background (``subtract_background``), which is known only when the video has ended: here it is
    that of the frames so far. :meth:`restart` keeps it for the next video of the same scene.

    Memory holds the maps of the context, a second or so of frames, whatever the length.

    Args:
        encoder: on the device where the work is to be done; its weights are copied.
    """

    def __init__(self, encoder: Encoder) -> None:
        self.encoder = encoder
        self._base = fold_batch_norm(encoder.base, image_size=encoder.config.image_size)
        self._embedder = copy.deepcopy(encoder.embedder).eval()
        size = encoder.config.image_size
        self._resize = RgbConverter((size, size))
        self._recent: deque[tuple[float, Tensor]] = deque()
        self._lowest: Tensor | None = None
        self._highest: Tensor | None = None

    def restart(self, *, same_scene: bool = True) -> None:
        """Begin a new video.

        Args:
            same_scene: whether the background known so far holds.
        """
        self._recent.clear()
        if not same_scene:
            self._lowest = self._highest = None

    def update(self, frame: NDArray[np.uint8], time: float) -> NDArray[np.float32]:
        """Embed the next frame.

        Args:
            frame: (height, width, 3) RGB, of any size.
            time: seconds, more than that of the frame before.

        Returns:
            (dims,).

        Raises:
            VideoError: the frame is no RGB picture, or its time does not advance.
        """
        if frame.ndim != 3 or frame.shape[2] != 3 or frame.dtype != np.uint8:
            raise VideoError(
                f"A frame must be (height, width, 3) RGB uint8, not {frame.shape} {frame.dtype}."
            )
        if self._recent and time <= self._recent[-1][0]:
            raise VideoError(
                f"The frame at {time:g} s does not come after the one at {self._recent[-1][0]:g} s."
            )
        config = self.encoder.config
        side = config.image_size
        if frame.shape[:2] != (side, side):
            frame = self._resize(VideoFrame.from_ndarray(np.ascontiguousarray(frame), "rgb24"))
        with torch.inference_mode():
            images = self.encoder.normalise(torch.from_numpy(frame[None].copy()))
            maps = self.encoder.pooled(self._base(images))[0]
            self._recent.append((time, maps))
            stacked = torch.stack([self._nearest(time - back) for back in self._gaps()])
            if config.subtract_background:
                stacked = stacked - self._background(maps)
            embedding: NDArray[np.float32] = self._embedder(stacked[None])[0].float().cpu().numpy()
        self._forget(time)
        return embedding

    def _gaps(self) -> list[float]:
        config = self.encoder.config
        return [config.context_gap * back for back in range(config.context_frames - 1, -1, -1)]

    def _nearest(self, time: float) -> Tensor:
        # The earlier of two that are as near, as for a whole video.
        return min(self._recent, key=lambda known: (round(abs(known[0] - time), 9), known[0]))[1]

    def _background(self, maps: Tensor) -> Tensor:
        if self._lowest is None or self._highest is None:
            self._lowest = self._highest = maps
        self._lowest = torch.minimum(self._lowest, maps)
        self._highest = torch.maximum(self._highest, maps)
        return (self._lowest + self._highest) / 2

    def _forget(self, time: float) -> None:
        """Drop what no later frame can have in its context: all but one older than that."""
        oldest = time - self._gaps()[0]
        while len(self._recent) > 1 and self._recent[1][0] <= oldest:
            self._recent.popleft()
