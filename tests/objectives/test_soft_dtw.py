"""Soft-DTW: against all paths of small grids, gradcheck, padding and extreme costs."""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from inphase.objectives import soft_dtw as module
from inphase.objectives import soft_dtw_diagonals, soft_dtw_kernels
from inphase.objectives.soft_dtw import soft_dtw

SHAPES = [(1, 1), (1, 5), (4, 1), (3, 4), (5, 2), (4, 4)]


def on_diagonals(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compute on the processor as on any other device."""

    def soften(costs: Tensor, lengths: Tensor, gamma: float) -> Any:
        forbidden = soft_dtw_kernels.FORBIDDEN
        exact = costs.double().clamp(max=forbidden)
        return soft_dtw_diagonals.soften(exact, lengths, gamma, forbidden)

    def spread(weights: Tensor, lengths: Tensor, seeds: Tensor, gradient: Tensor) -> Tensor:
        found = soft_dtw_diagonals.spread(weights, lengths, seeds)
        assert found.shape == gradient.shape
        return found

    monkeypatch.setattr(module, "_soften", soften)
    monkeypatch.setattr(module, "_spread", spread)


@pytest.fixture(params=["compiled", "diagonals"], autouse=True)
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "diagonals":
        on_diagonals(monkeypatch)


def paths(n: int, m: int) -> Iterator[list[tuple[int, int]]]:
    if (n, m) == (1, 1):
        yield [(0, 0)]
    for down, right in ((1, 1), (1, 0), (0, 1)):
        if n - down >= 1 and m - right >= 1:
            for path in paths(n - down, m - right):
                yield [*path, (n - 1, m - 1)]


def twin(costs: Any, gamma: float) -> tuple[float, Any]:
    """Value and gradient from all paths, one by one."""
    ways = list(paths(*costs.shape))
    totals = np.array([sum(costs[cell] for cell in path) for path in ways])
    least = totals.min()
    shares = np.exp((least - totals) / gamma)
    gradient = np.zeros(costs.shape)
    for path, share in zip(ways, shares / shares.sum(), strict=True):
        for cell in path:
            gradient[cell] += share
    return float(least - gamma * math.log(shares.sum())), gradient


@pytest.mark.parametrize("gamma", [1e-3, 0.3, 1.0, 20.0])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_value_and_gradient_are_those_of_all_paths(shape: tuple[int, int], gamma: float) -> None:
    drawn = np.random.default_rng(0).normal(size=(2, *shape))
    costs = torch.tensor(drawn, requires_grad=True)
    values = soft_dtw(costs, gamma=gamma)
    (gradient,) = torch.autograd.grad(values.sum(), costs)
    for item in range(2):
        value, expected = twin(drawn[item], gamma)
        assert values[item].item() == pytest.approx(value, rel=1e-12, abs=1e-12)
        np.testing.assert_allclose(gradient[item], expected, rtol=1e-9, atol=1e-14)


@pytest.mark.parametrize("shape", [(1, 1), (1, 6), (6, 1), (5, 7), (7, 5)], ids=str)
def test_gradcheck(shape: tuple[int, int]) -> None:
    generator = torch.Generator().manual_seed(0)
    costs = torch.rand(3, *shape, dtype=torch.float64, generator=generator, requires_grad=True)
    lengths = torch.stack(
        [torch.randint(1, size + 1, (3,), generator=generator) for size in shape], dim=1
    )
    assert torch.autograd.gradcheck(lambda c: soft_dtw(c, gamma=0.5), costs)
    assert torch.autograd.gradcheck(lambda c: soft_dtw(c, gamma=0.5, lengths=lengths), costs)


@pytest.mark.parametrize("padding", [0.0, -5.0, math.nan, math.inf, -math.inf])
def test_padding_changes_nothing(padding: float) -> None:
    generator = torch.Generator().manual_seed(0)
    sizes = [(6, 9), (1, 4), (7, 3), (5, 1)]
    costs = torch.full((4, 7, 9), padding)
    alone = [torch.rand(1, *size, generator=generator, requires_grad=True) for size in sizes]
    for item, (n, m) in enumerate(sizes):
        costs[item, :n, :m] = alone[item].detach()[0]
    costs.requires_grad_()
    values = soft_dtw(costs, gamma=0.2, lengths=torch.tensor(sizes))
    (gradient,) = torch.autograd.grad((values * torch.tensor([1.0, 2.0, -3.0, 0.5])).sum(), costs)
    for item, ((n, m), scale) in enumerate(zip(sizes, (1.0, 2.0, -3.0, 0.5), strict=True)):
        value = soft_dtw(alone[item], gamma=0.2)
        (expected,) = torch.autograd.grad(value.sum() * scale, alone[item])
        torch.testing.assert_close(values[item], value[0], rtol=1e-6, atol=0)
        torch.testing.assert_close(gradient[item, :n, :m], expected[0], rtol=1e-6, atol=1e-12)
        outside = gradient[item].clone()
        outside[:n, :m] = 0.0
        assert (outside == 0).all()


@pytest.mark.parametrize("gamma", [1e-320, 1e-30, 1e-8])
@pytest.mark.parametrize("scale", [1.0, 1e30, 1e200])
def test_a_tiny_gamma_gives_the_cheapest_path(gamma: float, scale: float) -> None:
    drawn = scale * np.random.default_rng(0).random((5, 6))
    costs = torch.tensor(drawn[None], requires_grad=True)
    value = soft_dtw(costs, gamma=gamma)
    (gradient,) = torch.autograd.grad(value.sum(), costs)
    cheapest = min(paths(5, 6), key=lambda path: sum(drawn[cell] for cell in path))
    expected = np.zeros((5, 6))
    expected[tuple(np.transpose(cheapest))] = 1.0
    assert value.item() == pytest.approx(sum(drawn[cell] for cell in cheapest), rel=1e-6)
    np.testing.assert_array_equal(gradient[0], expected)


def test_a_huge_gamma_counts_the_paths() -> None:
    value = soft_dtw(torch.zeros(1, 4, 4, dtype=torch.float64), gamma=1e6)
    assert value.item() == pytest.approx(-1e6 * math.log(63), rel=1e-12)


def test_infinite_costs_forbid_their_cells() -> None:
    drawn = np.random.default_rng(0).random((4, 5))
    forbidden = [(0, 1), (1, 1), (2, 3)]
    for cell in forbidden:
        drawn[cell] = np.inf
    costs = torch.tensor(drawn[None], requires_grad=True)
    value = soft_dtw(costs, gamma=0.5)
    (gradient,) = torch.autograd.grad(value.sum(), costs)
    expected, expected_gradient = twin(drawn, 0.5)
    assert value.item() == pytest.approx(expected, rel=1e-12)
    np.testing.assert_allclose(gradient[0], expected_gradient, rtol=1e-9)
    assert all(gradient[0][cell] == 0 for cell in forbidden)


def test_without_a_path_the_cost_is_infinite_and_has_no_gradient() -> None:
    costs = torch.rand(2, 4, 4)
    costs[1, 2] = torch.inf
    costs.requires_grad_()
    values = soft_dtw(costs)
    assert values.isinf().tolist() == [False, True]
    (gradient,) = torch.autograd.grad(values.sum(), costs)
    assert gradient.isfinite().all()
    assert (gradient[1] == 0).all()
    assert (gradient[0] != 0).any()


def test_costs_that_are_no_numbers_are_not_hidden() -> None:
    costs = torch.rand(1, 4, 4)
    costs[0, 1, 1] = torch.nan
    assert soft_dtw(costs).isnan().all()


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
def test_the_gradient_has_the_type_of_the_costs(dtype: torch.dtype) -> None:
    costs = torch.rand(2, 3, 4).to(dtype).requires_grad_()
    values = soft_dtw(costs)
    assert values.dtype == torch.promote_types(dtype, torch.float32)
    (gradient,) = torch.autograd.grad(values.sum(), costs)
    assert gradient.dtype == dtype


def test_float32_costs_have_the_gradient_of_float64() -> None:
    costs = torch.rand(1, 240, 240, generator=torch.Generator().manual_seed(0))
    gradients = []
    for dtype in (torch.float32, torch.float64):
        given = costs.to(dtype).clone().requires_grad_()
        (gradient,) = torch.autograd.grad(soft_dtw(given, gamma=0.1).sum(), given)
        gradients.append(gradient.double())
    assert (gradients[0] - gradients[1]).norm() < 1e-6 * gradients[1].norm()


def test_the_number_of_threads_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    costs = torch.rand(9, 30, 20, generator=torch.Generator().manual_seed(0))
    found = []
    for threads in (1, 4):
        monkeypatch.setattr(torch, "get_num_threads", lambda threads=threads: threads)
        given = costs.clone().requires_grad_()
        values = soft_dtw(given)
        found.append((values, *torch.autograd.grad(values.sum(), given)))
    assert torch.equal(found[0][0], found[1][0])
    assert torch.equal(found[0][1], found[1][1])


def test_an_empty_batch_has_no_values() -> None:
    costs = torch.rand(0, 3, 4, requires_grad=True)
    values = soft_dtw(costs)
    assert values.shape == (0,)
    (gradient,) = torch.autograd.grad(values.sum(), costs)
    assert gradient.shape == costs.shape


@pytest.mark.parametrize(
    ("shape", "options", "told"),
    [
        ((3, 4), {}, "batch, n, m"),
        ((1, 0, 4), {}, "batch, n, m"),
        ((1, 3, 4), {"gamma": 0.0}, "gamma must be positive"),
        ((1, 3, 4), {"gamma": math.nan}, "gamma must be positive"),
        ((1, 3, 4), {"gamma": math.inf}, "gamma must be positive"),
        ((1, 3, 4), {"lengths": torch.tensor([[3, 5]])}, "from 1 to the 3 rows and 4 columns"),
        ((1, 3, 4), {"lengths": torch.tensor([[0, 4]])}, "from 1 to the 3 rows and 4 columns"),
        ((1, 3, 4), {"lengths": torch.tensor([3, 4])}, "lengths must be"),
    ],
)
def test_bad_input_is_one_sentence(
    shape: tuple[int, ...], options: dict[str, Any], told: str
) -> None:
    with pytest.raises(ValueError, match=told):
        soft_dtw(torch.zeros(shape), **options)
    with pytest.raises(ValueError, match="floats"):
        soft_dtw(torch.zeros(1, 2, 2, dtype=torch.int64))
