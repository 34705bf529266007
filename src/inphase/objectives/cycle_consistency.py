"""Temporal cycle-consistency (TCC): a frame mapped to another video and back must return home.

Source: Dwibedi et al., "Temporal Cycle-Consistency Learning", CVPR 2019, section 3, and its
released code, whose values these functions reproduce. A frame u of one video is replaced by its
soft nearest neighbour ṽ in another; ṽ is then compared with all frames of the first video, of which
u should be the closest. *Classification* predicts which frame that is, *regression* its time.
"""

import math
from dataclasses import replace
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from inphase.objectives.clips import ClipEmbeddings
from inphase.objectives.objective import Objective
from inphase.objectives.precision import bounded, full_precision, masked_mean
from inphase.objectives.registry import register_objective

Similarity = Literal["l2", "cosine"]
RegressionKind = Literal["variance", "squared", "huber"]

# In (time / length)²: a spread of a thousandth of the video. The released code has no bound here
# and returns NaN once embeddings are well separated.
_SMALLEST_VARIANCE = 1e-6
# Largest factor by which a learned temperature may rise or fall from its initial value.
_LARGEST_CHANGE = 100.0


def cycle_back_classification(
    clips: ClipEmbeddings,
    *,
    cycles: Tensor | None = None,
    temperature: float | Tensor = 0.1,
    label_smoothing: float = 0.1,
    normalize_dims: bool = True,
    similarity: Similarity = "l2",
) -> Tensor:
    """Cross entropy between the frame that a cycle returns to and the one it started from.

    Args:
        clips: at least two videos.
        cycles: (cycles, length) int, the videos that each cycle visits before it returns to its
            first; None means all ordered pairs of different videos.
        temperature: τ, the divisor of the similarities (1 in the paper's formulas); a scalar
            tensor if it is learned.
        label_smoothing: fraction of each label that is spread evenly over the clip's frames.
        normalize_dims: also divide squared distances by the number of dimensions (the paper's
            formulas do not; cosines are never divided).
        similarity: the negative squared Euclidean distance, or the cosine.

    Returns:
        Scalar, the mean over all cycles and frames; finite, with finite gradients, for any finite
        embeddings. About log(frames) if all embeddings are the same.

    Raises:
        ValueError: fewer than two videos, or an option out of range.
    """
    _check(temperature, similarity)
    _check_classification(label_smoothing)
    with full_precision(clips.embeddings):
        cycles = _checked_cycles(clips, cycles)
        logits = _cycle_back(clips, cycles, temperature, normalize_dims, similarity)
        mask = clips.mask[cycles[:, 0]]
        own = torch.eye(mask.shape[1], dtype=logits.dtype, device=logits.device)
        evenly = mask.to(logits.dtype) / mask.sum(dim=1, keepdim=True).clamp_min(1)
        labels = (1 - label_smoothing) * own + label_smoothing * evenly[:, None, :]
        # Masked logits are so low that their labels must be exactly 0.
        labels = labels.masked_fill(~mask[:, None, :], 0.0)
        losses = -(labels * F.log_softmax(logits, dim=-1)).sum(dim=-1)
        return _mean(losses, clips, cycles)


