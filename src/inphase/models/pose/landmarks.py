"""From the landmark network's numbers to the 33 landmarks of a body."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inphase.models.pose.region import Region

INPUT = 256
"""Width and height of the landmark network's input, in pixels."""

NAMES = (
    *("nose", "left_eye_inner", "left_eye", "left_eye_outer"),
    *("right_eye_inner", "right_eye", "right_eye_outer", "left_ear", "right_ear"),
    *("mouth_left", "mouth_right", "left_shoulder", "right_shoulder", "left_elbow"),
    *("right_elbow", "left_wrist", "right_wrist", "left_pinky", "right_pinky"),
    *("left_index", "right_index", "left_thumb", "right_thumb", "left_hip", "right_hip"),
    *("left_knee", "right_knee", "left_ankle", "right_ankle", "left_heel", "right_heel"),
    *("left_foot_index", "right_foot_index"),
)
"""The landmarks, in order; left and right are the person's own."""

_BODY = len(NAMES)
# Two more follow: the middle of the hips, and the point that gives the next region's size.
_USED = _BODY + 2
_ALL = 39
_LEAST_PRESENCE = 0.5
# The window of the heat map around a landmark, and how certain its largest value has to be.
_REACH = 3
_LEAST_HEAT = 0.5


@dataclass(frozen=True)
class Landmarks:
    """The landmarks of one person in one picture.

    Attributes:
        values: (33, 7) float32 for each of `NAMES`: x, y and depth z in pixels of the picture (z is
            0 at the hips and negative towards the camera), visibility from 0 to 1, then x, y and z
            in metres from the middle of the hips, with the axes of the picture.
        presence: how certain it is, from 0.5 to 1, that this is a person.
        region: where to look for this person in the next picture.
    """

    values: NDArray[np.float32]
    presence: float
    region: Region


def decode(
    raw: NDArray[np.float32],
    presence: float,
    heat: NDArray[np.float32],
    world: NDArray[np.float32],
    region: Region,
) -> Landmarks | None:
    """The landmarks in the network's output; None if it saw nobody.

    Args:
        raw: (39 · 5,) x, y and z in pixels of its input, logits of visibility and of presence.
        presence: whether there is a person, from 0 to 1.
        heat: (64, 64, 39) logits of where each landmark is.
        world: (39 · 3,) x, y and z in metres.
        region: what the network saw.
    """
    # Also true where a broken picture gave NaN.
    if not presence >= _LEAST_PRESENCE:
        return None
    numbers = raw.reshape(_ALL, 5)[:_USED].astype(np.float64)
    places = region.to_picture(_refined(numbers[:, :2] / INPUT, heat[..., :_USED]))
    metres = world.reshape(_ALL, 3)[:_BODY].astype(np.float64)
    metres[:, :2] = metres[:, :2] @ region.axes.T
    values = np.empty((_BODY, 7), np.float32)
    values[:, :2] = places[:_BODY]
    values[:, 2] = numbers[:_BODY, 2] / INPUT * region.size
    values[:, 3] = _sigmoid(numbers[:_BODY, 3])
    values[:, 4:] = metres
    return Landmarks(values, presence, Region.of_body(places[_BODY], places[_BODY + 1]))


def _refined(places: NDArray[np.float64], heat: NDArray[np.float32]) -> NDArray[np.float64]:
    """Move each place, (n, 2) from 0 to 1, to the centre of the heat around it.

    A place outside the map, or without a certain value around it, stays.
    """
    cells = len(heat)
    middle = np.trunc(places * cells).astype(np.int64)
    inside = ((middle >= 0) & (middle < cells)).all(axis=1)
    steps = np.arange(-_REACH, _REACH + 1)
    columns = middle[:, 0, None, None] + steps  # (n, 1, 7)
    rows = middle[:, 1, None, None] + steps[:, None]  # (n, 7, 1)
    on_map = (columns >= 0) & (columns < cells) & (rows >= 0) & (rows < cells)
    of_landmark = np.arange(len(places))[:, None, None]
    window = heat[rows.clip(0, cells - 1), columns.clip(0, cells - 1), of_landmark]
    weights = _sigmoid(window.astype(np.float64)) * on_map
    certain = inside & (weights.max(axis=(1, 2)) >= _LEAST_HEAT)
    total = weights.sum(axis=(1, 2)).clip(min=np.finfo(float).tiny)
    centre = np.stack([(weights * at).sum(axis=(1, 2)) / total for at in (columns, rows)], axis=1)
    refined: NDArray[np.float64] = np.where(certain[:, None], centre / cells, places)
    return refined


def _sigmoid(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    scores: NDArray[np.float64] = 1 / (1 + np.exp(-logits.clip(-100, 100)))
    return scores
