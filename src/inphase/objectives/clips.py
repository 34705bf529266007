"""The input of an objective: the embeddings of a batch of clips and the times of their frames."""

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class ClipEmbeddings:
    """The embeddings of one clip from each of several videos.

    Attributes:
        embeddings: (videos, frames, dims) floating point.
        times: (videos, frames) seconds from the start of each frame's video. In training, real
            frames come first, with increasing times.
        lengths: (videos,) duration of each whole video in seconds.
        mask: (videos, frames) bool, False where a short video was padded; the values there in
            the other tensors are ignored.
        positives: (videos, frames, dims) for each frame another one that should lie near it: one
            close by in the same video, or the same instant from another camera; for objectives
            that need them.
        paired: (videos, frames) bool, which frames have a positive; required with `positives`.
        phases: (videos, frames) int64, the phase of each frame, −1 if it is unknown; for
            objectives that need it.
        positive_times: (videos, frames) seconds of the positives from the start of their video; for
            objectives whose positives are a second clip.

    Raises:
        ValueError: the shapes or types do not match.
    """

    embeddings: Tensor
    times: Tensor
    lengths: Tensor
    mask: Tensor
    positives: Tensor | None = None
    paired: Tensor | None = None
    phases: Tensor | None = None
    positive_times: Tensor | None = None

    def __post_init__(self) -> None:
        if self.embeddings.ndim != 3 or 0 in self.embeddings.shape:
            raise ValueError(
                "embeddings must be (videos, frames, dims) and not empty, "
                f"not {tuple(self.embeddings.shape)}."
            )
        if not self.embeddings.is_floating_point():
            raise ValueError(f"embeddings must be floating point, not {self.embeddings.dtype}.")
        if (self.positives is None) != (self.paired is None):
            raise ValueError("positives and paired must be given together.")
        videos, frames, dims = self.embeddings.shape
        expected: dict[str, tuple[int, ...]] = {
            "times": (videos, frames),
            "lengths": (videos,),
            "mask": (videos, frames),
            "positives": (videos, frames, dims),
            "paired": (videos, frames),
            "phases": (videos, frames),
            "positive_times": (videos, frames),
        }
        for name, shape in expected.items():
            given = getattr(self, name)
            if given is not None and tuple(given.shape) != shape:
                raise ValueError(
                    f"{name} must be {shape} for embeddings of "
                    f"{tuple(self.embeddings.shape)}, not {tuple(given.shape)}."
                )
        for name in ("mask", "paired"):
            given = getattr(self, name)
            if given is not None and given.dtype != torch.bool:
                raise ValueError(f"{name} must be bool, not {given.dtype}.")
