"""Pouring: a vessel comes in, tilts, fills a glass, tilts back and leaves."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inphase.synthetic.background import paint_room
from inphase.synthetic.scene import (
    SUPERSAMPLING,
    Camera,
    Canvas,
    Colour,
    Points,
    blended,
    toned,
)
from inphase.synthetic.vessel import Vessel
from inphase.synthetic.warp import progress

_STREAM = (0.27, 0.74)
# A drop takes this long, in state, to reach the glass.
_FALL = 0.018
EVENTS = {
    "stream_starts": _STREAM[0],
    "half_full": (_STREAM[0] + _STREAM[1]) / 2 + _FALL,
    "stream_ends": _STREAM[1],
    "container_leaves": 0.85,
}
_LIQUIDS: tuple[Colour, ...] = (
    (66, 148, 214), (240, 150, 36), (204, 44, 62), (170, 96, 30), (92, 172, 76), (244, 240, 230),
    (84, 46, 34), (140, 80, 180), (236, 204, 70), (40, 170, 170),
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Pouring:
    """What differs from one performance to the next. Lengths in centimetres.

    Attributes:
        liquid: its colour.
        glass_height: inside height of the glass: the air column when it is empty.
        glass_radii: (bottom, top) inside radii.
        fill: the final level, as a share of the height.
        vessel: the vessel poured from.
        areas: area of liquid in the outline of the vessel, before and after pouring.
        wobble: phases of the stream's and the ripples' fluctuations.
    """

    liquid: Colour
    glass_height: float
    glass_radii: tuple[float, float]
    fill: float
    vessel: Vessel
    areas: tuple[float, float]
    wobble: Points

    @classmethod
    def draw(cls, generator: np.random.Generator) -> "Pouring":
        """Draw glass, vessel and liquid."""
        height = generator.uniform(12.0, 15.0)
        top = generator.uniform(3.1, 4.1)
        vessel = Vessel.draw(generator)
        full = vessel.capacity
        return cls(
            liquid=_LIQUIDS[generator.integers(len(_LIQUIDS))],
            glass_height=height,
            glass_radii=(top * generator.uniform(0.68, 1.0), top),
            fill=generator.uniform(0.78, 0.88),
            vessel=vessel,
            areas=(full * generator.uniform(0.66, 0.8), full * generator.uniform(0.2, 0.3)),
            wobble=generator.uniform(0, 2 * np.pi, size=6),
        )

    def level(self, state: float) -> float:
        """Height of the liquid in the glass, in centimetres."""
        begin, end = _STREAM[0] + _FALL, _STREAM[1] + _FALL
        return self.fill * self.glass_height * progress(state, begin, end, smooth=0.0)

    def resonance(self, state: NDArray[np.float64]) -> NDArray[np.float64]:
        """In hertz: the quarter wave of the air column above the liquid, with end correction."""
        begin, end = _STREAM[0] + _FALL, _STREAM[1] + _FALL
        filled = np.clip((state - begin) / (end - begin), 0, 1) * self.fill
        air = self.glass_height * (1 - filled) + 0.6 * self.glass_radii[1]
        return np.asarray(34300.0 / (4 * air))

    @property
    def running(self) -> tuple[float, float]:
        """The states between which liquid falls into the glass."""
        return _STREAM[0] + _FALL, _STREAM[1] + _FALL

    def camera(self, generator: np.random.Generator, *, mirror: bool, turn: float) -> Camera:
        """Draw where the camera stands, `turn` radians around the glass."""
        return Camera(
            target=np.array([generator.uniform(-4.5, -1.5), generator.uniform(11.5, 13.5), 0.0]),
            distance=generator.uniform(75, 120),
            azimuth=turn + generator.uniform(-0.2, 0.2),
            elevation=generator.uniform(0.12, 0.36),
            roll=generator.uniform(-0.06, 0.06),
            zoom=1 / generator.uniform(33, 42),
            mirror=mirror,
        )

    def paint_background(self, canvas: Canvas, generator: np.random.Generator) -> None:
        """Paint the room."""
        paint_room(canvas, generator, reach=(80.0, generator.uniform(16, 30), 34.0))

    def paint(self, canvas: Canvas, state: float) -> None:
        """Paint glass, vessel and stream at a state."""
        lip, tilt, held = self._pose(state)
        canvas.shadow(
            np.zeros(3), (self.glass_radii[0] * 1.7, self.glass_radii[0] * 1.5), alpha=0.5
        )
        self._paint_glass_back(canvas)
        self._paint_liquid(canvas, state)
        self._paint_stream(canvas, state, lip)
        self._paint_glass_front(canvas)
        self.vessel.paint(canvas, lip=lip, tilt=tilt, held=held, liquid=self.liquid)

    def _pose(self, state: float) -> tuple[Points, float, float]:
        """Place (2,) of the pouring lip, tilt in radians, area of liquid in the vessel."""
        poured = progress(state, *_STREAM, smooth=0.0)
        held = self.areas[0] + (self.areas[1] - self.areas[0]) * poured
        at_lip = self.vessel.pouring_tilt(held)
        away = 1 - progress(state, 0.0, 0.19) + progress(state, EVENTS["container_leaves"], 1.0)
        tilt = at_lip * progress(state, 0.10, _STREAM[0], smooth=0.5)
        tilt *= 1 - progress(state, _STREAM[1], 0.88, smooth=0.4)
        # The lip hovers over the near edge of the glass; upright, the vessel stays clear of it.
        lip = np.array([-1.7, self.glass_height + 4.5]) + np.array([-4.5, 2.0]) * np.cos(tilt) ** 2
        return lip + away * np.array([-16.0, 1.0]), tilt, held

    def _radius(self, height: Points | float) -> Points:
        share = np.maximum(np.asarray(height) / self.glass_height, 0.0)
        low, top = self.glass_radii
        return np.asarray(low + (top - low) * share**1.3)

    def _wall(
        self, canvas: Canvas, low: float, high: float, *, left: float, right: float, grow: float = 0
    ) -> Points:
        """Pixels of a strip of the glass between two heights, as the camera sees it.

        Args:
            left: where the strip begins, −1 at the outline's left and 1 at its right.
            right: where it ends.
            grow: thickness added to the radius.
        """
        heights = np.linspace(low, high, 8)[:, None]
        aside = (self._radius(heights) + grow) * _level_right(canvas)
        up = heights * [0.0, 1.0, 0.0]
        return canvas.pixels(np.concatenate([up + right * aside, (up + left * aside)[::-1]]))

    def _ring(self, canvas: Canvas, height: float, *, grow: float = 0) -> Points:
        return canvas.ring(np.array([0.0, height, 0.0]), float(self._radius(height)) + grow)

    def _paint_glass_back(self, canvas: Canvas) -> None:
        body = [
            self._wall(canvas, -0.6, self.glass_height, left=-1, right=1, grow=0.25),
            self._ring(canvas, -0.6, grow=0.25),
            self._ring(canvas, self.glass_height, grow=0.25),
        ]
        canvas.union(body, (226, 238, 244), alpha=0.30)
        rim = self._ring(canvas, self.glass_height, grow=0.2)
        canvas.line(np.vstack([rim, rim[:1]]), (246, 250, 252), width=SUPERSAMPLING, alpha=0.7)

    def _paint_liquid(self, canvas: Canvas, state: float) -> None:
        level = self.level(state)
        if level <= 0:
            return
        body = [self._wall(canvas, 0.0, level, left=-1, right=1), self._ring(canvas, 0.0)]
        canvas.union(body, toned(self.liquid, 0.80), alpha=0.93)
        for left, right, tone in ((-0.9, 0.8, 0.88), (-0.8, 0.5, 0.97), (-0.7, 0.1, 1.06)):
            strip = self._wall(canvas, 0.0, level, left=left, right=right)
            canvas.polygon(strip, toned(self.liquid, tone), alpha=0.8)
        surface = self._ring(canvas, level)
        canvas.polygon(surface, blended(self.liquid, (255, 255, 255), 0.28), alpha=0.95)
        begin, end = self.running
        unrest = progress(state, begin, begin + 0.01) * (1 - progress(state, end, 0.95))
        for ripple in range(3):
            share = (state * 30 + ripple / 3) % 1
            radius = float(self._radius(level)) * (0.15 + 0.8 * share)
            ring = canvas.ring(np.array([0.0, level, 0.0]), radius)
            canvas.line(
                np.vstack([ring, ring[:1]]), (255, 255, 255), width=SUPERSAMPLING * 0.8,
                alpha=0.55 * unrest * (1 - share),
            )  # fmt: skip
        if begin <= state <= end:
            self._paint_splash(canvas, state, level)

    def _paint_splash(self, canvas: Canvas, state: float, level: float) -> None:
        light = blended(self.liquid, (255, 255, 255), 0.55)
        for drop in range(9):
            age = (state * 45 + drop * 0.37) % 1
            turn = drop * 2.4 + self.wobble[drop % 6]
            reach = self.glass_radii[0] * 0.7 * age
            rise = 2.2 * age * (1 - age) * (1 + 0.5 * np.sin(turn * 3))
            if level + rise > self.glass_height:
                continue
            place = np.array([np.cos(turn) * reach, level + rise, np.sin(turn) * reach])
            flat, scale = canvas.pixels_and_scale(place)
            canvas.disc(flat, float(scale) * 0.16, light, alpha=0.9)
        for bubble in range(10):
            age = (state * 25 + bubble * 0.61) % 1
            turn = bubble * 1.9 + self.wobble[(bubble + 2) % 6]
            depth = min(level, 3.5) * (1 - age) * (0.4 + 0.6 * abs(np.sin(turn * 5)))
            place = np.array([np.cos(turn) * self.glass_radii[0] * 0.6 * age, level - depth, 0.5])
            flat, scale = canvas.pixels_and_scale(place)
            canvas.disc(flat, float(scale) * 0.15, light, alpha=0.55)

    def _paint_stream(self, canvas: Canvas, state: float, lip: Points) -> None:
        if not _STREAM[0] <= state <= _STREAM[1] + _FALL:
            return
        bottom = max(self.level(state) - 0.8, 0.0)
        head = min(1.0, (state - _STREAM[0] + 0.004) / _FALL) ** 2
        tail = max(0.0, (state - _STREAM[1]) / _FALL) ** 2
        share = np.linspace(tail, max(head, tail), 14)
        # Thrown forward from the lip, then falling: a parabola through the middle of the glass.
        unrest = 0.12 * np.sin(9 * share + 70 * state + self.wobble[0]) * share
        x = lip[0] * (1 - np.sqrt(share)) + unrest
        y = lip[1] + (bottom - lip[1]) * share
        radius = (0.62 - 0.2 * share) * (
            1 + 0.1 * np.sin(17 * share - 110 * state + self.wobble[1])
        )
        aside = _level_right(canvas)
        for offset, width, colour in (
            (0.0, 1.0, toned(self.liquid, 0.86)),
            (-0.1, 0.62, self.liquid),
            (-0.22, 0.22, blended(self.liquid, (255, 255, 255), 0.55)),
        ):
            middle = np.stack([x, y, 0 * x], axis=1) + offset * aside
            across = radius[:, None] * width * aside
            ribbon = np.concatenate([middle - across, (middle + across)[::-1]])
            canvas.polygon(canvas.pixels(ribbon), colour, alpha=0.95)

    def _paint_glass_front(self, canvas: Canvas) -> None:
        top = self.glass_height
        for left, right, alpha in ((-0.8, -0.6, 0.42), (0.80, 0.87, 0.30), (-0.5, -0.45, 0.25)):
            strip = self._wall(canvas, 0.6, top * 0.94, left=left, right=right)
            canvas.polygon(strip, (255, 255, 255), alpha=alpha)
        sides = self._wall(canvas, -0.6, top, left=-1, right=1, grow=0.2)
        for edge in (sides[:8], sides[8:]):
            canvas.line(edge, (238, 244, 248), width=SUPERSAMPLING * 1.2, alpha=0.75)
        rim = self._ring(canvas, self.glass_height, grow=0.2)
        canvas.line(np.vstack([rim, rim[:1]]), (250, 252, 255), width=SUPERSAMPLING, alpha=0.6)
        base = self._ring(canvas, -0.6, grow=0.2)
        canvas.line(np.vstack([base, base[:1]]), (240, 246, 250), width=SUPERSAMPLING, alpha=0.5)


def _level_right(canvas: Canvas) -> Points:
    """(3,) the horizontal direction across the camera's view."""
    turn = canvas.camera.azimuth
    return np.array([np.cos(turn), 0.0, -np.sin(turn)])
