"""From the detector's numbers to people: anchors, boxes and key points, overlaps merged."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from inphase.models.pose.region import Region

INPUT = 224
"""Width and height of the detector's input, in pixels."""

# Cells of the detector's maps, and anchors in each: two for each of the strides 8, 16, 32, 32, 32.
_MAPS = ((28, 2), (14, 2), (7, 6))
_LEAST_SCORE = 0.5
# Detections that overlap by more are of one person.
_OVERLAP = 0.3


@dataclass(frozen=True)
class Detection:
    """A person in a picture.

    Attributes:
        score: from 0.5 to 1.
        box: (4,) left, top, right and bottom of the face, in pixels.
        points: (4, 2) in pixels: the middle of the hips; a point of the circle around the body,
            towards the head; the middle of the shoulders; the same for the upper body.
    """

    score: float
    box: NDArray[np.float64]
    points: NDArray[np.float64]

    @property
    def region(self) -> Region:
        """Where the landmark network has to look."""
        return Region.of_body(self.points[0], self.points[1])


@lru_cache(maxsize=1)
def anchors() -> NDArray[np.float64]:
    """(2254, 2) x and y of the anchors, from 0 to 1; row by row, map after map.

    Liu et al., SSD: Single Shot MultiBox Detector, ECCV 2016. All have the size of the picture.
    """
    maps = []
    for cells, count in _MAPS:
        middles = (np.arange(cells) + 0.5) / cells
        y, x = np.meshgrid(middles, middles, indexing="ij")
        maps.append(np.stack([x, y], axis=-1).reshape(-1, 2).repeat(count, axis=0))
    return np.concatenate(maps)


def decode(
    raw: NDArray[np.float32], logits: NDArray[np.float32], region: Region
) -> list[Detection]:
    """The people in the detector's output, the most certain first.

    Args:
        raw: (2254, 12) for each anchor the x, y, width and height of the face, then x and y of the
            four points, in pixels of the detector's input, from the anchor's middle.
        logits: (2254,) of the scores.
        region: what the detector saw.
    """
    with np.errstate(over="ignore"):
        scores = 1 / (1 + np.exp(-logits.astype(np.float64)))
    kept = np.flatnonzero((scores >= _LEAST_SCORE) & (raw[:, 2] > 0) & (raw[:, 3] > 0))
    kept = kept[np.argsort(-scores[kept], kind="stable")]
    numbers = raw[kept].astype(np.float64).reshape(-1, 6, 2) / INPUT
    places = numbers[:, [0, 2, 3, 4, 5]] + anchors()[kept, None]
    half = numbers[:, 1] / 2
    # (n, 6, 2): two corners of the box and four points.
    corners = [places[:, :1] - half[:, None], places[:, :1] + half[:, None]]
    merged = _merged(np.concatenate([*corners, places[:, 1:]], axis=1), scores[kept])
    found = []
    for score, shape in merged:
        pixels = region.to_picture(shape)
        found.append(Detection(score, pixels[:2].reshape(4), pixels[2:]))
    return found


def _merged(
    shapes: NDArray[np.float64], scores: NDArray[np.float64]
) -> list[tuple[float, NDArray[np.float64]]]:
    """Overlapping detections averaged, weighted by their scores; the scores descend."""
    merged = []
    while len(scores):
        same = _overlaps(shapes[:, :2]) > _OVERLAP
        # A box overlaps itself, however small it is.
        same[0] = True
        shape = np.average(shapes[same], axis=0, weights=scores[same])
        merged.append((float(scores[0]), shape))
        shapes, scores = shapes[~same], scores[~same]
    return merged


def _overlaps(boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n,) intersection over union of each box, (n, 2, 2), with the first."""
    sides = np.minimum(boxes[:, 1], boxes[0, 1]) - np.maximum(boxes[:, 0], boxes[0, 0])
    both = sides.clip(min=0).prod(axis=-1)
    areas = (boxes[:, 1] - boxes[:, 0]).prod(axis=-1)
    overlaps: NDArray[np.float64] = both / (areas + areas[0] - both)
    return overlaps
