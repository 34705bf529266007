"""What every objective is: a loss of clips, and what it needs the clips to bring."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from inphase.objectives.clips import ClipEmbeddings


@dataclass(frozen=True)
class Window:
    """Positives are drawn from the same video, at most ``frames`` frames before or after."""

    frames: int


@dataclass(frozen=True)
class OtherView:
    """Positives show the same instant from another camera."""


class Objective(nn.Module):
    """Base of the objectives.

    A subclass implements :meth:`forward` and :meth:`collapsed_loss`, and says what it needs.

    Attributes:
        positives: which positives ``ClipEmbeddings.positives`` must hold; None for none.
        needs_phases: whether ``ClipEmbeddings.phases`` must be there.
        metrics: what the last call of ``forward`` measured beside the loss, scalars by name. The
            names are there from the start, so that a log can have a column for each.
    """

    positives: Window | OtherView | None = None
    needs_phases: bool = False

    def __init__(self) -> None:
        super().__init__()
        self.metrics: dict[str, Tensor] = {}

    def forward(self, clips: ClipEmbeddings, generator: torch.Generator | None = None) -> Tensor:
        """Loss of a batch, a scalar.

        Args:
            clips: the batch.
            generator: source of all that is drawn; a CPU generator.
        """
        raise NotImplementedError

    def collapsed_loss(self, clips: ClipEmbeddings) -> float:
        """Least value of the loss if every frame had the same embedding: nothing is learned there.

        Least over that embedding and over the weights of a classifier of the objective's own.
        """
        raise NotImplementedError
