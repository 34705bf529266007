"""The frame rate of a timeline, and time codes: editing programs have only a few of each."""

import re
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

# The rates of SMPTE time code, as in OpenTimelineIO.
STANDARD = tuple(
    Fraction(*rate)
    for rate in ((24000, 1001), (24, 1), (25, 1), (30000, 1001), (30, 1), (48000, 1001), (48, 1),
                 (50, 1), (60000, 1001), (60, 1))
)  # fmt: skip
FASTEST = STANDARD[-1]
# A declared rate further than this from the frames' times is not theirs.
_BELIEVED = 0.02
# A rate this near to a multiple or a part of a standard one is meant to be that.
_NEAR = 0.01
# A twice as long step of the timeline must fit so much better than the plain rate.
_PREFERENCE = 1e-4
_CODE = re.compile(r"(\d{1,2}):(\d{2}):(\d{2})([:;.,])(\d{1,3})")


def nominal_rate(
    times: NDArray[np.float64], *, declared: Fraction | None, average: float
) -> Fraction:
    """The rate at which a video was filmed: what the file declares, if its frames agree.

    Phones drop frames, so that the average is lower.

    Args:
        times: (frames,) seconds.
        declared: by the file.
        average: frames per second.
    """
    steps = np.diff(times)
    if len(steps) == 0:
        return declared or Fraction(average).limit_denominator(1001)
    # Without the gaps that dropped frames leave.
    regular = 1 / float(steps[steps < 1.5 * np.median(steps)].mean())
    if declared is not None and abs(declared / Fraction(regular) - 1) < _BELIEVED:
        return declared
    return Fraction(regular).limit_denominator(1001)


def timeline_rate(rate: Fraction) -> Fraction:
    """The standard rate nearest to a nominal one, to a part of it or to a multiple.

    240 frames per second are edited at 60, and 12 at 24.
    """
    best, least = None, _NEAR
    for standard in STANDARD:
        times = standard / rate
        multiple = round(times) if times >= 1 else round(1 / times)
        wanted = rate * multiple if times >= 1 else rate / multiple
        away = abs(float(standard / wanted) - 1) + _PREFERENCE * (multiple - 1)
        if away < least:
            best, least = standard, away
    return best or next((standard for standard in STANDARD if standard >= rate), FASTEST)


@dataclass(frozen=True)
class TimeCode:
    """The time code of a video's first frame, at the rate of a timeline.

    Attributes:
        start: frames since 00:00:00:00.
        rate: frames per second of the timeline.
        drop: whether the code leaves out numbers to stay with the clock, as NTSC does.
    """

    start: int
    rate: Fraction
    drop: bool = False

    @classmethod
    def read(cls, text: str | None, *, own: Fraction, rate: Fraction) -> "TimeCode":
        """Read a file's time code; without a valid one it starts at 0.

        Args:
            text: such as `10:11:12:13`, or `01:00:00;00` for drop frame.
            own: nominal rate of the file, which counts its last part.
            rate: of the timeline.
        """
        found = _CODE.fullmatch(text.strip()) if text else None
        if found is None:
            return cls(0, rate)
        hours, minutes, seconds, frames = (int(found[group]) for group in (1, 2, 3, 5))
        drop = found[4] != ":" and _has_drop(rate)
        nominal = round(rate)
        frames = min(frames * nominal // max(round(own), 1), nominal - 1)
        minutes += 60 * hours
        number = (minutes * 60 + seconds) * nominal + frames
        if drop:
            number -= _dropped(rate) * (minutes - minutes // 10)
        return cls(number, rate, drop)

    def at(self, frame: int) -> str:
        """The code of a frame, counted from the video's first."""
        nominal = round(self.rate)
        number = self.start + frame
        if self.drop:
            left_out = _dropped(self.rate)
            a_minute = 60 * nominal - left_out
            tens, rest = divmod(number, 10 * a_minute + left_out)
            number += left_out * (9 * tens + max(0, rest - left_out) // a_minute)
        seconds, rest = divmod(number, nominal)
        minutes, seconds = divmod(seconds, 60)
        hours, minutes = divmod(minutes, 60)
        mark = ";" if self.drop else ":"
        return f"{hours % 24:02d}:{minutes:02d}:{seconds:02d}{mark}{rest:02d}"


def _has_drop(rate: Fraction) -> bool:
    return rate.denominator == 1001 and round(rate) % 30 == 0


def _dropped(rate: Fraction) -> int:
    """How many numbers are left out each minute, except each tenth."""
    return 2 * round(rate) // 30