def cycle_back_regression(
    clips: ClipEmbeddings,
    *,
    cycles: Tensor | None = None,
    kind: RegressionKind = "variance",
    temperature: float | Tensor = 0.1,
    variance_weight: float = 0.001,
    log_sigma: Literal["variance", "sigma"] = "variance",
    huber_delta: float = 0.1,
    normalize_dims: bool = True,
    similarity: Similarity = "l2",
) -> Tensor:
    """Distance in time between the frame that a cycle returns to and the one it started from.

    With x the time of a frame as a fraction of its video's length and β the softmax over the
    frames returned to, μ = Σβx and σ² = Σβ(x − μ)². The loss of a frame is
    (x − μ)²/σ² + λ·log σ² (`kind="variance"`), (x − μ)² (`"squared"`), or the Huber loss
    (`"huber"`).

    Args:
        clips: at least two videos.
        cycles: see `cycle_back_classification`.
        kind: which of the three losses.
        temperature: τ, the divisor of the similarities.
        variance_weight: λ; only for `"variance"`.
        log_sigma: λ weights log σ² (`"variance"`, released code) or log σ (`"sigma"`, the
            paper's formula).
        huber_delta: fraction of the length beyond which the loss is linear; only for `"huber"`.
        normalize_dims: see `cycle_back_classification`.
        similarity: see `cycle_back_classification`.

    Returns:
        Scalar, the mean over all cycles and frames; finite, with finite gradients, for any finite
        embeddings. About 1 for `"variance"` if all embeddings are the same.

    Raises:
        ValueError: fewer than two videos, or an option out of range.
    """
    _check(temperature, similarity)
    _check_regression(kind, variance_weight, log_sigma, huber_delta)
    with full_precision(clips.embeddings):
        cycles = _checked_cycles(clips, cycles)
        logits = _cycle_back(clips, cycles, temperature, normalize_dims, similarity)
        times = clips.times / clips.lengths[:, None].clamp_min(torch.finfo(torch.float32).tiny)
        times = times.masked_fill(~clips.mask, 0.0).to(logits.dtype)[cycles[:, 0]]
        returned = F.softmax(logits, dim=-1)
        mean = (returned * times[:, None, :]).sum(dim=-1)
        if kind == "huber":
            losses = F.huber_loss(mean, times, reduction="none", delta=huber_delta)
        else:
            losses = (times - mean).square()
        if kind == "variance":
            spread = (times[:, None, :] - mean[:, :, None]).square()
            variance = (returned * spread).sum(dim=-1).clamp_min(_SMALLEST_VARIANCE)
            weight = variance_weight if log_sigma == "variance" else variance_weight / 2
            losses = losses / variance + weight * variance.log()
        return _mean(losses, clips, cycles)


