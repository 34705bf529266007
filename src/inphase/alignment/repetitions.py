"""Find repetitions in a sequence of embeddings: their number, extent and similarity."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.ndimage import gaussian_filter1d

from inphase.alignment.distances import squared_euclidean
from inphase.alignment.dtw import dtw
from inphase.alignment.repetition_kernels import connected
from inphase.errors import AlignmentError

Floats = NDArray[np.float32]

# Fractions of the typical (median) squared distance between two moving frames, unless noted.
_LEAST_EXTENT = 0.35  # a pattern that moves less is not the action
_STILL = 0.12  # of the upper quartile of speeds: slower frames stand still
_SMOOTHING = 1.0  # frames, standard deviation
_DIMENSIONS = 48
_STARTS = 64  # number of frames tried as the start of a pattern
_LAGS = 5  # number of nearest returns to such a frame tried as its end
_PRICE = 0.5  # of the pattern: how much a pass must explain to be a repetition
_LIKE = 0.6  # of the median likeness: a pass less like the pattern is something else
_SLACK = 0.1  # of the pattern: how much a repetition may lack at either end
_SHIFTS = 24  # number of places tried as a new start of the pattern
_SEARCHED = 3000  # number of frames around a pattern used to score it
_SAMPLED = 600  # number of frames used to estimate the typical distance


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
    alike: float = 0.45,
) -> Repetitions:
    """Find the repetitions of a movement in a sequence.

    The pattern is the piece of the sequence that best explains the whole sequence as passes through
    it. Each pass has its own pace, between a third and three times the pattern's, and anything may
    come before, between and after. The pattern is chosen by description length (what repeating it
    explains, minus the pattern itself), so that two repetitions are not taken for one. It is then
    replaced by the average of its repetitions. Still frames are left out, so that pauses may occur
    anywhere.

    Args:
        embeddings: (n, dims), at a constant frame rate.
        shortest: shortest repetition, in frames; at least 4.
        longest: longest repetition, in frames; by default half of the sequence.
        least_confidence: confidence below which no repetitions are reported.
        alike: distance beyond which two frames are not the same moment, as a fraction of the
            typical (median) squared distance between two moving frames.

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
    if not 0 < alike < np.inf:
        raise AlignmentError(f"alike must be above 0, not {alike}.")
    if len(frames) < 2 * shortest:
        return _NONE
    smooth = _compressed(gaussian_filter1d(frames, _SMOOTHING, axis=0, mode="nearest"))
    moving = np.flatnonzero(_moves(smooth))
    if len(moving) < 2 * shortest:
        return _NONE
    search = _Search(smooth[moving], shortest, longest or len(moving) // 2, alike)
    pattern = search.pattern()
    if pattern is None:
        return _NONE
    firsts, lasts, likeness = search.passes(pattern)
    if len(firsts):
        like = likeness >= _LIKE * np.median(likeness)
        firsts, lasts, likeness = firsts[like], lasts[like], likeness[like]
    confidence = float(np.average(likeness, weights=lasts - firsts + 1)) if len(firsts) else 0.0
    if len(firsts) < 2 or confidence < least_confidence:
        return _NONE
    starts, ends = _joined(moving[firsts], moving[lasts] + 1)
    return Repetitions(starts, ends, likeness, confidence)


_NONE = Repetitions(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0), 0.0)


