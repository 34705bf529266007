"""Kendall's τ: do nearest neighbours keep the temporal order?"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from inphase.alignment.mapping import nearest_in
from inphase.alignment.sources import distances_between
from inphase.errors import AlignmentError


@dataclass(frozen=True)
class KendallsTau:
    """Kendall's τ of one ordered pair of videos.

    Attributes:
        tau_b: as in the released code, without tied frames in the denominator; NaN if undefined,
            because there is only one frame or all frames have the same neighbour.
        tau_a: the paper's formula, (concordant − discordant) / all pairs of frames; NaN if there is
            only one frame.
    """

    tau_b: float
    tau_a: float


@dataclass(frozen=True)
class MeanKendallsTau:
    """Kendall's τ over all ordered pairs of videos.

    Attributes:
        tau_b: mean of τ-b; an undefined pair counts as 0.
        tau_a: mean of τ-a; an undefined pair counts as 0.
        pairs: number of ordered pairs.
        undefined: number of pairs without τ-b.
        stride: every `stride`-th frame was used.
    """

    tau_b: float
    tau_a: float
    pairs: int
    undefined: int
    stride: int


def kendalls_tau_of_order(nearest: ArrayLike) -> KendallsTau:
    """Kendall's τ between the order of frames and that of their nearest neighbours.

    Source: Dwibedi et al., "Temporal Cycle-Consistency Learning", CVPR 2019, section 4.2.

    Args:
        nearest: (frames,) the nearest frame of the other video for each frame, in order.

    Raises:
        AlignmentError: `nearest` is not a list of numbers.
    """
    order = np.asarray(nearest)
    if order.ndim != 1:
        raise AlignmentError(f"Nearest neighbours must be (frames,), not {order.shape}.")
    count = len(order)
    if count < 2:
        return KendallsTau(tau_b=math.nan, tau_a=math.nan)
    _, repeats = np.unique(order, return_counts=True)
    if len(repeats) == 1:
        return KendallsTau(tau_b=math.nan, tau_a=0.0)
    tau_b = float(stats.kendalltau(np.arange(count), order).statistic)
    # The frames themselves have no ties, so the two differ only by ties of neighbours.
    pairs = count * (count - 1) / 2
    tied = float((repeats * (repeats - 1) / 2).sum())
    return KendallsTau(tau_b=tau_b, tau_a=tau_b * math.sqrt((pairs - tied) / pairs))


def kendalls_tau(a: ArrayLike, b: ArrayLike, *, stride: int = 1) -> KendallsTau:
    """Kendall's τ of one ordered pair: do the nearest neighbours of a's frames in b keep a's order?

    Args:
        a: (n, dims) embeddings of a video's frames.
        b: (m, dims) embeddings of another video's frames.
        stride: use every `stride`-th frame of both.

    Raises:
        AlignmentError: an input is empty or not finite, the dimensions differ, or `stride` < 1.
    """
    _check_stride(stride)
    first, second = np.asarray(a)[::stride], np.asarray(b)[::stride]
    return kendalls_tau_of_order(nearest_in(distances_between("squared_euclidean", first, second)))


def kendalls_tau_pairs(embeddings: Sequence[ArrayLike], *, stride: int = 1) -> MeanKendallsTau:
    """Kendall's τ over all ordered pairs of different videos.

    Args:
        embeddings: at least two, (frames, dims) each.
        stride: use every `stride`-th frame.

    Returns:
        The means, in which undefined pairs count as 0, and the number of undefined pairs.

    Raises:
        AlignmentError: there are fewer than two videos; also see `kendalls_tau`.
    """
    if len(embeddings) < 2:
        raise AlignmentError(f"Kendall's tau needs at least two videos, not {len(embeddings)}.")
    _check_stride(stride)
    taus = []
    for i, a in enumerate(embeddings):
        for j, b in enumerate(embeddings):
            if i == j:
                continue
            taus.append(kendalls_tau(a, b, stride=stride))
    return MeanKendallsTau(
        tau_b=float(np.mean(np.nan_to_num([tau.tau_b for tau in taus]))),
        tau_a=float(np.mean(np.nan_to_num([tau.tau_a for tau in taus]))),
        pairs=len(taus),
        undefined=sum(math.isnan(tau.tau_b) for tau in taus),
        stride=stride,
    )


def _check_stride(stride: int) -> None:
    if stride < 1:
        raise AlignmentError(f"The stride must be at least 1, not {stride}.")
