"""The base of all objectives: a loss of clips, and what the clips must provide."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from inphase.objectives.clips import ClipEmbeddings


@dataclass(frozen=True)
class Window:
    """Positives are drawn from the same video, at most `frames` frames before or after."""

    frames: int


@dataclass(frozen=True)
class OtherView:
    """Positives show the same instant from another camera."""


@dataclass(frozen=True)
class SecondClip:
    """Positives are a second clip of the same video, with frames and augmentation of its own.

    Each of the two is drawn from a part of the video, at least `shortest` of it. If that is above a
    half, the two parts overlap.
    """

    shortest: float


class Objective(nn.Module):
    """Base class of the objectives.

    A subclass implements `forward` and `collapsed_loss`, and declares what it needs.

    Attributes:
        positives: which positives `ClipEmbeddings.positives` must hold; None for none.
        needs_phases: whether `ClipEmbeddings.phases` is required.
        metrics: what the last call of `forward` measured besides the loss, scalars by name. The
            names exist from the start, so that a log can have a column for each.
    """

    positives: Window | OtherView | SecondClip | None = None
    needs_phases: bool = False

    def __init__(self) -> None:
        super().__init__()
        self.metrics: dict[str, Tensor] = {}

    def forward(self, clips: ClipEmbeddings, generator: torch.Generator | None = None) -> Tensor:
        """Loss of a batch, a scalar.

        Args:
            clips: the batch.
            generator: CPU generator for all random draws.
        """
        raise NotImplementedError

    def collapsed_loss(self, clips: ClipEmbeddings) -> float:
        """Least value of the loss if every frame had the same embedding: nothing is learned.

        The minimum is over that embedding and over the weights of the objective's own classifier.
        """
        raise NotImplementedError
