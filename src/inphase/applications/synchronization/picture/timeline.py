"""Which moment of the reference each frame of a clip shows: trims, slow motion, holds.

Edges and moments are rounded to the reference's frames, and each piece of constant speed to whole
frames of the clip, so that picture and sound start every piece together.
"""

import itertools
import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from inphase.applications.synchronization.clip import AROUND, Clip, Moment
from inphase.errors import ConfigError
from inphase.video import VideoInfo, frame_at

# Screens show no more frames per second.
_MOST_FPS = 60
# Containers round the times of frames: what is this share of a frame past its start is meant there.
_ROUNDING = 0.07


@dataclass(frozen=True)
class Piece:
    """A part of constant speed.

    Attributes:
        start: seconds in the reference.
        end: seconds in the reference; the start where a picture is held.
        begin: seconds in the clip.
        stop: seconds in the clip.
    """

    start: float
    end: float
    begin: float
    stop: float

    @property
    def speed(self) -> float:
        """Seconds of the reference in a second of the clip."""
        return (self.end - self.start) / (self.stop - self.begin)


@dataclass(frozen=True)
class Timeline:
    """The frames of a clip.

    Attributes:
        rate: frames per second.
        times: (frames,) seconds at which each is shown.
        positions: (frames,) the reference's frame that it shows; a fraction between two frames.
        speeds: (frames,) how fast the reference is there, as asked for; 0 where it is held.
        pieces: the same in seconds.
    """

    rate: Fraction
    times: NDArray[np.float64]
    positions: NDArray[np.float64]
    speeds: NDArray[np.float64]
    pieces: tuple[Piece, ...]

    @property
    def frames(self) -> NDArray[np.int64]:
        """(frames,) the reference's frame that each shows."""
        return np.floor(self.positions).astype(np.int64)

    def query_frames(
        self, mapping: NDArray[np.int64], times: NDArray[np.float64]
    ) -> NDArray[np.int64]:
        """(frames,) the frame of a query that each shows.

        Between two frames of the reference, in slow motion, it shows the query's own frames there.

        Args:
            mapping: (reference frames,) its frame at each.
            times: (query frames,) seconds.
        """
        exact = mapping[self.frames]
        between = np.interp(self.positions, np.arange(len(mapping)), times[mapping])
        interval = (times[-1] - times[0]) / max(1, len(times) - 1)
        last = np.searchsorted(times, between + _ROUNDING * interval, side="right") - 1
        found: NDArray[np.int64] = np.where(self.positions == self.frames, exact, last)
        return found


def plan_timeline(clip: Clip, info: VideoInfo, events: Mapping[str, int], name: str) -> Timeline:
    """The frames of a clip.

    Args:
        clip: what it is to show.
        info: the reference.
        events: the reference's frame of each key event.
        name: of the reference, for messages.

    Raises:
        ConfigError: there is no such key event, a moment is after the end, or nothing is left.
    """
    moments = _Moments(info, events, name)
    first, end = moments.trimmed(clip)
    speeds = np.full(info.frames, clip.speed)
    for span in clip.slow_spans(events):
        if span.last is None:
            middle = moments.time(span.first)
            begin, stop = (frame_at(info.times, middle + shift) for shift in (-AROUND, AROUND))
            stop += 1
        else:
            begin, stop = moments.frame(span.first), moments.edge(span.last)
        if begin >= stop:
            raise ConfigError(f"--slow: nothing lies between {span.first} and {span.last}.")
        speeds[begin:stop] = span.speed
    holds = sorted((moments.frame(one.moment), one.seconds) for one in clip.holds(events))
    holds = [one for one in holds if first <= one[0] < end]
    if not holds and (speeds[first:end] == 1).all():
        return _as_it_is(info, first, end)
    return _at_a_constant_rate(info, first, end, speeds, holds)


