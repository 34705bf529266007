"""LAV, GTA and CARL: the values and gradients of their formulas, in float64."""

import math
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from inphase.objectives import ClipEmbeddings, JointPrototype, LearningByAligning
from inphase.objectives.global_alignment import GlobalAlignment, global_alignment
from inphase.objectives.learning_by_aligning import contrastive_inverse_difference
from inphase.objectives.sequence_contrast import SequenceContrast, sequence_contrast
from inphase.objectives.smooth_dtw import smooth_dtw_table

# Copied from reference/golden_descendants.json, which a checkout may lack: its steps, then losses
# and gradient norms (of both videos together).
STEPS = {
    5: ([0, 3, 7, 8, 12], [1, 2, 5, 9, 10], (15, 12)),
    8: ([0, 2, 3, 7, 11, 15, 18, 19], [1, 4, 5, 6, 9, 12, 15, 16], (20, 17)),
}
LAV = [
    (5, False, 10, 0.5, "plain", 16.813487602, 8.176957496),
    (5, True, 10, 0.5, "plain", 7.886281224, 1.643486291),
    (5, True, 10, 0.0, "plain", 0.191246834, 0.33301171),
    (8, True, 10, 0.5, "plain", 10.576445964, 1.880508923),
    (8, True, 2, 0.5, "plain", 4.028250144, 1.1198496),
    (8, True, 2, 0.5, "weighted", 4.026169984, 1.119139093),
]
GTA = [
    (5, 5, "logits", 1.705540124, 0.826808333),
    (8, 8, "logits", 2.483595168, 1.335823886),
    (5, 8, "logits", 7.133730083, 4.36880089),
    (5, 5, "probabilities", 1.578346739, 0.817929916),
    (8, 8, "probabilities", 2.513879393, 1.367443038),
]
CARL = [
    (5, 10.0, "other_clip", 3.484689244, 2.142038529),
    (5, 10.0, "both_clips", 4.399390644, 2.035718235),
    (8, 10.0, "other_clip", 3.587572453, 1.515476949),
    (8, 1.0, "other_clip", 3.278694435, 2.238225065),
    (8, 10.0, "batch", 4.339260854, 1.340816026),
]


def course(video: int, frames: int) -> Tensor:
    t, d = torch.arange(frames).double()[:, None], torch.arange(4).double()
    return (torch.sin(0.7 * video + 0.9 * t + 1.3 * d) + 0.1 * t).requires_grad_()


def norm(*leaves: Tensor) -> float:
    return math.hypot(*(float(leaf.grad.norm()) for leaf in leaves if leaf.grad is not None))


def two(frames: int, first: Tensor, second: Tensor) -> ClipEmbeddings:
    own, other, lengths = STEPS[frames]
    return ClipEmbeddings(
        torch.stack([first, second]),
        torch.tensor([own, other]).double(),
        torch.tensor(lengths).double(),
        torch.ones(2, frames, dtype=torch.bool),
    )


@pytest.mark.parametrize(("frames", "unit", "sigma", "weight", "near", "loss", "length"), LAV)
def test_lav_is_golden(
    frames: int, unit: bool, sigma: float, weight: float, near: Any, loss: float, length: float
) -> None:
    first, second = course(0, frames), course(1, frames)
    objective = LearningByAligning(
        weight_of_regularizer=weight, sigma=sigma, near=near, normalize=unit
    )
    found = objective(two(frames, first, second))
    found.backward()
    assert found.item() == pytest.approx(loss, abs=1e-9)
    assert norm(first, second) == pytest.approx(length, rel=1e-8)
    parts = objective.metrics["alignment"] + objective.metrics["regularizer"]
    assert parts.item() == pytest.approx(loss, abs=1e-9)


def test_the_regularizer_of_lav_is_golden() -> None:
    clips = two(8, course(0, 8), course(1, 8))
    found = contrastive_inverse_difference(clips, sigma=10, normalize=False)
    assert found[0].item() == pytest.approx(125.450832296, rel=1e-9)


def test_the_mean_regularizer_of_lav_does_not_grow_with_the_clip() -> None:
    def regularizer(frames: int, form: Any) -> float:
        objective = LearningByAligning(sigma=0.1, regularizer=form)
        clips = ClipEmbeddings(
            torch.ones(2, frames, 4),
            torch.linspace(0, 1, frames).expand(2, -1),
            torch.ones(2),
            torch.ones(2, frames, dtype=torch.bool),
        )
        objective(clips)
        return objective.metrics["regularizer"].item()

    assert regularizer(80, "mean") == pytest.approx(regularizer(20, "mean"), rel=0.1)
    assert regularizer(80, "sum") > 3 * regularizer(20, "sum")


@pytest.mark.parametrize(("n", "m", "cycle", "loss", "length"), GTA)
def test_gta_is_golden(n: int, m: int, cycle: Any, loss: float, length: float) -> None:
    first, second = course(0, n), course(1, m)
    padded = [
        F.pad(F.normalize(one, dim=-1), (0, 0, 0, 8 - len(one)), value=math.nan).nan_to_num(0.0)
        for one in (first, second)
    ]
    cycles, aligned = global_alignment(
        padded[0][None], padded[1][None], torch.tensor([[n, m]]), cycle=cycle
    )
    found = (cycles + 0.1 * aligned).sum()
    found.backward()  # type: ignore[no-untyped-call]
    assert found.item() == pytest.approx(loss, rel=1e-9)
    assert norm(first, second) == pytest.approx(length, rel=1e-8)


