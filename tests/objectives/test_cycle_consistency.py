"""The TCC losses: golden values, a brute-force twin, gradients, invariances, hostile input."""

import json
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from inphase.objectives import (
    ClipEmbeddings,
    CycleConsistency,
    cycle_back_classification,
    cycle_back_regression,
)

LOSSES: dict[str, dict[str, Any]] = {
    "classification": {"loss": "classification"},
    "regression_mse": {"loss": "regression", "kind": "squared"},
    "regression_mse_var": {"loss": "regression", "kind": "variance"},
    "regression_huber": {"loss": "regression", "kind": "huber"},
    "cosine": {"loss": "regression", "similarity": "cosine"},
    "cosine_classification": {"loss": "classification", "similarity": "cosine"},
    "paper": {
        "loss": "regression",
        "temperature": 1.0,
        "normalize_dims": False,
        "log_sigma": "sigma",
        "variance_weight": 0.3,
    },
}
every_loss = pytest.mark.parametrize("name", LOSSES)

GOLDEN_STEPS = ((0, 3, 7, 8, 12), (1, 2, 5, 9, 10), (0, 4, 6, 11, 14))
GOLDEN_LENGTHS = (15, 12, 20)
# Copied from reference/golden_losses.json, which a checkout may lack: loss and gradient norm.
GOLDEN = {
    "classification": (1.483615, 0.968550),
    "regression_mse": (0.009572, 0.018419),
    "regression_mse_var": (1.123445, 2.118872),
    "regression_huber": (0.003151, 0.004348),
}


def golden_clips(dtype: torch.dtype = torch.float32) -> ClipEmbeddings:
    b, t, d = torch.meshgrid(torch.arange(3.0), torch.arange(5.0), torch.arange(4.0), indexing="ij")
    return ClipEmbeddings(
        (torch.sin(0.7 * b + 0.9 * t + 1.3 * d) + 0.1 * t).to(dtype).requires_grad_(),
        torch.tensor(GOLDEN_STEPS).to(dtype),
        torch.tensor(GOLDEN_LENGTHS).to(dtype),
        torch.ones(3, 5, dtype=torch.bool),
    )


def masked_clips(seed: int = 0, *, offset: float = 0.0) -> ClipEmbeddings:
    """Four videos of 6, 4, 1 and 3 real frames, float64; garbage where the mask is False."""
    generator = torch.Generator().manual_seed(seed)
    mask = torch.arange(6) < torch.tensor([[6], [4], [1], [3]])
    embeddings = torch.randn(4, 6, 3, generator=generator, dtype=torch.float64) + offset
    times = torch.rand(4, 6, generator=generator, dtype=torch.float64).sort(dim=1).values
    return ClipEmbeddings(
        embeddings.masked_fill(~mask[..., None], math.nan).requires_grad_(),
        (2.0 * times).masked_fill(~mask, math.inf),
        torch.tensor([2.0, 2.5, 2.1, 3.0], dtype=torch.float64),
        mask,
    )


def gradient(loss: Callable[[ClipEmbeddings], Tensor], clips: ClipEmbeddings) -> Tensor:
    (grad,) = torch.autograd.grad(loss(clips), clips.embeddings)
    return grad


def twin(clips: ClipEmbeddings, options: dict[str, Any], cycles: list[list[int]]) -> float:
    """The definition, one frame and one video at a time."""
    tau = float(options.get("temperature", 0.1))
    cosine = options.get("similarity") == "cosine"
    dims = clips.embeddings.shape[-1] if options.get("normalize_dims", True) else 1

    def similarity(a: Tensor, b: Tensor) -> float:
        if cosine:
            return float(a @ b / (a.norm() * b.norm())) / tau
        return -float(((a - b) ** 2).sum()) / (dims * tau)

    def softmax(logits: list[float]) -> list[float]:
        weights = [math.exp(logit - max(logits)) for logit in logits]
        return [weight / sum(weights) for weight in weights]

    videos = [e[m] for e, m in zip(clips.embeddings.detach(), clips.mask, strict=True)]
    if cosine:
        videos = [video / video.norm(dim=1, keepdim=True) for video in videos]
    losses = []
    for cycle in cycles:
        start = cycle[0]
        for own, frame in enumerate(videos[start]):
            at = frame
            for video in [*cycle[1:], start]:
                weights = softmax([similarity(at, other) for other in videos[video]])
                if video != start:
                    at = sum(w * v for w, v in zip(weights, videos[video], strict=True))
            if options["loss"] == "classification":
                smooth = options.get("label_smoothing", 0.1)
                labels = [smooth / len(weights)] * len(weights)
                labels[own] += 1 - smooth
                losses.append(-sum(y * math.log(p) for y, p in zip(labels, weights, strict=True)))
                continue
            x = (clips.times[start][clips.mask[start]] / clips.lengths[start]).tolist()
            mean = sum(w * t for w, t in zip(weights, x, strict=True))
            error = abs(x[own] - mean)
            kind = options.get("kind", "variance")
            if kind == "squared":
                losses.append(error**2)
            elif kind == "huber":
                losses.append(error**2 / 2 if error < 0.1 else 0.1 * error - 0.005)
            else:
                variance = sum(w * (t - mean) ** 2 for w, t in zip(weights, x, strict=True))
                variance = max(variance, 1e-6)
                share = 0.5 if options.get("log_sigma") == "sigma" else 1.0
                share *= options.get("variance_weight", 0.001)
                losses.append(error**2 / variance + share * math.log(variance))
    return float(sum(losses) / len(losses))


