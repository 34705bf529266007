"""Deviations planted at known places in synthetic videos."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from inphase.synthetic.videos import SyntheticVideo

T = TypeVar("T", bound=np.generic)

DEVIATIONS = ("stop", "reversal", "skip", "foreign")
# The share of a video's frames that a deviation takes; none lies in the outer fifths.
_SHARE = 0.25
_EDGE = 0.2


@dataclass(frozen=True, eq=False)
class DeviatingVideo:
    """A synthetic video with a deviation.

    Attributes:
        video: the video without it.
        kind: `"stop"` (nothing moves for a while), `"reversal"` (the action runs backwards and
            forwards again), `"skip"` (a part is missing) or `"foreign"` (something else is in
            the picture).
        state: (frames,) progress of the action at each frame.
        first: its first frame; for a skip, the last frame before the cut.
        last: its last frame; for a reversal, the last that runs backwards.
    """

    video: SyntheticVideo
    kind: str
    state: NDArray[np.float64]
    first: int
    last: int
    _seed: int

    def __len__(self) -> int:
        return len(self.state)

    def frames(self) -> Iterator[NDArray[np.uint8]]:
        """Draw the frames, (H, W, 3) RGB, one by one."""
        spot = _Spot(np.random.default_rng([self._seed, 7]), self.video.size)
        for index, frame in enumerate(self.video.at(self.state)):
            if self.kind == "foreign" and self.first <= index <= self.last:
                share = (index - self.first) / max(self.last - self.first, 1)
                yield spot.painted(frame, share)
            else:
                yield frame


def deviate(video: SyntheticVideo, kind: str, *, seed: int = 0) -> DeviatingVideo:
    """Plant a deviation in a synthetic video.

    Args:
        video: made by `inphase.synthetic.draw`.
        kind: one of `DEVIATIONS`.
        seed: for its place and the foreign object.

    Raises:
        ValueError: there is no such kind.
    """
    if kind not in DEVIATIONS:
        raise ValueError(f"kind must be one of {', '.join(DEVIATIONS)}, not {kind}.")
    count = len(video)
    long = max(2, round(_SHARE * count))
    edge = round(_EDGE * count)
    generator = np.random.default_rng([seed, DEVIATIONS.index(kind)])
    # A reversal extends backwards, the others forwards.
    low, high = (edge + long, count - edge) if kind == "reversal" else (edge, count - edge - long)
    at = int(generator.integers(low, max(high, low + 1)))
    state, first, last = planted(video.state, kind, at=at, long=long)
    return DeviatingVideo(video, kind, state, first, last, seed)


def planted(frames: NDArray[T], kind: str, *, at: int, long: int) -> tuple[NDArray[T], int, int]:
    """Plant a deviation of pace in a video's frames.

    Args:
        frames: (frames, ...): states of an action, or embeddings.
        kind: one of `DEVIATIONS`; `"foreign"` leaves the frames as they are.
        at: frame at which it begins.
        long: number of frames that stand still, run backwards, are missing or foreign.

    Returns:
        The frames with the deviation, and its first and last frame as in `DeviatingVideo`.
    """
    if kind == "stop":
        still = np.repeat(frames[at : at + 1], long, axis=0)
        return np.concatenate([frames[:at], still, frames[at:]]), at, at + long - 1
    if kind == "reversal":
        back = frames[at - long : at][::-1]
        return np.concatenate([frames[:at], back, back[::-1], frames[at:]]), at, at + long - 1
    if kind == "skip":
        return np.concatenate([frames[:at], frames[at + long :]]), at - 1, at
    return frames, at, at + long - 1


class _Spot:
    """A round object that moves through the picture."""

    def __init__(self, generator: np.random.Generator, size: tuple[int, int]) -> None:
        width, height = size
        self._size = size
        self._radius = 0.2 * min(width, height)
        self._colour = generator.uniform(30, 220, size=3)
        self._from = np.array([0.1 * width, generator.uniform(0.3, 0.7) * height])
        self._to = np.array([0.9 * width, generator.uniform(0.3, 0.7) * height])

    def painted(self, frame: NDArray[np.uint8], share: float) -> NDArray[np.uint8]:
        """The frame with the object at `share`, 0..1, of its path."""
        width, height = self._size
        x, y = self._from + (self._to - self._from) * share
        away = np.hypot(np.arange(width) - x, (np.arange(height) - y)[:, None])
        inside = np.clip(self._radius - away + 0.5, 0, 1)[:, :, None]
        shade = 1 - 0.35 * np.clip(away / self._radius, 0, 1)[:, :, None]
        mixed: NDArray[np.float64] = frame * (1 - inside) + self._colour * shade * inside
        return mixed.round().astype(np.uint8)
