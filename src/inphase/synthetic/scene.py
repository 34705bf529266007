"""A small renderer: a camera, and solid shapes drawn anti-aliased into a frame."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

# Everything is drawn this many times larger and averaged down.
SUPERSAMPLING = 3

Colour = tuple[int, int, int]
Points = NDArray[np.float64]

_TURN = np.linspace(0, 2 * np.pi, 28, endpoint=False)
_CIRCLE: Points = np.stack([np.cos(_TURN), 0 * _TURN, np.sin(_TURN)], axis=1)
_BOX_FACES = np.array(
    [[0, 1, 3, 2], [4, 6, 7, 5], [0, 4, 5, 1], [2, 3, 7, 6], [0, 2, 6, 4], [1, 5, 7, 3]]
)


@dataclass(frozen=True, eq=False)
class Camera:
    """A pinhole camera that looks at a target; x is to the right, y up, z towards the viewer.

    Attributes:
        target: (3,) the point in the middle of the picture.
        distance: from the target, in the scene's units.
        azimuth: radians around the vertical, 0 looks along −z.
        elevation: radians above the horizontal.
        roll: radians, turns the picture.
        zoom: picture heights per unit at the target's distance.
        mirror: the picture is flipped, as seen in a mirror.
        shift: (2,) offset of the target in the picture, in picture heights.
    """

    target: Points
    distance: float
    azimuth: float
    elevation: float
    roll: float
    zoom: float
    mirror: bool
    shift: tuple[float, float] = (0.0, 0.0)

    @cached_property
    def axes(self) -> Points:
        """(3, 3) the picture's right, up and backward directions in the world."""
        ca, sa = np.cos(self.azimuth), np.sin(self.azimuth)
        ce, se = np.cos(self.elevation), np.sin(self.elevation)
        right = np.array([ca, 0.0, -sa])
        back = np.array([sa * ce, se, ca * ce])
        up = np.cross(back, right)
        cr, sr = np.cos(self.roll), np.sin(self.roll)
        return np.stack([cr * right + sr * up, cr * up - sr * right, back])

    @cached_property
    def position(self) -> Points:
        """(3,) where the camera stands."""
        return np.asarray(self.target + self.distance * self.axes[2])

    def view(self, points: Points) -> tuple[Points, Points]:
        """Project world points.

        Args:
            points: (..., 3).

        Returns:
            (..., 2) picture coordinates in picture heights, from the middle, y downwards; and
            (...) magnification of a unit at each point, in picture heights.
        """
        local = (points - self.target) @ self.axes.T
        scale = self.zoom / np.maximum(1.0 - local[..., 2] / self.distance, 0.05)
        x = local[..., 0] * scale * (-1.0 if self.mirror else 1.0)
        flat = np.stack([x + self.shift[0], -local[..., 1] * scale + self.shift[1]], axis=-1)
        return flat, scale


