"""Key events of Penn Action derived from its annotated joints, where joints are enough.

The events are those of the supplementary material of Dwibedi et al., CVPR 2019. Joints do not show
a ball being hit or a bar being held: label such actions by hand.
"""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import median_filter, uniform_filter1d

from inphase.data.formats.marks import MistakeError

JOINTS = (
    "head",
    "left_shoulder",
    "right_shoulder",
    "left_elbow",
    "right_elbow",
    "left_wrist",
    "right_wrist",
    "left_hip",
    "right_hip",
    "left_knee",
    "right_knee",
    "left_ankle",
    "right_ankle",
)
EVENTS: Mapping[str, tuple[str, ...]] = {
    "bench_press": ("bar_fully_down",),
    "jumping_jacks": (
        "hands_at_shoulder_going_up",
        "hands_above_head",
        "hands_at_shoulder_going_down",
    ),
    "pullup": ("chin_above_bar",),
    "pushup": ("head_at_floor",),
    "situp": ("abs_fully_crunched",),
    "squat": ("hips_at_knees_going_down", "hips_at_floor", "hips_at_knees_going_up"),
}
_SMOOTHED = 5  # frames


def events_from_joints(
    action: str, joints: NDArray[np.float64], visible: NDArray[np.bool_]
) -> dict[str, int]:
    """Frames of the key events of an action.

    Args:
        action: Penn Action's name for the action.
        joints: (frames, 13, 2) x and y in pixels, y downwards, in the order of `JOINTS`.
        visible: (frames, 13).

    Returns:
        Frame by event, in order; empty for an action whose events joints do not show.

    Raises:
        MistakeError: the joints it takes are never visible, or the movement does not happen.
    """
    if action not in EVENTS:
        return {}
    body = _Body(joints, visible)
    return dict(zip(EVENTS[action], _RULES[action](body), strict=True))


class _Body:
    """Smoothed positions of body parts; left and right are averaged if both are visible."""

    def __init__(self, joints: NDArray[np.float64], visible: NDArray[np.bool_]) -> None:
        self._joints = np.where(visible[:, :, None], joints, np.nan)

    def place(self, part: str) -> NDArray[np.float64]:
        """(frames, 2) pixels."""
        columns = [index for index, name in enumerate(JOINTS) if name.endswith(part)]
        seen = np.isfinite(self._joints[:, columns, 0])
        if not seen.any():
            raise MistakeError(f"the {part} is never visible, but the key events depend on it.")
        count = seen.sum(axis=1)
        total = np.nansum(self._joints[:, columns], axis=1)
        known = np.flatnonzero(count > 0)
        frames = np.arange(len(count))
        parts = [np.interp(frames, known, total[known, axis] / count[known]) for axis in range(2)]
        smooth = median_filter(np.stack(parts, axis=1), size=(_SMOOTHED, 1), mode="nearest")
        averaged: NDArray[np.float64] = uniform_filter1d(smooth, _SMOOTHED, axis=0, mode="nearest")
        return averaged

    def height(self, part: str) -> NDArray[np.float64]:
        """(frames,) pixels above the top edge, negative inside the picture: more is higher."""
        return -self.place(part)[:, 1]

    def distance(self, part: str, other: str) -> NDArray[np.float64]:
        """(frames,) pixels."""
        away: NDArray[np.float64] = np.linalg.norm(self.place(part) - self.place(other), axis=1)
        return away


def _lowest(signal: NDArray[np.float64]) -> int:
    return int(signal.argmin())


def _bench_press(body: _Body) -> list[int]:
    return [_lowest(body.distance("wrist", "shoulder"))]


def _jumping_jacks(body: _Body) -> list[int]:
    above = body.height("wrist") - body.height("shoulder")
    return _around(above, "the wrists never rise from below to above the shoulders and back.")


def _pullup(body: _Body) -> list[int]:
    return [_lowest(body.height("wrist") - body.height("head"))]


def _pushup(body: _Body) -> list[int]:
    return [_lowest(body.height("head"))]


def _situp(body: _Body) -> list[int]:
    return [_lowest(body.distance("shoulder", "knee"))]


def _squat(body: _Body) -> list[int]:
    below = body.height("knee") - body.height("hip")
    return _around(below, "the hips never go from above to below the knees and back.")


def _around(signal: NDArray[np.float64], otherwise: str) -> list[int]:
    """The frames where a signal rises above 0, peaks, and falls below 0 after the peak."""
    peak = int(signal.argmax())
    before = np.flatnonzero(signal[:peak] < 0)
    after = np.flatnonzero(signal[peak:] < 0)
    if signal[peak] < 0 or len(before) == 0 or len(after) == 0:
        raise MistakeError(otherwise)
    return [int(before[-1]) + 1, peak, peak + int(after[0])]


_RULES: Mapping[str, Callable[[_Body], list[int]]] = {
    "bench_press": _bench_press,
    "jumping_jacks": _jumping_jacks,
    "pullup": _pullup,
    "pushup": _pushup,
    "situp": _situp,
    "squat": _squat,
}
