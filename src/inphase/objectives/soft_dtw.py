"""Soft-DTW: the cost of the cheapest warping path, with a minimum that has a gradient."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from inphase.objectives import soft_dtw_diagonals, soft_dtw_kernels

Result = TypeVar("Result")


def soft_dtw(costs: Tensor, *, gamma: float = 1.0, lengths: Tensor | None = None) -> Tensor:
    """−`gamma` · log Σ exp(−cost / `gamma`) over all warping paths from corner to corner.

    A path has steps (1, 1), (1, 0) and (0, 1), and its cost is the sum of `costs` along it. The
    value is at most the cost of the cheapest path, and near it if `gamma` is small; it may be
    negative. The gradient is how likely a path is to pass through each cell.

    Computed in float64, since float32 loses a thousandth of the gradient at 240 frames: compiled,
    on as many threads as torch may use, or by anti-diagonals on another device (float32 on those
    that have no float64).

    Source: Cuturi and Blondel, "Soft-DTW: a differentiable loss function for time-series", ICML
    2017.

    Args:
        costs: (batch, n, m), such as squared distances between the frames of two videos; +∞
            forbids a cell.
        gamma: how soft the minimum is, in the unit of `costs`.
        lengths: (batch, 2) numbers of rows and of columns that count; the others are padding, which
            may hold anything. By default all count.

    Returns:
        (batch,) in the type of `costs`, at least float32; +∞, with no gradient, if no path is
        allowed. It can be differentiated once.

    Raises:
        ValueError: `costs` is not (batch, n, m) floats with n and m at least 1, `gamma` is not
            positive and finite, or `lengths` does not fit.
    """
    if costs.ndim != 3 or not costs.is_floating_point() or 0 in costs.shape[1:]:
        raise ValueError(f"costs must be (batch, n, m) floats, not {tuple(costs.shape)}.")
    if not 0 < gamma < float("inf"):
        raise ValueError(f"gamma must be positive and finite, not {gamma}.")
    batch, n, m = costs.shape
    if lengths is None:
        lengths = torch.tensor([n, m], device=costs.device).expand(batch, 2)
    else:
        lengths = lengths.to(costs.device, torch.int64)
        limits = torch.tensor([n, m], device=costs.device)
        if lengths.shape != (batch, 2) or not bool(((lengths >= 1) & (lengths <= limits)).all()):
            raise ValueError(
                f"lengths must be (batch, 2), from 1 to the {n} rows and {m} columns of the costs."
            )
    values: Tensor = _SoftDTW.apply(costs, lengths, float(gamma))  # type: ignore[no-untyped-call]
    return values


class _SoftDTW(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, costs: Tensor, lengths: Tensor, gamma: float) -> Tensor:
        dtype = torch.promote_types(costs.dtype, torch.float32)
        given = costs.detach().to(dtype)
        has_float64 = costs.device.type != "mps"
        forbidden = soft_dtw_kernels.FORBIDDEN if has_float64 else 1e30
        if costs.device.type == "cpu":
            values, weights = _soften(given.contiguous(), lengths, gamma)
        else:
            exact = given.to(torch.float64 if has_float64 else torch.float32).clamp(max=forbidden)
            values, weights = soft_dtw_diagonals.soften(exact, lengths, gamma, forbidden)
        impossible = values >= forbidden / 2
        ctx.save_for_backward(weights, lengths, impossible)
        ctx.shape, ctx.dtype = costs.shape, costs.dtype
        return values.masked_fill(impossible, torch.inf).to(dtype)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, upstream: Tensor) -> tuple[Tensor, None, None]:
        weights, lengths, impossible = ctx.saved_tensors
        dtype = torch.promote_types(ctx.dtype, torch.float32)
        seeds = upstream.to(weights.dtype).masked_fill(impossible, 0.0)
        if upstream.device.type == "cpu":
            gradient = _spread(weights, lengths, seeds, torch.zeros(ctx.shape, dtype=dtype))
        else:
            gradient = soft_dtw_diagonals.spread(weights, lengths, seeds)
        return gradient.to(ctx.dtype), None, None


def _soften(costs: Tensor, lengths: Tensor, gamma: float) -> tuple[Tensor, Tensor]:
    batch, n, m = costs.shape
    # Of float32 costs, float32 weights lose less than the costs have lost, and need half the room.
    weights = torch.empty(batch, 3, n * m, dtype=costs.dtype)
    matrices, sizes, filled = costs.numpy(), lengths.tolist(), weights.numpy()

    def work(item: int) -> float:
        rows, columns = sizes[item]
        return soft_dtw_kernels.soften(matrices[item], rows, columns, gamma, filled[item])

    return torch.tensor(_on_threads(work, batch), dtype=torch.float64), weights


def _spread(weights: Tensor, lengths: Tensor, seeds: Tensor, gradient: Tensor) -> Tensor:
    filled, sizes, found = weights.numpy(), lengths.tolist(), gradient.numpy()
    scales = seeds.tolist()

    def work(item: int) -> None:
        rows, columns = sizes[item]
        soft_dtw_kernels.spread(filled[item], rows, columns, scales[item], found[item])

    _on_threads(work, len(scales))
    return gradient


def _on_threads(work: Callable[[int], Result], count: int) -> list[Result]:
    threads = min(torch.get_num_threads(), count)
    if threads <= 1:
        return [work(item) for item in range(count)]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(work, range(count)))
