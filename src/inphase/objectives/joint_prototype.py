"""Joint alignment to a prototype: all videos of a batch are warped to one common course.

The idea is that of temporal prototype learning (TPL, ICCV 2025), which warps each video, takes the
mean of the warped videos and compares each with that mean: the cost grows with the number of
videos, not of pairs. This is written for frame embeddings and is not their method: the warp is the
integral of a positive speed read from the embeddings, the mean leaves out the video that is
compared with it, and contrast with its other moments takes the place of a decoder.
"""

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from inphase.objectives.clips import ClipEmbeddings
from inphase.objectives.objective import Objective
from inphase.objectives.pairs import packed
from inphase.objectives.precision import full_precision, masked_mean
from inphase.objectives.registry import register_objective

_HIDDEN = 32
# Least speed of a warp: it must not stop.
_SLOWEST = 0.05


@register_objective("prototype")
class JointPrototype(Objective):
    """Which moment of the other videos' common course is a frame?

    A small network reads a speed from every frame. Its integral over time, from 0 at a clip's first
    frame to 1 at its last, is the frame's place on the prototype's clock. The prototype of a video
    has `moments` points, each the mean of the other videos' embeddings near that place. The loss is
    the cross entropy between a Gaussian around a frame's place and the softmax of its similarity to
    the points, plus `warp_weight` times the squared logarithm of the relative speed.

    Args:
        moments: number of points of the prototype.
        temperature: divides the cosines of frames and points.
        warp_weight: how much a warp that is not uniform costs.
        embedding_size: dimensions of an embedding; set by the encoder.

    Example::

        objective = JointPrototype()
        embeddings = torch.randn(3, 20, 128, requires_grad=True)   # videos, frames, dims
        times, mask = torch.rand(3, 20).sort(dim=1).values, torch.ones(3, 20, dtype=torch.bool)
        objective(ClipEmbeddings(embeddings, times, torch.ones(3), mask)).backward()

    Raises:
        ValueError: an option is out of range.
    """

    def __init__(
        self,
        *,
        moments: int = 20,
        temperature: float = 0.1,
        warp_weight: float = 0.1,
        embedding_size: int = 128,
    ) -> None:
        super().__init__()
        if not 2 <= moments <= 1000 or moments != int(moments):
            raise ValueError(f"moments must be a whole number from 2 to 1000, not {moments}.")
        if not 1e-3 <= temperature < float("inf"):
            raise ValueError(f"temperature must be at least 0.001, not {temperature}.")
        if not warp_weight >= 0:
            raise ValueError(f"warp_weight must be at least 0, not {warp_weight}.")
        self.moments = int(moments)
        self.temperature = temperature
        self.warp_weight = warp_weight
        self.speed = nn.Sequential(
            nn.Linear(embedding_size, _HIDDEN), nn.Tanh(), nn.Linear(_HIDDEN, 1)
        )
        self.metrics = {"match": torch.tensor(0.0), "warp": torch.tensor(0.0)}

    def forward(self, clips: ClipEmbeddings, generator: torch.Generator | None = None) -> Tensor:
        """Loss of a batch, a scalar; nothing is drawn. Sets both terms in `metrics`."""
        del generator
        with full_precision(clips.embeddings):
            seen, order = packed(clips.embeddings, clips.mask, normalize=True)
            counts = clips.mask.sum(dim=1)
            frames = torch.arange(seen.shape[1], device=seen.device)
            real = frames < counts[:, None]
            times = clips.times.masked_fill(~clips.mask, 0.0).gather(1, order).to(seen.dtype)
            places, warp = self._places(seen, times, real)

            clock = torch.linspace(0, 1, self.moments, dtype=seen.dtype, device=seen.device)
            # The deviation is the distance of two points.
            near = -0.5 * ((places[..., None] - clock) * (self.moments - 1)).square()
            points, has_points = _others(seen, near, real)
            logits = torch.einsum("vtd,vkd->vtk", seen, points) / self.temperature
            losses = -(torch.softmax(near, dim=-1) * F.log_softmax(logits, dim=-1)).sum(dim=-1)
            counted = real & has_points[:, None]
            match = masked_mean(losses, counted)
            self.metrics["match"], self.metrics["warp"] = match.detach(), warp.detach()
            return match + self.warp_weight * warp

    def collapsed_loss(self, clips: ClipEmbeddings) -> float:
        """Value of the loss if every frame had the same embedding."""
        there = int(clips.mask.any(dim=1).sum())
        return math.log(self.moments) if there > 1 else 0.0

    def _places(self, seen: Tensor, times: Tensor, real: Tensor) -> tuple[Tensor, Tensor]:
        """The place of each frame on the clock, and how uneven the warps are."""
        speeds = F.softplus(self.speed(seen)[..., 0]) + _SLOWEST
        between = real[:, 1:]
        steps = 0.5 * (speeds[:, 1:] + speeds[:, :-1])
        passed = (times[:, 1:] - times[:, :-1]).clamp_min(1e-6)
        run = F.pad((steps * passed).masked_fill(~between, 0.0).cumsum(dim=1), (1, 0))
        whole = run[:, -1:]
        mean = _mean_of_rows(steps, between)
        uneven = (steps / mean).log().square()
        return run / whole.clamp_min(1e-6), masked_mean(uneven, between)


def _mean_of_rows(values: Tensor, mask: Tensor) -> Tensor:
    """Mean of each row where `mask` is True, (rows, 1); 1 where it is True nowhere."""
    count = mask.sum(dim=1, keepdim=True)
    total = values.masked_fill(~mask, 0.0).sum(dim=1, keepdim=True)
    return torch.where(count > 0, total / count.clamp_min(1), 1.0)


def _others(seen: Tensor, near: Tensor, real: Tensor) -> tuple[Tensor, Tensor]:
    """The points (videos, moments, dims) of the others of each video; whether there are any."""
    videos, frames, moments = near.shape
    own = torch.arange(videos, device=seen.device)
    allowed = (own[:, None] != own)[:, :, None] & real
    has_points = allowed.any(dim=(1, 2))
    allowed = allowed.flatten(1)[:, None]
    weights = near.flatten(0, 1).T.expand(videos, moments, videos * frames)
    weights = weights.masked_fill(~allowed & has_points[:, None, None], -torch.inf)
    return torch.softmax(weights, dim=-1) @ seen.flatten(0, 1), has_points
