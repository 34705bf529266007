"""A swing: a player hits a ball with a club."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from inphase.synthetic.background import paint_meadow
from inphase.synthetic.scene import (
    SUPERSAMPLING,
    Camera,
    Canvas,
    Colour,
    Points,
    bent,
    offset,
    toned,
)
from inphase.synthetic.warp import progress

EVENTS = {"takeaway": 0.12, "top": 0.42, "impact": 0.60, "finish": 0.84}
_SKINS: tuple[Colour, ...] = ((236, 196, 164), (204, 152, 112), (150, 102, 70), (104, 70, 50))
_SHIRTS: tuple[Colour, ...] = (
    (200, 54, 58), (240, 240, 236), (48, 92, 168), (236, 190, 60), (60, 60, 70), (110, 66, 140),
    (240, 130, 90),
)  # fmt: skip
_TROUSERS: tuple[Colour, ...] = ((44, 52, 74), (206, 194, 168), (70, 70, 74), (120, 96, 72))
_REACH = 0.58
_DOWN = np.array([0.0, -1.0, 0.0])
# Degrees at each key state: the arms' angle around the shoulders (0 straight down, positive
# back), how far the wrists are cocked, and how far shoulders and hips are turned.
_KEYS = np.array([0.0, 0.12, 0.27, 0.42, 0.51, 0.60, 0.70, 0.84, 1.0])
_ARMS = np.array([-14.0, 0.0, 62.0, 138.0, 70.0, -4.0, -80.0, -146.0, -84.0])
_WRISTS = np.array([-48.0, 0.0, 42.0, 98.0, 100.0, 4.0, -30.0, -96.0, -40.0])
_SHOULDERS = np.array([0.0, 2.0, 42.0, 84.0, 40.0, -18.0, -62.0, -96.0, -70.0])
_HIPS = np.array([0.0, 0.0, 18.0, 40.0, 4.0, -34.0, -60.0, -84.0, -66.0])


@dataclass(frozen=True, eq=False)
class Swing:
    """What differs from one performance to the next. Lengths in metres.

    Attributes:
        skin: colour of face and hands.
        shirt: colour of the shirt.
        trousers: colour of the trousers.
        cap: colour of the cap.
        stature: scale of the player, 1 is about 1.75 m.
        build: scale of the width of trunk and limbs.
        plane: radians, how far the swing leans forward.
        amplitude: scale of the swing's angles.
    """

    skin: Colour
    shirt: Colour
    trousers: Colour
    cap: Colour
    stature: float
    build: float
    plane: float
    amplitude: float

    @classmethod
    def draw(cls, generator: np.random.Generator) -> "Swing":
        """Draw a player and a club."""
        shirt, cap = generator.permutation(len(_SHIRTS))[:2]
        return cls(
            skin=_SKINS[generator.integers(len(_SKINS))],
            shirt=_SHIRTS[shirt],
            trousers=_TROUSERS[generator.integers(len(_TROUSERS))],
            cap=_SHIRTS[cap],
            stature=generator.uniform(0.93, 1.06),
            build=generator.uniform(0.9, 1.2),
            plane=generator.uniform(0.40, 0.55),
            amplitude=generator.uniform(0.93, 1.04),
        )

    def camera(self, generator: np.random.Generator, *, mirror: bool, turn: float) -> Camera:
        """Draw where the camera stands, `turn` radians around the player."""
        return Camera(
            target=np.array([generator.uniform(-0.15, 0.15), generator.uniform(1.08, 1.2), 0.1]),
            distance=generator.uniform(5, 8),
            azimuth=turn + generator.uniform(-0.3, 0.3),
            elevation=generator.uniform(0.06, 0.22),
            roll=generator.uniform(-0.05, 0.05),
            zoom=1 / generator.uniform(2.8, 3.3),
            mirror=mirror,
        )

    def paint_background(self, canvas: Canvas, generator: np.random.Generator) -> None:
        """Paint the meadow."""
        paint_meadow(canvas, generator)

    def paint(self, canvas: Canvas, state: float) -> None:
        """Paint player, club and ball at a state."""
        canvas.shadow(np.array([0.08, 0.0, 0.0]), (0.62, 0.34), alpha=0.55)
        hands, head = self._club(state)
        self._paint_ball(canvas, state)
        hub, hips = self._hub(state), self._hips(state)
        self._paint_legs(canvas, state, hips)
        behind = hands[2] < hub[2] - 0.05
        if behind:
            self._paint_club(canvas, state, hands, head)
        shoulders = self._shoulders(state)
        self._paint_arm(canvas, shoulders[np.argmin(shoulders[:, 2])], hands)
        size = self.stature * self.build
        trunk = np.stack([hips, hips + (hub - hips) * 0.55, hub + offset(0, -0.06, 0)])
        canvas.limb(trunk, np.array([0.135, 0.145, 0.165]) * size, self.shirt)
        canvas.limb(shoulders, np.array([0.085, 0.085]) * size, self.shirt)
        self._paint_head(canvas, state, hub)
        self._paint_arm(canvas, shoulders[np.argmax(shoulders[:, 2])], hands)
        if not behind:
            self._paint_club(canvas, state, hands, head)
        flat, scale = canvas.pixels_and_scale(hands)
        canvas.disc(flat, float(scale) * 0.062, self.skin)

    def _hips(self, state: float) -> Points:
        # Weight shifts to the back foot and then to the front one; the player rises at the end.
        shift = 0.05 * progress(state, 0.12, 0.42) - 0.17 * progress(state, 0.42, 0.8)
        rise = 0.03 * progress(state, 0.62, 1.0)
        return self.stature * np.array([shift, 0.90 + rise, -0.06 + 0.04 * progress(state, 0.6, 1)])

    def _hub(self, state: float) -> Points:
        """(3,) the midpoint between the shoulders."""
        upright = progress(state, 0.60, 1.0)
        lean = self.stature * np.array([0.02, 0.46 + 0.04 * upright, 0.20 - 0.16 * upright])
        return self._hips(state) + lean

    def _shoulders(self, state: float) -> Points:
        """(2, 3) the shoulder on the target's side and the other."""
        turn = np.radians(self._angle(state, _SHOULDERS))
        across = np.array([np.cos(turn), 0.16 * np.sin(turn), np.sin(turn)])
        across *= 0.19 * self.stature * self.build
        hub = self._hub(state)
        return np.stack([hub - across, hub + across])

    def _angle(self, state: float, degrees: Points) -> float:
        """Interpolate smoothly between the key states, never quite at rest."""
        after = int(np.clip(np.searchsorted(_KEYS, state, side="right"), 1, len(_KEYS) - 1))
        share = progress(state, _KEYS[after - 1], _KEYS[after], smooth=0.35)
        return float(degrees[after - 1] + (degrees[after] - degrees[after - 1]) * share)

    def _club(self, state: float) -> tuple[Points, Points]:
        """(3,) places of the hands and of the club's head."""
        arms = np.radians(self._angle(state, _ARMS)) * self.amplitude
        wrists = arms + np.radians(self._angle(state, _WRISTS)) * self.amplitude
        forward = np.array([0.0, 0.0, 1.0])
        # Above and behind the player's neck the plane is steeper than in front.
        lean = self.plane * (0.25 + 0.75 * (1 + np.cos(arms)) / 2)
        down = np.cos(lean) * _DOWN + np.sin(lean) * forward
        hang = np.cos(self.plane) * _DOWN + np.sin(self.plane) * forward
        side = np.array([1.0, 0.0, 0.0])
        hands = self._hub(state) + _REACH * self.stature * (
            np.sin(arms) * side + np.cos(arms) * down
        )
        # Long enough to reach the ball when the arms hang down.
        length = (self._hub(EVENTS["takeaway"])[1] - 0.03) / np.cos(
            self.plane
        ) - _REACH * self.stature
        head = hands + length * (np.sin(wrists) * side + np.cos(wrists) * hang)
        head[1] = max(head[1], 0.02)
        return hands, head

    def _ball(self) -> Points:
        head = self._club(EVENTS["impact"])[1]
        return np.array([head[0] - 0.04, 0.03, head[2]])

    def _paint_ball(self, canvas: Canvas, state: float) -> None:
        flown = max(0.0, state - EVENTS["impact"]) / 0.16
        start = self._ball()
        if flown == 0:
            canvas.shadow(start * [1, 0, 1], (0.06, 0.05), alpha=0.5)
        if flown < 1.6:
            trail = np.linspace(max(0.0, flown - 0.22), flown, 6)[:, None]
            path = start + trail * np.array([-2.6, 1.5, -0.6]) - trail**2 * [0.0, 0.25, 0.0]
            flat, scale = canvas.pixels_and_scale(path)
            if flown > 0:
                canvas.line(flat, (255, 255, 255), width=float(scale[0]) * 0.035, alpha=0.5)
            canvas.disc(flat[-1], float(scale[-1]) * 0.04, (120, 120, 120))
            canvas.disc(flat[-1], float(scale[-1]) * 0.033, (252, 252, 250))

    def _paint_legs(self, canvas: Canvas, state: float, hips: Points) -> None:
        turn = np.radians(self._angle(state, _HIPS))
        size = self.stature * self.build
        across = np.array([np.cos(turn), 0.0, np.sin(turn)]) * 0.10 * size
        heel = progress(state, EVENTS["impact"] - 0.05, EVENTS["finish"])
        feet = np.array([[-0.24, 0.05, 0.0], [0.24 - 0.05 * heel, 0.05 + 0.10 * heel, 0.0]])
        for side, foot in zip((-1, 1), feet * self.stature, strict=True):
            hip = hips + side * across
            turned = np.array([0.3 * side - 0.6 * heel * (side > 0), 0.0, 1.0])
            knee = bent(hip, foot, (0.46 * self.stature, 0.44 * self.stature), toward=turned)
            toe = foot + offset(
                -0.07 if side < 0 else -0.10 * heel + 0.04,
                -0.02 - 0.09 * heel * (side > 0),
                0.13,
            )
            canvas.limb(np.stack([foot, toe]), np.array([0.055, 0.045]) * size, (60, 52, 50))
            radii = np.array([0.105, 0.08, 0.055]) * size
            canvas.limb(np.stack([hip, knee, foot]), radii, self.trousers)

    def _paint_arm(self, canvas: Canvas, shoulder: Points, hands: Points) -> None:
        length = 0.315 * self.stature
        outward = np.array([np.sign(shoulder[0] - self._hub(0.0)[0] + 1e-3), -1.2, 0.0])
        elbow = bent(shoulder, hands, (length, length), toward=outward)
        size = self.stature * self.build
        canvas.limb(np.stack([elbow, hands]), np.array([0.048, 0.038]) * size, self.skin)
        sleeve = shoulder + (elbow - shoulder) * 0.85
        canvas.limb(np.stack([shoulder, sleeve]), np.array([0.075, 0.06]) * size, self.shirt)

    def _paint_head(self, canvas: Canvas, state: float, hub: Points) -> None:
        # The eyes stay on the ball until it is gone.
        look = np.radians(self._angle(state, _SHOULDERS)) * progress(state, 0.60, 0.80)
        gaze = np.array([np.sin(look), 0.0, np.cos(look)])
        centre = hub + self.stature * np.array([0.0, 0.235, 0.05])
        canvas.limb(
            np.stack([hub + offset(0, 0.08, 0), centre]), np.array([0.06, 0.055]), self.skin
        )
        around = np.stack([centre + offset(0, -0.02, 0), centre + offset(0, 0.03, 0)])
        canvas.limb(around, np.array([0.092, 0.098]), self.skin)
        crown = np.stack([centre + offset(-0.005, 0.062, 0), centre + offset(0.005, 0.07, 0)])
        canvas.limb(crown, np.array([0.09, 0.088]), self.cap)
        peak = np.stack(
            [centre + offset(0, 0.05, 0) + gaze * 0.05, centre + offset(0, 0.035, 0) + gaze * 0.16]
        )
        canvas.limb(peak, np.array([0.05, 0.022]), toned(self.cap, 0.8))

    def _paint_club(self, canvas: Canvas, state: float, hands: Points, head: Points) -> None:
        blur = progress(state, 0.45, 0.56) * (1 - progress(state, 0.66, 0.80))
        if blur > 0:
            # Motion blur of the last moments, as from a slow shutter.
            pairs = [self._club(state - 0.012 * step) for step in range(7)]
            for step, (near, far) in enumerate(pairwise(pairs)):
                inner = [before[0] + 0.45 * (before[1] - before[0]) for before in (near, far)]
                sweep = canvas.pixels(np.stack([inner[0], near[1], far[1], inner[1]]))
                canvas.polygon(sweep, (255, 255, 255), alpha=0.34 * blur * (1 - step / 6))
        along = (head - hands) / np.linalg.norm(head - hands)
        flat = canvas.pixels(np.stack([hands - 0.1 * along, head]))
        scale = float(canvas.pixels_and_scale(hands)[1])
        canvas.line(flat, (60, 62, 68), width=max(scale * 0.030, SUPERSAMPLING))
        canvas.line(flat, (206, 210, 216), width=max(scale * 0.014, SUPERSAMPLING * 0.7))
        grip = canvas.pixels(np.stack([hands - 0.1 * along, hands + 0.12 * along]))
        canvas.line(grip, (38, 36, 40), width=scale * 0.034)
        toe = head + offset(0.0, -0.01, 0.10)
        canvas.limb(np.stack([head, toe]), np.array([0.035, 0.045]), (52, 54, 62))
