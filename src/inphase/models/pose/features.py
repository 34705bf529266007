"""Landmarks to features that do not depend on where somebody is, how big, how tall, or from where
they are filmed.

Three groups for each frame: the angles of eight joints; the places of thirteen landmarks, from the
hips, in lengths of the torso, turned about the vertical so that the shoulders face the camera; and
how these places move. Motion is measured relative to the video's own pace, so that slow motion
gives the same features as real time.
"""

import numpy as np
from numpy.typing import NDArray

from inphase.models.pose.landmarks import NAMES

Array = NDArray[np.float64]

PARTS = (
    *("nose", "left_shoulder", "right_shoulder", "left_elbow", "right_elbow", "left_wrist"),
    *("right_wrist", "left_hip", "right_hip", "left_knee", "right_knee", "left_ankle"),
    "right_ankle",
)
"""The landmarks whose places count."""

_ROWS = [NAMES.index(name) for name in PARTS]
_SHOULDERS, _HIPS = slice(1, 3), slice(7, 9)
# In a mirror, left and right are exchanged.
_MIRRORED = [0, 2, 1, 4, 3, 6, 5, 8, 7, 10, 9, 12, 11]
# Elbows, knees, hips and shoulders: the angle at the second of three parts.
_JOINTS = np.array(
    [(1, 3, 5), (2, 4, 6), (7, 9, 11), (8, 10, 12), (1, 7, 9), (2, 8, 10), (3, 1, 7), (4, 2, 8)]
)
_PLACES = 3 * len(PARTS)
SIZE = len(_JOINTS) + 2 * _PLACES
"""Number of features."""

# Places weigh less than angles (in radians), on which the side that the camera is on has no effect.
_OF_PLACES = 0.35
# Motion is measured over the time in which the body moves this far at its own pace, in lengths of
# the torso, but at least and at most over so many seconds.
_REACH, _SHORTEST, _LONGEST = 0.25, 0.1, 1.0
# Below this share of its own pace a body counts as still.
_STILL = 0.3


def body(landmarks: NDArray[np.floating], *, mirrored: bool = False) -> Array:
    """Places of `PARTS` in 3-D, for every frame.

    Frames without anybody are filled in between their neighbours.

    Args:
        landmarks: (frames, 33, 7) as in [`Landmarks`][inphase.models.pose.Landmarks].
        mirrored: as in a mirror.

    Returns:
        (frames, 13, 3), from the middle of the hips, in lengths of the torso (the median over the
        frames), turned about the vertical by the mean direction of the shoulders.
    """
    places = _filled(landmarks[:, _ROWS, 4:7].astype(np.float64))
    if mirrored:
        places = mirror(places)
    places = places - places[:, _HIPS].mean(axis=1, keepdims=True)
    torso = float(np.median(np.linalg.norm(places[:, _SHOULDERS].mean(axis=1), axis=-1)))
    places /= max(torso, 1e-6)
    across = (places[:, 1] - places[:, 2]).mean(axis=0)
    return turned(places, float(np.arctan2(across[2], across[0])))


def mirror(places: Array) -> Array:
    """Places (frames, 13, 3) as in a mirror."""
    swapped: Array = places[:, _MIRRORED] * np.array([-1.0, 1.0, 1.0])
    return swapped


def turned(places: Array, angle: float) -> Array:
    """Places (frames, parts, 3) turned about the vertical, in radians."""
    cos, sin = np.cos(angle), np.sin(angle)
    rotated: Array = places @ np.array([[cos, 0, -sin], [0, 1, 0], [sin, 0, cos]])
    return rotated


def features(places: Array, times: Array) -> NDArray[np.float32]:
    """The features of a video.

    Args:
        places: (frames, 13, 3) as `body` returns them.
        times: (frames,) seconds, ascending.

    Returns:
        (frames, SIZE).
    """
    moving = _motion(places, times).reshape(len(places), -1)
    return np.concatenate([posture(places), moving], axis=1).astype(np.float32)


def posture(places: Array) -> NDArray[np.float32]:
    """The features of a video that a single frame has: angles and places, without motion.

    Args:
        places: (frames, 13, 3) as `body` returns them.

    Returns:
        (frames, 47).
    """
    still = [angles(places), _OF_PLACES * places.reshape(len(places), -1)]
    return np.concatenate(still, axis=1).astype(np.float32)


def angles(places: Array) -> Array:
    """(frames, 8) angles at elbows, knees, hips and shoulders, left before right, in radians."""
    first, middle, last = (places[:, _JOINTS[:, i]] for i in range(3))
    one, other = first - middle, last - middle
    lengths = np.linalg.norm(one, axis=-1) * np.linalg.norm(other, axis=-1)
    cosines = (one * other).sum(axis=-1) / np.maximum(lengths, 1e-9)
    found: Array = np.arccos(np.clip(cosines, -1.0, 1.0))
    return found


def _motion(places: Array, times: Array) -> Array:
    """The direction in which the body moves, (frames, 13, 3); its length is about 1, 0 if still."""
    pace = _pace(_velocity(places, times, _SHORTEST))
    gap = float(np.clip(_REACH / max(pace, 1e-9), _SHORTEST, _LONGEST))
    velocity = _velocity(places, times, gap)
    velocity /= max(_pace(velocity), 1e-9)
    length = np.sqrt((velocity**2).sum(axis=(1, 2), keepdims=True))
    still = _STILL * np.sqrt(places.shape[1])
    moving: Array = velocity / np.sqrt(length**2 + still**2)
    return moving


def _velocity(places: Array, times: Array, gap: float) -> Array:
    """Change of the places from half a gap before to half a gap after, per second."""
    flat = places.reshape(len(places), -1)
    before, after = (_at(flat, times, times + shift) for shift in (-gap / 2, gap / 2))
    velocity: Array = ((after - before) / gap).reshape(places.shape)
    return velocity


def _at(values: Array, times: Array, wanted: Array) -> Array:
    """Values (frames, n) interpolated at some times; constant beyond the ends."""
    position = np.interp(wanted, times, np.arange(len(times)))
    first = np.floor(position).astype(np.int64)
    second = np.minimum(first + 1, len(times) - 1)
    share = (position - first)[:, None]
    interpolated: Array = values[first] * (1 - share) + values[second] * share
    return interpolated


def _pace(velocity: Array) -> float:
    """The speed at which a body moves when it moves: a mean in which a still body has no weight."""
    speed = np.sqrt((velocity**2).sum(axis=-1).mean(axis=-1))
    weights = speed**2
    return float((weights * speed).sum() / max(weights.sum(), 1e-12))


def _filled(places: Array) -> Array:
    """Places interpolated in frames without anybody; zeros if there is nobody in any."""
    seen = ~np.isnan(places[:, 0, 0])
    if seen.all():
        return places
    if not seen.any():
        return np.zeros_like(places)
    flat = places.reshape(len(places), -1)
    rows = np.flatnonzero(seen)
    filled = _at(flat[rows], rows.astype(np.float64), np.arange(len(places), dtype=np.float64))
    return filled.reshape(places.shape)