class Canvas:
    """A frame being drawn, `SUPERSAMPLING` times larger than it will be."""

    def __init__(self, size: tuple[int, int], camera: Camera, *, light: Points) -> None:
        """Start with a black frame.

        Args:
            size: (width, height) of the finished frame.
            light: (3,) direction towards the light.
        """
        self.size = size
        self.camera = camera
        self.light = light / np.linalg.norm(light)
        self.paper(Image.new("RGB", (size[0] * SUPERSAMPLING, size[1] * SUPERSAMPLING)))

    def paper(self, image: Image.Image) -> None:
        """Continue drawing on `image`, which has the enlarged size."""
        self.image = image
        self._draw = ImageDraw.Draw(image, "RGBA")

    def finished(self) -> NDArray[np.uint8]:
        """(H, W, 3) the finished frame at its own size."""
        return np.array(self.image.reduce(SUPERSAMPLING))

    def pixels(self, points: Points) -> Points:
        """(..., 2) places of world points (..., 3) on the enlarged frame."""
        return self.pixels_and_scale(points)[0]

    def pixels_and_scale(self, points: Points) -> tuple[Points, Points]:
        """Like `pixels`, and (...) pixels per unit at each point."""
        flat, scale = self.camera.view(points)
        height = self.image.height
        return flat * height + np.array([self.image.width, height]) / 2, scale * height

    def polygon(self, flat: Points, colour: Colour, *, alpha: float = 1.0) -> None:
        """Fill a polygon of (n, 2) pixels."""
        self._draw.polygon(flat.ravel().tolist(), fill=(*colour, round(255 * alpha)))

    def line(self, flat: Points, colour: Colour, *, width: float, alpha: float = 1.0) -> None:
        """Draw a line through (n, 2) pixels."""
        self._draw.line(
            flat.ravel().tolist(),
            fill=(*colour, round(255 * alpha)),
            width=max(1, round(width)),
            joint="curve",
        )

    def union(self, shapes: Sequence[Points], colour: Colour, *, alpha: float) -> None:
        """Fill the union of overlapping polygons once, so that no overlap is darker."""
        corners = np.concatenate(list(shapes))
        low = np.maximum(np.floor(corners.min(0)).astype(int) - 1, 0)
        high = np.minimum(np.ceil(corners.max(0)).astype(int) + 2, self.image.size)
        if (high <= low).any():
            return
        mask = Image.new("L", (int(high[0] - low[0]), int(high[1] - low[1])))
        pen = ImageDraw.Draw(mask)
        for shape in shapes:
            pen.polygon((shape - low).ravel().tolist(), fill=round(255 * alpha))
        self.image.paste(colour, (int(low[0]), int(low[1])), mask)

    def ring(self, centre: Points, radius: float) -> Points:
        """(n, 2) pixels of a horizontal circle around a (3,) point."""
        return self.pixels(centre + radius * _CIRCLE)

    def shadow(self, centre: Points, radii: tuple[float, float], *, alpha: float) -> None:
        """Darken a soft ellipse on the ground around `centre`, radii along x and z."""
        rim = _CIRCLE * [radii[0], 0, radii[1]]
        layers = 6
        for layer in range(layers):
            flat = self.pixels(centre + rim * (1.25 - 0.55 * layer / (layers - 1)))
            self.polygon(flat, (8, 8, 16), alpha=alpha / layers)

    def limb(self, points: Points, radii: Points, colour: Colour) -> None:
        """Draw a round, tapering tube through (n, 3) points with (n,) radii, lit from one side."""
        flat, scale = self.pixels_and_scale(points)
        light = self.camera.axes @ self.light
        toward = np.array([light[0] * (-1 if self.camera.mirror else 1), -light[1]])
        for shift, share, tone in ((0.0, 1.0, 0.66), (0.16, 0.80, 0.84), (0.30, 0.56, 1.0),
                                   (0.42, 0.26, 1.13)):  # fmt: skip
            radius = radii * scale
            self._tube(flat + shift * radius[:, None] * toward, radius * share, toned(colour, tone))

    def balls(self, centres: Points, radii: Points, colours: Points) -> None:
        """Draw balls, nearer ones in front of those behind them, each shaded by its directions.

        Args:
            centres: (n, 3).
            radii: (n,) in the scene's units.
            colours: (n, 3) 0..255.
        """
        picture = np.array(self.image, np.float32)
        height, width = picture.shape[:2]
        nearest = np.full((height, width), -np.inf)
        flat, scale = self.pixels_and_scale(centres)
        depths = (centres - self.camera.target) @ self.camera.axes[2]
        light = self.camera.axes @ self.light * [-1.0 if self.camera.mirror else 1.0, 1.0, 1.0]
        for (x, y), radius, size, depth, colour in zip(
            flat, radii * scale, radii, depths, colours, strict=True
        ):
            left, right = max(0, int(x - radius)), min(width, int(x + radius) + 2)
            top, bottom = max(0, int(y - radius)), min(height, int(y + radius) + 2)
            if left >= right or top >= bottom:
                continue
            across = (np.arange(left, right) - x) / radius
            up = ((y - np.arange(top, bottom)) / radius)[:, None]
            inside = 1 - across**2 - up**2
            toward = np.sqrt(np.maximum(inside, 0))
            here = depth + toward * size
            seen = (inside > 0) & (here > nearest[top:bottom, left:right])
            lit = np.clip(across * light[0] + up * light[1] + toward * light[2], 0, 1)
            nearest[top:bottom, left:right][seen] = here[seen]
            shade = (0.45 + 0.6 * lit[seen])[:, None]
            picture[top:bottom, left:right][seen] = np.minimum(colour * shade, 255)
        self.paper(Image.fromarray(picture.astype(np.uint8)))

    def solid(self, vertices: Points, faces: NDArray[np.int64], colour: Colour) -> None:
        """Draw a closed solid, each face shaded by its direction, the back faces hidden.

        Args:
            vertices: (n, 3).
            faces: (m, corners) vertex indices of each flat face, counter-clockwise from outside.
        """
        corners = vertices[faces]
        normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        normals /= np.linalg.norm(normals, axis=1, keepdims=True) + 1e-12
        middle = corners.mean(axis=1)
        to_camera = self.camera.position - middle
        facing = np.flatnonzero((normals * to_camera).sum(axis=1) > 0)
        depth = np.linalg.norm(to_camera, axis=1)
        tones = 0.55 + 0.55 * np.clip(normals @ self.light, -0.25, 1.0)
        flat = self.pixels(vertices)
        for face in facing[np.argsort(-depth[facing])]:
            self.polygon(flat[faces[face]], toned(colour, float(tones[face])))

    def disc(self, flat: Points, radius: float, colour: Colour, *, alpha: float = 1.0) -> None:
        """Fill a circle around a (2,) pixel."""
        x, y = flat
        self._draw.ellipse(
            [x - radius, y - radius, x + radius, y + radius],
            fill=(*colour, round(255 * alpha)),
        )

    def _tube(self, flat: Points, radii: Points, colour: Colour) -> None:
        for point, radius in zip(flat, radii, strict=True):
            self.disc(point, float(radius), colour)
        along = np.diff(flat, axis=0)
        length = np.linalg.norm(along, axis=1, keepdims=True) + 1e-9
        across = np.stack([-along[:, 1], along[:, 0]], axis=1) / length
        for i, side in enumerate(across):
            a, b = side * radii[i], side * radii[i + 1]
            self.polygon(
                np.stack([flat[i] + a, flat[i + 1] + b, flat[i + 1] - b, flat[i] - a]), colour
            )