class _Search:
    """Searches a sequence of moving frames for patterns, and how much of it they explain."""

    def __init__(self, frames: Floats, shortest: int, longest: int, alike: float) -> None:
        self.frames = frames
        self.alike = alike
        self.shortest, self.longest = shortest, longest
        sampled = frames[:: max(1, len(frames) // _SAMPLED)]
        distances = squared_euclidean(sampled, sampled)
        self.typical = float(np.median(distances[np.triu_indices(len(sampled), 1)]))

    def pattern(self) -> Floats | None:
        """The pattern that explains the most, averaged over its repetitions."""
        if self.typical <= 0:
            return None
        best, place = 0.0, None
        for start, length in self._candidates():
            score = self._score(start, length)
            if score > best:
                best, place = score, (start, length)
        if place is None:
            return None
        pattern = self.frames[place[0] : place[0] + place[1]]
        for _ in range(2):
            pattern = self._averaged(self._begun_best(self._averaged(pattern)))
        return pattern

    def passes(
        self, pattern: Floats
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
        """First and last frame of each repetition, and its similarity to the pattern."""
        worth = self._worth(self.frames, pattern)
        _, firsts, lasts = connected(worth, _slack(pattern), _PRICE * len(pattern))
        likeness = np.empty(len(firsts))
        for index, (first, last) in enumerate(zip(firsts, lasts, strict=True)):
            path = dtw(1.0 - worth[first : last + 1])
            alike = worth[first : last + 1][path.reference, path.query]
            likeness[index] = np.clip(alike.mean(), 0.0, 1.0)
        return firsts, lasts, likeness

    def _candidates(self) -> list[tuple[int, int]]:
        """Places that the sequence returns to: (start, length) of the pieces between."""
        n, reach = len(self.frames), 2
        # Include the frames around it, so that passing a place in reverse is not a return.
        padded = np.pad(self.frames, ((reach, reach), (0, 0)), mode="edge")
        both = np.concatenate([padded[: -2 * reach], padded[2 * reach :]], axis=1)
        found = []
        for start in np.unique(np.linspace(0, n - 1, min(_STARTS, n)).round().astype(np.int64)):
            away = squared_euclidean(both[start : start + 1], both[start:])[0]
            lags = np.arange(self.shortest, min(self.longest + 1, len(away) - 1))
            low = (away[lags] <= away[lags - 1]) & (away[lags] <= away[lags + 1])
            returns = lags[low & (away[lags] < 2 * self.alike * self.typical)][:_LAGS]
            found += [(int(start), int(lag)) for lag in returns]
        return found

    def _score(self, start: int, length: int) -> float:
        """What repeating a piece explains, in frames, minus the piece itself."""
        pattern = self.frames[start : start + length]
        if not self._has_extent(pattern):
            return 0.0
        low = max(0, start + length // 2 - _SEARCHED // 2)
        worth = self._worth(self.frames[low : low + _SEARCHED], pattern)
        total, _, _ = connected(worth, _slack(pattern), _PRICE * length)
        return float(total) - (1 - _PRICE) * length

    def _has_extent(self, pattern: Floats) -> bool:
        return bool(2 * pattern.var(axis=0).sum() >= _LEAST_EXTENT * self.typical)

    def _begun_best(self, pattern: Floats) -> Floats:
        """The same cycle, starting at the slowest place among those that explain the most.

        A video that starts and ends at the top of the movement holds one more repetition if it is
        cut there than if it is cut at the bottom.
        """
        around = np.roll(pattern, 1, axis=0), np.roll(pattern, -1, axis=0)
        speed = np.linalg.norm(around[1] - around[0], axis=1)
        length = len(pattern)
        options = []
        for begin in np.unique(np.linspace(0, length, _SHIFTS, endpoint=False).astype(np.int64)):
            rolled = np.roll(pattern, -begin, axis=0)
            worth = self._worth(self.frames, rolled)
            total, _, _ = connected(worth, _slack(rolled), _PRICE * length)
            options.append((float(total), float(speed[begin]), int(begin)))
        # A slow start is not worth losing what half a repetition explains.
        enough = max(total for total, _, _ in options) - 0.5 * (1 - _PRICE) * length
        _, begin = min((slow, begin) for total, slow, begin in options if total >= enough)
        return np.roll(pattern, -begin, axis=0)

    def _averaged(self, pattern: Floats) -> Floats:
        """The mean of all frames matched to each place of the pattern."""
        firsts, lasts, _ = self.passes(pattern)
        if len(firsts) < 2:
            return pattern
        sums = np.zeros(pattern.shape)
        counts = np.zeros((len(pattern), 1))
        for first, last in zip(firsts, lasts, strict=True):
            piece = self.frames[first : last + 1]
            path = dtw(squared_euclidean(piece, pattern))
            np.add.at(sums, path.query, piece[path.reference])
            np.add.at(counts, path.query, 1)
        mean: Floats = (sums / counts).astype(np.float32)
        return mean

    def _worth(self, frames: Floats, pattern: Floats) -> Floats:
        distances = squared_euclidean(frames, pattern)
        # One unusual frame must not break a repetition.
        worth: Floats = np.maximum(1.0 - distances / (self.alike * self.typical), -1.0)
        return worth.astype(np.float32)


def _slack(pattern: Floats) -> int:
    return int(_SLACK * len(pattern))


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