@pytest.mark.parametrize("name", GOLDEN)
def test_released_code_gives_the_same_value_and_gradient(name: str) -> None:
    clips = golden_clips()
    loss = CycleConsistency(**LOSSES[name])(clips)
    loss.backward()
    assert clips.embeddings.grad is not None
    value, norm = GOLDEN[name]
    assert loss.item() == pytest.approx(value, abs=1e-5)
    assert clips.embeddings.grad.norm().item() == pytest.approx(norm, abs=1e-5)


def test_golden_values_here_are_those_of_the_file(shared_reference: Path) -> None:
    golden = json.loads((shared_reference / "golden_losses.json").read_text())
    assert golden["steps"] == [list(row) for row in GOLDEN_STEPS]
    assert golden["lengths"] == list(GOLDEN_LENGTHS)
    for name, (value, norm) in GOLDEN.items():
        assert golden["losses"][name] == {"loss": value, "grad_norm": norm}


@every_loss
def test_all_pairs_match_a_loop_over_pairs(name: str) -> None:
    clips = masked_clips()
    pairs = [[i, j] for i in range(4) for j in range(4) if i != j]
    loss = CycleConsistency(**LOSSES[name])(clips).item()
    assert loss == pytest.approx(twin(clips, LOSSES[name], pairs), rel=1e-9)


@every_loss
def test_longer_cycles_match_a_loop_over_cycles(name: str) -> None:
    clips = masked_clips()
    cycles = [[0, 1, 3], [1, 2, 0], [3, 0, 1], [2, 3, 1]]
    options = dict(LOSSES[name])
    loss = (
        cycle_back_classification
        if options.pop("loss") == "classification"
        else cycle_back_regression
    )
    value = loss(clips, cycles=torch.tensor(cycles), **options).item()
    assert value == pytest.approx(twin(clips, LOSSES[name], cycles), rel=1e-9)


@every_loss
def test_gradient_is_that_of_finite_differences(name: str) -> None:
    clips = masked_clips()
    real = clips.mask[..., None]
    objective = CycleConsistency(**LOSSES[name])

    def loss(embeddings: Tensor) -> Any:
        return objective(replace(clips, embeddings=embeddings.masked_fill(~real, math.nan)))

    start = clips.embeddings.detach().masked_fill(~real, 0.0).requires_grad_()
    assert torch.autograd.gradcheck(loss, (start,))


@every_loss
def test_padding_has_no_influence(name: str) -> None:
    clips = masked_clips()
    objective = CycleConsistency(**LOSSES[name])
    other = replace(
        clips,
        embeddings=torch.where(clips.mask[..., None], clips.embeddings, 7.0),
        times=torch.where(clips.mask, clips.times, -3.0),
    )
    assert objective(other).item() == objective(clips).item()
    assert (gradient(objective, clips)[~clips.mask] == 0).all()


@every_loss
def test_order_of_videos_and_of_frames_does_not_matter(name: str) -> None:
    clips = masked_clips()
    objective = CycleConsistency(**LOSSES[name])
    expected = objective(clips).item()
    for videos in ([1, 0, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1]):
        moved = ClipEmbeddings(
            clips.embeddings[videos], clips.times[videos], clips.lengths[videos], clips.mask[videos]
        )
        assert objective(moved).item() == pytest.approx(expected, rel=1e-12)
    frames = [5, 1, 0, 3, 2, 4]
    moved = ClipEmbeddings(
        clips.embeddings[:, frames], clips.times[:, frames], clips.lengths, clips.mask[:, frames]
    )
    assert objective(moved).item() == pytest.approx(expected, rel=1e-12)


@every_loss
def test_a_pair_may_be_swapped(name: str) -> None:
    clips = golden_clips(torch.float64)
    objective = CycleConsistency(**LOSSES[name])
    values = []
    for videos in ([0, 1], [1, 0]):
        pair = ClipEmbeddings(
            clips.embeddings[videos], clips.times[videos], clips.lengths[videos], clips.mask[videos]
        )
        values.append(objective(pair).item())
    assert values[0] == pytest.approx(values[1], rel=1e-12)


