"""Smooth DTW: the cost of an alignment by expected minima, with the whole table of costs."""

import torch
import torch.nn.functional as F
from torch import Tensor


def smooth_dtw_table(costs: Tensor, *, gamma: float = 0.1) -> Tensor:
    """Accumulated costs R: R[i, j] = costs[i, j] + Σ p·r over the predecessors' values r.

    The predecessors are (i−1, j−1), (i−1, j) and (i, j−1) inside the table, and p is the softmax of
    −r / `gamma`: the *expected* minimum. It is at least the true minimum, while the softened one of
    [`soft_dtw`][inphase.objectives.soft_dtw.soft_dtw] is at most that. Cells outside the table are
    left out of p; the released code holds them as huge numbers, whose gradient is NaN.

    R[n − 1, m − 1] is the cost of aligning the first n rows with the first m columns, so that
    padding at the end of either needs no mask.

    Source: Hadji et al., "Representation Learning via Global Temporal Alignment and
    Cycle-Consistency", CVPR 2021, section 3.2.

    Args:
        costs: (batch, n, m) finite; computed in its type.
        gamma: how soft the minimum is, in the unit of `costs`.

    Returns:
        (batch, n, m).
    """
    batch, n, m = costs.shape
    # Row by row, one column further each: an anti-diagonal becomes a column.
    skewed = F.pad(costs, (0, n)).flatten(1)[:, :-n].view(batch, n, n + m - 1)
    rows = torch.arange(n, device=costs.device)
    once = twice = costs.new_zeros(costs.shape[0], n)
    done = []
    for diagonal in range(n + m - 1):
        columns = diagonal - rows
        # Which of (i−1, j−1), (i−1, j) and (i, j−1) lie inside, of the cells of this diagonal.
        here = (columns >= 0) & (columns < m)
        up = here & (rows > 0)
        left = here & (columns > 0)
        inside = torch.stack([up & left, up, left])[:, None]
        ways = torch.stack([F.pad(twice, (1, -1)), F.pad(once, (1, -1)), once])
        # A cell without predecessors, such as the first, gets three of weight 1/3 and value 0.
        weighed = (-ways / gamma).masked_fill(~inside, -torch.inf)
        weighed = torch.where(inside.any(dim=0), weighed, 0.0)
        shares = torch.softmax(weighed, dim=0)
        least = (shares * ways.masked_fill(~inside, 0.0)).sum(dim=0)
        value = (skewed[:, :, diagonal] + least).masked_fill(~here, 0.0)
        done.append(value)
        twice, once = once, value
    table = F.pad(torch.stack(done, dim=2).flatten(1), (0, n))
    return table.view(batch, n, n + m)[..., :m]
