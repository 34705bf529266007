"""Sequence contrastive loss (CARL): two clips of one video agree about which moments are the same.

Source: Chen et al., "Frame-wise Action Representations for Long Videos via Sequence Contrastive
Learning", CVPR 2022, section 3.3.
"""

import math
from dataclasses import replace
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from inphase.objectives.clips import ClipEmbeddings
from inphase.objectives.objective import Objective, SecondClip
from inphase.objectives.precision import bounded, full_precision
from inphase.objectives.registry import register_objective

Negatives = Literal["other_clip", "both_clips", "batch"]
_NEGATIVES = ("other_clip", "both_clips", "batch")
# Added to probabilities, and the weight of what does not count, as in the released code.
_LEAST = 1e-6


def sequence_contrast(
    clips: ClipEmbeddings,
    *,
    sigma: float = math.sqrt(10) / 30,
    temperature: float = 0.1,
    negatives: Negatives = "other_clip",
) -> Tensor:
    """Divergence between a Gaussian of time differences and the similarity of two clips.

    For a frame at time t of one clip, the target over the frames at times s of the other clip of
    its video is proportional to exp(−(t − s)² / 2 `sigma`²); the prediction is the softmax of the
    cosines of their embeddings, divided by `temperature`. The loss is the Kullback-Leibler
    divergence of the two, in both directions.

    Args:
        clips: with a second clip as positives; one video is enough.
        sigma: seconds.
        temperature: of the softmax.
        negatives: over which frames the softmax goes: those of the other clip of the video, of both
            clips, or of both clips of all videos, without the frame itself.

    Returns:
        Scalar, the mean over the frames of both clips.

    Raises:
        ValueError: the clips have no second clip.
    """
    if clips.positives is None or clips.paired is None or clips.positive_times is None:
        raise ValueError("sequence contrast needs a second clip of each video, with its times.")
    mask = torch.cat([clips.mask, clips.paired], dim=1)
    with full_precision(clips.embeddings):
        both = torch.cat([clips.embeddings, clips.positives], dim=1)
        seen = F.normalize(bounded(both, mask), dim=-1, eps=1e-6)
        times = torch.cat([clips.times, clips.positive_times], dim=1).masked_fill(~mask, 0.0)
        videos, frames = mask.shape
        video = torch.arange(videos, device=mask.device).repeat_interleave(frames)
        clip = (torch.arange(len(video), device=mask.device) % frames) >= clips.mask.shape[1]
        seen, times, real = seen.flatten(0, 1), times.flatten().to(seen.dtype), mask.flatten()

        same_video = video[:, None] == video
        matched = same_video & (clip[:, None] != clip) & real[:, None] & real
        gaussian = -(times[:, None] - times).square() / (2 * sigma**2)
        # Of the differences only: however far the nearest frame is, the target sums to one.
        gaussian = gaussian.masked_fill(~matched, -torch.inf)
        has_match = matched.any(dim=1)
        target = torch.softmax(gaussian.masked_fill(~has_match[:, None], 0.0), dim=1)
        target = target.masked_fill(~matched, 0.0)

        counted = {"other_clip": matched, "both_clips": same_video, "batch": real[:, None]}
        among = counted[negatives] & real[:, None] & real
        logits = seen @ seen.T / temperature
        predicted = _shares(logits, among)
        divergence = torch.special.xlogy(target, target) - target * (predicted + _LEAST).log()
        loss: Tensor = divergence.sum() / has_match.sum().clamp_min(1)
        return loss


def _shares(logits: Tensor, among: Tensor) -> Tensor:
    """Softmax of each row over its cells in `among`."""
    anything = among.any(dim=1, keepdim=True)
    logits = logits.masked_fill(~among & anything, -torch.inf)
    return torch.softmax(logits, dim=1).masked_fill(~among, 0.0)


@register_objective("carl")
class SequenceContrast(Objective):
    """Sequence contrastive loss between two clips of each video (CARL).

    Both clips are drawn from random parts of the video: where a frame stands in its clip does not
    tell where it stands in the video. (The released loaders for Pouring and Penn Action always take
    the whole video.)

    Args:
        sigma: seconds; see `sequence_contrast`. By default the paper's variance of 10 squared
            frames, at 30 fps.
        temperature: of the softmax.
        negatives: see `sequence_contrast`; the paper compares with the other clip.
        projection: width of a hidden layer between the embeddings and the loss, in training only,
            as in the paper; 0 for none.
        shortest: the shortest part of a video that a clip is drawn from, as a share. From 0.6, two
            parts share at least a fifth of the video, as in the paper.
        embedding_size: dimensions of an embedding; set by the encoder.

    Example::

        objective = SequenceContrast()
        first, second = torch.randn(2, 4, 20, 128, requires_grad=True)   # videos, frames, dims
        times, every = torch.rand(4, 20).sort(dim=1).values, torch.ones(4, 20, dtype=torch.bool)
        clips = ClipEmbeddings(first, times, torch.ones(4), every, second, paired=every,
                               positive_times=times)
        objective(clips).backward()

    Raises:
        ValueError: an option is out of range.
    """

    def __init__(
        self,
        *,
        sigma: float = math.sqrt(10) / 30,
        temperature: float = 0.1,
        negatives: Negatives = "other_clip",
        projection: int = 512,
        shortest: float = 0.6,
        embedding_size: int = 128,
    ) -> None:
        super().__init__()
        if not 1e-4 <= sigma < float("inf"):
            raise ValueError(f"sigma must be at least 0.0001 seconds, not {sigma}.")
        if not 1e-3 <= temperature < float("inf"):
            raise ValueError(f"temperature must be at least 0.001, not {temperature}.")
        if negatives not in _NEGATIVES:
            raise ValueError(f"negatives must be one of {', '.join(_NEGATIVES)}, not {negatives}.")
        if not 0 <= projection <= 8192 or projection != int(projection):
            raise ValueError(f"projection must be a whole number up to 8192, not {projection}.")
        if not 0 < shortest <= 1:
            raise ValueError(f"shortest must be above 0 and at most 1, not {shortest}.")
        self.positives = SecondClip(shortest)
        self.sigma = sigma
        self.temperature = temperature
        self.negatives: Negatives = negatives
        self.projection: nn.Module = nn.Identity()
        if projection:
            self.projection = nn.Sequential(
                nn.Linear(embedding_size, int(projection)),
                nn.ReLU(),
                nn.Linear(int(projection), embedding_size),
            )

    def forward(self, clips: ClipEmbeddings, generator: torch.Generator | None = None) -> Tensor:
        """Loss of a batch, a scalar; nothing is drawn.

        Raises:
            ValueError: the clips have no second clip.
        """
        del generator
        if clips.positives is None or clips.paired is None:
            raise ValueError("sequence contrast needs a second clip of each video, with its times.")
        with full_precision(clips.embeddings):
            projected = replace(
                clips,
                embeddings=self.projection(bounded(clips.embeddings, clips.mask)),
                positives=self.projection(bounded(clips.positives, clips.paired)),
            )
            return sequence_contrast(
                projected,
                sigma=self.sigma,
                temperature=self.temperature,
                negatives=self.negatives,
            )

    @torch.no_grad()
    def collapsed_loss(self, clips: ClipEmbeddings) -> float:
        """Value of the loss if every frame had the same embedding."""
        assert clips.positives is not None
        same = replace(
            clips,
            embeddings=torch.zeros_like(clips.embeddings),
            positives=torch.zeros_like(clips.positives),
        )
        # Of any embedding, and with any projection.
        return sequence_contrast(
            same, sigma=self.sigma, temperature=self.temperature, negatives=self.negatives
        ).item()
