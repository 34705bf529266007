"""Rooms and meadows behind the synthetic performances, a different one for every video."""

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from inphase.synthetic.scene import SUPERSAMPLING, Canvas, Colour, blended, toned

_WALLS: tuple[Colour, ...] = (
    (214, 205, 190), (186, 202, 208), (205, 190, 196), (190, 205, 186), (222, 214, 176),
    (120, 132, 150), (96, 116, 118), (150, 122, 112), (74, 84, 108), (232, 228, 222),
)  # fmt: skip
_TABLES: tuple[Colour, ...] = (
    (156, 110, 70), (196, 156, 108), (110, 76, 54), (206, 200, 192), (92, 96, 104), (142, 96, 84),
)  # fmt: skip
_SKIES: tuple[tuple[Colour, Colour], ...] = (
    ((88, 150, 216), (206, 228, 240)),
    ((120, 138, 176), (244, 206, 170)),
    ((150, 168, 184), (220, 224, 224)),
    ((70, 118, 188), (236, 226, 190)),
)
_MEADOWS: tuple[Colour, ...] = ((96, 150, 66), (126, 158, 74), (78, 128, 72), (158, 156, 86))


def paint_room(
    canvas: Canvas, generator: np.random.Generator, *, reach: tuple[float, float, float]
) -> None:
    """Paint an out-of-focus wall, and a table in the plane y = 0.

    Args:
        canvas: its whole frame is painted over.
        generator: source of colours and patterns.
        reach: how far the table extends to either side, to the back and to the front.
    """
    wall = _WALLS[generator.integers(len(_WALLS))]
    image = _gradient(canvas.image.size, toned(wall, 1.08), toned(wall, 0.80))
    _wall_pattern(image, wall, generator)
    image = image.filter(ImageFilter.GaussianBlur(image.height / generator.uniform(60, 130)))
    canvas.paper(image)
    _table(canvas, _TABLES[generator.integers(len(_TABLES))], generator, reach)
    _finish(canvas, generator)


def paint_meadow(canvas: Canvas, generator: np.random.Generator) -> None:
    """Paint sky, hills and trees, out of focus, and grass in the plane y = 0."""
    top, low = _SKIES[generator.integers(len(_SKIES))]
    grass = _MEADOWS[generator.integers(len(_MEADOWS))]
    image = _gradient(canvas.image.size, top, low)
    width, height = image.size
    far = canvas.pixels(canvas.camera.target * [1, 0, 1] - canvas.camera.axes[2] * [60, 0, 60])
    horizon = float(np.clip(far[1], 0.2 * height, 0.75 * height))
    pen = ImageDraw.Draw(image, "RGBA")
    x = np.linspace(-0.1, 1.1, 60)
    for layer in range(3):
        phase, rate = generator.uniform(0, 6), generator.uniform(2, 5)
        rise = (0.16 - 0.045 * layer) * (1 + 0.5 * np.sin(rate * x * 2 + phase))
        ridge = np.stack([x * width, horizon - rise * height], axis=1).ravel().tolist()
        colour = blended(toned(grass, 0.7), low, 0.62 - 0.2 * layer)
        pen.polygon([*ridge, 1.1 * width, height, -0.1 * width, height], fill=colour)
    for _ in range(generator.integers(3, 9)):
        at, size = generator.uniform(0, width), generator.uniform(0.04, 0.11) * height
        colour = blended(toned(grass, generator.uniform(0.5, 0.75)), low, 0.15)
        pen.rectangle([at - size / 8, horizon - size, at + size / 8, horizon], fill=(86, 66, 50))
        for _ in range(5):
            dx, dy = generator.normal(size=2) * size * 0.35
            r = size * generator.uniform(0.4, 0.7)
            box = [
                at + dx - r,
                horizon - 1.5 * size + dy - r,
                at + dx + r,
                horizon - 1.5 * size + dy + r,
            ]
            pen.ellipse(box, fill=toned(colour, generator.uniform(0.9, 1.12)))
    image = image.filter(ImageFilter.GaussianBlur(height / 110))
    lawn = _gradient((width, height), blended(grass, low, 0.25), toned(grass, 0.82))
    mask = Image.new("L", image.size)
    ImageDraw.Draw(mask).rectangle([0, horizon, width, height], fill=255)
    lawn = lawn.resize((width, max(1, round(height - horizon)))).copy()
    image.paste(lawn, (0, height - lawn.height))
    canvas.paper(image)
    _mown_stripes(canvas, grass, generator)
    _finish(canvas, generator)


def _gradient(size: tuple[int, int], top: Colour, low: Colour) -> Image.Image:
    share = np.linspace(0, 1, size[1])[:, None, None]
    column = np.asarray(top) * (1 - share) + np.asarray(low) * share
    return Image.fromarray(np.broadcast_to(column, (size[1], size[0], 3)).astype(np.uint8))


