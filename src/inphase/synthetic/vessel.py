"""The jug or bottle poured from: its outline, how far it must tilt, its liquid."""

from dataclasses import dataclass

import numpy as np

from inphase.synthetic.scene import SUPERSAMPLING, Canvas, Colour, Points, toned

_CERAMICS: tuple[Colour, ...] = (
    (230, 226, 216), (70, 104, 140), (176, 84, 66), (96, 140, 120), (60, 62, 72), (226, 178, 90),
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Vessel:
    """A body of revolution that is tilted around its pouring lip. Lengths in centimetres.

    Attributes:
        outline: (n, 2) its right half, from the mouth to the base: distance from the mouth along
            the axis, and radius.
        colour: None for a vessel of glass.
        handle: whether it has one.
        holds: (2, m) the area of its outline below the lip, ascending, and the tilt in radians
            that gives it: how far to tilt to leave this much liquid.
    """

    outline: Points
    colour: Colour | None
    handle: bool
    holds: Points

    @classmethod
    def draw(cls, generator: np.random.Generator) -> "Vessel":
        """Draw a shape and a material."""
        outline = _draw_outline(generator)
        ceramic = generator.random() < 0.4
        tilts = np.radians(np.linspace(140, 0, 71))
        held = np.array([_area_below(_placed(outline, np.zeros(2), tilt), 0.0) for tilt in tilts])
        # The area grows as the vessel becomes upright; make it grow strictly.
        held = np.maximum.accumulate(held) + 1e-6 * np.arange(len(held))
        return cls(
            outline=outline,
            colour=_CERAMICS[generator.integers(len(_CERAMICS))] if ceramic else None,
            handle=bool(generator.random() < 0.6),
            holds=np.stack([held, tilts]),
        )

    @property
    def capacity(self) -> float:
        """The area of its outline below the lip when it is upright."""
        return float(self.holds[0, -1])

    def pouring_tilt(self, held: float) -> float:
        """Tilt in radians at which the liquid it holds reaches the lip."""
        return float(np.interp(held, *self.holds))

    def paint(
        self, canvas: Canvas, *, lip: Points, tilt: float, held: float, liquid: Colour
    ) -> None:
        """Paint it with its lip at (2,) `lip` in the plane z = 0, holding an area of liquid."""
        ground = np.array([*(lip - self.outline[-1, 0] / 2 * _axis(tilt)), 0.0]) * [1, 0, 1]
        lowest = float(_placed(self.outline, lip, tilt)[:, 1].min())
        canvas.shadow(ground, (6.5, 4.0), alpha=0.5 / (1 + max(lowest, 0) / 9))
        if self.handle:
            self._paint_handle(canvas, lip, tilt)
        body = self._pixels(canvas, _placed(self.outline, lip, tilt), lip, tilt)
        strips: tuple[tuple[float, float, Colour, float], ...]
        if self.colour is None:
            canvas.polygon(body, (222, 236, 242), alpha=0.42)
            inside = _placed(self.outline * [1.0, 0.93], lip, tilt)
            wet = _below(inside, _surface(inside, held * 0.93))
            if len(wet) > 2:
                canvas.polygon(self._pixels(canvas, wet, lip, tilt), liquid, alpha=0.9)
            edge = np.vstack([body, body[:1]])
            canvas.line(edge, (240, 246, 250), width=SUPERSAMPLING * 1.1, alpha=0.8)
            strips = ((-0.78, -0.58, (255, 255, 255), 0.45), (0.7, 0.78, (255, 255, 255), 0.3))
        else:
            canvas.polygon(body, toned(self.colour, 0.66))
            strips = tuple(
                (low, high, toned(self.colour, tone), 1.0)
                for low, high, tone in (
                    (-0.95, 0.88, 0.73), (-0.9, 0.75, 0.80), (-0.85, 0.6, 0.87), (-0.8, 0.44, 0.94),
                    (-0.74, 0.27, 1.0), (-0.68, 0.1, 1.05), (-0.62, -0.07, 1.10),
                    (-0.55, -0.24, 1.15),
                )
            )  # fmt: skip
        mouth = float(self.outline[0, 1])
        for low, high, colour, alpha in strips:
            left = _side(self.outline * [1.0, low], lip, tilt, mouth)
            right = _side(self.outline * [1.0, high], lip, tilt, mouth)
            strip = np.concatenate([left, right[::-1]])
            canvas.polygon(self._pixels(canvas, strip, lip, tilt), colour, alpha=alpha)

    def _paint_handle(self, canvas: Canvas, lip: Points, tilt: float) -> None:
        turn = np.linspace(-0.5 * np.pi, 0.5 * np.pi, 10)
        widest = float(self.outline[:, 1].max())
        depth = float(self.outline[-1, 0]) * (0.5 + 0.27 * np.sin(turn))
        reach = -(np.interp(depth, *self.outline.T) * 0.85 + 0.62 * widest * np.cos(turn))
        bow = _side(np.stack([depth, reach], axis=1), lip, tilt, float(self.outline[0, 1]))
        colour = self.colour or (196, 214, 222)
        points = np.concatenate([bow, np.zeros((10, 1))], axis=1)
        canvas.limb(points, np.full(10, 0.55), toned(colour, 0.9))

    def _pixels(self, canvas: Canvas, points: Points, lip: Points, tilt: float) -> Points:
        """(n, 2) pixels of points in the outline's plane, turned to face the camera.

        A round body shows the same width from every side; a flat cut-out would not.
        """
        axis = np.array([*_axis(tilt), 0.0])
        across = np.cross(axis, canvas.camera.axes[2])
        across /= np.linalg.norm(across)
        right = _right(tilt)
        centre = lip - float(self.outline[0, 1]) * right
        away = points - centre
        along = (away @ axis[:2])[:, None] * axis
        return canvas.pixels(np.array([*centre, 0.0]) + along + (away @ right)[:, None] * across)


def _draw_outline(generator: np.random.Generator) -> Points:
    length = generator.uniform(14.5, 18.0)
    width = generator.uniform(4.2, 5.4)
    neck = width * generator.uniform(0.42, 0.8)
    shoulder = generator.uniform(0.25, 0.45)
    share = np.linspace(0, 1, 22)
    radius = neck + (width - neck) / (1 + np.exp(-(share - shoulder) * 16))
    radius *= 1 - 0.12 * np.clip(share - 0.6, 0, None) * generator.uniform(-1, 2)
    radius *= 1 + 0.12 * np.exp(-share * 18)  # the mouth flares
    radius *= np.sqrt(1 - np.clip((share - 0.93) / 0.09, 0, 1) ** 2)  # a rounded base
    return np.stack([share * length, radius], axis=1)


def _axis(tilt: float) -> Points:
    """(2,) from the base to the mouth."""
    return np.array([np.sin(tilt), np.cos(tilt)])


def _right(tilt: float) -> Points:
    """(2,) from the axis to the pouring lip."""
    return np.array([np.cos(tilt), -np.sin(tilt)])


def _side(profile: Points, lip: Points, tilt: float, mouth: float) -> Points:
    """(n, 2) points at (distance from the mouth, sideways) with the pouring lip at `lip`."""
    sideways = (profile[:, 1:] - mouth) * _right(tilt)
    return np.asarray(lip - profile[:, :1] * _axis(tilt) + sideways)


def _placed(outline: Points, lip: Points, tilt: float) -> Points:
    """(2 n, 2) the whole outline, tilted around the lip."""
    mouth = float(outline[0, 1])
    other = _side(outline * [1, -1], lip, tilt, mouth)
    return np.concatenate([_side(outline, lip, tilt, mouth), other[::-1]])


def _below(polygon: Points, level: float) -> Points:
    """(m, 2) the part of a polygon below a level."""
    after = np.roll(polygon, -1, axis=0)
    under, then_under = polygon[:, 1] <= level, after[:, 1] <= level
    crossing = under != then_under
    rise = np.where(crossing, after[:, 1] - polygon[:, 1], 1.0)
    cut = polygon + (after - polygon) * ((level - polygon[:, 1]) / rise)[:, None]
    both = np.stack([polygon, cut], axis=1).reshape(-1, 2)
    return np.asarray(both[np.stack([under, crossing], axis=1).ravel()])


def _area_below(polygon: Points, level: float) -> float:
    x, y = _below(polygon, level).T
    return float(abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2)


def _surface(polygon: Points, area: float) -> float:
    """The level below which a polygon has the given area."""
    low, high = float(polygon[:, 1].min()), float(polygon[:, 1].max())
    for _ in range(13):
        middle = (low + high) / 2
        if _area_below(polygon, middle) < area:
            low = middle
        else:
            high = middle
    return low
