"""Everybody in one picture, including small people: the picture is searched in squares, too."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from inphase.models.pose.landmarks import Landmarks
from inphase.models.pose.network import Network
from inphase.models.pose.region import Region

# A picture this much longer than wide, or wider than high, is also searched in squares.
_OBLONG = 1.25
# Unless somebody is this high, as a share of the shorter side. If nobody is as high as the second
# share, smaller squares are searched.
_FILLING, _LARGE = 0.8, 0.3
# Whoever is found in a square is at most this many times as large: what is larger is not one.
_WHOLE = 1.5
# People whose hips are closer, as a share of their size, are the same person found twice.
_SAME = 0.2


def people(
    image: NDArray[np.uint8],
    network: Network,
    *,
    before: Sequence[Region] = (),
    small: bool = True,
) -> list[Landmarks]:
    """Everybody in a picture, each once.

    The detector sees 224 pixels. In them, a person who fills a fifth of a wide picture is too small
    to find. So unless somebody fills the picture, overlapping squares of it are searched one by one
    as well; smaller squares only if nobody large was found.

    Args:
        image: (height, width, 3) RGB.
        network: finds people.
        before: where people were a moment ago. They are found there even if the detector misses
            them.
        small: also search the smaller squares, which takes most of the time.
    """
    height, width, _ = image.shape
    short = min(height, width)
    found = _landmarks(image, network, [Region.of_picture(width, height)])
    if max(height, width) > _OBLONG * short and not _has(found, _FILLING * short):
        found = _distinct(found + _in_squares(image, network, short))
    if small and not _has(found, _LARGE * short):
        found = _distinct(found + _in_squares(image, network, short / 2))
    missing = [one for one in before if not any(_same(one, person.region) for person in found)]
    found += [person for one in missing if (person := network.landmarks(image, one)) is not None]
    return _distinct(found)


def _in_squares(image: NDArray[np.uint8], network: Network, side: float) -> list[Landmarks]:
    """The people in squares of a picture, without those whom a part of a body was mistaken for."""
    height, width, _ = image.shape
    found = _landmarks(image, network, _squares(width, height, side))
    return [
        person
        for person in found
        if 0 <= person.region.x <= width
        and 0 <= person.region.y <= height
        and person.region.body <= _WHOLE * side
    ]


def _has(found: Sequence[Landmarks], size: float) -> bool:
    return any(person.region.body > size for person in found)


def _landmarks(
    image: NDArray[np.uint8], network: Network, regions: Sequence[Region]
) -> list[Landmarks]:
    """The landmarks of the people in some regions; of overlapping detections the most certain."""
    detected = [one for region in regions for one in network.detect(image, region)]
    bodies: list[Region] = []
    for one in sorted(detected, key=lambda detection: -detection.score):
        body = one.region
        if not any(_same(body, other) for other in bodies):
            bodies.append(body)
    found = [network.landmarks(image, body) for body in bodies]
    return _distinct([person for person in found if person is not None])


def _distinct(found: Sequence[Landmarks]) -> list[Landmarks]:
    """Each person once: of several landmarks of one, those seen most clearly."""
    kept: list[Landmarks] = []
    for person in sorted(found, key=lambda one: -float(one.values[:, 3].mean())):
        if not any(_same(person.region, other.region) for other in kept):
            kept.append(person)
    return kept


def _same(body: Region, other: Region) -> bool:
    distance = math.hypot(body.x - other.x, body.y - other.y)
    return distance < _SAME * max(body.body, other.body)


def _squares(width: int, height: int, side: float) -> list[Region]:
    """Squares that cover a picture, each overlapping the next by half."""

    def middles(length: int) -> NDArray[np.float64]:
        count = int(np.ceil(2 * length / side)) - 1
        return np.linspace(side / 2, length - side / 2, max(1, count))

    return [Region(float(x), float(y), side) for y in middles(height) for x in middles(width)]
