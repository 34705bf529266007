"""What is measured on a body in one frame: angles at joints, and distances in torso lengths."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from inphase.models.pose.landmarks import NAMES

Array = NDArray[np.float64]

_SIDES = ("left", "right")
# The joint, between its two neighbours.
_JOINTS = {
    "elbow": ("shoulder", "elbow", "wrist"),
    "shoulder": ("elbow", "shoulder", "hip"),
    "hip": ("shoulder", "hip", "knee"),
    "knee": ("hip", "knee", "ankle"),
}
_BOTH = {part: tuple(f"{side}_{part}" for side in _SIDES) for part in
         ("shoulder", "hip", "wrist", "ankle")}  # fmt: skip
_TRUNK = (*_BOTH["shoulder"], *_BOTH["hip"])

ANGLES: Mapping[str, tuple[str, ...]] = {
    **{
        f"{joint}_{side}": tuple(f"{side}_{part}" for part in parts)
        for joint, parts in _JOINTS.items()
        for side in _SIDES
    },
    "trunk_lean": _TRUNK,
}
"""Angles and the landmarks that each needs, in degrees: at a joint (180 is straight), and of the
trunk from upright. Left and right are the person's."""

DISTANCES: Mapping[str, tuple[str, ...]] = {
    "hands_apart": _BOTH["wrist"],
    "feet_apart": _BOTH["ankle"],
    "hand_height_left": ("left_wrist", *_BOTH["hip"]),
    "hand_height_right": ("right_wrist", *_BOTH["hip"]),
    "hip_height": (*_BOTH["hip"], *_BOTH["ankle"]),
}
"""Distances and the landmarks that each needs, in torso lengths: between wrists or ankles; of a
wrist above the hips, and of the hips above the ankles."""

NEEDS = {**ANGLES, **DISTANCES}
"""Everything that is measured, with the landmarks that it needs."""

VISIBLE = 0.5
"""A landmark that is less visible than this is not measured."""

# Nine of ten differences between two people are measured more exactly than this, in degrees or
# torso lengths: filmed from the same side, and from different sides; in space, and in the picture
# (studies/results/measured_differences.csv).
MARGINS: Mapping[str, tuple[tuple[float, float], tuple[float, float]]] = {
    "elbow": ((12, 23), (12, 24)),
    "shoulder": ((12, 26), (13, 33)),
    "hip": ((12, 32), (14, 38)),
    "knee": ((13, 32), (14, 44)),
    "trunk_lean": ((8, 18), (6, 15)),
    "hands_apart": ((0.39, 0.57), (0.47, 0.62)),
    "feet_apart": ((0.21, 0.27), (0.17, 0.39)),
    "hand_height": ((0.12, 0.22), (0.12, 0.2)),
    "hip_height": ((0.13, 0.17), (0.16, 0.18)),
}

VIEWS = ("front", "three-quarter front", "side", "three-quarter back", "back")
"""From where a person may be filmed."""

_Places = Mapping[str, Array]


def margin(quantity: str, *, same_view: bool, in_depth: bool) -> float:
    """How far off the difference of two videos may be, in degrees or torso lengths."""
    kind = quantity.removesuffix("_left").removesuffix("_right")
    return MARGINS[kind][0 if in_depth else 1][0 if same_view else 1]


def other_side(name: str) -> str:
    """The same quantity on the other side of the body; unchanged if it has no side."""
    for one, other in (_SIDES, _SIDES[::-1]):
        if name.endswith(f"_{one}"):
            return name.removesuffix(one) + other
    return name


def measured(landmarks: NDArray[np.floating], *, in_depth: bool = True) -> dict[str, Array]:
    """Everything in `NEEDS`, for each frame.

    Args:
        landmarks: (frames, 33, 7) as in [`Landmarks.values`][inphase.models.pose.Landmarks].
        in_depth: from the landmarks in space; otherwise from those in the picture.

    Returns:
        (frames,) by name; NaN where nobody is found or a landmark is not visible.
    """
    columns = slice(4, 7) if in_depth else slice(0, 2)
    values = landmarks.astype(np.float64)
    found = geometry({name: values[:, row, columns] for row, name in enumerate(NAMES)})
    for name, needed in NEEDS.items():
        rows = [NAMES.index(one) for one in needed]
        seen = (values[:, rows, 3] >= VISIBLE).all(axis=1)
        found[name] = np.where(seen, found[name], np.nan)
    return found


