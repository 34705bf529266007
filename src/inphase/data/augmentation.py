"""The supplement's augmentation, drawn once per clip."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FLIP_PROBABILITY = 0.5
MAX_BRIGHTNESS = 32.0
CONTRAST_RANGE = (0.5, 1.5)


@dataclass(frozen=True)
class Augmentation:
    """One draw of the augmentation: the same change for every frame of a clip.

    As in section 5 of the supplement, in this order and on values in 0..255, before the base
    network's normalization: horizontal flip with probability ½, brightness plus U(−32, 32),
    contrast times U(0.5, 1.5). Values are rounded and clipped to 0..255 once, at the end.

    Attributes:
        flip: mirror left and right.
        brightness: added to every value (0..255 scale).
        contrast: factor on the distance from the mean of each frame and channel, as in
            `tf.image.adjust_contrast`.
    """

    flip: bool
    brightness: float
    contrast: float

    @classmethod
    def draw(cls, generator: np.random.Generator) -> "Augmentation":
        """Draw an augmentation for one clip."""
        return cls(
            flip=bool(generator.random() < FLIP_PROBABILITY),
            brightness=float(generator.uniform(-MAX_BRIGHTNESS, MAX_BRIGHTNESS)),
            contrast=float(generator.uniform(*CONTRAST_RANGE)),
        )

    @classmethod
    def identity(cls) -> "Augmentation":
        """The augmentation that changes nothing."""
        return cls(flip=False, brightness=0.0, contrast=1.0)

    def __call__(self, frames: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Augment the frames of a clip.

        Args:
            frames: (..., H, W, 3) RGB; not modified.

        Returns:
            (..., H, W, 3), new memory.

        Raises:
            ValueError: the frames are not uint8 RGB.
        """
        if frames.dtype != np.uint8 or frames.ndim < 3 or frames.shape[-1] != 3:
            raise ValueError(
                f"frames must be uint8 (..., H, W, 3), not {frames.dtype} {frames.shape}."
            )
        if self.flip:
            frames = frames[..., ::-1, :]
        if self.brightness == 0.0 and self.contrast == 1.0:
            return frames.copy(order="C")
        # Brightness shifts the mean by the same amount, so both steps are one linear function.
        mean = frames.mean(axis=(-3, -2), keepdims=True, dtype=np.float64)
        offset = (mean * (1.0 - self.contrast) + self.brightness).astype(np.float32)
        values = frames.astype(np.float32, order="C")
        values *= np.float32(self.contrast)
        values += offset
        np.rint(values, out=values)
        return np.clip(values, 0.0, 255.0, out=values).astype(np.uint8)
