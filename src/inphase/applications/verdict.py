"""The verdict on a match, in words and in files: which video looks wrong, and when."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from inphase.alignment import trust


@dataclass(frozen=True)
class Verdict:
    """How far the match of one video can be trusted.

    Attributes:
        name: of the video.
        reliable: whether the match as a whole looks right.
        stretches: first and last second of each doubtful stretch, which has no good match.
        rests_on: a sentence, if nothing was compared: what the match rests on instead.
    """

    name: str
    reliable: bool
    stretches: tuple[tuple[float, float], ...]
    rests_on: str = ""

    @classmethod
    def of(cls, name: str, confidence: ArrayLike, times: NDArray[np.float64]) -> "Verdict":
        """Judge a match.

        Args:
            name: of the video.
            confidence: (frames,) in 0..1.
            times: (frames,) seconds.
        """
        found = trust(confidence)
        stretches = tuple((float(times[a]), float(times[b])) for a, b in found.doubtful)
        return cls(name, found.reliable, stretches)

    def doubts(self, start: float, end: float | None = None) -> bool:
        """Whether a doubtful stretch has an instant, or any from `start` to `end`, in seconds."""
        end = start if end is None else end
        return any(first <= end and start <= last for first, last in self.stretches)

    def to_dict(self) -> dict[str, Any]:
        """`reliable` and `doubtful` (seconds), as in JSON files.

        Where nothing was compared, `rests_on` says what the match rests on, and `reliable` is None.
        """
        return {
            **({"rests_on": self.rests_on} if self.rests_on else {}),
            "reliable": None if self.rests_on else self.reliable,
            "doubtful": [[round(start, 6), round(end, 6)] for start, end in self.stretches],
        }

    def cells(self, seconds: float) -> tuple[int | str, int]:
        """`reliable` and `doubtful` at an instant, as in CSV files; the first may be unknown."""
        return "" if self.rests_on else int(self.reliable), int(self.doubts(seconds))

    @property
    def sentence(self) -> str:
        """Whether the match looks right, and when it does not; or what it rests on."""
        if self.rests_on:
            return self.rests_on
        if not self.reliable:
            return f"The match looks unreliable: {self}"
        if self.stretches:
            return f"The match looks reliable, but is doubtful: {self}"
        return "The match looks reliable."

    def __str__(self) -> str:
        """The name, and when the match looks wrong: `pro (3.1 to 4.0 s)`."""
        spans = ", ".join(f"{start:.1f} to {end:.1f} s" for start, end in self.stretches)
        return f"{self.name} ({spans})" if spans else self.name


def unreliable(verdicts: Sequence[Verdict]) -> str:
    """A sentence that names the matches that look wrong; empty if none does."""
    bad = [one for one in verdicts if not one.reliable]
    if not bad:
        return ""
    names = ", ".join(map(str, bad))
    if len(verdicts) == 1:
        return bad[0].sentence
    looks = "looks" if len(bad) == 1 else "look"
    return f"{len(bad)} of {len(verdicts)} matches {looks} unreliable: {names}"