def test_smooth_dtw_is_that_of_a_loop() -> None:
    costs = torch.rand(2, 4, 6, generator=torch.Generator().manual_seed(0)).double()
    for item, found in zip(costs, smooth_dtw_table(costs, gamma=0.3), strict=True):
        table: dict[tuple[int, int], float] = {}
        for i in range(4):
            for j in range(6):
                cells = [(i - 1, j - 1), (i - 1, j), (i, j - 1)]
                before = [table[cell] for cell in cells if cell in table]
                shares = [math.exp(-value / 0.3) for value in before]
                least = sum(s * v for s, v in zip(shares, before, strict=True))
                table[i, j] = item[i, j].item() + (least / sum(shares) if before else 0.0)
                assert found[i, j].item() == pytest.approx(table[i, j], rel=1e-12)


def test_gta_has_a_gradient_whatever_the_weight_of_the_alignment() -> None:
    first, second = course(0, 8), course(1, 8)
    GlobalAlignment(alignment_weight=1.0)(two(8, first, second)).backward()
    assert 0 < norm(first, second) < math.inf


def test_a_perfect_cycle_costs_gta_little_unless_probabilities_are_taken_for_logits() -> None:
    perfect = torch.eye(8)[None].expand(2, -1, -1)
    clips = two(8, *perfect)
    losses = {}
    for cycle in ("probabilities", "logits"):
        objective = GlobalAlignment(smoothing=0.0, temperature=0.01, cycle=cycle)
        objective(clips)
        losses[cycle] = objective.metrics["cycle"].item()
    assert losses["probabilities"] < 0.2
    assert losses["logits"] > math.log(1 + 7 / math.e) - 1e-6


@pytest.mark.parametrize(("frames", "variance", "negatives", "loss", "length"), CARL)
def test_carl_is_golden(
    frames: int, variance: float, negatives: Any, loss: float, length: float
) -> None:
    first, second = course(0, frames), course(1, frames)
    found = sequence_contrast(
        _clip_and_second(first, second), sigma=math.sqrt(variance), negatives=negatives
    )
    found.backward()  # type: ignore[no-untyped-call]
    assert found.item() == pytest.approx(loss, rel=1e-7)
    assert norm(first, second) == pytest.approx(length, rel=1e-7)


def test_the_collapse_of_carl_is_golden() -> None:
    clips = _clip_and_second(course(0, 5), course(1, 5))
    objective = SequenceContrast(sigma=math.sqrt(10), embedding_size=4)
    assert objective.collapsed_loss(clips) == pytest.approx(0.375441547, rel=1e-4)


def _clip_and_second(first: Tensor, second: Tensor) -> ClipEmbeddings:
    own, other, _ = STEPS[len(first)]
    every = torch.ones(1, len(first), dtype=torch.bool)
    return ClipEmbeddings(
        first[None],
        torch.tensor([own]).double(),
        torch.ones(1),
        every,
        second[None],
        every,
        positive_times=torch.tensor([other]).double(),
    )


def test_a_prototype_is_matched_by_videos_of_one_course_and_not_by_noise() -> None:
    torch.manual_seed(0)
    objective = JointPrototype(embedding_size=8)
    times = torch.linspace(0, 1, 12).expand(3, -1)
    every = torch.ones(3, 12, dtype=torch.bool)
    angles = times[..., None] * torch.arange(1, 5)
    alike = torch.cat([angles.sin(), angles.cos()], dim=-1)
    losses = [
        objective(ClipEmbeddings(given, times, torch.ones(3), every)).item()
        for given in (alike, torch.randn(3, 12, 8))
    ]
    collapsed = objective.collapsed_loss(ClipEmbeddings(alike, times, torch.ones(3), every))
    assert collapsed == pytest.approx(math.log(20))
    assert losses[0] < collapsed < losses[1]


@pytest.mark.parametrize(
    ("objective", "options", "told"),
    [
        (LearningByAligning, {"gamma": 0.0}, "gamma must be positive"),
        (LearningByAligning, {"regularizer": "max"}, "sum or mean"),
        (LearningByAligning, {"near": "far"}, "plain or weighted"),
        (GlobalAlignment, {"temperature": 0.0}, "temperature must be"),
        (GlobalAlignment, {"cycle": "x"}, "probabilities or logits"),
        (SequenceContrast, {"negatives": "none"}, "must be one of other_clip"),
        (SequenceContrast, {"shortest": 0.0}, "shortest must be above 0"),
        (JointPrototype, {"moments": 1}, "moments must be"),
    ],
)
def test_options_out_of_range_are_one_sentence(
    objective: Any, options: dict[str, Any], told: str
) -> None:
    with pytest.raises(ValueError, match=told):
        objective(**options)


def test_frames_as_far_apart_as_the_paper_says_are_neighbours_of_lav() -> None:
    sigma = LearningByAligning().sigma
    # Rounded times, of which the differences are a little more or less than a third of a second.
    times = (torch.arange(60) / 30).to(torch.float32)[None]
    embeddings = torch.zeros(1, 60, 2)
    clips = ClipEmbeddings(
        embeddings, times, torch.tensor([2.0]), torch.ones(1, 60, dtype=torch.bool)
    )
    pushed = contrastive_inverse_difference(clips, sigma=sigma, margin=1.0, normalize=False)
    far = (torch.arange(60)[:, None] - torch.arange(60)).abs()
    share = far.double() / 60
    wanted = torch.where(far > 10, 1 + share.square(), torch.zeros(())).sum()
    assert pushed.item() == pytest.approx(wanted.item(), rel=1e-5)
