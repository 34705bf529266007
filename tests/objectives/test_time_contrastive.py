"""The TCN losses: the released code's value, brute-force twins, which frames are negatives."""

import json
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from inphase.objectives import (
    ClipEmbeddings,
    OtherView,
    TimeContrastive,
    Window,
    n_pairs,
    semi_hard_triplets,
)

MakeClips = Callable[..., ClipEmbeddings]
# Copied from reference/golden_losses.json, which a checkout may lack.
GOLDEN = 0.987752


def pairs(clips: ClipEmbeddings) -> list[tuple[Tensor, Tensor]]:
    """(anchors, positives) of each video, only the real ones."""
    assert clips.positives is not None
    assert clips.paired is not None
    rows = zip(clips.embeddings.detach(), clips.positives.detach(), clips.paired, strict=True)
    return [(embeddings[paired], positives[paired]) for embeddings, positives, paired in rows]


def test_released_code_gives_the_same_value() -> None:
    b, t, d = torch.meshgrid(torch.arange(2.0), torch.arange(5.0), torch.arange(4.0), indexing="ij")
    e = torch.sin(0.7 * b + 0.9 * t + 1.3 * d) + 0.1 * t
    every = torch.ones(1, 5, dtype=torch.bool)
    clips = ClipEmbeddings(e[:1], t[:1, :, 0], torch.ones(1), every, e[1:], every)
    assert TimeContrastive()(clips).item() == pytest.approx(GOLDEN, abs=1e-5)


def test_golden_value_here_is_that_of_the_file(shared_reference: Path) -> None:
    golden = json.loads((shared_reference / "golden_losses.json").read_text())["tcn_npairs"]
    assert golden["loss"] == GOLDEN
    assert golden["regularisation"] == 0.002


def test_n_pairs_match_a_loop_over_frames(full_clips: MakeClips) -> None:
    clips = full_clips()
    losses = []
    for anchors, positives in pairs(clips):
        for own, anchor in enumerate(anchors):
            logits = torch.stack([anchor @ positive for positive in positives])
            entropy = logits.logsumexp(0) - logits[own]
            squares = anchor @ anchor + positives[own] @ positives[own]
            losses.append(float(entropy + 0.25 * 0.05 * squares))
    value = n_pairs(clips, regularization=0.05).item()
    assert value == pytest.approx(sum(losses) / len(losses), rel=1e-12)


def test_triplets_match_a_loop_over_anchors(full_clips: MakeClips) -> None:
    clips = full_clips()
    assert clips.positives is not None
    # In one video the positives are so far away that no negative is farther.
    sides = torch.tensor([-1.0, 1.0, 1.0])[:, None, None]
    clips = replace(clips, positives=clips.positives * sides)
    losses = []
    fallbacks = 0
    for anchors, positives in pairs(clips):
        pool = [F.normalize(e, dim=0) for e in [*anchors, *positives]]
        count = len(anchors)
        for i, anchor in enumerate(pool):
            near = float((anchor - pool[(i + count) % (2 * count)]).square().sum())
            others = [
                float((anchor - other).square().sum())
                for j, other in enumerate(pool)
                if j % count != i % count
            ]
            beyond = [distance for distance in others if distance > near]
            fallbacks += not beyond
            far = min(beyond) if beyond else max(others)
            losses.append(max(0.0, 0.2 + near - far))
    assert semi_hard_triplets(clips).item() == pytest.approx(sum(losses) / len(losses), rel=1e-12)
    assert fallbacks > 0  # both kinds of negatives occurred


@pytest.mark.parametrize("loss", ["n_pairs", "triplet"])
def test_other_videos_are_no_negatives(full_clips: MakeClips, loss: str) -> None:
    clips = full_clips(real=(8, 8, 8))
    objective = TimeContrastive(loss=loss)  # type: ignore[arg-type]
    assert clips.positives is not None
    moved = clips.embeddings.detach().clone(), clips.positives.detach().clone()
    for tensor in moved:
        tensor[1:] *= 3.0
    (gradient,) = torch.autograd.grad(objective(clips), clips.embeddings)
    other = replace(clips, embeddings=moved[0].requires_grad_(), positives=moved[1])
    (changed,) = torch.autograd.grad(objective(other), other.embeddings)
    torch.testing.assert_close(changed[0], gradient[0])
    assert not torch.allclose(changed[1], gradient[1])