@register_objective("tcc")
class CycleConsistency(Objective):
    """Temporal cycle-consistency with fixed options.

    The defaults are those of the released code. The paper's formulas correspond to
    `temperature=1, normalize_dims=False, log_sigma="sigma"` for regression, and to the first two
    with `label_smoothing=0` for classification.

    Args:
        loss: which of the two functions of this module.
        kind: see `cycle_back_regression`.
        temperature: τ of both.
        learn_temperature: start τ at `temperature` and learn it with the embeddings, within a
            factor of 100 either way; `metrics` reports it.
        label_smoothing: see `cycle_back_classification`.
        variance_weight: λ, see `cycle_back_regression`.
        log_sigma: see `cycle_back_regression`.
        huber_delta: see `cycle_back_regression`.
        normalize_dims: see `cycle_back_classification`.
        similarity: see `cycle_back_classification`.
        cycle_length: None for all ordered pairs; a number for cycles through that many different
            videos, drawn anew at each call (the released code's stochastic matching, which sends
            one frame of a cycle's first video round; here all of them).
        num_cycles: number of cycles drawn at each call.

    Example::

        objective = CycleConsistency(loss="regression")
        embeddings = torch.randn(4, 20, 128, requires_grad=True)   # videos, frames, dims
        times = torch.rand(4, 20).sort(dim=1).values * 3.0         # seconds
        clips = ClipEmbeddings(embeddings, times, torch.full((4,), 3.0),
                               torch.ones(4, 20, dtype=torch.bool))
        objective(clips).backward()

    Raises:
        ValueError: an option is out of range.
    """

    def __init__(
        self,
        *,
        loss: Literal["classification", "regression"] = "regression",
        kind: RegressionKind = "variance",
        temperature: float = 0.1,
        learn_temperature: bool = False,
        label_smoothing: float = 0.1,
        variance_weight: float = 0.001,
        log_sigma: Literal["variance", "sigma"] = "variance",
        huber_delta: float = 0.1,
        normalize_dims: bool = True,
        similarity: Similarity = "l2",
        cycle_length: int | None = None,
        num_cycles: int = 20,
    ) -> None:
        super().__init__()
        _check(temperature, similarity)
        _check_classification(label_smoothing)
        _check_regression(kind, variance_weight, log_sigma, huber_delta)
        if loss not in ("classification", "regression"):
            raise ValueError(f"loss must be classification or regression, not {loss}.")
        if cycle_length is not None and cycle_length < 2:
            raise ValueError(f"cycle_length must be at least 2, not {cycle_length}.")
        if num_cycles < 1:
            raise ValueError(f"num_cycles must be at least 1, not {num_cycles}.")
        self.loss = loss
        self.kind = kind
        self.temperature = temperature
        # Weight decay pulls it to 0, τ's initial value.
        self.log_factor = nn.Parameter(torch.zeros(())) if learn_temperature else None
        if learn_temperature:
            self.metrics["temperature"] = torch.tensor(temperature)
        self.label_smoothing = label_smoothing
        self.variance_weight = variance_weight
        self.log_sigma = log_sigma
        self.huber_delta = huber_delta
        self.normalize_dims = normalize_dims
        self.similarity = similarity
        self.cycle_length = cycle_length
        self.num_cycles = num_cycles

    def forward(self, clips: ClipEmbeddings, generator: torch.Generator | None = None) -> Tensor:
        """Loss of a batch, a scalar.

        Args:
            clips: at least two videos, and at least `cycle_length`.
            generator: CPU generator from which the cycles are drawn.

        Raises:
            ValueError: too few videos.
        """
        if self.cycle_length is None:
            return self._of_cycles(clips, None)
        videos = clips.embeddings.shape[0]
        if videos < self.cycle_length:
            raise ValueError(
                f"cycles through {self.cycle_length} videos need at least as many in a batch, "
                f"not {videos}."
            )
        order = torch.rand(self.num_cycles, videos, generator=generator).argsort(dim=1)
        return self._of_cycles(clips, order[:, : self.cycle_length].to(clips.embeddings.device))

    @torch.no_grad()
    def collapsed_loss(self, clips: ClipEmbeddings) -> float:
        """Value of the loss if every frame had the same embedding.

        If the training loss stays near it, nothing is being learned. It depends only on the clips'
        times and mask, and is the expected value if cycles are drawn.
        """
        same = replace(clips, embeddings=torch.zeros_like(clips.embeddings))
        return self._of_cycles(same, None).item()

    def _temperature(self) -> float | Tensor:
        if self.log_factor is None:
            return self.temperature
        limit = math.log(_LARGEST_CHANGE)
        temperature = self.temperature * self.log_factor.clamp(-limit, limit).exp()
        self.metrics["temperature"] = temperature.detach()
        return temperature

    def _of_cycles(self, clips: ClipEmbeddings, cycles: Tensor | None) -> Tensor:
        if self.loss == "classification":
            return cycle_back_classification(
                clips,
                cycles=cycles,
                temperature=self._temperature(),
                label_smoothing=self.label_smoothing,
                normalize_dims=self.normalize_dims,
                similarity=self.similarity,
            )
        return cycle_back_regression(
            clips,
            cycles=cycles,
            kind=self.kind,
            temperature=self._temperature(),
            variance_weight=self.variance_weight,
            log_sigma=self.log_sigma,
            huber_delta=self.huber_delta,
            normalize_dims=self.normalize_dims,
            similarity=self.similarity,
        )