class _Moments:
    """Finds the frames of moments."""

    def __init__(self, info: VideoInfo, events: Mapping[str, int], name: str) -> None:
        self._info, self._events, self._name = info, events, name

    def time(self, moment: Moment) -> float:
        if isinstance(moment, str):
            frame = min(self._events[moment], self._info.frames - 1)
            return float(self._info.times[frame])
        if moment > self._info.duration + 0.01:
            raise ConfigError(
                f"{moment:g} s is after the end of {self._name}, the reference, which has "
                f"{self._info.duration:.2f} s."
            )
        return moment

    def frame(self, moment: Moment) -> int:
        """The frame shown at a moment."""
        return frame_at(self._info.times, self.time(moment))

    def edge(self, moment: Moment) -> int:
        """The first frame after a moment; a key event's own frame is before it."""
        time = self.time(moment)
        if isinstance(moment, str):
            return self.frame(moment) + 1
        return int(np.searchsorted(self._info.times, time - 1e-6))

    def trimmed(self, clip: Clip) -> tuple[int, int]:
        """First frame of a clip, and the first after it."""
        first, end = 0, self._info.frames
        start_word, end_word = clip.start, clip.end
        if start_word is not None:
            first = self.frame(self._known(start_word))
        if end_word is not None:
            end = self.edge(self._known(end_word))
        if first >= end:
            raise ConfigError(
                f"The clip would be empty: from {start_word or 'the start'} to {end_word}."
            )
        return first, end

    def _known(self, word: str) -> Moment:
        from inphase.applications.synchronization.clip import moment

        found = moment(word, self._events)
        self.time(found)
        return found


def _edge_time(info: VideoInfo, frame: int) -> float:
    if frame == 0:
        return 0.0
    return float(info.times[frame]) if frame < info.frames else info.duration


def _as_it_is(info: VideoInfo, first: int, end: int) -> Timeline:
    """The reference's own frames at their own times."""
    start, stop = _edge_time(info, first), _edge_time(info, end)
    return Timeline(
        rate=Fraction(info.fps).limit_denominator(1001),
        times=info.times[first:end] - start,
        positions=np.arange(first, end, dtype=np.float64),
        speeds=np.ones(end - first),
        pieces=(Piece(start, stop, 0.0, stop - start),),
    )


def _at_a_constant_rate(
    info: VideoInfo,
    first: int,
    end: int,
    speeds: NDArray[np.float64],
    holds: list[tuple[int, float]],
) -> Timeline:
    """Frames repeated and left out, and the same number every second."""
    rate = Fraction(info.fps / math.ceil(info.fps / _MOST_FPS - 0.01)).limit_denominator(1001)
    changes = np.flatnonzero(np.diff(speeds[first:end])) + first + 1
    cuts = sorted({first, end, *changes.tolist(), *(frame + 1 for frame, _ in holds)})
    pieces: list[Piece] = []
    positions: list[NDArray[np.float64]] = []
    asked: list[NDArray[np.float64]] = []
    count = 0

    def add(shown: NDArray[np.float64], speed: float, start: float, stop: float) -> None:
        nonlocal count
        begin, count = count, count + len(shown)
        pieces.append(Piece(start, stop, float(begin / rate), float(count / rate)))
        positions.append(shown)
        asked.append(np.full(len(shown), speed))

    for begin, stop in itertools.pairwise(cuts):
        start, over = _edge_time(info, begin), _edge_time(info, stop)
        speed = float(speeds[begin])
        length = max(1, round((over - start) / speed * float(rate)))
        add(_positions(info, begin, stop, length), speed, start, over)
        for frame, seconds in holds:
            if frame + 1 == stop:
                still = np.full(max(1, round(seconds * float(rate))), float(frame))
                add(still, 0.0, over, over)
    return Timeline(
        rate=rate,
        times=np.arange(count) / float(rate),
        positions=np.concatenate(positions),
        speeds=np.concatenate(asked),
        pieces=tuple(pieces),
    )


def _positions(info: VideoInfo, begin: int, stop: int, length: int) -> NDArray[np.float64]:
    """(length,) which frames are shown, as fractions, for a piece of so many output frames."""
    edges = np.array([_edge_time(info, frame) for frame in range(begin, stop + 1)])
    shift = _ROUNDING * (edges[-1] - edges[0]) / (stop - begin)
    wanted = np.interp(
        edges[0] + np.arange(length) / length * (edges[-1] - edges[0]) + shift,
        edges,
        np.arange(begin, stop + 1),
    )
    frames = np.minimum(np.floor(wanted), stop - 1)
    past = np.clip(wanted - frames - _ROUNDING, 0, 0.999)
    positions: NDArray[np.float64] = frames + np.where(past < _ROUNDING, 0, past)
    return positions
