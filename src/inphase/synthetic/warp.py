"""The pace of a performance: a smooth random path from time to the state of the action."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_GRID = 2049
_WAVES = 4
# Ratio of the highest to the lowest speed in one performance.
_SPEED_RATIO = (2.5, 4.0)


@dataclass(frozen=True, eq=False)
class Warp:
    """State of the action, 0 at the start and 1 at the end, as a function of time.

    Attributes:
        duration: seconds.
        grid: (n,) state at n evenly spaced times from 0 to `duration`, strictly increasing.
    """

    duration: float
    grid: NDArray[np.float64]

    @classmethod
    def draw(cls, generator: np.random.Generator, *, duration: float) -> "Warp":
        """Draw a smooth path whose speed varies by a factor of about 3.

        The logarithm of the speed is a sum of a few slow waves with random weights and phases.
        """
        u = np.linspace(0.0, 1.0, _GRID)
        waves = np.arange(1, _WAVES + 1)
        weights = generator.normal(size=_WAVES) / waves
        phases = generator.uniform(0, 2 * np.pi, size=_WAVES)
        # Half waves, so that the beginning and the end may have different speeds.
        log_speed = np.cos(np.pi * waves[:, None] * u + phases[:, None]).T @ weights
        log_speed -= log_speed.min()
        log_speed *= np.log(generator.uniform(*_SPEED_RATIO)) / log_speed.max()
        speed = np.exp(log_speed)
        travelled = np.concatenate([[0.0], np.cumsum((speed[1:] + speed[:-1]) / 2)])
        return cls(duration=duration, grid=travelled / travelled[-1])

    def state(self, times: NDArray[np.float64]) -> NDArray[np.float64]:
        """State at times in seconds; 0 before the start and 1 after the end."""
        at = np.linspace(0.0, self.duration, len(self.grid))
        return np.interp(times, at, self.grid)

    def time(self, state: NDArray[np.float64] | float) -> NDArray[np.float64]:
        """The inverse: seconds at which a state is reached."""
        at = np.linspace(0.0, self.duration, len(self.grid))
        return np.asarray(np.interp(state, self.grid, at))


def event_frames(states: NDArray[np.float64], events: Mapping[str, float]) -> dict[str, int]:
    """The first frame at or after each event.

    Args:
        states: (frames,) state of each frame, strictly increasing.
        events: state at which each event happens.
    """
    return {name: int(np.searchsorted(states, at)) for name, at in events.items()}


def corresponding_frames(
    reference_states: NDArray[np.float64], query_states: NDArray[np.float64]
) -> NDArray[np.int64]:
    """For each reference frame the query frame at the nearest state: the exact alignment.

    Args:
        reference_states: (n,) strictly increasing.
        query_states: (m,) strictly increasing.

    Returns:
        (n,) query frame indices, ascending.
    """
    between = (query_states[1:] + query_states[:-1]) / 2
    return np.searchsorted(between, reference_states).astype(np.int64)


def progress(state: float, begin: float, end: float, *, smooth: float = 0.7) -> float:
    """How far a stage of the action has progressed, 0 before `begin` and 1 after `end`.

    Args:
        smooth: 0 keeps a constant speed, 1 starts and stops smoothly. Below 1 nothing quite stands
            still at the ends of a stage, so that every state looks different.
    """
    x = min(max((state - begin) / (end - begin), 0.0), 1.0)
    return (1 - smooth) * x + smooth * x * x * (3 - 2 * x)