def _cycle_back(
    clips: ClipEmbeddings,
    cycles: Tensor,
    temperature: float | Tensor,
    normalize_dims: bool,
    similarity: Similarity,
) -> Tensor:
    """Logits (cycles, frames, frames): where each frame of a cycle's first video returns to."""
    embeddings = _prepared(clips, similarity)
    scale = 1 / temperature
    if normalize_dims and similarity == "l2":
        scale = scale / embeddings.shape[-1]
    at = embeddings[cycles[:, 0]]
    for hop in range(1, cycles.shape[1] + 1):
        video = cycles[:, hop % cycles.shape[1]]
        there = embeddings[video]
        logits = scale * _similarities(at, there, similarity)
        lowest = torch.finfo(logits.dtype).min
        logits = logits.masked_fill(~clips.mask[video][:, None, :], lowest)
        at = F.softmax(logits, dim=-1) @ there
    return logits


def _prepared(clips: ClipEmbeddings, similarity: Similarity) -> Tensor:
    """Embeddings in at least float32, zero where masked, and centred or with unit length."""
    embeddings = bounded(clips.embeddings, clips.mask)
    if similarity == "cosine":
        return F.normalize(embeddings, dim=-1, eps=1e-6)
    # This preserves distances, but reduces their rounding if embeddings lie far from zero.
    centre = embeddings.detach().sum(dim=(0, 1)) / clips.mask.sum().clamp_min(1)
    return (embeddings - centre).masked_fill(~clips.mask[..., None], 0.0)


def _similarities(a: Tensor, b: Tensor, similarity: Similarity) -> Tensor:
    """Two batches (n, frames, dims) to (n, frames, frames), up to a constant for each row."""
    if similarity == "cosine":
        return F.normalize(a, dim=-1, eps=1e-6) @ b.transpose(1, 2)
    # −‖a − b‖² without ‖a‖², which cancels in a softmax over b.
    return 2 * a @ b.transpose(1, 2) - b.square().sum(dim=-1)[:, None, :]


def _check(temperature: float | Tensor, similarity: str) -> None:
    if not temperature > 0:
        raise ValueError(f"temperature must be positive, not {temperature}.")
    if similarity not in ("l2", "cosine"):
        raise ValueError(f"similarity must be l2 or cosine, not {similarity}.")


def _check_classification(label_smoothing: float) -> None:
    if not 0 <= label_smoothing < 1:
        raise ValueError(f"label_smoothing must be at least 0 and below 1, not {label_smoothing}.")


def _check_regression(
    kind: str, variance_weight: float, log_sigma: str, huber_delta: float
) -> None:
    if kind not in ("variance", "squared", "huber"):
        raise ValueError(f"kind must be variance, squared or huber, not {kind}.")
    if not variance_weight >= 0:
        raise ValueError(f"variance_weight must be at least 0, not {variance_weight}.")
    if log_sigma not in ("variance", "sigma"):
        raise ValueError(f"log_sigma must be variance or sigma, not {log_sigma}.")
    if not huber_delta > 0:
        raise ValueError(f"huber_delta must be positive, not {huber_delta}.")


def _checked_cycles(clips: ClipEmbeddings, cycles: Tensor | None) -> Tensor:
    videos = clips.embeddings.shape[0]
    if videos < 2:
        raise ValueError("cycle-consistency needs at least two videos.")
    if cycles is None:
        pairs = torch.cartesian_prod(torch.arange(videos), torch.arange(videos))
        return pairs[pairs[:, 0] != pairs[:, 1]].to(clips.embeddings.device)
    if cycles.ndim != 2 or cycles.shape[0] < 1 or cycles.shape[1] < 2:
        raise ValueError(
            f"cycles must be (cycles, length of at least 2), not {tuple(cycles.shape)}."
        )
    return cycles


def _mean(losses: Tensor, clips: ClipEmbeddings, cycles: Tensor) -> Tensor:
    """Mean over the real frames of cycles in which no video consists of padding only."""
    counts = clips.mask[cycles[:, 0]] & clips.mask.any(dim=1)[cycles].all(dim=1)[:, None]
    return masked_mean(losses, counts)
