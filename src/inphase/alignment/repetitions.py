"""Find repetitions in a sequence of embeddings: their number, extent and similarity."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.ndimage import gaussian_filter1d

from inphase.alignment.cycle import PLACES, Cycle, CycleFit
from inphase.alignment.periodicity import aperiodicity, lags_between
from inphase.errors import AlignmentError

Floats = NDArray[np.float32]

_SMOOTHING = 1.0  # frames, standard deviation
_DIMENSIONS = 48
_STILL = 0.12  # of the upper quartile of speeds: slower frames stand still
# Which lengths of a cycle are tried: those after which much of the sequence is alike, ...
_LENGTHS, _MUCH = 6, 0.3
# ... and those of so many moments that are most like themselves after some lag.
_MOMENTS = 4
_PIECES = 3  # number of places from which a cycle of each length is fitted
# A cycle that moves less than this share of a typical distance is not the action.
_LEAST_EXTENT = 0.5
# Number of cycles that must be explained: one always explains itself.
_LEAST_EXPLAINED = 1.75
_SLACK = 4  # places that the first and the last repetition may lack
_LIKE = 0.6  # of the median likeness: a repetition less like the cycle is something else


@dataclass(frozen=True)
class Repetitions:
    """The repetitions found in a sequence; none if it does not repeat itself.

    Attributes:
        starts: (count,) first frame of each.
        ends: (count,) the frame after its last; at most the next one's start.
        likeness: (count,) similarity of each to the typical one, 0..1.
        confidence: 0..1; the fraction of a repetition's movement that the typical one predicts.
    """

    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    likeness: NDArray[np.float64]
    confidence: float

    @property
    def count(self) -> int:
        """Number of repetitions; 0, or at least 2."""
        return len(self.starts)


def find_repetitions(
    embeddings: ArrayLike,
    *,
    shortest: int = 6,
    longest: int | None = None,
    least_confidence: float = 0.45,
) -> Repetitions:
    """Find the repetitions of a movement in a sequence.

    Lags after which the sequence is like itself (YIN, for vectors) suggest how long a repetition
    is. For each such length, a cycle is fitted: every frame is at a place of the cycle, and goes
    on from place to place at between no and three times the cycle's pace, or is left out; then
    every place becomes the mean of its frames. The cycle is chosen by description length: what it
    explains of the sequence, minus the cycle itself, so that two repetitions are not taken for
    one. Each time the sequence comes round is a repetition. Still frames are left out, so that
    pauses may occur anywhere.

    Args:
        embeddings: (n, dims), at a constant frame rate.
        shortest: shortest repetition, in frames; at least 4.
        longest: longest repetition, in frames; by default half of the sequence.
        least_confidence: confidence below which no repetitions are reported.

    Returns:
        Complete repetitions only: one that the sequence breaks off is left out.

    Raises:
        AlignmentError: `embeddings` are not finite, not (n, dims), or an option is out of range.
    """
    frames = np.asarray(embeddings, dtype=np.float32)
    if frames.ndim != 2 or frames.shape[1] == 0:
        raise AlignmentError(f"Embeddings must be (frames, dims), not {frames.shape}.")
    if not np.isfinite(frames).all():
        raise AlignmentError("The embeddings are not all finite numbers.")
    if shortest < 4:
        raise AlignmentError(f"The shortest repetition must be at least 4 frames, not {shortest}.")
    if longest is not None and longest < shortest:
        raise AlignmentError(f"The longest repetition ({longest}) is below the shortest.")
    if not 0 <= least_confidence <= 1:
        raise AlignmentError(f"least_confidence must be in 0..1, not {least_confidence}.")
    if len(frames) < 2 * shortest:
        return _NONE
    smooth = _compressed(gaussian_filter1d(frames, _SMOOTHING, axis=0, mode="nearest"))
    moving = np.flatnonzero(_moves(smooth))
    longest = min(longest or len(moving), len(moving) // 2)
    if longest < shortest:
        return _NONE
    cycle = _best_cycle(smooth[moving], shortest, longest)
    if cycle is None:
        return _NONE
    starts, ends, likeness = _turns(cycle, len(moving))
    if len(starts):
        like = likeness >= _LIKE * np.median(likeness)
        starts, ends, likeness = starts[like], ends[like], likeness[like]
    confidence = float(np.average(likeness, weights=ends - starts)) if len(starts) else 0.0
    if len(starts) < 2 or confidence < least_confidence:
        return _NONE
    starts, ends = _joined(moving[starts], moving[ends - 1] + 1)
    return Repetitions(starts, ends, likeness, confidence)


_NONE = Repetitions(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0), 0.0)


def _best_cycle(frames: Floats, shortest: int, longest: int) -> Cycle | None:
    """The cycle that explains the most, minus itself; None if none explains a repetition."""
    lags = lags_between(shortest, longest)
    away = aperiodicity(frames, lags)
    best: Cycle | None = None
    for column in _columns(away):
        fitter = CycleFit(frames, float(lags[column]))
        if len(fitter.frames) < 2 * PLACES:
            continue
        for begin in _pieces(away[:, column], len(fitter.frames), lags[column] / PLACES):
            cycle = fitter.fit(begin)
            if cycle.extent < _LEAST_EXTENT or cycle.explained < _LEAST_EXPLAINED:
                continue
            if best is not None and _gain(cycle) <= _gain(best):
                continue
            starts, ends, _ = _turns(cycle, len(frames))
            if len(starts) and shortest <= np.median(ends - starts) <= longest:
                best = cycle
    return best


def _gain(cycle: Cycle) -> float:
    return (cycle.explained - 1) * cycle.period


def _columns(away: Floats) -> list[int]:
    """The lags that may be the length of a repetition."""
    level = np.quantile(away, _MUCH, axis=0)
    padded = np.concatenate([[np.inf], level, [np.inf]])
    low = np.flatnonzero((level <= padded[:-2]) & (level <= padded[2:]))
    chosen = low[np.argsort(level[low])][:_LENGTHS].tolist()
    own = away.argmin(axis=1)
    third = np.argsort(away.min(axis=1))[: max(1, len(away) // 3)]
    moments = third[:: max(1, len(third) // _MOMENTS)]
    return sorted({*chosen, *own[moments].tolist()})


def _pieces(away: NDArray[np.float32], count: int, step: float) -> list[int]:
    """First frames, at the cycle's pace, of pieces that are like what comes before and after."""
    level = np.interp(np.arange(count) * step, np.arange(len(away)), away)
    begins = []
    for _ in range(_PIECES):
        middle = int(level.argmin())
        if not np.isfinite(level[middle]):
            break
        begins.append(max(0, min(count - PLACES, middle - PLACES // 2)))
        level[max(0, middle - PLACES) : middle + PLACES] = np.inf
    return begins


def _turns(
    cycle: Cycle, frames: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """First frame, frame after the last, and likeness of each time round."""
    runs = cycle.runs()
    place = _start(cycle, [gone for _, gone in runs])
    step = cycle.period / PLACES
    starts: list[int] = []
    ends: list[int] = []
    likeness = []
    for begin, gone in runs:
        first, count, _ = _times_round(gone, place)
        for turn in range(count):
            here = first + turn * PLACES
            # What waits at the place where repetitions are cut belongs to neither.
            leaves = max(0, int(np.searchsorted(gone, here, side="right")) - 1)
            comes = int(np.searchsorted(gone, here + PLACES, side="left"))
            span = cycle.likeness[begin + leaves : begin + comes]
            starts.append(min(frames - 1, round((begin + leaves) * step)))
            ends.append(max(starts[-1] + 1, min(frames, round((begin + comes) * step))))
            likeness.append(float(np.clip(span.mean(), 0, 1)))
    return np.array(starts, np.int64), np.array(ends, np.int64), np.array(likeness)


def _start(cycle: Cycle, runs: list[NDArray[np.int64]]) -> int:
    """The place where repetitions begin: the slowest of those that give the most repetitions.

    A video that starts and ends at the top of a movement holds one more repetition if it is cut
    there than if it is cut at the bottom.
    """
    told = [[_times_round(gone, place) for gone in runs] for place in range(PLACES)]
    counts = np.array([sum(count for _, count, _ in one) for one in told])
    lacking = np.array([sum(lacks for _, _, lacks in one) for one in told])
    most = counts == counts.max()
    fullest = most & (lacking == lacking[most].min())
    around = np.roll(cycle.places, 1, axis=0), np.roll(cycle.places, -1, axis=0)
    speed = np.linalg.norm(around[1] - around[0], axis=1)
    return int(np.where(fullest, speed, np.inf).argmin())


def _times_round(gone: NDArray[np.int64], place: int) -> tuple[int, int, int]:
    """How a run comes from a place to the same place again.

    Returns:
        How far round the first time begins, how often it comes round, and how many places are
        lacking of the first and of the last time.
    """
    begin, end = int(gone[0]), int(gone[-1]) + 1
    first = place + PLACES * -((place + _SLACK - begin) // PLACES)
    count = max(0, (end + _SLACK - first) // PLACES)
    lacking = max(0, begin - first) + max(0, first + count * PLACES - end) if count else 0
    return first, count, lacking


def _moves(frames: Floats) -> NDArray[np.bool_]:
    """(n,) whether each frame is part of a movement."""
    padded = np.pad(frames, ((1, 1), (0, 0)), mode="edge")
    speed = np.linalg.norm(padded[2:] - padded[:-2], axis=1)
    moves = speed > _STILL * np.quantile(speed, 0.75)
    # The frames at either end of a movement belong to it.
    spread: NDArray[np.bool_] = np.convolve(moves, np.ones(3), mode="same") > 0
    return spread if speed.max() > 0 else np.zeros_like(spread)


def _compressed(frames: Floats) -> Floats:
    """Project to the main directions of movement, nearly preserving distances."""
    centred: Floats = frames - frames.mean(axis=0)
    if frames.shape[1] <= _DIMENSIONS:
        return centred
    sampled = centred[:: max(1, len(centred) // 2000)]
    _, _, directions = np.linalg.svd(sampled, full_matrices=False)
    compressed: Floats = centred @ directions[:_DIMENSIONS].T
    return compressed


def _joined(
    starts: NDArray[np.int64], ends: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Split short gaps between two repetitions; a longer pause belongs to neither."""
    starts, ends = starts.copy(), ends.copy()
    typical = float(np.median(ends - starts))
    for index in range(1, len(starts)):
        gap = starts[index] - ends[index - 1]
        if gap <= typical / 2:
            middle = ends[index - 1] + gap // 2
            ends[index - 1] = starts[index] = middle
    return starts, ends
