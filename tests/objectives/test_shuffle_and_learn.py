"""Shuffle and learn: what is drawn, a brute-force twin, and that order can be learned."""

import math
from collections.abc import Callable
from dataclasses import replace

import pytest
import torch
import torch.nn.functional as F

from inphase.objectives import (
    ClipEmbeddings,
    ShuffleAndLearn,
    draw_triplets,
    order_verification,
)

MakeClips = Callable[..., ClipEmbeddings]


def test_ordered_triplets_ascend_and_shuffled_ones_have_a_middle_from_outside(
    full_clips: MakeClips,
) -> None:
    clips = full_clips(real=(8, 6, 5))
    triplets, shuffled = draw_triplets(clips, count=400, generator=torch.manual_seed(1))
    first, middle, last = triplets.unbind(-1)
    assert (first < last).all()
    inside = (first < middle) & (middle < last)
    assert torch.equal(inside, ~shuffled)
    before, after = middle < first, middle > last
    assert (before | after)[shuffled].all()
    # Each side half of the time: 900 shuffled triplets, five standard errors.
    assert before[shuffled].double().mean().item() == pytest.approx(0.5, abs=5 * 0.5 / 30)
    for video, real in enumerate((8, 6, 5)):
        assert triplets[video].max() < real
        # b and d are the second and fourth of five: never at either end.
        assert first[video].min() == 1
        assert last[video].max() == real - 2


@pytest.mark.parametrize(("count", "wrong"), [(8, 18), (1, 2)])
def test_three_quarters_are_shuffled_rounded_down(
    full_clips: MakeClips, count: int, wrong: int
) -> None:
    for seed in range(5):
        _, shuffled = draw_triplets(
            full_clips(), count=count, generator=torch.Generator().manual_seed(seed)
        )
        assert shuffled.sum() == wrong


def test_frames_are_sorted_by_time_wherever_they_stand(full_clips: MakeClips) -> None:
    clips = full_clips(real=(8, 8, 8))
    backwards = replace(clips, times=clips.times.flip(1))
    triplets, shuffled = draw_triplets(backwards, generator=torch.manual_seed(0))
    first, middle, last = triplets.unbind(-1)
    assert (first > last).all()
    assert torch.equal((first > middle) & (middle > last), ~shuffled)


def test_loss_and_accuracy_match_a_loop_over_triplets(full_clips: MakeClips) -> None:
    clips = full_clips(real=(8, 5, 4))
    objective = ShuffleAndLearn(embedding_size=3).double()
    triplets, shuffled = draw_triplets(clips, generator=torch.manual_seed(0))
    losses, right = [], []
    for video in (0, 1):  # the third has only four frames
        for frames, wrong in zip(triplets[video], shuffled[video], strict=True):
            joined = torch.cat([clips.embeddings[video, frame] for frame in frames])
            hidden = F.relu(F.linear(joined, *objective.classifier[0].parameters()))
            hidden = F.relu(F.linear(hidden, *objective.classifier[2].parameters()))
            logits = F.linear(hidden, *objective.classifier[4].parameters())
            losses.append((logits.logsumexp(0) - logits[int(wrong)]).item())
            right.append(float(logits.argmax() == wrong))
    loss, accuracy = order_verification(clips, triplets, shuffled, classifier=objective.classifier)
    assert loss.item() == pytest.approx(sum(losses) / 16, rel=1e-12)
    assert accuracy.item() == pytest.approx(sum(right) / 16)


def test_the_videos_may_be_in_any_order_with_their_triplets(full_clips: MakeClips) -> None:
    clips = full_clips()
    objective = ShuffleAndLearn(embedding_size=3).double()
    triplets, shuffled = draw_triplets(clips, generator=torch.manual_seed(0))
    order = [2, 0, 1]
    moved = replace(clips, embeddings=clips.embeddings[order], mask=clips.mask[order])
    expected = order_verification(clips, triplets, shuffled, classifier=objective.classifier)
    given = order_verification(
        moved, triplets[order], shuffled[order], classifier=objective.classifier
    )
    assert [x.item() for x in given] == pytest.approx([x.item() for x in expected], rel=1e-12)


def test_the_classifier_is_128_64_2() -> None:
    shapes = [tuple(p.shape) for p in ShuffleAndLearn(embedding_size=128).parameters()]
    assert shapes == [(128, 384), (128,), (64, 128), (64,), (2, 64), (2,)]


def test_order_is_learned_from_embeddings_that_tell_time_and_not_from_others() -> None:
    generator = torch.Generator().manual_seed(0)
    times = torch.rand(4, 20, generator=generator).sort(dim=1).values
    mask = torch.ones(4, 20, dtype=torch.bool)
    accuracies = {}
    for name in ("time", "constant"):
        embeddings = times[..., None] if name == "time" else torch.ones(4, 20, 1)
        clips = ClipEmbeddings(embeddings, times, torch.ones(4), mask)
        torch.manual_seed(0)
        objective = ShuffleAndLearn(embedding_size=1)
        optimizer = torch.optim.Adam(objective.parameters(), lr=5e-3)
        last = []
        for _ in range(400):
            optimizer.zero_grad()
            objective(clips, generator).backward()
            optimizer.step()
            last.append(objective.metrics["accuracy"].item())
        accuracies[name] = sum(last[-50:]) / 50
    assert accuracies["constant"] == pytest.approx(0.75)
    assert accuracies["time"] > 0.9


def test_collapsed_loss_is_the_entropy_of_three_quarters(full_clips: MakeClips) -> None:
    expected = -0.75 * math.log(0.75) - 0.25 * math.log(0.25)
    assert ShuffleAndLearn().collapsed_loss(full_clips()) == pytest.approx(expected)


def test_bad_options_are_refused() -> None:
    with pytest.raises(ValueError, match="triplets"):
        ShuffleAndLearn(triplets=0)
    with pytest.raises(ValueError, match="shuffled_share"):
        ShuffleAndLearn(shuffled_share=1.0)