@pytest.mark.parametrize("loss", ["n_pairs", "triplet"])
def test_positives_that_are_near_give_less_loss(full_clips: MakeClips, loss: str) -> None:
    clips = full_clips(real=(8, 8, 8))
    objective = TimeContrastive(loss=loss)  # type: ignore[arg-type]
    own = replace(clips, positives=3 * clips.embeddings, embeddings=3 * clips.embeddings)
    away = replace(own, positives=3 * clips.embeddings.roll(3, dims=1))
    assert objective(own) < objective(away)


def one_video(mask: list[bool], paired: list[bool]) -> ClipEmbeddings:
    """Frames at right angles to each other, each the same as its positive; 0 where not real."""
    real, both = torch.tensor([mask]), torch.tensor([paired])
    frames = torch.eye(len(mask), dtype=torch.float64)[None]
    times = torch.arange(len(mask), dtype=torch.float64)[None]
    return ClipEmbeddings(
        frames.masked_fill(~real[..., None], 0.0), times, torch.ones(1), real,
        frames.masked_fill(~both[..., None], 0.0), both,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("mask", "paired"),
    [
        ([True] * 4, [True, False, True, True]),
        ([True, True, True, False], [True, True, True, False]),
        ([True, True, True, False], [True, True, True, True]),
    ],
    ids=["no positive", "padded", "padded, positive left over"],
)
def test_what_is_not_real_is_no_negative_although_it_would_be_the_hardest(
    mask: list[bool], paired: list[bool]
) -> None:
    """Three real frames: padding is 0, and so nearer to each of them than the other two are."""
    clips = one_video(mask, paired)
    # The positive is at distance 0 and every negative at 2, but padding at 1.
    assert semi_hard_triplets(clips, margin=3.0).item() == pytest.approx(1.0)
    # A product of 1 with its own positive and of 0 with those of the two others.
    alone = math.log(math.e + 2) - 1
    assert n_pairs(clips, regularization=0.0).item() == pytest.approx(alone)


def test_what_is_not_real_is_no_negative_although_it_would_be_the_farthest() -> None:
    """A frame, another, its positive and the other's make a small square: no negative is beyond."""
    square = torch.tensor([[0.2, 0.0, 1.0], [0.0, 0.2, 1.0], [-0.2, 0.0, 1.0], [0.0, -0.2, 1.0]])
    nothing = torch.zeros(1, 3)
    real = torch.tensor([[True, True, False]])
    clips = ClipEmbeddings(
        torch.cat([square[:2], nothing])[None], torch.arange(3.0)[None], torch.ones(1), real,
        torch.cat([square[2:], nothing])[None], real,
    )  # fmt: skip
    side, diagonal = 2 * 0.04 / 1.04, 4 * 0.04 / 1.04  # squared, on the unit sphere
    assert semi_hard_triplets(clips, margin=1.0).item() == pytest.approx(1 + diagonal - side)


@pytest.mark.parametrize("loss", ["n_pairs", "triplet"])
@pytest.mark.parametrize("real", [1, 2, 3, 5, 7])
def test_a_padded_video_has_the_loss_that_it_has_alone(
    full_clips: MakeClips, loss: str, real: int
) -> None:
    objective = TimeContrastive(loss=loss)  # type: ignore[arg-type]
    padded = full_clips(real=(real,))
    alone = ClipEmbeddings(
        *(tensor if tensor.ndim == 1 else tensor[:, :real] for tensor in vars(padded).values())
    )
    assert objective(padded).item() == pytest.approx(objective(alone).item(), rel=1e-12)


def test_it_says_which_positives_it_needs() -> None:
    assert TimeContrastive().positives == Window(5)
    assert TimeContrastive(window=2).positives == Window(2)
    assert TimeContrastive(views="multi").positives == OtherView()


def test_bad_clips_and_options_are_refused(full_clips: MakeClips) -> None:
    clips = full_clips()
    with pytest.raises(ValueError, match="with positives"):
        TimeContrastive()(replace(clips, positives=None, paired=None))
    with pytest.raises(ValueError, match="must be given together"):
        replace(clips, paired=None)
    with pytest.raises(ValueError, match=r"positives must be \(3, 8, 3\)"):
        replace(clips, positives=torch.zeros(3, 8, 2))
    for options in (
        {"views": "two"},
        {"window": 0},
        {"window": 1.5},
        {"loss": "hinge"},
        {"regularization": -1.0},
        {"margin": 0.0},
    ):
        with pytest.raises(ValueError, match=next(iter(options))):
            TimeContrastive(**options)


def test_options_at_their_bounds_are_accepted(full_clips: MakeClips) -> None:
    objective = TimeContrastive(window=1, regularization=0.0)
    assert objective.positives == Window(1)
    assert objective(full_clips()).item() == pytest.approx(
        n_pairs(full_clips(), regularization=0.0).item()
    )
