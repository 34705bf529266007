"""Supervised classification of frames by phase: the baseline with labels.

Source: Dwibedi et al., "Temporal Cycle-Consistency Learning", CVPR 2019, section 5.1.
"""

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from inphase.objectives.clips import ClipEmbeddings
from inphase.objectives.objective import Objective
from inphase.objectives.precision import bounded, full_precision, masked_mean
from inphase.objectives.registry import register_objective


@register_objective("supervised")
class PhaseClassification(Objective):
    """Cross entropy of a linear classifier of each frame's phase.

    Frames of unknown phase are ignored; `labelled_share` in the training configuration sets for
    which videos the phases are known.

    Args:
        embedding_size: dimensions of an embedding; set by the encoder.
        phases: number of phases, one more than key events; set by the collection.

    Example::

        objective = PhaseClassification(embedding_size=128, phases=4)
        embeddings = torch.randn(2, 20, 128, requires_grad=True)   # videos, frames, dims
        times, mask = torch.rand(2, 20).sort(dim=1).values, torch.ones(2, 20, dtype=torch.bool)
        clips = ClipEmbeddings(embeddings, times, torch.ones(2), mask,
                               phases=torch.randint(4, (2, 20)))
        objective(clips).backward()
    """

    needs_phases = True

    def __init__(self, *, embedding_size: int = 128, phases: int = 2) -> None:
        super().__init__()
        self.classifier = nn.Linear(embedding_size, phases)
        self.metrics["accuracy"] = torch.tensor(math.nan)

    def forward(self, clips: ClipEmbeddings, generator: torch.Generator | None = None) -> Tensor:
        """Mean loss over the frames of known phase; sets the accuracy in `metrics`.

        Raises:
            ValueError: the clips have no phases.
        """
        del generator
        known, phases = self._known(clips)
        with full_precision(clips.embeddings):
            logits = self.classifier(bounded(clips.embeddings, known))
            losses = F.cross_entropy(logits.flatten(0, 1), phases.flatten(), reduction="none")
            right = (logits.detach().argmax(dim=-1) == phases).to(losses.dtype)
            self.metrics["accuracy"] = masked_mean(right, known)
            return masked_mean(losses.view_as(right), known)

    def collapsed_loss(self, clips: ClipEmbeddings) -> float:
        """Least value of the loss if every frame had the same embedding.

        A classifier can then only know how often each phase occurs.
        """
        known, phases = self._known(clips)
        shares = torch.bincount(phases[known]).double() / known.sum().clamp_min(1)
        return float(-torch.special.xlogy(shares, shares).sum())

    def _known(self, clips: ClipEmbeddings) -> tuple[Tensor, Tensor]:
        if clips.phases is None:
            raise ValueError("supervised classification needs clips with phases.")
        known = clips.mask & (clips.phases >= 0)
        return known, clips.phases.masked_fill(~known, 0)
