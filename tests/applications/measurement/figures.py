"""Landmarks of a drawn figure, as a perfect pose network would find them."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from inphase.models.pose.landmarks import NAMES
from inphase.synthetic.person import Posture, joints


def landmarks_of(
    postures: Sequence[Posture], *, stature: float = 1.0, turn: float = 0.0
) -> NDArray[np.float32]:
    """(frames, 33, 7) of a figure seen by a camera `turn` radians around it, all visible."""
    found = np.zeros((len(postures), len(NAMES), 7), np.float32)
    found[..., 3] = 1.0
    cos, sin = np.cos(turn), np.sin(turn)
    for frame, posture in enumerate(postures):
        at = joints(posture, stature=stature)
        for row, name in enumerate(NAMES):
            if name in at:
                x, y, z = at[name] - at["hips"]
                # To the right of the picture, down, and away from the camera.
                metres = (cos * x - sin * z, -y, -(sin * x + cos * z))
                found[frame, row, 4:7] = metres
                found[frame, row, :2] = 100 * np.array(metres[:2]) + 200
    return found
