"""What an objective sees: the embeddings of a batch of clips, and when their frames were shown."""

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class ClipEmbeddings:
    """The embeddings of one clip of each of several videos.

    Attributes:
        embeddings: (videos, frames, dims) floating point.
        times: (videos, frames) seconds from the start of each frame's video.
        lengths: (videos,) duration of each whole video in seconds.
        mask: (videos, frames) bool, False where a short video was padded; what stands there in
            ``embeddings`` and ``times`` has no influence.

    Raises:
        ValueError: the shapes or kinds do not fit together.
    """

    embeddings: Tensor
    times: Tensor
    lengths: Tensor
    mask: Tensor

    def __post_init__(self) -> None:
        if self.embeddings.ndim != 3 or 0 in self.embeddings.shape:
            raise ValueError(
                "embeddings must be (videos, frames, dims) and not empty, "
                f"not {tuple(self.embeddings.shape)}."
            )
        if not self.embeddings.is_floating_point():
            raise ValueError(f"embeddings must be floating point, not {self.embeddings.dtype}.")
        videos, frames, _ = self.embeddings.shape
        expected = {"times": (videos, frames), "lengths": (videos,), "mask": (videos, frames)}
        for name, shape in expected.items():
            given = tuple(getattr(self, name).shape)
            if given != shape:
                raise ValueError(
                    f"{name} must be {shape} for embeddings of "
                    f"{tuple(self.embeddings.shape)}, not {given}."
                )
        if self.mask.dtype != torch.bool:
            raise ValueError(f"mask must be bool, not {self.mask.dtype}.")
