"""Tempo: the time between key events, and its ratio."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class KeyEvent:
    """A key event in one video.

    Attributes:
        seconds: of this video; None if the match is too doubtful to say.
        marked: whether somebody marked it in this video; otherwise it comes from the reference,
            by the alignment.
    """

    seconds: float | None
    marked: bool


@dataclass(frozen=True)
class Tempo:
    """The tempo of one video.

    Attributes:
        events: in the order in which they happen.
    """

    events: Mapping[str, KeyEvent]

    def spans(self) -> dict[str, float | None]:
        """Seconds from each event to the next, as `top to impact`."""
        return {
            f"{one} to {other}": _between(self.events[one], self.events[other])
            for one, other in itertools.pairwise(self.events)
        }

    def ratios(self) -> dict[str, float | None]:
        """Each span divided by the next, as `start to top : top to impact`."""
        spans = self.spans()
        return {
            f"{one} : {other}": (
                None if not (first := spans[one]) or not (second := spans[other])
                else first / second
            )
            for one, other in itertools.pairwise(spans)
        }  # fmt: skip

    @property
    def guessed(self) -> bool:
        """Whether an event comes from the reference by the alignment."""
        return not all(event.marked for event in self.events.values())


def _between(one: KeyEvent, other: KeyEvent) -> float | None:
    if one.seconds is None or other.seconds is None:
        return None
    return other.seconds - one.seconds