def _wall_pattern(image: Image.Image, wall: Colour, generator: np.random.Generator) -> None:
    pen = ImageDraw.Draw(image, "RGBA")
    width, height = image.size
    kind = generator.integers(4)
    tint = toned(wall, generator.choice([0.82, 1.16]))
    if kind == 0:  # lights out of focus
        for _ in range(generator.integers(12, 26)):
            x, y = generator.uniform(0, width), generator.uniform(0, 0.7 * height)
            r = generator.uniform(0.015, 0.07) * height
            colour = blended(tint, (255, 226, 170), generator.uniform(0, 0.8))
            pen.ellipse([x - r, y - r, x + r, y + r], fill=(*colour, 120))
    elif kind == 1:  # wallpaper stripes
        step = generator.uniform(0.06, 0.16) * height
        for i in range(int(width / step) + 2):
            pen.rectangle([i * step, 0, (i + 0.5) * step, height], fill=(*tint, 130))
    elif kind == 2:  # tiles
        step = generator.uniform(0.12, 0.24) * height
        for i in range(int(width / step) + 2):
            for j in range(int(height / step) + 2):
                colour = toned(wall, generator.uniform(0.9, 1.1))
                box = [i * step, j * step, (i + 0.94) * step, (j + 0.94) * step]
                pen.rectangle(box, fill=(*colour, 210))
    else:  # pictures and a window
        for _ in range(generator.integers(2, 5)):
            x, y = generator.uniform(-0.1, 0.9) * width, generator.uniform(0, 0.35) * height
            w, h = generator.uniform(0.12, 0.3, size=2) * height
            red, green, blue = generator.integers(60, 235, size=3).tolist()
            colour = (red, green, blue)
            pen.rectangle([x, y, x + w, y + h], fill=(*toned(wall, 0.6), 230))
            pen.rectangle([x + 0.08 * h, y + 0.08 * h, x + w - 0.08 * h, y + 0.92 * h], fill=colour)


def _table(
    canvas: Canvas,
    colour: Colour,
    generator: np.random.Generator,
    reach: tuple[float, float, float],
) -> None:
    side, back, front = reach
    depths = np.linspace(-back, front, generator.integers(5, 11))
    pieces = 12
    sides = np.linspace(-side, side, pieces + 1)
    for near, far in zip(depths[1:], depths[:-1], strict=True):
        tone = generator.uniform(0.93, 1.07)
        slope = 0.12 * (near + back) / (front + back)
        strip = [(x, 0.0, z) for z, xs in ((far, sides), (near, sides[::-1])) for x in xs]
        canvas.polygon(canvas.pixels(np.array(strip)), toned(colour, float(tone - slope + 0.08)))
        for _ in range(5):  # grain
            z = generator.uniform(far, near)
            x = generator.uniform(-side, side) + np.linspace(
                0, side * generator.uniform(0.2, 0.7), 8
            )
            grain = np.stack([x, 0 * x, z + 0.02 * back * np.sin(x / side * 5)], axis=1)
            canvas.line(
                canvas.pixels(grain), toned(colour, 0.72), width=SUPERSAMPLING / 2, alpha=0.25
            )
    edge = np.stack([sides, 0 * sides, np.full_like(sides, -back)], axis=1)
    canvas.line(canvas.pixels(edge), toned(colour, 0.6), width=SUPERSAMPLING, alpha=0.7)


def _mown_stripes(canvas: Canvas, grass: Colour, generator: np.random.Generator) -> None:
    step = generator.uniform(0.5, 1.0)
    for i in range(-5, 6, 2):
        x = i * step
        corners = [(x, 0, -14), (x + step, 0, -14), (x + step, 0, 3.0), (x, 0, 3.0)]
        canvas.polygon(
            canvas.pixels(np.array(corners, dtype=float)), toned(grass, 1.15), alpha=0.22
        )


def _finish(canvas: Canvas, generator: np.random.Generator) -> None:
    """Darken the corners, and add a little grain to flat areas."""
    pixels = np.asarray(canvas.image.reduce(SUPERSAMPLING), dtype=np.float32)
    height, width = pixels.shape[:2]
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    cx, cy = generator.uniform(-0.5, 0.5, size=2)
    falloff = 1.06 - 0.20 * ((x - cx) ** 2 + (y - cy) ** 2) / 2
    grain = generator.normal(scale=2.0, size=(height, width))
    pixels = pixels * falloff[..., None] + grain[..., None]
    image = Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))
    canvas.paper(image.resize(canvas.image.size, Image.Resampling.BILINEAR))
