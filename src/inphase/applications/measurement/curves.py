"""The measured curves of videos over the reference's time, and how they compare."""

import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inphase.alignment.runs import runs
from inphase.applications.measurement.quantities import (
    NEEDS,
    margin,
    mirrored_view,
    other_side,
)
from inphase.applications.verdict import Verdict

Array = NDArray[np.float64]

# A difference must last so many seconds; landmarks jump now and then.
_LASTS = 0.1
# A band is drawn where at least so many typical videos have a value that can be trusted.
LEAST_TYPICAL = 3


@dataclass(frozen=True)
class MeasuredVideo:
    """What was measured in one video, at each frame of the reference.

    Attributes:
        name: of the video.
        path: of its file.
        view: from where the person is filmed, as by `view_of`; empty if nobody is found.
        mirrored: whether it was matched as seen in a mirror: its left side does what the
            reference's right side does.
        verdict: on its match, by the reference's time.
        times: (frames,) seconds of this video; NaN where it has no match.
        values: (frames,) by quantity, in degrees or torso lengths, by the person's own left and
            right; NaN where it cannot be seen or has no match.
        speeds: (frames,) of the angles, in degrees per second of this video's own time.
    """

    name: str
    path: Path
    view: str
    mirrored: bool
    verdict: Verdict
    times: Array
    values: Mapping[str, Array]
    speeds: Mapping[str, Array]

    @property
    def seen_from(self) -> str:
        """The view, as if the person moved the same way round as the one in the reference."""
        return mirrored_view(self.view) if self.mirrored else self.view

    def own(self, quantity: str) -> str:
        """What this video calls a quantity of the reference: in a mirror, sides are swapped."""
        return other_side(quantity) if self.mirrored else quantity

    def trusted(self, quantity: str, seconds: Array) -> Array:
        """(frames,) the curve of a quantity of the reference; NaN where the match is doubtful.

        Args:
            quantity: by the reference's left and right.
            seconds: (frames,) of the reference.
        """
        if not self.verdict.reliable:
            return np.full(len(seconds), np.nan)
        doubtful = [self.verdict.doubts(time) for time in seconds.tolist()]
        return np.where(doubtful, np.nan, self.values[self.own(quantity)])


@dataclass(frozen=True)
class Difference:
    """Where a video differs most from the reference in one quantity.

    Attributes:
        video: name of the video.
        quantity: by the person's own left and right.
        of_reference: the same by the left and right of the person in the reference.
        amount: video − reference, in degrees or torso lengths.
        frame: of the reference.
        seconds: of the reference.
        own_seconds: of the video.
        margin: what one camera cannot tell, in the same unit.
    """

    video: str
    quantity: str
    of_reference: str
    amount: float
    frame: int
    seconds: float
    own_seconds: float
    margin: float

    @property
    def certain(self) -> bool:
        """Whether it is more than one camera leaves open."""
        return abs(self.amount) > self.margin


@dataclass(frozen=True)
class Band:
    """The values of typical videos at each frame of the reference; NaN where there are too few.

    Attributes:
        low: (frames,) a tenth of the videos are below.
        median: (frames,).
        high: (frames,) a tenth of the videos are above.
    """

    low: Array
    median: Array
    high: Array


@dataclass(frozen=True)
class Departure:
    """A stretch in which a video leaves the band of the typical ones.

    Attributes:
        video: name of the video.
        quantity: by the person's own left and right.
        start: first second, of the reference.
        end: last second, of the reference.
        excess: how far beyond the band at most, in degrees or torso lengths; negative below it.
        peak: second of the reference at which that is.
        margin: what one camera cannot tell, in the same unit.
    """

    video: str
    quantity: str
    start: float
    end: float
    excess: float
    peak: float
    margin: float

    @property
    def certain(self) -> bool:
        """Whether it is more than one camera leaves open."""
        return abs(self.excess) > self.margin


def differences(
    reference: MeasuredVideo, video: MeasuredVideo, seconds: Array, *, in_depth: bool
) -> Iterator[Difference]:
    """Where a video differs most from the reference, in each quantity that both have."""
    same = bool(reference.view) and reference.view == video.seen_from
    for quantity in NEEDS:
        raw = video.trusted(quantity, seconds) - reference.trusted(quantity, seconds)
        gap = lasting(raw, seconds)
        if not np.isfinite(gap).any():
            continue
        frame = _peak(gap, raw)
        yield Difference(
            video.name,
            video.own(quantity),
            quantity,
            float(gap[frame]),
            frame,
            float(seconds[frame]),
            float(video.times[frame]),
            margin(quantity, same_view=same, in_depth=in_depth),
        )


def bands(typical: Sequence[MeasuredVideo], seconds: Array) -> dict[str, Band]:
    """The band of each quantity, by the reference's left and right."""
    found = {}
    for quantity in NEEDS:
        curves = np.array([video.trusted(quantity, seconds) for video in typical])
        enough = np.isfinite(curves).sum(axis=0) >= LEAST_TYPICAL
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # frames that nobody has a value for
            low, median, high = np.nanquantile(curves, (0.1, 0.5, 0.9), axis=0)
        found[quantity] = Band(*(np.where(enough, one, np.nan) for one in (low, median, high)))
    return found


def departures(
    video: MeasuredVideo,
    typical: Mapping[str, Band],
    views: Iterable[str],
    seconds: Array,
    *,
    in_depth: bool,
) -> Iterator[Departure]:
    """The stretches in which a video leaves the band, strongest first.

    Args:
        video: to judge.
        typical: the bands.
        views: from where the typical videos are seen.
        seconds: (frames,) of the reference.
        in_depth: whether the landmarks in space were measured.
    """
    same = bool(video.view) and set(views) == {video.seen_from}
    found = []
    for quantity, band in typical.items():
        curve = video.trusted(quantity, seconds)
        over = np.fmax(curve - band.high, 0) + np.fmin(curve - band.low, 0)
        beyond = lasting(over, seconds)
        for first, end in runs(np.nan_to_num(beyond) != 0).tolist():
            peak = first + _peak(beyond[first:end], over[first:end])
            found.append(
                Departure(
                    video.name,
                    video.own(quantity),
                    float(seconds[first]),
                    float(seconds[end - 1]),
                    float(beyond[peak]),
                    float(seconds[peak]),
                    margin(quantity, same_view=same, in_depth=in_depth),
                )
            )
    yield from sorted(found, key=lambda one: -abs(one.excess) / one.margin)


def _peak(curve: Array, raw: Array) -> int:
    """Where a running median is largest; where it is flat, at the largest value itself."""
    heights = np.abs(curve)
    top = heights >= np.nanmax(heights) * (1 - 1e-6)
    return int(np.where(top, np.abs(raw), -1).argmax())


def lasting(curve: Array, seconds: Array) -> Array:
    """A curve (frames,) without what lasts only a moment: its running median, NaN in gaps."""
    if len(seconds) < 2:
        return curve
    step = float(np.median(np.diff(seconds)))
    half = max(1, round(_LASTS / max(step, 1e-6) / 2))
    padded = np.pad(curve, half, constant_values=np.nan)
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * half + 1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # windows within a gap
        median = np.nanmedian(windows, axis=1)
    return np.where(np.isfinite(curve), median, np.nan)
