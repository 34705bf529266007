"""The contract of every registered objective; registering a new one is enough to test it."""

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor

from inphase.objectives import ClipEmbeddings, Objective, create_objective, list_objectives

# Options worth testing besides each objective's defaults.
FORMS: dict[str, list[dict[str, Any]]] = {
    "tcc": [
        {"loss": "classification"},
        {"loss": "classification", "similarity": "cosine", "learn_temperature": True},
        {"kind": "squared", "temperature": 1.0, "normalize_dims": False},
        {"log_sigma": "sigma", "temperature": 1.0, "normalize_dims": False},
        {"kind": "huber", "learn_temperature": True},
        {"cycle_length": 3, "num_cycles": 5},
    ],
    "lav": [
        {"regularizer": "mean", "near": "weighted"},
        {"normalize": False, "gamma": 1.0},
    ],
    "gta": [{"cycle": "logits"}],
    "carl": [{"negatives": "both_clips"}, {"negatives": "batch", "projection": 0}],
    "tcn": [{"loss": "triplet"}, {"views": "multi"}],
}
CASES = [(name, form) for name in list_objectives() for form in [{}, *FORMS.get(name, [])]]
every_objective = pytest.mark.parametrize(
    ("name", "options"), CASES, ids=[" ".join([n, *map(str, o.values())]) for n, o in CASES]
)
MakeClips = Callable[..., ClipEmbeddings]


def create(name: str, options: dict[str, Any]) -> Objective:
    torch.manual_seed(0)
    return create_objective(name, embedding_size=3, phases=4, **options)


def loss_of(objective: Objective, clips: ClipEmbeddings, seed: int = 0) -> Tensor:
    return objective(clips, torch.Generator().manual_seed(seed))  # type: ignore[no-any-return]


def gradients(objective: Objective, clips: ClipEmbeddings) -> list[Tensor]:
    wanted = [clips.embeddings, clips.positives, *objective.parameters()]
    given = torch.autograd.grad(
        loss_of(objective, clips), [w for w in wanted if w is not None], allow_unused=True
    )
    return [g for g in given if g is not None]


def alike(clips: ClipEmbeddings, change: Callable[[Tensor], Tensor]) -> ClipEmbeddings:
    """The same clips in float32, with embeddings and positives changed in the same way."""
    assert clips.positives is not None
    embeddings = change(clips.embeddings.detach().float())
    positives = change(clips.positives.detach().float())
    return replace(
        clips, embeddings=embeddings.requires_grad_(), positives=positives.requires_grad_()
    )


@every_objective
def test_gradient_is_that_of_finite_differences(
    name: str, options: dict[str, Any], full_clips: MakeClips
) -> None:
    clips = full_clips()
    objective = create(name, options).double()
    assert clips.positives is not None
    assert clips.paired is not None
    real, paired = clips.mask[..., None], clips.paired[..., None]

    def loss(embeddings: Tensor, positives: Tensor, *_parameters: Tensor) -> Tensor:
        given = replace(
            clips,
            embeddings=embeddings.masked_fill(~real, math.nan),
            positives=positives.masked_fill(~paired, math.nan),
        )
        return loss_of(objective, given)

    embeddings = clips.embeddings.detach().masked_fill(~real, 0.0).requires_grad_()
    positives = clips.positives.detach().masked_fill(~paired, 0.0).requires_grad_()
    assert torch.autograd.gradcheck(loss, (embeddings, positives))
    everything = (embeddings, positives, *objective.parameters())
    assert torch.autograd.gradcheck(loss, everything, fast_mode=True)


@every_objective
@pytest.mark.parametrize(
    "change",
    [
        lambda e: torch.zeros_like(e),
        lambda e: torch.full_like(e, 0.7),
        lambda e: e * 1e-30,
        lambda e: e * 200,
        lambda e: e * 1e6,
        lambda e: e * 1e30,
        lambda e: e[:, :1].expand_as(e).clone(),
        lambda e: e[:1].expand_as(e).clone(),
        lambda e: e.round() + 0.0,
    ],
    ids=["zero", "constant", "tiny", "x200", "x1e6", "huge", "one frame", "one video", "doubles"],
)
def test_any_embeddings_give_finite_loss_and_gradient(
    name: str, options: dict[str, Any], change: Callable[[Tensor], Tensor], full_clips: MakeClips
) -> None:
    objective = create(name, options)
    clips = alike(full_clips(real=(8, 8, 8)), lambda e: change(e.nan_to_num(0.5)))
    assert loss_of(objective, clips).isfinite()
    assert all(gradient.isfinite().all() for gradient in gradients(objective, clips))


@every_objective
def test_short_and_empty_videos_give_finite_loss_and_gradient(
    name: str, options: dict[str, Any], full_clips: MakeClips
) -> None:
    objective = create(name, options).double()
    for real in ((1, 1, 1), (0, 0, 0), (0, 8, 1), (4, 2, 0)):
        clips = full_clips(real=real)
        assert loss_of(objective, clips).isfinite()
        assert all(gradient.isfinite().all() for gradient in gradients(objective, clips))