@every_loss
def test_unit_of_time_does_not_matter(name: str) -> None:
    clips = masked_clips()
    objective = CycleConsistency(**LOSSES[name])
    scaled = replace(clips, times=clips.times * 1000, lengths=clips.lengths * 1000)
    assert objective(scaled).item() == pytest.approx(objective(clips).item(), rel=1e-12)


@pytest.mark.parametrize("name", [*GOLDEN, "paper"])
def test_embeddings_may_lie_anywhere(name: str) -> None:
    objective = CycleConsistency(**LOSSES[name])
    near, far = masked_clips(), masked_clips(offset=500.0)
    near = replace(near, embeddings=near.embeddings.float())
    far = replace(far, embeddings=far.embeddings.float())
    assert objective(far).item() == pytest.approx(objective(near).item(), rel=1e-3)


@every_loss
@pytest.mark.parametrize("scale", [0.0, 1e-30, 1e-3, 200.0, 1e6, 1e30])
def test_any_embeddings_give_finite_loss_and_gradient(name: str, scale: float) -> None:
    clips = golden_clips()
    clips = replace(clips, embeddings=clips.embeddings * scale)
    objective = CycleConsistency(**LOSSES[name])
    assert objective(clips).isfinite()
    assert gradient(objective, clips).isfinite().all()


@every_loss
def test_videos_of_one_frame_and_of_none_give_finite_loss_and_gradient(name: str) -> None:
    clips = masked_clips()
    objective = CycleConsistency(**LOSSES[name])
    for real in ((1, 1, 1, 1), (0, 0, 0, 0), (0, 6, 1, 0)):
        mask = torch.arange(6) < torch.tensor(real)[:, None]
        embeddings = torch.randn(4, 6, 3, requires_grad=True)
        short = ClipEmbeddings(embeddings, torch.zeros(4, 6), torch.zeros(4), mask)
        assert objective(short).isfinite()
        assert gradient(objective, short).isfinite().all()
    assert objective(clips).isfinite()


@every_loss
def test_a_video_without_frames_counts_for_nothing(name: str) -> None:
    clips = masked_clips()
    objective = CycleConsistency(**LOSSES[name])
    empty = ClipEmbeddings(
        torch.cat([clips.embeddings, torch.ones_like(clips.embeddings[:1])]),
        torch.cat([clips.times, torch.ones_like(clips.times[:1])]),
        torch.cat([clips.lengths, clips.lengths[:1]]),
        torch.cat([clips.mask, torch.zeros_like(clips.mask[:1])]),
    )
    assert objective(empty).item() == pytest.approx(objective(clips).item(), rel=1e-12)


@every_loss
def test_autocast_and_half_precision_compute_in_float32(name: str) -> None:
    objective = CycleConsistency(**LOSSES[name])
    clips = golden_clips()
    expected = objective(clips)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        under = objective(clips)
    assert under.dtype == torch.float32
    assert under.item() == expected.item()
    rounded = replace(clips, embeddings=clips.embeddings.bfloat16())
    exact = replace(clips, embeddings=rounded.embeddings.float())
    assert objective(rounded).dtype == torch.float32
    assert objective(rounded).item() == objective(exact).item()


def test_alike_videos_have_less_loss_than_unlike_ones() -> None:
    line = torch.linspace(0, 3, 20)
    times = line.expand(2, 20)
    curve = 4 * torch.stack([line.cos(), line.sin(), line, torch.ones(20)], dim=1)
    alike = torch.stack([curve, curve + 0.01])
    unlike = torch.stack([curve, curve[torch.randperm(20, generator=torch.manual_seed(0))] * 0.1])
    lengths, mask = torch.full((2,), 3.0), torch.ones(2, 20, dtype=torch.bool)
    for name in GOLDEN:
        objective = CycleConsistency(**LOSSES[name])
        losses = [objective(ClipEmbeddings(e, times, lengths, mask)) for e in (alike, unlike)]
        assert losses[0] < losses[1]


@every_loss
def test_collapsed_loss_is_that_of_constant_embeddings(name: str) -> None:
    clips = masked_clips()
    objective = CycleConsistency(**LOSSES[name])
    constant = replace(clips, embeddings=torch.full_like(clips.embeddings, 0.3))
    expected = objective(constant).item()
    assert objective.collapsed_loss(clips) == pytest.approx(expected, rel=1e-9)


