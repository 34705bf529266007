"""Time-contrastive networks (TCN): frames near in time, or of one instant, get near embeddings.

Source: Sermanet et al., "Time-Contrastive Networks", ICRA 2018, as Dwibedi et al. ("Temporal
Cycle-Consistency Learning", CVPR 2019, supplement, section 6) compare with it. *Single view*: the
positive of a frame is drawn from a window around it. *Multi-view*: it is the same instant from
another camera. Negatives are the other frames of the same video only: the released code splits
batches of more than one video in the wrong place and mixes them.
"""

from dataclasses import replace
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor

from inphase.objectives.clips import ClipEmbeddings
from inphase.objectives.objective import Objective, OtherView, Window
from inphase.objectives.precision import bounded, full_precision, masked_mean
from inphase.objectives.registry import register_objective


def n_pairs(clips: ClipEmbeddings, *, regularization: float = 0.002) -> Tensor:
    """N-pairs loss (Sohn, NIPS 2016): which of the video's positives belongs to a frame?

    With A and P the embeddings of a video's frames and of their positives, the cross entropy of
    A·Pᵀ with the diagonal as target, plus ¼·`regularization`·(mean‖a‖² + mean‖p‖²), which keeps
    the products from growing.

    Args:
        clips: with positives; one video is enough.
        regularization: weight of the squared lengths.

    Returns:
        Scalar, the mean over all frames that have a positive; finite, with finite gradients, for
        any finite embeddings. log(frames) if all embeddings are zero.

    Raises:
        ValueError: the clips have no positives, or `regularization` is negative.
    """
    _check_regularization(regularization)
    anchors, positives, paired = _pairs(clips)
    with full_precision(anchors):
        logits = anchors @ positives.transpose(1, 2)
        logits = logits.masked_fill(~paired[:, None, :], torch.finfo(logits.dtype).min)
        own = F.log_softmax(logits, dim=-1).diagonal(dim1=1, dim2=2)
        squares = anchors.square().sum(dim=-1) + positives.square().sum(dim=-1)
        return masked_mean(-own + 0.25 * regularization * squares, paired)


def semi_hard_triplets(clips: ClipEmbeddings, *, margin: float = 0.2) -> Tensor:
    """Triplet loss with semi-hard negatives (Schroff et al., CVPR 2015) on unit-length embeddings.

    Every frame and every positive is an anchor once; its positive is the other of the two, its
    negatives are all other frames and positives of the video. The nearest negative that is farther
    away than the positive is used, or the farthest if there is none. The loss is
    max(0, `margin` + ‖a − p‖² − ‖a − n‖²).

    Args:
        clips: with positives; one video is enough.
        margin: how much farther than the positive a negative must be.

    Returns:
        Scalar, the mean over all anchors that have a positive and a negative; finite, with finite
        gradients, for any finite embeddings. `margin` if all embeddings are the same.

    Raises:
        ValueError: the clips have no positives, or `margin` is not positive.
    """
    _check_margin(margin)
    anchors, positives, paired = _pairs(clips)
    with full_precision(anchors):
        pool = F.normalize(torch.cat([anchors, positives], dim=1), dim=-1, eps=1e-6)
        real = torch.cat([paired, paired], dim=1)
        frame = torch.arange(paired.shape[1], device=pool.device).repeat(2)
        distances = (pool[:, :, None] - pool[:, None, :]).square().sum(dim=-1)
        # Of frame i the positive is i places on, and the other way round.
        partner = torch.arange(len(frame), device=pool.device).roll(len(frame) // 2)
        near = distances[:, torch.arange(len(frame), device=pool.device), partner]
        negative = (frame[:, None] != frame[None, :]) & real[:, None, :]
        beyond = negative & (distances > near[..., None])
        nearest = distances.masked_fill(~beyond, torch.inf).amin(dim=-1)
        farthest = distances.masked_fill(~negative, -torch.inf).amax(dim=-1)
        counts = real & negative.any(dim=-1)
        far = torch.where(beyond.any(dim=-1), nearest, farthest).masked_fill(~counts, 0.0)
        return masked_mean(F.relu(margin + near - far), counts)


@register_objective("tcn")
class TimeContrastive(Objective):
    """Time-contrastive network with fixed options.

    Args:
        views: where positives come from: the same video (`"single"`) or another camera
            (`"multi"`).
        window: maximum number of frames, at the training frame rate, between a frame and its
            positive, before or after; only for a single view. (The released code draws only from
            the frames before.)
        loss: `n_pairs` or `semi_hard_triplets`.
        regularization: see `n_pairs`.
        margin: see `semi_hard_triplets`.

    Example::

        objective = TimeContrastive()
        frames, positives = torch.randn(2, 4, 20, 128, requires_grad=True)   # videos, frames, dims
        times, every = torch.rand(4, 20).sort(dim=1).values, torch.ones(4, 20, dtype=torch.bool)
        clips = ClipEmbeddings(frames, times, torch.ones(4), every, positives, paired=every)
        objective(clips).backward()

    Raises:
        ValueError: an option is out of range.
    """

    def __init__(
        self,
        *,
        views: Literal["single", "multi"] = "single",
        window: int = 5,
        loss: Literal["n_pairs", "triplet"] = "n_pairs",
        regularization: float = 0.002,
        margin: float = 0.2,
    ) -> None:
        super().__init__()
        if views not in ("single", "multi"):
            raise ValueError(f"views must be single or multi, not {views}.")
        if window < 1 or window != int(window):
            raise ValueError(f"window must be a whole number of frames from 1, not {window}.")
        if loss not in ("n_pairs", "triplet"):
            raise ValueError(f"loss must be n_pairs or triplet, not {loss}.")
        _check_regularization(regularization)
        _check_margin(margin)
        self.positives = Window(int(window)) if views == "single" else OtherView()
        self.loss = loss
        self.regularization = regularization
        self.margin = margin

    def forward(self, clips: ClipEmbeddings, generator: torch.Generator | None = None) -> Tensor:
        """Loss of a batch, a scalar; nothing is drawn.

        Raises:
            ValueError: the clips have no positives.
        """
        del generator
        if self.loss == "n_pairs":
            return n_pairs(clips, regularization=self.regularization)
        return semi_hard_triplets(clips, margin=self.margin)

    @torch.no_grad()
    def collapsed_loss(self, clips: ClipEmbeddings) -> float:
        """Least value of the loss if every frame had the same embedding."""
        zero = torch.zeros_like(clips.embeddings)
        return self(replace(clips, embeddings=zero, positives=zero)).item()  # type: ignore[no-any-return]


def _pairs(clips: ClipEmbeddings) -> tuple[Tensor, Tensor, Tensor]:
    if clips.positives is None or clips.paired is None:
        raise ValueError("time contrast needs clips with positives.")
    paired = clips.paired & clips.mask
    return bounded(clips.embeddings, paired), bounded(clips.positives, paired), paired


def _check_regularization(regularization: float) -> None:
    if not regularization >= 0:
        raise ValueError(f"regularization must be at least 0, not {regularization}.")


def _check_margin(margin: float) -> None:
    if not margin > 0:
        raise ValueError(f"margin must be positive, not {margin}.")
