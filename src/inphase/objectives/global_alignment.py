"""Global temporal alignment (GTA): smooth DTW with contrastive costs, and a global cycle.

Source: Hadji et al., "Representation Learning via Global Temporal Alignment and
Cycle-Consistency", CVPR 2021. Written from the paper; the released code may not be used
commercially.
"""

from dataclasses import replace
from typing import Literal

import torch
from torch import Tensor

from inphase.objectives.clips import ClipEmbeddings
from inphase.objectives.objective import Objective
from inphase.objectives.pairs import packed, pairs_of
from inphase.objectives.precision import full_precision
from inphase.objectives.registry import register_objective
from inphase.objectives.smooth_dtw import smooth_dtw_table

Cycle = Literal["probabilities", "logits"]
# A cycle less likely than this costs no more.
_LEAST = 1e-12


def global_alignment(
    first: Tensor,
    second: Tensor,
    counts: Tensor,
    *,
    gamma: float = 0.1,
    temperature: float = 0.1,
    smoothing: float = 0.1,
    cycle: Cycle = "probabilities",
) -> tuple[Tensor, Tensor]:
    """Cycle and alignment losses of pairs of videos.

    The cost of matching frames i of the first and j of the second video is −log of the softmax,
    over the frames i, of a_i·b_j / `temperature` (section 3.1). The softmax of minus the tables of
    smooth DTW says, for each frame, where it lands in the other video; the product of both ways is
    a cycle that should end where it began.

    Args:
        first: (pairs, frames, dims) unit embeddings, real frames first.
        second: (pairs, frames, dims).
        counts: (pairs, 2) numbers of real frames, at least 1.
        gamma: of smooth DTW.
        temperature: of the costs.
        smoothing: share of the cycle's target that is spread over all frames.
        cycle: how the product enters the cross entropy: as `probabilities`, or as `logits` of a
            second softmax, as in the released code; then even a perfect cycle costs
            log(1 + (n − 1) / e) or more.

    Returns:
        (pairs,) cross entropy of the cycles that start in the first video, and (pairs,) the sum of
        the costs of both alignments.
    """
    first, second = first.double(), second.double()
    frames = torch.arange(first.shape[1], device=first.device)
    own, other = frames < counts[:, :1], frames < counts[:, 1:]
    similar = first @ second.transpose(1, 2) / temperature
    there = smooth_dtw_table(_costs(similar, own), gamma=gamma)
    back = smooth_dtw_table(_costs(similar.transpose(1, 2), other), gamma=gamma)
    pair, last = torch.arange(len(first), device=first.device), counts - 1
    aligned = there[pair, last[:, 0], last[:, 1]] + back[pair, last[:, 1], last[:, 0]]

    # Both by columns: from each frame of one video to the frames of the other.
    to_first, to_second = _landing(there, own), _landing(back, other)
    cycles = (to_first * other[:, None, :]) @ (to_second * own[:, None, :])
    cycles = cycles.transpose(1, 2)
    if cycle == "logits":
        logits = torch.log_softmax(cycles.masked_fill(~own[:, None], -torch.inf), dim=-1)
    else:
        logits = cycles.clamp_min(_LEAST).log()
    both = own[:, :, None] & own[:, None, :]
    sizes = counts[:, 0, None, None].to(logits.dtype)
    target = (1 - smoothing) * torch.eye(len(frames), device=first.device, dtype=logits.dtype)
    missed = (-logits * (target + smoothing / sizes)).masked_fill(~both, 0.0)
    return missed.sum(dim=(1, 2)) / counts[:, 0], aligned


def _costs(similar: Tensor, own: Tensor) -> Tensor:
    logs = torch.log_softmax(similar.masked_fill(~own[:, :, None], -torch.inf), dim=1)
    return (-logs).masked_fill(~own[:, :, None], 0.0)


def _landing(table: Tensor, own: Tensor) -> Tensor:
    return torch.softmax((-table).masked_fill(~own[:, :, None], -torch.inf), dim=1)


@register_objective("gta")
class GlobalAlignment(Objective):
    """Smooth DTW with contrastive costs and a global cycle (GTA), of every two videos.

    The loss of a pair is the cross entropy of its cycles plus `alignment_weight` times the costs of
    both alignments; that of a batch is the mean over all ordered pairs. (The released code pairs
    only the first video with each other one.)

    Args:
        gamma: softness of smooth DTW's minimum.
        temperature: of the contrastive costs.
        smoothing: of the cycle's labels.
        alignment_weight: of the costs of the alignments.
        cycle: `probabilities`, or `logits` as in the released code; see `global_alignment`.

    Example::

        objective = GlobalAlignment()
        embeddings = torch.randn(2, 20, 128, requires_grad=True)   # videos, frames, dims
        times, mask = torch.rand(2, 20).sort(dim=1).values, torch.ones(2, 20, dtype=torch.bool)
        objective(ClipEmbeddings(embeddings, times, torch.ones(2), mask)).backward()

    Raises:
        ValueError: an option is out of range.
    """

    def __init__(
        self,
        *,
        gamma: float = 0.1,
        temperature: float = 0.1,
        smoothing: float = 0.1,
        alignment_weight: float = 0.1,
        cycle: Cycle = "probabilities",
    ) -> None:
        super().__init__()
        for name, value in (("gamma", gamma), ("temperature", temperature)):
            if not 1e-3 <= value < float("inf"):
                raise ValueError(f"{name} must be at least 0.001, not {value}.")
        if not 0 <= smoothing < 1:
            raise ValueError(f"smoothing must be from 0 to below 1, not {smoothing}.")
        if not alignment_weight >= 0:
            raise ValueError(f"alignment_weight must be at least 0, not {alignment_weight}.")
        if cycle not in ("probabilities", "logits"):
            raise ValueError(f"cycle must be probabilities or logits, not {cycle}.")
        self.options = {"gamma": gamma, "temperature": temperature, "smoothing": smoothing}
        self.alignment_weight = alignment_weight
        self.cycle: Cycle = cycle
        self.metrics = {"cycle": torch.tensor(0.0), "alignment": torch.tensor(0.0)}

    def forward(self, clips: ClipEmbeddings, generator: torch.Generator | None = None) -> Tensor:
        """Loss of a batch, a scalar; nothing is drawn. Sets both terms in `metrics`."""
        del generator
        with full_precision(clips.embeddings):
            seen, _ = packed(clips.embeddings, clips.mask, normalize=True)
            first, second = pairs_of(clips.mask, ordered=True)
            counts = clips.mask.sum(dim=1)
            cycles, aligned = global_alignment(
                seen[first],
                seen[second],
                torch.stack([counts[first], counts[second]], dim=1),
                cycle=self.cycle,
                **self.options,
            )
            pairs = max(len(first), 1)
            terms = cycles.sum() / pairs, self.alignment_weight * aligned.sum() / pairs
            self.metrics["cycle"], self.metrics["alignment"] = (t.detach() for t in terms)
            return (terms[0] + terms[1]).to(seen.dtype)

    @torch.no_grad()
    def collapsed_loss(self, clips: ClipEmbeddings) -> float:
        """Value of the loss if every frame had the same embedding."""
        same = replace(clips, embeddings=torch.zeros_like(clips.embeddings))
        return self(same).item()  # type: ignore[no-any-return]