def test_collapsed_loss_is_about_one_and_log_of_frames() -> None:
    clips = golden_clips()
    regression = CycleConsistency().collapsed_loss(clips)
    classification = CycleConsistency(loss="classification").collapsed_loss(clips)
    assert regression == pytest.approx(1.0, abs=0.01)
    assert classification == pytest.approx(math.log(5))


def test_drawn_cycles_come_from_the_generator() -> None:
    clips = masked_clips()
    objective = CycleConsistency(cycle_length=3, num_cycles=2)
    first, again, other = (
        objective(clips, torch.Generator().manual_seed(seed)).item() for seed in (1, 1, 2)
    )
    assert first == again
    assert first != other


def test_many_drawn_cycles_of_two_average_to_all_pairs() -> None:
    clips = golden_clips()
    drawn = CycleConsistency(cycle_length=2, num_cycles=20_000)
    value = drawn(clips, torch.Generator().manual_seed(0)).item()
    assert value == pytest.approx(CycleConsistency()(clips).item(), rel=0.01)


def test_bad_clips_are_refused() -> None:
    good = golden_clips()
    with pytest.raises(ValueError, match="embeddings must be"):
        replace(good, embeddings=good.embeddings[0])
    with pytest.raises(ValueError, match="embeddings must be"):
        replace(good, embeddings=good.embeddings[:, :0])
    with pytest.raises(ValueError, match="floating point"):
        replace(good, embeddings=good.embeddings.long())
    with pytest.raises(ValueError, match=r"times must be \(3, 5\)"):
        replace(good, times=good.times[:, :4])
    with pytest.raises(ValueError, match=r"lengths must be \(3,\)"):
        replace(good, lengths=good.lengths[:2])
    with pytest.raises(ValueError, match="mask must be bool"):
        replace(good, mask=good.mask.float())


def test_bad_options_are_refused() -> None:
    clips = golden_clips()
    one = ClipEmbeddings(clips.embeddings[:1], clips.times[:1], clips.lengths[:1], clips.mask[:1])
    with pytest.raises(ValueError, match="two videos"):
        CycleConsistency()(one)
    with pytest.raises(ValueError, match="through 4 videos"):
        CycleConsistency(cycle_length=4)(clips)
    for cycles in ([[0]], [0, 1], [[[0, 1]]]):
        with pytest.raises(ValueError, match="cycles must be"):
            cycle_back_regression(clips, cycles=torch.tensor(cycles))
    with pytest.raises(ValueError, match="cycles must be"):
        cycle_back_regression(clips, cycles=torch.zeros(0, 2, dtype=torch.int64))
    wrong: list[dict[str, Any]] = [
        {"loss": "other"},
        {"kind": "other"},
        {"log_sigma": "other"},
        {"similarity": "other"},
        {"temperature": 0.0},
        {"label_smoothing": 1.0},
        {"huber_delta": 0.0},
        {"variance_weight": -1.0},
        {"cycle_length": 1},
        {"num_cycles": 0},
    ]
    for options in wrong:
        with pytest.raises(ValueError, match=next(iter(options))):
            CycleConsistency(**options)


def test_options_at_their_bounds_are_accepted() -> None:
    objective = CycleConsistency(
        label_smoothing=0.0, variance_weight=0.0, cycle_length=2, num_cycles=1
    )
    generator = torch.Generator().manual_seed(0)
    assert objective(golden_clips(), generator).isfinite()


@pytest.mark.parametrize("loss", ["classification", "regression"])
def test_a_learned_temperature_starts_where_it_is_set_and_gets_better(loss: Any) -> None:
    clips = golden_clips()
    fixed = CycleConsistency(loss=loss, temperature=0.5)
    learned = CycleConsistency(loss=loss, temperature=0.5, learn_temperature=True)
    before = fixed(clips).item()
    assert learned(clips).item() == pytest.approx(before, rel=1e-6)
    assert learned.metrics["temperature"].item() == pytest.approx(0.5)
    optimizer = torch.optim.Adam(learned.parameters(), lr=0.05)
    for _ in range(100):
        optimizer.zero_grad()
        learned(clips).backward()
        optimizer.step()
    assert learned(clips).item() < before
    at = learned.metrics["temperature"].item()
    again = CycleConsistency(loss=loss, temperature=at)
    assert again(clips).item() == pytest.approx(learned(clips).item(), rel=1e-5)


def test_a_learned_temperature_stays_within_its_bounds() -> None:
    learned = CycleConsistency(learn_temperature=True)
    assert learned.log_factor is not None
    for factor, bound in ((50.0, 10.0), (-50.0, 0.001)):
        with torch.no_grad():
            learned.log_factor.fill_(factor)
        assert learned(golden_clips()).isfinite()
        assert learned.metrics["temperature"].item() == pytest.approx(bound)
    assert list(CycleConsistency().parameters()) == []
