"""A lift: a person picks up a weight with the right hand and raises it overhead."""

from dataclasses import dataclass

import numpy as np

from inphase.synthetic.background import paint_meadow
from inphase.synthetic.person import Looks, Posture, joints, paint_person
from inphase.synthetic.scene import Camera, Canvas, Colour, Points
from inphase.synthetic.warp import progress

EVENTS = {"lowest": 0.36, "at_the_shoulder": 0.62, "overhead": 0.84}
_SKINS: tuple[Colour, ...] = ((236, 196, 164), (224, 172, 140), (204, 152, 112), (150, 102, 70))
_SHIRTS: tuple[Colour, ...] = (
    (200, 54, 58), (48, 92, 168), (236, 190, 60), (60, 60, 70), (110, 66, 140), (40, 140, 90),
)  # fmt: skip
_TROUSERS: tuple[Colour, ...] = ((44, 52, 74), (70, 70, 74), (120, 96, 72))
_WEIGHT: Colour = (40, 40, 44)
# Angles at each key state, in radians (`Posture`).
_KEYS = np.array([0.0, 0.20, 0.36, 0.50, 0.62, 0.72, 0.84, 1.0])
_CROUCH = np.array([0.05, 0.50, 1.05, 0.50, 0.12, 0.25, 0.03, 0.08])
_LEAN = np.array([0.03, 0.35, 0.75, 0.35, 0.05, 0.05, 0.00, 0.05])
_TWIST = np.array([0.0, 0.10, 0.25, 0.10, 0.0, -0.05, -0.10, 0.0])
_FORWARD = np.array(
    [[0.1, -0.1, -0.2, 0.0, 0.3, 0.3, 0.3, 0.2], [0.1, 0.5, 0.95, 0.6, 0.5, 1.4, 3.0, 2.2]]
)
_ASIDE = np.array(
    [[0.15, 0.4, 0.5, 0.5, 0.7, 0.9, 1.1, 0.7], [0.15, 0.1, 0.05, 0.1, 0.15, 0.15, 0.1, 0.15]]
)
_ELBOWS = np.array(
    [[0.2, 0.3, 0.3, 0.4, 0.5, 0.4, 0.3, 0.3], [0.15, 0.1, 0.1, 0.8, 2.2, 1.6, 0.1, 0.8]]
)


@dataclass(frozen=True, eq=False)
class Lift:
    """What differs from one performance to the next.

    Attributes:
        looks: of the person.
        depth: scale of how low the person goes.
        reach: scale of how far the left arm goes aside.
    """

    looks: Looks
    depth: float
    reach: float

    @classmethod
    def draw(cls, generator: np.random.Generator) -> "Lift":
        """Draw a person."""
        looks = Looks(
            skin=_SKINS[generator.integers(len(_SKINS))],
            shirt=_SHIRTS[generator.integers(len(_SHIRTS))],
            trousers=_TROUSERS[generator.integers(len(_TROUSERS))],
            stature=generator.uniform(0.9, 1.08),
            build=generator.uniform(0.9, 1.15),
        )
        return cls(looks, depth=generator.uniform(0.85, 1.1), reach=generator.uniform(0.6, 1.2))

    def camera(self, generator: np.random.Generator, *, mirror: bool, turn: float) -> Camera:
        """Draw where the camera stands, `turn` radians around the person."""
        return Camera(
            target=np.array([generator.uniform(-0.1, 0.1), generator.uniform(0.98, 1.08), 0.0]),
            distance=generator.uniform(4.5, 8),
            azimuth=turn + generator.uniform(-0.2, 0.2),
            elevation=generator.uniform(0.0, 0.15),
            roll=generator.uniform(-0.03, 0.03),
            zoom=1 / generator.uniform(2.5, 3.0),
            mirror=mirror,
        )

    def paint_background(self, canvas: Canvas, generator: np.random.Generator) -> None:
        """Paint the meadow."""
        paint_meadow(canvas, generator)

    def paint(self, canvas: Canvas, state: float) -> None:
        """Paint the person and the weight at a state."""
        places = joints(self.posture(state), stature=self.looks.stature)
        canvas.shadow(np.zeros(3), (0.5, 0.35), alpha=0.5)
        paint_person(canvas, places, self.looks)
        hand = places["right_hand"]
        along = np.linspace(-0.09, 0.09, 7)[:, None] * np.array([1.0, 0.0, 0.0])
        radii = np.where(np.abs(along[:, 0]) > 0.05, 0.055, 0.02)
        colours = np.tile(np.array(_WEIGHT, float), (len(along), 1))
        canvas.balls(hand + along, radii, colours)

    def posture(self, state: float) -> Posture:
        """Angles of the joints at a state."""
        left, right = 0, 1
        return Posture(
            crouch=self.depth * _between(state, _CROUCH),
            lean=self.depth * _between(state, _LEAN),
            twist=_between(state, _TWIST),
            forward=(_between(state, _FORWARD[left]), _between(state, _FORWARD[right])),
            aside=(self.reach * _between(state, _ASIDE[left]), _between(state, _ASIDE[right])),
            elbows=(_between(state, _ELBOWS[left]), _between(state, _ELBOWS[right])),
        )


def _between(state: float, angles: Points) -> float:
    """Interpolate smoothly between the key states, never quite at rest."""
    after = int(np.clip(np.searchsorted(_KEYS, state, side="right"), 1, len(_KEYS) - 1))
    share = progress(state, _KEYS[after - 1], _KEYS[after], smooth=0.35)
    return float(angles[after - 1] + (angles[after] - angles[after - 1]) * share)
