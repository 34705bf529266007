"""Clips whose real frames come first, and all pairs of their videos."""

import torch
import torch.nn.functional as F
from torch import Tensor

from inphase.objectives.precision import bounded


def packed(embeddings: Tensor, mask: Tensor, *, normalize: bool) -> tuple[Tensor, Tensor]:
    """The real frames of each video before its padding, as the recursions of DTW need them.

    Args:
        embeddings: (videos, frames, dims); anything where `mask` is False.
        mask: (videos, frames) bool.
        normalize: scale each embedding to unit length.

    Returns:
        (videos, frames, dims) in at least float32, 0 after the real frames, and (videos, frames)
        the frame that each comes from.
    """
    order = torch.argsort((~mask).to(torch.uint8), dim=1, stable=True)
    seen = bounded(embeddings, mask)
    if normalize:
        seen = F.normalize(seen, dim=-1, eps=1e-6)
    return seen.gather(1, order[..., None].expand_as(seen)), order


def pairs_of(mask: Tensor, *, ordered: bool) -> tuple[Tensor, Tensor]:
    """Numbers of the first and of the second video of each pair of videos that have frames."""
    there = mask.any(dim=1).nonzero()[:, 0]
    first, second = torch.meshgrid(there, there, indexing="ij")
    chosen = first != second if ordered else first < second
    return first[chosen], second[chosen]


def squared_distances(first: Tensor, second: Tensor) -> Tensor:
    """(…, n, d) and (…, m, d) to (…, n, m), exact where two are the same."""
    return (first[..., :, None, :] - second[..., None, :, :]).square().sum(dim=-1)
