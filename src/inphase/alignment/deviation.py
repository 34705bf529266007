"""How far a video deviates from typical ones, in looks and in pace, frame by frame."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.ndimage import uniform_filter1d

from inphase.alignment.dtw import WarpingPath, whole_path
from inphase.alignment.runs import runs
from inphase.alignment.sources import distances_between
from inphase.errors import AlignmentError

Curve = NDArray[np.float64]

CHANNELS = ("looks", "pace")
# Keeps a typical video that stands still while this one moves from being infinitely far away.
_SLOWEST = 0.1
_SCALE_QUANTILE = 0.9
# Among many typical videos one always has the same pace: less than a quarter faster or slower than
# the nearest is usual.
_USUAL_PACE = float(np.log(1.25))


@dataclass(frozen=True)
class _Video:
    """A video to compare.

    Attributes:
        embeddings: (frames, dims).
        frame_time: seconds from frame to frame.
    """

    embeddings: NDArray[np.floating]
    frame_time: float


@dataclass(frozen=True)
class Deviation:
    """How far a video is from its nearest typical video, frame by frame.

    Values are scaled so that nine out of ten typical videos, each left out in turn, stay below 1
    throughout.

    Attributes:
        looks: (frames,) scaled distance along the alignment.
        pace: (frames,) scaled difference of the logarithm of the pace.
        slow: (frames,) whether it is slower than the typical video nearest in pace.
        reach: number of frames before and after a frame over which its pace is measured.
        left_out: (typical videos, frames) the larger of both, with each typical video left out.
    """

    looks: Curve
    pace: Curve
    slow: NDArray[np.bool_]
    reach: int
    left_out: NDArray[np.float64]

    @property
    def score(self) -> Curve:
        """(frames,) the larger of both."""
        return np.maximum(self.looks, self.pace)


@dataclass(frozen=True)
class Segment:
    """A part of a video that deviates more than half of the typical videos do anywhere.

    Attributes:
        first: frame.
        last: frame.
        peak: frame at which it deviates most.
        start: seconds, when the first frame appears.
        end: seconds, when the last frame appears.
        score: at the peak; nine out of ten typical videos stay below 1 throughout.
        p_value: the probability that a normal video deviates as much anywhere, see
            `TypicalCourse.p_value`.
        kind: of deviation: `"looks"`, `"slow"` or `"fast"`.
    """

    first: int
    last: int
    peak: int
    start: float
    end: float
    score: float
    p_value: float
    kind: str

    def is_alarm(self, alpha: float) -> bool:
        """Whether it raises an alarm, if a fraction `alpha` of normal videos may raise one."""
        return self.p_value <= alpha


class TypicalCourse:
    """Typical videos, compared with each other to learn which deviations are usual.

    Args:
        videos: at least two.
        frame_times: seconds from frame to frame of each.
        groups: group of each video, such as a person or place; videos of a group are left out
            together. By default, each video is its own group.
        span: seconds over which distances are averaged and pace is measured.
        distance: between two embeddings.
        advance: called with the number of videos just compared with all others.

    Raises:
        AlignmentError: there are fewer than two videos or groups, one is empty or not finite, or
            the dimensions differ.
    """

    def __init__(
        self,
        videos: Sequence[ArrayLike],
        frame_times: Sequence[float],
        *,
        groups: Sequence[Hashable] | None = None,
        span: float = 0.2,
        distance: str = "squared_euclidean",
        advance: Callable[[int], object] | None = None,
    ) -> None:
        count = len(videos)
        labels = list(range(count)) if groups is None else list(groups)
        if len(set(labels)) < 2:
            raise AlignmentError(
                f"At least two typical videos (of two groups) are needed, not {len(set(labels))}."
            )
        if not 0 < span < np.inf:
            raise AlignmentError(f"The span must be a number of seconds above 0, not {span:g}.")
        self._videos = [
            _Video(np.asarray(video), time) for video, time in zip(videos, frame_times, strict=True)
        ]
        self._together = np.array([[a == b for b in labels] for a in labels])
        self._span = span
        self._distance = distance
        raw = self._compared_with_each_other(advance)
        # The largest deviation of each video from those outside its group, in looks and in pace.
        largest = np.array(
            [
                [
                    np.abs(curves[channel])[~self._together[index]].min(axis=0).max()
                    for channel in CHANNELS
                ]
                for index, curves in enumerate(raw)
            ]
        )
        scales = np.quantile(largest, _SCALE_QUANTILE, axis=0)
        scales[CHANNELS.index("pace")] = max(scales[CHANNELS.index("pace")], _USUAL_PACE)
        self.scales = dict(zip(CHANNELS, np.where(scales > 0, scales, 1.0).tolist(), strict=True))
        self.own: tuple[Curve, ...] = tuple(
            np.max(
                [
                    np.abs(curves[channel])[~self._together[index]].min(axis=0)
                    / self.scales[channel]
                    for channel in CHANNELS
                ],
                axis=0,
            )
            for index, curves in enumerate(raw)
        )
        """(videos) of (frames,): each typical video's own deviation from the others, scaled."""
        self._largest = np.array([curve.max() for curve in self.own])

    def __len__(self) -> int:
        return len(self._videos)

    def deviation(self, embeddings: ArrayLike, frame_time: float) -> Deviation:
        """Compare a video with all typical ones.

        Args:
            embeddings: (frames, dims).
            frame_time: seconds from frame to frame.

        Raises:
            AlignmentError: it is empty or not finite, or the dimensions differ.
        """
        video = _Video(np.asarray(embeddings), frame_time)
        curves = _stacked([self._pair(video, other)[0] for other in self._videos])
        scaled = {channel: np.abs(curves[channel]) / self.scales[channel] for channel in CHANNELS}
        left_out = [
            np.maximum(*(scaled[channel][~self._together[index]].min(0) for channel in CHANNELS))
            for index in range(len(self))
        ]
        nearest = scaled["pace"].argmin(axis=0)
        return Deviation(
            looks=scaled["looks"].min(axis=0),
            pace=scaled["pace"].min(axis=0),
            slow=np.take_along_axis(curves["pace"], nearest[None], axis=0)[0] < 0,
            reach=self._reach(frame_time),
            left_out=np.array(left_out),
        )

    def segments(self, deviation: Deviation, times: NDArray[np.float64]) -> tuple[Segment, ...]:
        """The parts of a video that deviate more than half of the typical videos do anywhere.

        Args:
            deviation: of the video.
            times: (frames,) its seconds.
        """
        found = []
        for first, last, peak in raised(deviation.score, level=float(np.median(self._largest))):
            kind = "looks"
            if deviation.pace[peak] > deviation.looks[peak]:
                kind = "slow" if deviation.slow[peak] else "fast"
            p_value = self.p_value(deviation, first, last)
            if kind == "slow":
                # Near the ends of a wait, half of the frames that its pace is measured over move.
                first = max(first - deviation.reach // 3, 0)
                last = min(last + deviation.reach // 3, len(deviation.score) - 1)
            start, end = float(times[first]), float(times[last])
            score = float(deviation.score[peak])
            found.append(Segment(first, last, peak, start, end, score, p_value, kind))
        return tuple(found)

    def p_value(self, deviation: Deviation, first: int, last: int) -> float:
        """How often a typical video would deviate as much anywhere as this one in these frames.

        A segment is compared with the largest deviation of each whole typical video. Thus, however
        many frames and segments a normal video has, any of them shows p or less with a probability
        of about p. The video is compared with as many others as each typical video is, so that it
        has no advantage from more neighbours.

        Source: Vovk, "Cross-conformal predictors", 2015 (the p-value).

        Args:
            deviation: of the video.
            first: frame of the segment.
            last: frame of the segment.
        """
        peaks = deviation.left_out[:, first : last + 1].max(axis=1)
        return float((1 + (self._largest >= peaks).sum()) / (1 + len(self)))

    @property
    def p_floor(self) -> float:
        """The smallest p-value possible with this number of typical videos."""
        return 1 / (1 + len(self))

    def _compared_with_each_other(
        self, advance: Callable[[int], object] | None
    ) -> list[dict[str, NDArray[np.float64]]]:
        count = len(self)
        pairs: list[list[tuple[Curve, Curve]]] = [[] for _ in range(count)]
        for first in range(count):
            for second in range(first + 1):
                # One path serves both ways.
                here, there = self._pair(self._videos[first], self._videos[second])
                pairs[first].append(here)
                if first != second:
                    pairs[second].append(there)
            if advance:
                advance(1)
        return [_stacked(curves) for curves in pairs]

    def _pair(
        self, first: _Video, second: _Video
    ) -> tuple[tuple[Curve, Curve], tuple[Curve, Curve]]:
        """Looks and pace of the first video against the second, and of the second against it."""
        distances = distances_between(self._distance, first.embeddings, second.embeddings)
        path = whole_path(distances)
        along = distances.at(path.reference, path.query).astype(np.float64)
        back = WarpingPath(path.query, path.reference, path.cost)
        return (
            self._curves(path, along, first.frame_time, second.frame_time),
            self._curves(back, along, second.frame_time, first.frame_time),
        )

    def _curves(
        self, path: WarpingPath, along: Curve, own: float, others: float
    ) -> tuple[Curve, Curve]:
        matches = np.bincount(path.reference)
        looks = np.sqrt(np.bincount(path.reference, weights=along) / matches)
        frames = np.bincount(path.reference, weights=path.query) / matches
        reach = self._reach(own)
        # Seconds of the other video per second of this one, over this many frames either way;
        # beyond the ends, both continue at the same pace.
        beyond = np.arange(1, reach + 1) * own / others
        longer = np.concatenate([frames[0] - beyond[::-1], frames, frames[-1] + beyond])
        passed = (longer[2 * reach :] - longer[: -2 * reach]) * others / (2 * reach * own)
        pace = np.log((passed + _SLOWEST) / (1 + _SLOWEST))
        return uniform_filter1d(looks, max(1, reach), mode="nearest"), pace

    def _reach(self, frame_time: float) -> int:
        return max(1, round(self._span / frame_time))


def _stacked(curves: Sequence[tuple[Curve, Curve]]) -> dict[str, NDArray[np.float64]]:
    return {name: np.stack([pair[i] for pair in curves]) for i, name in enumerate(CHANNELS)}


def raised(score: ArrayLike, *, level: float) -> list[tuple[int, int, int]]:
    """Where a curve rises above a level, narrowed to a quarter of each peak's height.

    Args:
        score: (frames,).
        level: of the curve.

    Returns:
        First frame, last frame and peak of each, in order.
    """
    curve = np.asarray(score, dtype=np.float64)
    base = min(float(np.median(curve)), level)
    found = []
    for first, end in runs(curve > level):
        peak = int(first + curve[first:end].argmax())
        high = np.flatnonzero(curve[first:end] >= base + (curve[peak] - base) / 4)
        found.append((int(first + high[0]), int(first + high[-1]), peak))
    return found
