"""A jointed figure in three dimensions, whose joints are known and who looks like a person.

It has a face, hair, clothes and shading, so that networks for people find it from every side.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from inphase.synthetic.scene import Canvas, Colour, Points, offset, toned

# Lengths in metres at a stature of 1, which is about 1.75 m.
_THIGH, _SHIN, _TRUNK, _UPPER_ARM, _FOREARM, _HAND = 0.43, 0.42, 0.50, 0.30, 0.27, 0.09
_ANKLE = 0.09
_X, _Y, _Z = np.eye(3)
# From these two angles of the bent knee, the hips stay above the feet.
_OF_SHIN, _OF_THIGH = 0.9, 1.1
_HAIR: Colour = (50, 34, 24)
_SHOES: Colour = (226, 226, 222)
_SIDES = {"left": 1.0, "right": -1.0}


@dataclass(frozen=True)
class Posture:
    """Angles of the joints, in radians; pairs are left and right.

    Attributes:
        crouch: how far the knees are bent, half of their angle.
        lean: of the trunk, forward.
        twist: of the trunk, to the left.
        forward: of the upper arms: 0 hanging, π straight up.
        aside: of the upper arms, away from the body.
        elbows: how far they are bent.
    """

    crouch: float
    lean: float
    twist: float
    forward: tuple[float, float]
    aside: tuple[float, float]
    elbows: tuple[float, float]


def joints(posture: Posture, *, stature: float = 1.0) -> Mapping[str, Points]:
    """Places of the joints: feet at the origin, face towards +z, y up, the left side at +x.

    Returns:
        (3,) metres by name: `nose`, `head`, `neck`, `hips`, and `left_` and `right_` `shoulder`,
        `elbow`, `wrist`, `hand`, `hip`, `knee`, `ankle`, `toe`; and (3, 3) `trunk`, the turn of
        the trunk.
    """
    shin, thigh = _OF_SHIN * posture.crouch, _OF_THIGH * posture.crouch
    height = _ANKLE + _SHIN * np.cos(shin) + _THIGH * np.cos(thigh)
    hips = offset(0, height, _SHIN * np.sin(shin) - _THIGH * np.sin(thigh))
    trunk = _about(_Y, posture.twist) @ _about(_X, posture.lean)
    neck = hips + _TRUNK * trunk @ _Y
    head = neck + trunk @ offset(0, 0.19, 0.03)
    found = {"hips": hips, "neck": neck, "head": head, "nose": head + trunk @ offset(0, -0.01, 0.1)}
    arms = zip(posture.forward, posture.aside, posture.elbows, strict=True)
    for (name, side), (forward, aside, elbow) in zip(_SIDES.items(), arms, strict=True):
        ankle = offset(0.14 * side, _ANKLE, 0)
        found[f"{name}_ankle"] = ankle
        found[f"{name}_toe"] = offset(0.17 * side, 0.03, 0.17)
        found[f"{name}_knee"] = ankle + _SHIN * offset(0.02 * side, np.cos(shin), np.sin(shin))
        found[f"{name}_hip"] = hips + offset(0.10 * side, 0, 0)
        shoulder = neck + trunk @ offset(0.18 * side, -0.03, 0)
        upper = trunk @ _about(_Z, side * aside) @ _about(_X, -forward)
        lower = upper @ _about(_X, -elbow)
        found[f"{name}_shoulder"] = shoulder
        found[f"{name}_elbow"] = shoulder - _UPPER_ARM * upper @ _Y
        found[f"{name}_wrist"] = found[f"{name}_elbow"] - _FOREARM * lower @ _Y
        found[f"{name}_hand"] = found[f"{name}_wrist"] - _HAND * lower @ _Y
    return {**{name: stature * place for name, place in found.items()}, "trunk": trunk}


@dataclass(frozen=True)
class Looks:
    """What differs from one person to the next.

    Attributes:
        skin: colour of face and arms.
        shirt: colour of the shirt.
        trousers: colour of the trousers.
        stature: scale of the person, 1 is about 1.75 m.
        build: scale of the width of trunk and limbs.
    """

    skin: Colour
    shirt: Colour
    trousers: Colour
    stature: float
    build: float


def paint_person(canvas: Canvas, places: Mapping[str, Points], looks: Looks) -> None:
    """Paint a person.

    Args:
        canvas: where to paint.
        places: of the joints, as `joints` gives them.
        looks: of the person.
    """
    _Painter(places, looks).paint(canvas)


class _Painter:
    """Collects the balls that a person is made of."""

    def __init__(self, places: Mapping[str, Points], looks: Looks) -> None:
        self._at = places
        self._looks = looks
        self._balls: list[tuple[Points, float, Colour]] = []

    def paint(self, canvas: Canvas) -> None:
        self._trunk()
        self._head()
        for name in _SIDES:
            self._limbs(name)
        centres, radii, colours = zip(*self._balls, strict=True)
        canvas.balls(np.array(centres), np.array(radii), np.array(colours, float))

    def _ball(self, centre: Points, radius: float, colour: Colour) -> None:
        self._balls.append((centre, radius * self._looks.stature, colour))

    def _bone(self, begin: Points, end: Points, radii: tuple[float, float], colour: Colour) -> None:
        count = max(4, int(2.5 * np.linalg.norm(end - begin) / min(radii)))
        for share in np.linspace(0, 1, count):
            radius = (1 - share) * radii[0] + share * radii[1]
            self._ball((1 - share) * begin + share * end, radius * self._looks.build, colour)

    def _trunk(self) -> None:
        looks, turn = self._looks, self._at["trunk"]
        hips, neck = self._at["hips"], self._at["neck"]
        for share in np.linspace(0, 1, 9):
            middle = (1 - share) * hips + share * (neck - looks.stature * turn @ offset(0, 0.04, 0))
            width = 0.085 + 0.055 * share if share < 0.95 else 0.10
            depth = 0.105 + 0.02 * np.sin(np.pi * share) - (0.03 if share > 0.95 else 0)
            colour = looks.shirt if share > 0.12 else looks.trousers
            for across in np.linspace(-1, 1, 5):
                aside = looks.stature * looks.build * across * width * turn @ _X
                self._ball(middle + aside, depth * looks.build, colour)
        self._bone(neck, self._at["head"], (0.055, 0.055), looks.skin)

    def _head(self) -> None:
        skin = self._looks.skin

        def add(x: float, y: float, z: float, radius: float, colour: Colour) -> None:
            step = self._looks.stature * self._at["trunk"] @ offset(x, y, z)
            self._ball(self._at["head"] + step, radius, colour)

        for height, radius in ((0.0, 0.092), (0.03, 0.095), (-0.035, 0.075), (-0.055, 0.062)):
            add(0, height, 0.012 if height < 0 else 0.0, radius, skin)
        add(0, 0.055, -0.022, 0.093, _HAIR)
        add(0, 0.01, -0.04, 0.09, _HAIR)
        add(0, -0.012, 0.098, 0.017, toned(skin, 0.94))
        for side in (-1.0, 1.0):
            add(0.034 * side, 0.018, 0.083, 0.0155, (245, 245, 245))
            add(0.034 * side, 0.018, 0.0935, 0.0085, (30, 25, 25))
            add(0.034 * side, 0.040, 0.085, 0.011, _HAIR)
            add(0.045 * side, 0.038, 0.079, 0.009, _HAIR)
            add(0.092 * side, -0.005, 0.0, 0.022, skin)
        for across in np.linspace(-1, 1, 5):
            add(0.024 * across, -0.053, 0.079 - 0.006 * across**2, 0.0085, (170, 80, 80))

    def _limbs(self, name: str) -> None:
        looks = self._looks
        shoulder, elbow, wrist, hand, hip, knee, ankle, toe = (
            self._at[f"{name}_{joint}"]
            for joint in ("shoulder", "elbow", "wrist", "hand", "hip", "knee", "ankle", "toe")
        )
        self._bone(shoulder, elbow, (0.058, 0.042), looks.shirt)
        self._bone(elbow, wrist, (0.041, 0.028), looks.skin)
        self._bone(wrist, hand, (0.030, 0.034), looks.skin)
        self._bone(hip, knee, (0.088, 0.058), looks.trousers)
        self._bone(knee, ankle, (0.056, 0.040), looks.trousers)
        heel = ankle - looks.stature * offset(0, 0.03, 0.03)
        self._bone(heel, toe, (0.045, 0.035), _SHOES)


def _about(axis: Points, angle: float) -> Points:
    """(3, 3) the turn about an axis, in radians (Rodrigues' formula)."""
    x, y, z = axis
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    turn: Points = np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross
    return turn
