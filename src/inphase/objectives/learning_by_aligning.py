"""Learning by aligning videos (LAV): soft-DTW between two videos, contrast within each.

Source: Haresh et al., "Learning by Aligning Videos in Time", CVPR 2021. Written from the paper; the
released code has no licence. Where the two differ, both are here by name.
"""

from dataclasses import replace
from typing import Literal

import torch
from torch import Tensor

from inphase.objectives.clips import ClipEmbeddings
from inphase.objectives.objective import Objective
from inphase.objectives.pairs import packed, pairs_of, squared_distances
from inphase.objectives.precision import full_precision
from inphase.objectives.registry import register_objective
from inphase.objectives.soft_dtw import soft_dtw

Near = Literal["plain", "weighted"]


def contrastive_inverse_difference(
    clips: ClipEmbeddings,
    *,
    sigma: float = 0.35,
    margin: float = 2.0,
    near: Near = "plain",
    normalize: bool = True,
) -> Tensor:
    """Contrastive inverse-difference moment (Contrastive-IDM, section 3.2), of each video.

    The sum over all ordered pairs of frames of a video: of frames at most `sigma` apart in time,
    their squared distance D; of others, (1 + δ²)·max(0, `margin` − D), δ being their difference in
    time as a share of the video.

    Args:
        clips: the batch.
        sigma: seconds up to which frames are neighbours.
        margin: squared distance from which frames that are no neighbours are far enough.
        near: weight of the neighbours' D: `plain`, 1 as in the released code, or `weighted`,
            1 / (1 + δ²) as in the paper.
        normalize: compare embeddings of unit length.

    Returns:
        (videos,).
    """
    with full_precision(clips.embeddings):
        seen, order = packed(clips.embeddings, clips.mask, normalize=normalize)
        times = clips.times.masked_fill(~clips.mask, 0.0).gather(1, order)
        length = clips.lengths[:, None, None].clamp_min(1e-6)
        shares = times / length[..., 0]
        difference = (shares[:, :, None] - shares[:, None, :]).abs()
        is_far = difference > sigma / length
        difference = difference.to(seen.dtype)
        weight = 1 + difference.square()
        distances = squared_distances(seen, seen)
        pulled = distances / weight if near == "weighted" else distances
        pushed = weight * (margin - distances).clamp_min(0.0)
        real = torch.arange(seen.shape[1], device=seen.device) < clips.mask.sum(dim=1)[:, None]
        both = real[:, :, None] & real[:, None, :]
        terms = torch.where(is_far, pushed, pulled).masked_fill(~both, 0.0)
        return terms.sum(dim=(1, 2))


@register_objective("lav")
class LearningByAligning(Objective):
    """Soft-DTW between every two videos, and Contrastive-IDM within each (LAV).

    The loss of a pair of videos of n and m frames is (soft-DTW + α·(C + C′)) / ½(n + m), C being
    `contrastive_inverse_difference` and α the weight of this regularizer; that of a batch is the
    mean over its pairs.

    Args:
        gamma: softness of soft-DTW's minimum.
        weight_of_regularizer: the paper's α.
        sigma: seconds up to which two frames are neighbours: the paper's 10 frames at 30 fps, and
            half a frame more, because times are rounded.
        margin: see `contrastive_inverse_difference`.
        regularizer: `sum`, as released: over all n² pairs of frames, so that it outweighs the
            alignment and grows with the clip; or `mean` over them, of the same weight in every
            clip.
        near: see `contrastive_inverse_difference`.
        normalize: compare embeddings of unit length.

    Example::

        objective = LearningByAligning()
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
        weight_of_regularizer: float = 0.5,
        sigma: float = 0.35,
        margin: float = 2.0,
        regularizer: Literal["sum", "mean"] = "sum",
        near: Near = "plain",
        normalize: bool = True,
    ) -> None:
        super().__init__()
        for name, value in (("gamma", gamma), ("margin", margin)):
            if not 0 < value < float("inf"):
                raise ValueError(f"{name} must be positive, not {value}.")
        for name, value in (("weight_of_regularizer", weight_of_regularizer), ("sigma", sigma)):
            if not value >= 0:
                raise ValueError(f"{name} must be at least 0, not {value}.")
        if regularizer not in ("sum", "mean"):
            raise ValueError(f"regularizer must be sum or mean, not {regularizer}.")
        if near not in ("plain", "weighted"):
            raise ValueError(f"near must be plain or weighted, not {near}.")
        self.gamma = gamma
        self.weight = weight_of_regularizer
        self.sigma = sigma
        self.margin = margin
        self.regularizer = regularizer
        self.near: Near = near
        self.normalize = normalize
        self.metrics = {"alignment": torch.tensor(0.0), "regularizer": torch.tensor(0.0)}

    def forward(self, clips: ClipEmbeddings, generator: torch.Generator | None = None) -> Tensor:
        """Loss of a batch, a scalar; nothing is drawn. Sets both terms in `metrics`."""
        del generator
        with full_precision(clips.embeddings):
            seen, _ = packed(clips.embeddings, clips.mask, normalize=self.normalize)
            counts = clips.mask.sum(dim=1)
            first, second = pairs_of(clips.mask, ordered=False)
            costs = squared_distances(seen[first], seen[second])
            sizes = torch.stack([counts[first], counts[second]], dim=1)
            length = sizes.to(seen.dtype).mean(dim=1)
            alignment = soft_dtw(costs, gamma=self.gamma, lengths=sizes) / length
            within = contrastive_inverse_difference(
                clips,
                sigma=self.sigma,
                margin=self.margin,
                near=self.near,
                normalize=self.normalize,
            )
            if self.regularizer == "mean":
                within = within / counts.clamp_min(1).square()
                regularizer = within[first] + within[second]
            else:
                regularizer = (within[first] + within[second]) / length
            pairs = max(len(first), 1)
            terms = alignment.sum() / pairs, self.weight * regularizer.sum() / pairs
            self.metrics["alignment"], self.metrics["regularizer"] = (t.detach() for t in terms)
            return terms[0] + terms[1]

    @torch.no_grad()
    def collapsed_loss(self, clips: ClipEmbeddings) -> float:
        """Value of the loss if every frame had the same embedding."""
        same = replace(clips, embeddings=torch.zeros_like(clips.embeddings))
        return self(same).item()  # type: ignore[no-any-return]