def toned(colour: Colour, factor: float) -> Colour:
    """A darker (below 1) or lighter (above 1) shade."""
    r, g, b = (min(255, max(0, round(c * factor))) for c in colour)
    return r, g, b


def blended(first: Colour, second: Colour, share: float) -> Colour:
    """A mixture: `share` of the second colour."""
    r, g, b = (round(a + (c - a) * share) for a, c in zip(first, second, strict=True))
    return r, g, b


def offset(x: float, y: float, z: float) -> Points:
    """(3,) a step to the right, up and forward."""
    return np.array([x, y, z], dtype=np.float64)


def box(centre: Points, half: Points) -> tuple[Points, NDArray[np.int64]]:
    """(8, 3) vertices and (6, 4) faces of an upright box, for `Canvas.solid`."""
    signs = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)])
    return centre + signs * half, _BOX_FACES


def bent(root: Points, end: Points, lengths: tuple[float, float], *, toward: Points) -> Points:
    """(3,) the elbow of an arm of two bones from `root` to `end`, bent towards a direction.

    An end out of reach stretches the arm.
    """
    away = end - root
    distance = float(np.linalg.norm(away))
    along = away / distance
    first, second = lengths
    reach = (first**2 - second**2 + distance**2) / (2 * distance)
    aside = toward - (toward @ along) * along
    aside /= np.linalg.norm(aside)
    return np.asarray(root + reach * along + np.sqrt(max(first**2 - reach**2, 0.0)) * aside)