@every_objective
def test_padding_has_no_influence(
    name: str, options: dict[str, Any], full_clips: MakeClips
) -> None:
    clips = full_clips()
    assert clips.positives is not None
    assert clips.paired is not None
    assert clips.phases is not None
    assert clips.positive_times is not None
    objective = create(name, options).double()
    other = ClipEmbeddings(
        torch.where(clips.mask[..., None], clips.embeddings, 7.0),
        torch.where(clips.mask, clips.times, -3.0),
        clips.lengths,
        clips.mask,
        torch.where(clips.paired[..., None], clips.positives, -5.0),
        clips.paired,
        clips.phases.masked_fill(~clips.mask, 2),
        torch.where(clips.paired, clips.positive_times, -4.0),
    )
    assert loss_of(objective, other).item() == loss_of(objective, clips).item()
    assert objective.collapsed_loss(other) == objective.collapsed_loss(clips)
    for given, mask in ((clips.embeddings, clips.mask), (clips.positives, clips.paired)):
        (gradient,) = torch.autograd.grad(
            loss_of(objective, clips), [given], allow_unused=True, materialize_grads=True
        )
        assert (gradient[~mask] == 0).all()


@every_objective
def test_order_of_the_batch_does_not_matter(
    name: str, options: dict[str, Any], full_clips: MakeClips
) -> None:
    clips = full_clips()
    objective = create(name, options).double()
    drawn = loss_of(objective, clips, 0).item() != loss_of(objective, clips, 1).item()
    draws = 400 if drawn else 1

    def losses(order: list[int], first_seed: int) -> Tensor:
        moved = ClipEmbeddings(*(tensor[order] for tensor in vars(clips).values()))
        with torch.no_grad():
            return torch.stack(
                [loss_of(objective, moved, first_seed + n) for n in range(draws)]
            ).double()

    expected = losses([0, 1, 2], 0)
    for order in ([1, 0, 2], [2, 0, 1]):
        given = losses(order, draws)
        if drawn:  # then the order must not change the mean
            error = math.hypot(*(float(x.std()) / math.sqrt(draws) for x in (expected, given)))
            assert abs(given.mean() - expected.mean()) < 4 * error
        else:
            assert given.item() == pytest.approx(expected.item(), rel=1e-12)


@every_objective
def test_autocast_and_half_precision_compute_in_float32(
    name: str, options: dict[str, Any], full_clips: MakeClips
) -> None:
    objective = create(name, options)
    clips = alike(full_clips(), lambda e: e)
    expected = loss_of(objective, clips)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        under = loss_of(objective, clips)
    assert under.dtype == torch.float32
    assert under.item() == expected.item()
    assert clips.positives is not None
    rounded = replace(
        clips, embeddings=clips.embeddings.bfloat16(), positives=clips.positives.bfloat16()
    )
    exact = alike(clips, lambda e: e.bfloat16().float())
    assert loss_of(objective, rounded).dtype == torch.float32
    assert loss_of(objective, rounded).item() == loss_of(objective, exact).item()


@every_objective
def test_draws_come_from_the_generator(
    name: str, options: dict[str, Any], full_clips: MakeClips
) -> None:
    objective, clips = create(name, options).double(), full_clips()
    first = loss_of(objective, clips, 5).item()
    torch.manual_seed(99)
    assert loss_of(objective, clips, 5).item() == first


@every_objective
def test_collapsed_loss_is_the_best_that_constant_embeddings_reach(
    name: str, options: dict[str, Any], full_clips: MakeClips
) -> None:
    objective = create(name, {**options, "learn_temperature": False} if name == "tcc" else options)
    clips = alike(full_clips(real=(8, 8, 8)), lambda e: torch.zeros_like(e))
    parameters = list(objective.parameters())
    if parameters:
        optimizer = torch.optim.Adam(parameters, lr=0.05)
        for _ in range(150):
            optimizer.zero_grad()
            loss_of(objective, clips).backward()  # type: ignore[no-untyped-call]
            optimizer.step()
    best = loss_of(objective, clips).item()
    assert objective.collapsed_loss(clips) == pytest.approx(best, abs=2e-3)


@every_objective
def test_metrics_have_their_names_from_the_start(
    name: str, options: dict[str, Any], full_clips: MakeClips
) -> None:
    objective = create(name, options).double()
    names = list(objective.metrics)
    loss_of(objective, full_clips())
    assert list(objective.metrics) == names
    assert all(v.ndim == 0 and v.isfinite() for v in objective.metrics.values())
    assert not any(value.requires_grad for value in objective.metrics.values())


def test_every_objective_that_learns_in_its_own_right_is_here() -> None:
    assert {"carl", "gta", "lav", "prototype"} <= set(list_objectives())
    assert {"sal", "supervised", "tcc", "tcn"} <= set(list_objectives())
