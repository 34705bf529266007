"""Bootstrap over groups of videos: how much a score would change with others of the same kind.

Videos of one group (person, scene, performance) resemble each other, so they are drawn together.
Every score here is a mean of ratios of sums over videos, or over ordered pairs of different videos,
so that a bootstrap sample of videos only changes weights.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from inphase.errors import EvaluationError

DRAWS = 1000
FEWEST_GROUPS = 6
"""With fewer independent groups there is no interval and no p-value.

Even if all agree, the exact two-sided sign test of n groups gives p = 2 / 2ⁿ: with 5, 0.063.
"""
_CONFIDENCE = 0.95


@dataclass(frozen=True)
class Sums:
    """The sums behind a score of one set of videos.

    The score is the mean over parts (seeds, events, draws of labelled videos) of
    Σ numerators / Σ denominators.

    Attributes:
        numerators: (parts, videos), or (parts, videos, videos) for pairs, whose diagonal is 0.
        denominators: of the same shape, none negative.
        groups: (videos,) what each video shares with others that are not independent of it; empty
            if each is independent.
    """

    numerators: NDArray[np.float64]
    denominators: NDArray[np.float64]
    groups: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        shape = self.numerators.shape
        if shape != self.denominators.shape or len(shape) not in (2, 3):
            raise EvaluationError(
                f"Sums of shapes {shape} and {self.denominators.shape} do not fit: both must be "
                "(parts, videos) or (parts, videos, videos)."
            )
        if len(shape) == 3 and shape[1] != shape[2]:
            raise EvaluationError(f"Sums over pairs must be square, not {shape[1:]}.")
        if self.groups and len(self.groups) != shape[1]:
            raise EvaluationError(f"{len(self.groups)} groups do not fit {shape[1]} videos.")

    @property
    def videos(self) -> int:
        """Number of videos to draw from."""
        return int(self.numerators.shape[1])

    @property
    def value(self) -> float:
        """The score; NaN if nothing could be scored."""
        return float(_ratios(self, np.ones((1, self.videos)))[0])


@dataclass(frozen=True)
class Interval:
    """A 95 % interval.

    Attributes:
        low: 2.5th percentile; NaN if there are too few groups.
        high: 97.5th percentile.
    """

    low: float
    high: float


@dataclass(frozen=True)
class PairedDifference:
    """How much a second score differs from a first on the same videos.

    Attributes:
        difference: second − first.
        low: lower end of its 95 % bootstrap interval over groups; NaN if there are too few.
        high: upper end.
        p: two-sided bootstrap p-value of no difference; NaN if there are too few groups.
    """

    difference: float
    low: float
    high: float
    p: float


def mean_sums(values: ArrayLike) -> Sums:
    """Sums whose score is the plain mean of one value per video, `(videos,)`."""
    numbers = np.asarray(values, dtype=np.float64)[None]
    return Sums(numbers, np.ones_like(numbers))


def bootstrap_interval(sets: Sequence[Sums], *, draws: int = DRAWS, seed: int = 0) -> Interval:
    """95 % interval of a score, from samples of groups with replacement (percentile bootstrap).

    Source: Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, section 13.3; of groups:
    Davison and Hinkley, "Bootstrap Methods and their Application", 1997, section 3.8. A score over
    pairs weights each pair by how often both of its videos were drawn; a pair of a video with
    itself never counts.

    Args:
        sets: sets of videos (actions), whose scores are averaged. Each is drawn on its own, unless
            a group is in several.
        draws: number of bootstrap samples.
        seed: the same seed draws the same videos from sets of the same sizes.

    Raises:
        EvaluationError: no sets, or fewer than 2 draws.
    """
    scores = _scores(sets, _drawn(sets, draws, seed))
    return Interval(*_percentiles(scores, independent_groups(sets)))


def paired_bootstrap(
    first: Sequence[Sums], second: Sequence[Sums], *, draws: int = DRAWS, seed: int = 0
) -> PairedDifference:
    """Difference of two scores on the same videos, using the same samples for both.

    Source: Efron and Tibshirani, 1993, chapters 13 and 16.

    Args:
        first: see `bootstrap_interval`.
        second: of the same videos, in the same order.
        draws: number of bootstrap samples.
        seed: of the bootstrap.

    Raises:
        EvaluationError: the two have different numbers of videos; also see `bootstrap_interval`.
    """
    if [one.videos for one in first] != [one.videos for one in second]:
        raise EvaluationError("A paired bootstrap needs scores of the same videos.")
    grouped = [one if one.groups else other for one, other in zip(first, second, strict=True)]
    drawn = _drawn(grouped, draws, seed)
    differences = _scores(second, drawn) - _scores(first, drawn)
    groups = independent_groups(grouped)
    low, high = _percentiles(differences, groups)
    known = differences[np.isfinite(differences)]
    # The observed sample counts as one of the draws, so that p is never 0.
    below = (np.count_nonzero(known <= 0) + 1) / (len(known) + 1)
    above = (np.count_nonzero(known >= 0) + 1) / (len(known) + 1)
    return PairedDifference(
        difference=_mean([one.value for one in second]) - _mean([one.value for one in first]),
        low=low,
        high=high,
        p=min(1.0, 2 * min(below, above)) if len(known) and groups >= FEWEST_GROUPS else math.nan,
    )


def holm(p: Sequence[float]) -> list[float]:
    """p-values corrected for their number, so that one in twenty families holds a false p < 0.05.

    Source: Holm, "A Simple Sequentially Rejective Multiple Test Procedure", 1979. NaN stays, and
    does not count.
    """
    corrected = [math.nan] * len(p)
    order = sorted((n for n in range(len(p)) if not math.isnan(p[n])), key=lambda n: p[n])
    least = 0.0
    for rank, n in enumerate(order):
        least = max(least, min(1.0, (len(order) - rank) * p[n]))
        corrected[n] = least
    return corrected


def independent_groups(sets: Sequence[Sums]) -> int:
    """Number of different groups; a video without one is its own."""
    return len({name for names in _names(sets) for name in names})


def _names(sets: Sequence[Sums]) -> list[tuple[object, ...]]:
    """The group of each video of each set."""
    return [
        one.groups or tuple((number, video) for video in range(one.videos))
        for number, one in enumerate(sets)
    ]


def _drawn(sets: Sequence[Sums], draws: int, seed: int) -> list[NDArray[np.float64]]:
    """(draws, videos) of each set: how often each video was drawn."""
    if not sets or draws < 2:
        raise EvaluationError(f"A bootstrap needs sets of videos and 2 draws, not {draws}.")
    generator = np.random.default_rng(seed)
    names = _names(sets)
    pools = [list(dict.fromkeys(some)) for some in names]
    together = list(dict.fromkeys(name for pool in pools for name in pool))
    if len(together) < sum(map(len, pools)):
        counts = [_multinomial(generator, len(together), draws)] * len(sets)
        pools = [together] * len(sets)
    else:
        counts = [_multinomial(generator, len(pool), draws) for pool in pools]
    return [
        some[:, [pool.index(name) for name in videos]]
        for some, pool, videos in zip(counts, pools, names, strict=True)
    ]


def _multinomial(generator: np.random.Generator, count: int, draws: int) -> NDArray[np.float64]:
    drawn = generator.multinomial(count, np.full(count, 1 / count), size=draws)
    return drawn.astype(np.float64)


def _scores(sets: Sequence[Sums], drawn: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
    """(draws,) scores, averaged over the sets."""
    scores = [_ratios(one, counts) for one, counts in zip(sets, drawn, strict=True)]
    mean: NDArray[np.float64] = np.mean(scores, axis=0)
    return mean


def _ratios(sums: Sums, counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """(draws,) mean over parts of the weighted ratio; `counts` is (draws, videos)."""
    parts = len(sums.numerators)
    result = np.zeros((parts, len(counts)))
    for part in range(parts):
        top, bottom = sums.numerators[part], sums.denominators[part]
        if top.ndim == 1:
            over, under = counts @ top, counts @ bottom
        else:
            over = np.einsum("di,di->d", counts @ top, counts)
            under = np.einsum("di,di->d", counts @ bottom, counts)
        result[part] = np.divide(over, under, out=np.full_like(over, np.nan), where=under > 0)
    known = np.isfinite(result)
    total = np.where(known, result, 0.0).sum(axis=0)
    many = known.sum(axis=0)
    mean: NDArray[np.float64] = np.divide(
        total, many, out=np.full_like(total, np.nan), where=many > 0
    )
    return mean


def _percentiles(scores: NDArray[np.float64], groups: int) -> tuple[float, float]:
    known = scores[np.isfinite(scores)]
    # Too many samples may hold no video that has a score.
    if groups < FEWEST_GROUPS or len(known) < 0.9 * len(scores):
        return float("nan"), float("nan")
    tail = 100 * (1 - _CONFIDENCE) / 2
    low, high = np.percentile(known, [tail, 100 - tail])
    return float(low), float(high)


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values))
