"""Soft-DTW in plain torch, on any device: both recursions, a whole anti-diagonal at a time."""

import torch
import torch.nn.functional as F
from torch import Tensor


def soften(costs: Tensor, lengths: Tensor, gamma: float, forbidden: float) -> tuple[Tensor, Tensor]:
    """The soft-DTW of each item, and the weights of its steps.

    Args:
        costs: (batch, n, m), infinite ones as `forbidden`.
        lengths: (batch, 2) rows and columns that count.
        gamma: of the softened minimum.
        forbidden: a number that no path can cost; sums of n + m of it must be finite.

    Returns:
        (batch,) values, and (n + m − 1, 3, batch, n) how much of each cell comes diagonally, from
        above and from the left, row by row of each anti-diagonal.
    """
    batch, n, m = costs.shape
    rows, columns = lengths.unbind(dim=1)
    counted = (torch.arange(n, device=costs.device) < rows[:, None])[:, :, None] & (
        torch.arange(m, device=costs.device) < columns[:, None]
    )[:, None]
    costs = costs.masked_fill(~counted, forbidden)
    # Row by row, one column further each; then costs, and later values, are (diagonal, batch, row).
    padded = F.pad(costs, (0, n), value=forbidden).flatten(1)[:, :-n]
    table = padded.view(batch, n, n + m - 1).permute(2, 0, 1).contiguous()
    weights = costs.new_empty(n + m - 1, 3, batch, n)
    # Of the diagonals up to two before, the cell of row i at i + 1; outside the grid is forbidden.
    twice, once = costs.new_full((2, batch, n + 1), forbidden)
    twice[:, 0] = 0.0
    for diagonal in range(n + m - 1):
        ways = torch.stack([twice[:, :-1], once[:, :-1], once[:, 1:]])
        least = ways.amin(dim=0)
        shares = ((least - ways) / gamma).exp_()
        total = shares.sum(dim=0)
        torch.div(shares, total, out=weights[diagonal])
        table[diagonal] += least - gamma * total.log()
        twice, once = once, F.pad(table[diagonal], (1, 0), value=forbidden)
    ends = table[rows + columns - 2, torch.arange(batch, device=costs.device), rows - 1]
    return ends, weights


def spread(weights: Tensor, lengths: Tensor, seeds: Tensor) -> Tensor:
    """The gradient (batch, n, m) of Σ `seeds` (batch,) · `soften` with respect to its costs."""
    diagonals, _, batch, n = weights.shape
    m = diagonals - n + 1
    rows, columns = lengths.unbind(dim=1)
    table = weights.new_zeros(diagonals, batch, n)
    table[rows + columns - 2, torch.arange(batch, device=seeds.device), rows - 1] = seeds
    for diagonal in range(diagonals - 1, 0, -1):
        across, up, left = weights[diagonal] * table[diagonal]
        table[diagonal - 1] += left
        table[diagonal - 1, :, :-1] += up[:, 1:]
        if diagonal > 1:
            table[diagonal - 2, :, :-1] += across[:, 1:]
    skewed = F.pad(table.permute(1, 2, 0).flatten(1), (0, n))
    return skewed.view(batch, n, n + m)[..., :m].contiguous()
