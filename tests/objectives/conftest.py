"""Clips with everything that an objective may need."""

import math
from collections.abc import Callable

import pytest
import torch

from inphase.objectives import ClipEmbeddings

DIMS, PHASES = 3, 4


@pytest.fixture
def full_clips() -> Callable[..., ClipEmbeddings]:
    """Make three videos of 8, 6 and 5 real frames; float64, garbage where the mask is False."""

    def make(seed: int = 0, *, real: tuple[int, ...] = (8, 6, 5)) -> ClipEmbeddings:
        generator = torch.Generator().manual_seed(seed)
        videos, frames = len(real), 8
        mask = torch.arange(frames) < torch.tensor(real)[:, None]
        paired = mask & (torch.rand(videos, frames, generator=generator) < 0.8)
        paired[:, :2] = mask[:, :2]
        shape = (videos, frames, DIMS)
        embeddings = torch.randn(shape, generator=generator, dtype=torch.float64)
        positives = embeddings + 0.3 * torch.randn(shape, generator=generator, dtype=torch.float64)
        times = torch.rand(videos, frames, generator=generator, dtype=torch.float64)
        times = times.sort(dim=1).values
        phases = torch.randint(PHASES, (videos, frames), generator=generator)
        return ClipEmbeddings(
            embeddings.masked_fill(~mask[..., None], math.nan).requires_grad_(),
            times.masked_fill(~mask, math.inf),
            1.0 + torch.arange(videos, dtype=torch.float64) / 4,
            mask,
            positives.masked_fill(~paired[..., None], math.nan).requires_grad_(),
            paired,
            phases.masked_fill(~mask, -77),
            (times + 0.1).masked_fill(~paired, math.nan),
        )

    return make
