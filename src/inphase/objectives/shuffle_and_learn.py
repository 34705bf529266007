"""Shuffle and learn (SaL): are three frames in the order in which they happened?

Source: Misra et al., "Shuffle and Learn", ECCV 2016, as Dwibedi et al. ("Temporal
Cycle-Consistency Learning", CVPR 2019, supplement, section 6) compare with it. Five frames
a < b < c < d < e of one video give the ordered triplet (b, c, d) and the shuffled ones (b, a, d)
and (b, e, d). The released code also reverses the five frames in half of its batches; here time
always runs forwards.
"""

import math
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from inphase.objectives.clips import ClipEmbeddings
from inphase.objectives.objective import Objective
from inphase.objectives.precision import bounded, full_precision, masked_mean
from inphase.objectives.registry import register_objective

_FRAMES = 5
_ORDERED = (1, 2, 3)
_SHUFFLED = ((1, 0, 3), (1, 4, 3))


def draw_triplets(
    clips: ClipEmbeddings,
    *,
    count: int = 8,
    shuffled_share: float = 0.75,
    generator: torch.Generator | None = None,
) -> tuple[Tensor, Tensor]:
    """Draw triplets of frames, of which a fixed fraction is shuffled.

    Args:
        clips: only their times and mask are used.
        count: number of triplets per video.
        shuffled_share: fraction of the batch's triplets to shuffle, rounded down to whole triplets.
        generator: CPU generator to draw from.

    Returns:
        (videos, count, 3) frame numbers within the clip, and (videos, count) bool, whether the
        triplet is shuffled. A video with fewer than five real frames has no triplets: ignore its
        rows.
    """
    videos, frames = clips.mask.shape
    noise = torch.rand(videos, count, max(frames, _FRAMES), generator=generator)
    kinds = torch.rand(videos, count, generator=generator) < 0.5
    order = torch.rand(videos * count, generator=generator).argsort()
    shuffled = (order < int(shuffled_share * videos * count)).view(videos, count)
    real = F.pad(clips.mask.cpu(), (0, max(_FRAMES - frames, 0)))
    chosen = noise.masked_fill(~real[:, None], 2.0).argsort(dim=-1)[..., :_FRAMES]
    chosen = chosen.clamp_max(frames - 1)
    times = clips.times.cpu()[:, None].expand(-1, count, -1).gather(2, chosen)
    chosen = chosen.gather(2, times.argsort(dim=-1))
    before, after = (chosen[..., list(picks)] for picks in _SHUFFLED)
    wrong = torch.where(kinds[..., None], before, after)
    triplets = torch.where(shuffled[..., None], wrong, chosen[..., list(_ORDERED)])
    return triplets.to(clips.mask.device), shuffled.to(clips.mask.device)


def order_verification(
    clips: ClipEmbeddings,
    triplets: Tensor,
    shuffled: Tensor,
    *,
    classifier: Callable[[Tensor], Tensor],
) -> tuple[Tensor, Tensor]:
    """Cross entropy of a classifier that tells ordered triplets from shuffled ones.

    Args:
        clips: one video is enough.
        triplets: (videos, triplets, 3) frame numbers, from `draw_triplets`.
        shuffled: (videos, triplets) bool, the correct answer.
        classifier: maps the concatenated embeddings of a triplet (…, 3 · dims) to two logits:
            ordered, shuffled.

    Returns:
        The mean loss over the triplets of videos with at least five real frames, and the
        classifier's accuracy on them; both scalars, 0 if there is no such video. The loss is
        finite, with finite gradients, for any finite embeddings.
    """
    with full_precision(clips.embeddings):
        embeddings = bounded(clips.embeddings, clips.mask)
        videos = torch.arange(len(embeddings), device=embeddings.device)
        logits = classifier(embeddings[videos[:, None, None], triplets].flatten(2))
        losses = F.cross_entropy(logits.flatten(0, 1), shuffled.flatten().long(), reduction="none")
        counts = (clips.mask.sum(dim=1) >= _FRAMES)[:, None].expand_as(shuffled)
        right = (logits.detach().argmax(dim=-1) == shuffled).to(losses.dtype)
        return masked_mean(losses.view_as(right), counts), masked_mean(right, counts)


@register_objective("sal")
class ShuffleAndLearn(Objective):
    """Shuffle and learn: drawing triplets, the classifier 128-64-2, the loss and the accuracy.

    Args:
        embedding_size: dimensions of an embedding; set by the encoder.
        triplets: number drawn from each video at each call.
        shuffled_share: fraction that is shuffled, rounded down over the batch.

    Example::

        objective = ShuffleAndLearn(embedding_size=128)
        embeddings = torch.randn(4, 20, 128, requires_grad=True)   # videos, frames, dims
        times = torch.rand(4, 20).sort(dim=1).values               # seconds
        clips = ClipEmbeddings(embeddings, times, torch.ones(4),
                               torch.ones(4, 20, dtype=torch.bool))
        objective(clips).backward()
        print(objective.metrics["accuracy"])

    Raises:
        ValueError: an option is out of range.
    """

    def __init__(
        self, *, embedding_size: int = 128, triplets: int = 8, shuffled_share: float = 0.75
    ) -> None:
        super().__init__()
        if triplets < 1:
            raise ValueError(f"triplets must be at least 1, not {triplets}.")
        if not 0 < shuffled_share < 1:
            raise ValueError(f"shuffled_share must lie between 0 and 1, not {shuffled_share}.")
        self.triplets = triplets
        self.shuffled_share = shuffled_share
        self.classifier = nn.Sequential(
            nn.Linear(3 * embedding_size, 128),
            nn.ReLU(),
            nn.Linear(128, 64),
            nn.ReLU(),
            nn.Linear(64, 2),
        )
        self.metrics["accuracy"] = torch.tensor(math.nan)

    def forward(self, clips: ClipEmbeddings, generator: torch.Generator | None = None) -> Tensor:
        """Loss of a batch, a scalar; sets the accuracy in `metrics`."""
        triplets, shuffled = draw_triplets(
            clips, count=self.triplets, shuffled_share=self.shuffled_share, generator=generator
        )
        loss, self.metrics["accuracy"] = order_verification(
            clips, triplets, shuffled, classifier=self.classifier
        )
        return loss

    def collapsed_loss(self, clips: ClipEmbeddings) -> float:
        """Least value of the loss if every frame had the same embedding.

        A classifier can then only know how often triplets are shuffled.
        """
        count = clips.mask.shape[0] * self.triplets
        share = int(self.shuffled_share * count) / count
        return -sum(p * math.log(p) for p in (share, 1 - share) if p > 0)
