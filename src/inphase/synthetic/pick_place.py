"""Pick and place: a two-finger gripper comes down, grasps a block, carries it, sets it down."""

from dataclasses import dataclass

import numpy as np

from inphase.synthetic.background import paint_room
from inphase.synthetic.scene import Camera, Canvas, Colour, Points, bent, box, offset, toned
from inphase.synthetic.warp import progress

EVENTS = {"grasp": 0.27, "over_target": 0.58, "release": 0.74, "retreat": 0.83}
_BLOCKS: tuple[Colour, ...] = (
    (206, 60, 52), (56, 118, 196), (64, 158, 84), (232, 180, 48), (150, 78, 172), (236, 120, 40),
)  # fmt: skip
_ARMS: tuple[Colour, ...] = ((236, 140, 40), (226, 228, 232), (80, 124, 178), (210, 190, 70))
_STEEL: Colour = (74, 80, 90)
_PALM = 3.2
_FINGER = 5.6


@dataclass(frozen=True, eq=False)
class PickPlace:
    """What differs from one performance to the next. Lengths in centimetres.

    Attributes:
        block: half of the block's width, height and depth.
        block_colour: its colour.
        pad_colour: colour of the pad that it is placed on.
        arm_colour: colour of the robot's arm.
        pick: (2,) where the block stands, x and z.
        place: (2,) where it goes.
        foot: (2,) where the arm stands.
        links: lengths of upper arm and forearm.
        lift: how high the block is carried.
    """

    block: Points
    block_colour: Colour
    pad_colour: Colour
    arm_colour: Colour
    pick: Points
    place: Points
    foot: Points
    links: tuple[float, float]
    lift: float

    @classmethod
    def draw(cls, generator: np.random.Generator) -> "PickPlace":
        """Draw robot, block and places."""
        colours = generator.permutation(len(_BLOCKS))
        return cls(
            block=generator.uniform([1.7, 1.8, 1.7], [2.3, 3.0, 2.4]),
            block_colour=_BLOCKS[colours[0]],
            pad_colour=toned(_BLOCKS[colours[1]], 0.85),
            arm_colour=_ARMS[generator.integers(len(_ARMS))],
            pick=np.array([generator.uniform(8, 12), generator.uniform(-1, 4)]),
            place=np.array([generator.uniform(-9, -4), generator.uniform(-1, 4)]),
            foot=np.array([generator.uniform(-5, 5), generator.uniform(-15, -12)]),
            links=(generator.uniform(13, 15), generator.uniform(13, 15)),
            lift=generator.uniform(8.0, 11.0),
        )

    def camera(self, generator: np.random.Generator, *, mirror: bool, turn: float) -> Camera:
        """Draw where the camera stands, `turn` radians around the table."""
        return Camera(
            target=np.array([generator.uniform(-1, 2), generator.uniform(10.5, 12.0), 0.0]),
            distance=generator.uniform(80, 120),
            azimuth=turn + generator.uniform(-0.25, 0.2),
            elevation=generator.uniform(0.2, 0.45),
            roll=generator.uniform(-0.05, 0.05),
            zoom=1 / generator.uniform(34, 42),
            mirror=mirror,
        )

    def paint_background(self, canvas: Canvas, generator: np.random.Generator) -> None:
        """Paint the room, with the pad on the table."""
        paint_room(canvas, generator, reach=(80.0, generator.uniform(24, 40), 36.0))
        canvas.shadow(_on_table(self.foot), (6.0, 5.0), alpha=0.5)
        pad = np.array([self.block[0] + 1.6, 0.15, self.block[2] + 1.6])
        canvas.solid(*box(_on_table(self.place, 0.15), pad), self.pad_colour)

    def paint(self, canvas: Canvas, state: float) -> None:
        """Paint robot and block at a state."""
        tip, opening = self._gripper(state)
        carried = EVENTS["grasp"] <= state <= EVENTS["release"]
        at = self.pick if state < EVENTS["grasp"] else self.place
        middle = tip.copy() if carried else _on_table(at, self._resting(state))
        lowest = float(middle[1] - self.block[1])
        canvas.shadow(
            middle * [1, 0, 1] + offset(0.4, 0, 0),
            (self.block[0] * 1.5, self.block[2] * 1.4),
            alpha=0.6 / (1 + lowest / 8),
        )
        palm = tip + offset(0.0, _FINGER - 1.0, 0.0)
        self._paint_arm(canvas, palm + offset(0.0, _PALM, 0.0))
        solids = [(middle, self.block, self.block_colour)]
        for side in (-1, 1):
            finger = tip + offset(side * (opening + 0.45), _FINGER / 2 - 1.6, 0.0)
            solids.append((finger, np.array([0.45, _FINGER / 2, 0.9]), _STEEL))
        solids.sort(key=lambda solid: -float(np.linalg.norm(solid[0] - canvas.camera.position)))
        for centre, half, colour in solids:
            canvas.solid(*box(centre, half), colour)
        canvas.solid(*box(palm + offset(0, 0.9, 0), np.array([4.3, 0.9, 1.4])), toned(_STEEL, 1.25))

    def _resting(self, state: float) -> float:
        """Height of the middle of the standing block."""
        return float(self.block[1]) + (0.3 if state > EVENTS["release"] else 0.0)

    def _gripper(self, state: float) -> tuple[Points, float]:
        """(3,) the point between the fingertips, and half the distance between them."""
        grasp, over, release, retreat = EVENTS.values()
        half = float(self.block[0])
        carry = progress(state, grasp + 0.09, over)
        across = self.pick + (self.place - self.pick) * carry
        start = progress(state, 0.0, 0.15, smooth=0.5)
        leave = progress(state, retreat + 0.03, 1.0, smooth=0.5)
        across = across + (1 - start) * np.array([-7.0, -3.0]) + leave * np.array([3.0, -8.0])
        height = float(self.block[1])
        height += self.lift * (1.0 - progress(state, 0.05, 0.21))
        height += self.lift * progress(state, grasp, 0.42) + 0.3 * progress(state, grasp, over)
        height -= self.lift * progress(state, over, release)
        height += (self.lift + 1.0) * progress(state, retreat, 1.0, smooth=0.5)
        closed = progress(state, 0.16, grasp, smooth=0.2)
        closed -= progress(state, release, retreat, smooth=0.2)
        return _on_table(across, height), half + 1.5 * (1 - closed)

    def _paint_arm(self, canvas: Canvas, wrist: Points) -> None:
        foot = _on_table(self.foot)
        shoulder = foot + offset(0.0, 13.0, 0.0)
        canvas.limb(np.stack([foot, shoulder]), np.array([3.8, 2.9]), _STEEL)
        hand = wrist + offset(0.0, 2.5, 0.0)
        elbow = bent(shoulder, hand, self.links, toward=np.array([0.0, 1.0, 0.0]))
        canvas.limb(np.stack([shoulder, elbow]), np.array([2.3, 1.9]), self.arm_colour)
        canvas.limb(np.stack([elbow, hand]), np.array([1.9, 1.4]), self.arm_colour)
        canvas.limb(np.stack([hand, wrist - offset(0, 1.2, 0)]), np.array([1.5, 1.3]), _STEEL)
        for joint, radius in ((shoulder, 2.0), (elbow, 1.6)):
            flat, scale = canvas.pixels_and_scale(joint)
            canvas.disc(flat, float(scale) * radius, toned(_STEEL, 0.9))
            canvas.disc(flat, float(scale) * radius * 0.55, toned(_STEEL, 1.6))


def _on_table(place: Points, height: float = 0.0) -> Points:
    return np.array([place[0], height, place[1]])
