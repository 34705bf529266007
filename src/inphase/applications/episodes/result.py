"""The progress of the episodes of a dataset, and which of them went wrong."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inphase.applications.episodes import FORMATS
from inphase.applications.verdict import Verdict
from inphase.results.result import Result, Table

# The action is done if its progress ends above this, and whole if it passes this share of it.
DONE = 0.9
# The most that progress may rise from a frame to the next, and fall behind what it was.
_JUMP, _FALL = 0.2, 0.1

FLAGS = {
    "unreadable": "its video cannot be read",
    "no reference": "its task has no demonstration",
    "frames": "its video has not as many frames as it should have",
    "unreliable": "it does not look like the demonstrations",
    "reversed": "the action runs the other way",
    "unfinished": f"progress ends below {DONE}",
    "coverage": f"less than {DONE:.0%} of the course of the demonstrations is passed",
    "jump": f"progress rises by more than {_JUMP} at once",
    "backward": f"progress falls by more than {_FALL}",
    "outlier": "it deviates from the other episodes far more than they do among themselves",
}
"""Why an episode is not to be trusted."""


@dataclass(frozen=True)
class Episode:
    """An episode and its progress.

    Attributes:
        name: of its video.
        path: of its video.
        index: its number in the dataset.
        first: number in the dataset of its first frame.
        task: in words; empty if there is none.
        reference: name of the task's reference; empty without one.
        progress: (frames,) 0..1, NaN where it is not known.
        deviation: from the other episodes, in looks or in pace: nine out of ten stay below 1. NaN
            if it was not compared.
        verdict: on the match with the demonstrations; None if there is none.
        problems: flags that the progress does not tell: unreadable, no reference, frames, outlier.
    """

    name: str
    path: Path
    index: int
    first: int
    task: str
    reference: str
    progress: NDArray[np.float64]
    deviation: float = float("nan")
    verdict: Verdict | None = None
    problems: tuple[str, ...] = ()

    @property
    def known(self) -> NDArray[np.float64]:
        """(known frames,) progress where it is known."""
        return self.progress[np.isfinite(self.progress)]

    @property
    def coverage(self) -> float:
        """The share of the demonstrations' course that is passed, without gaps of over a 20th."""
        if not len(self.known):
            return 0.0
        steps = np.diff(np.sort(self.known), prepend=0.0, append=1.0)
        return float(1.0 - steps[steps > 1 / 20].sum())

    @property
    def jump(self) -> float:
        """The largest rise of progress from a frame to the next."""
        return float(max(np.diff(self.known), default=0.0))

    @property
    def backward(self) -> float:
        """The largest fall of progress behind what it was before."""
        if not len(self.known):
            return 0.0
        return float((np.maximum.accumulate(self.known) - self.known).max())

    @property
    def order(self) -> float:
        """Spearman's rank correlation of progress with time, value-order correlation.

        Source: Ma et al., "Vision Language Models are In-Context Value Learners", 2024.
        """
        from scipy.stats import spearmanr

        if len(self.known) < 2 or np.ptp(self.known) == 0:
            return 0.0
        return float(spearmanr(np.arange(len(self.known)), self.known).statistic)

    @property
    def flags(self) -> tuple[str, ...]:
        """Why it is not to be trusted, in the order of `FLAGS`; empty for a good episode."""
        found = set(self.problems)
        if len(self.known):
            is_reversed = self.order < 0
            tests = {
                "unreliable": self.verdict is not None and not self.verdict.reliable,
                "reversed": is_reversed,
                "unfinished": self.known[-1] < DONE and not is_reversed,
                "coverage": self.coverage < DONE,
                "jump": self.jump > _JUMP,
                "backward": self.backward > _FALL and not is_reversed,
            }
            found |= {name for name, is_so in tests.items() if is_so}
        return tuple(name for name in FLAGS if name in found)

    def to_dict(self) -> dict[str, Any]:
        """The checks as plain values."""
        known = self.known
        return {
            "episode_index": self.index,
            "name": self.name,
            "task": self.task,
            "reference": self.reference,
            "frames": len(self.progress),
            "end": round(float(known[-1]), 4) if len(known) else None,
            "coverage": round(self.coverage, 4),
            "jump": round(self.jump, 4),
            "backward": round(self.backward, 4),
            "value_order": round(self.order, 4),
            "deviation": None if np.isnan(self.deviation) else round(self.deviation, 4),
            "reliable": None if self.verdict is None else self.verdict.reliable,
            "good": not self.flags,
            "flags": list(self.flags),
        }


@dataclass(frozen=True)
class EpisodesProgress(Result):
    """The progress of the episodes of a dataset.

    Attributes:
        episodes: in the dataset's order.
    """

    episodes: tuple[Episode, ...]

    formats = FORMATS

    @property
    def input_files(self) -> Sequence[Path]:
        """The videos."""
        return [episode.path for episode in self.episodes]

    @property
    def references(self) -> dict[str, str]:
        """The reference of each task."""
        return {one.task: one.reference for one in self.episodes if one.reference}

    @property
    def flagged(self) -> tuple[Episode, ...]:
        """The episodes that are not to be trusted, those with the most flags first."""
        found = [episode for episode in self.episodes if episode.flags]
        return tuple(
            sorted(found, key=lambda one: (-len(one.flags), -np.nan_to_num(one.deviation)))
        )

    def to_dict(self) -> dict[str, Any]:
        """The result as plain values, as in the JSON file."""
        return {
            "references": self.references,
            "flags": FLAGS,
            "episodes": [
                {
                    **one.to_dict(),
                    "progress": [
                        None if np.isnan(value) else round(float(value), 5)
                        for value in one.progress
                    ],
                }
                for one in self.episodes
            ],
        }

    def table(self) -> Table:
        """One row an episode."""
        told = [one.to_dict() for one in self.episodes]
        rows = ([*list(one.values())[:-1], " ".join(one["flags"])] for one in told)
        return Table(list(told[0]), rows)
