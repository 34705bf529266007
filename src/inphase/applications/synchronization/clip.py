"""What a clip is to show, in words: as on the command line, in Python and in the page."""

import re
from collections.abc import Collection, Iterator
from typing import Literal, NamedTuple

from pydantic import Field, field_validator

from inphase.errors import ConfigError, hint
from inphase.settings import Settings

Layout = Literal["grid", "row", "column", "overlay", "swipe", "difference"]
STACKED = ("overlay", "swipe", "difference")
"""Layouts in which the pictures lie on each other."""

SLOWEST, FASTEST = 0.05, 8.0
# Seconds before and after a key event that are slow, and for how long a picture is held.
AROUND, HELD = 0.3, 1.0
_ASPECT = re.compile(r"([1-9]\d{0,3}):([1-9]\d{0,3})")
_SECONDS = re.compile(r"\d{1,8}(?:\.\d{0,9})?")


class Clip(Settings):
    """What a clip shows, and how fast.

    A *moment* is a key event of the reference or a time in its seconds.

    Attributes:
        layout: how the pictures lie: beside each other, or on each other with the bodies in the
            same place.
        aspect: width and height of the whole picture, such as `9:16`; by default what the videos
            need.
        start: the moment at which it starts; by default the start of the reference.
        end: the moment at which it ends, its frame included.
        speed: 0.5 is half as fast.
        slow: `MOMENT:SPEED` for 0.3 seconds before and after a moment, or `MOMENT-MOMENT:SPEED`
            between two; the last one given holds where they overlap.
        hold: `MOMENT` or `MOMENT:SECONDS`: the picture that stands still, by default for a second.
        crop: `subject` follows the person.
        skeleton: whether to draw the person's joints.
        trail: landmarks whose path is drawn, such as `right_wrist`; `wrists` for both.
    """

    layout: Layout = "grid"
    aspect: str | None = None
    start: str | None = None
    end: str | None = None
    speed: float = Field(default=1.0, ge=SLOWEST, le=FASTEST)
    slow: tuple[str, ...] = ()
    hold: tuple[str, ...] = ()
    crop: Literal["subject"] | None = None
    skeleton: bool = False
    trail: tuple[str, ...] = ()

    @field_validator("aspect")
    @classmethod
    def _is_aspect(cls, told: str | None) -> str | None:
        if told is not None:
            shape = shape_of(told)
            if not 1 / 4 <= shape <= 4:
                raise ValueError("at most four times as wide as high, or as high as wide")
        return told

    @property
    def is_stacked(self) -> bool:
        """Whether the pictures lie on each other."""
        return self.layout in STACKED

    @property
    def needs_bodies(self) -> bool:
        """Whether people have to be found in the videos."""
        return self.is_stacked or self.skeleton or bool(self.crop or self.trail)

    def check(self, *, events: Collection[str], videos: int) -> None:
        """Refuse what cannot be made, before minutes of work.

        Args:
            events: names of the key events.
            videos: how many there are.

        Raises:
            ConfigError: a moment is neither a key event nor a time, a word has another form, there
                is no such landmark, or the layout is for two videos.
        """
        if self.layout in ("swipe", "difference") and videos > 2:
            raise ConfigError(
                f"{self.layout} compares two videos, and there are {videos}: name two, or choose "
                "another layout, such as overlay."
            )
        list(self.slow_spans(events))
        list(self.holds(events))
        for told in (self.start, self.end):
            if told is not None:
                moment(told, events)
        trail_landmarks(self.trail)

    def slow_spans(self, events: Collection[str]) -> Iterator["SlowSpan"]:
        """What `slow` says.

        Raises:
            ConfigError: a word has another form, or there is no such key event.
        """
        for word in self.slow:
            where, _, speed = word.rpartition(":")
            if not where or not _SECONDS.fullmatch(speed):
                raise ConfigError(
                    f"--slow: write MOMENT:SPEED, such as impact:0.25 or 1.2-1.6:0.25, not `{word}`"
                    "; --speed slows the whole clip."
                )
            if not SLOWEST <= float(speed) <= FASTEST:
                raise ConfigError(f"--slow: a speed is from {SLOWEST} to {FASTEST:g}, not {speed}.")
            first, last = _span(where, events)
            yield SlowSpan(first, last, float(speed))

    def holds(self, events: Collection[str]) -> Iterator["Hold"]:
        """What `hold` says.

        Raises:
            ConfigError: a word has another form, or there is no such key event.
        """
        for word in self.hold:
            where, _, seconds = (word, "", "") if word in events else word.partition(":")
            if seconds and not (_SECONDS.fullmatch(seconds) and 0 < float(seconds) <= 60):
                raise ConfigError(
                    f"--hold: write MOMENT or MOMENT:SECONDS (at most 60), such as impact:1.5, not "
                    f"`{word}`."
                )
            yield Hold(moment(where, events), float(seconds or HELD))


Moment = str | float
"""The name of a key event, or seconds."""


class SlowSpan(NamedTuple):
    """From one moment to another, or around one (`last` is None)."""

    first: Moment
    last: Moment | None
    speed: float


class Hold(NamedTuple):
    """A moment whose picture stands still, and for how many seconds."""

    moment: Moment
    seconds: float


def moment(word: str, events: Collection[str]) -> Moment:
    """A key event or a time.

    Raises:
        ConfigError: it is neither.
    """
    if word in events:
        return word
    if _SECONDS.fullmatch(word):
        return float(word)
    if not events:
        raise ConfigError(
            f"`{word}` is no time in seconds, and these videos have no key events: mark them in "
            "`inphase view`, or write seconds."
        )
    raise ConfigError(f"There is no key event `{word}`; {_listed(events)}.")


def trail_landmarks(words: Collection[str]) -> tuple[str, ...]:
    """The landmarks that words name; `wrists` names both wrists.

    Raises:
        ConfigError: there is no such landmark.
    """
    from inphase.models.pose.landmarks import NAMES

    sides = {
        f"{one.removeprefix('left_')}s" if not one.endswith("foot_index") else "feet": one
        for one in NAMES
        if one.startswith("left_")
    }
    found: list[str] = []
    for word in words:
        if word in sides:
            found += [sides[word], sides[word].replace("left_", "right_")]
        elif word in NAMES:
            found.append(word)
        else:
            raise ConfigError(f"There is no landmark `{word}`; {hint(word, [*sides, *NAMES])}")
    return tuple(dict.fromkeys(found))


def shape_of(aspect: str) -> float:
    """Width divided by height.

    Raises:
        ValueError: it is not written as `9:16`.
    """
    found = _ASPECT.fullmatch(aspect)
    if found is None:
        raise ValueError("write width and height, such as 9:16 or 1:1")
    return int(found[1]) / int(found[2])


def _span(where: str, events: Collection[str]) -> tuple[Moment, Moment | None]:
    if where in events or "-" not in where:
        return moment(where, events), None
    cuts = [place for place, letter in enumerate(where) if letter == "-"]
    for cut in cuts:  # A name may have hyphens of its own.
        first, last = where[:cut], where[cut + 1 :]
        if all(one in events or _SECONDS.fullmatch(one) for one in (first, last)):
            return moment(first, events), moment(last, events)
    first, last = where[: cuts[0]], where[cuts[0] + 1 :]
    return moment(first, events), moment(last, events)


def _listed(events: Collection[str]) -> str:
    return f"the key events are: {', '.join(events)}"