def view_of(landmarks: NDArray[np.floating]) -> str:
    """From where a person is filmed, such as `front` or `side left`; empty if nobody is found.

    It is one of `VIEWS`, and unless that is front or back, the person's side that the camera sees.
    The mean direction of shoulders and hips counts, which turn during an action.
    """
    left, right = (
        landmarks[:, [NAMES.index(f"{side}_{part}") for part in ("shoulder", "hip")], 4:7]
        for side in _SIDES
    )
    across = (left - right).astype(np.float64).mean(axis=1)
    across = across[np.isfinite(across).all(axis=1)]
    if not len(across):
        return ""
    x, _, z = across.mean(axis=0)
    # Seen from the front, the person's left is on the right of the picture.
    turned = np.degrees(np.arctan2(abs(z), x))
    view = VIEWS[int(np.floor((turned + 22.5) / 45))]
    if view in ("front", "back"):
        return view
    return f"{view} {'left' if z < 0 else 'right'}"


def mirrored_view(view: str) -> str:
    """The same view of somebody who does it the other way round."""
    one, other = _SIDES if view.endswith(_SIDES[0]) else _SIDES[::-1]
    return view.removesuffix(one) + other if view.endswith(one) else view


def geometry(at: _Places) -> dict[str, Array]:
    """Everything in `NEEDS` from known places.

    Args:
        at: (frames, 2 or 3) of each landmark: x to the right, y downwards, and depth.

    Returns:
        (frames,) by name, in degrees or torso lengths.
    """
    down = np.zeros_like(at["left_hip"])
    down[:, 1] = 1.0
    hips, shoulders, ankles = (_middle(at, part) for part in ("hip", "shoulder", "ankle"))
    found = {
        name: _angle(at[parts[0]] - at[parts[1]], at[parts[2]] - at[parts[1]])
        for name, parts in ANGLES.items()
        if name != "trunk_lean"
    }
    found["trunk_lean"] = _angle(shoulders - hips, -down)
    distances = {
        "hands_apart": _length(at["left_wrist"] - at["right_wrist"]),
        "feet_apart": _length(at["left_ankle"] - at["right_ankle"]),
        "hand_height_left": (hips - at["left_wrist"])[:, 1],
        "hand_height_right": (hips - at["right_wrist"])[:, 1],
        "hip_height": (ankles - hips)[:, 1],
    }
    torso = _torso_length(shoulders - hips)
    return found | {name: value / torso for name, value in distances.items()}


def speeds(values: Array, times: Array) -> Array:
    """The change per second of a curve (frames,); NaN beside gaps.

    Args:
        values: (frames,) from landmarks, which are smoothed over time already.
        times: (frames,) seconds, ascending.
    """
    if len(times) < 2:
        return np.full(len(times), np.nan)
    found: Array = np.gradient(values, times)
    return found


def _torso_length(torso: Array) -> float:
    """One length for the video: the trunk when it is seen at full length.

    In the picture it looks shorter when it leans towards the camera, and never longer.
    """
    lengths = _length(torso)
    lengths = lengths[np.isfinite(lengths)]
    if not len(lengths):
        return float("nan")
    return max(float(np.quantile(lengths, 0.9 if torso.shape[1] == 2 else 0.5)), 1e-6)


def _middle(at: _Places, part: str) -> Array:
    middle: Array = (at[f"left_{part}"] + at[f"right_{part}"]) / 2
    return middle


def _length(vectors: Array) -> Array:
    lengths: Array = np.linalg.norm(vectors, axis=-1)
    return lengths


def _angle(one: Array, other: Array) -> Array:
    """Degrees between vectors (frames, 2 or 3)."""
    lengths = np.maximum(_length(one) * _length(other), 1e-9)
    cosines = (one * other).sum(axis=-1) / lengths
    degrees: Array = np.degrees(np.arccos(np.clip(cosines, -1.0, 1.0)))
    return degrees
