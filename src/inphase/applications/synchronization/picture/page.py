"""Where each video lies on the picture of a clip."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from inphase.applications.synchronization.clip import Clip, shape_of

MARGIN = 3
# The shape of a screen, in which a clip should fit.
_SCREEN = 16 / 9
# Of the shorter side, for titles that can be read on a phone; and of the cell, if there are many.
_STRIP, _STRIP_OF_CELL, _LEAST_STRIP = 15, 9, 16


@dataclass(frozen=True)
class Cell:
    """The place of a video, with a strip for its title below, in pixels."""

    left: int
    top: int
    width: int
    picture_height: int
    strip_height: int

    @property
    def room(self) -> tuple[int, int]:
        """(width, height) that its picture may take."""
        return max(2, self.width - 2 * MARGIN), max(2, self.picture_height - 2 * MARGIN)

    def placed(self, size: tuple[int, int]) -> tuple[int, int]:
        """Left and top of a picture of this size in the middle of the cell."""
        left = self.left + (self.width - size[0]) // 2
        return left, self.top + (self.picture_height - size[1]) // 2


@dataclass(frozen=True)
class Page:
    """The whole picture: its size, both sides even as H.264 requires, and the cells on it."""

    size: tuple[int, int]
    cells: tuple[Cell, ...]


def tightened(page: Page, height: int) -> Page:
    """The same page with pictures of this height at most, and each title right below its own."""
    height = min(height + 2 * MARGIN, page.cells[0].picture_height)
    tops = sorted({cell.top for cell in page.cells})
    down = height + page.cells[0].strip_height
    first = (page.size[1] - len(tops) * down) // 2
    return replace(
        page,
        cells=tuple(
            replace(cell, top=first + tops.index(cell.top) * down, picture_height=height)
            for cell in page.cells
        ),
    )


def plan_page(clip: Clip, aspects: Sequence[float], *, width: int) -> Page:
    """Choose rows and columns that make the pictures as large as possible.

    Args:
        clip: its layout, and the shape of the whole picture.
        aspects: width / height of the picture in each cell.
        width: maximum width of the picture in pixels; with an aspect, 16:9 of this width has the
            same shorter side.
    """
    count, aspect = len(aspects), float(np.median(aspects))
    short = width / _SCREEN
    limit = (short, float(width)) if clip.layout == "column" else (float(width), short)
    if clip.aspect is not None:
        shape = shape_of(clip.aspect)
        limit = (short * max(shape, 1), short / min(shape, 1))
    several = {"row": [count], "column": [1]}.get(clip.layout, range(1, count + 1))
    choices = [_choice(count, columns, aspect, limit) for columns in several]
    best = max(choices, key=lambda one: one.merit(count, aspect))
    if clip.aspect is not None:
        size = (_even(round(limit[0])), _even(round(limit[1])))
        return Page(size, best.filling(count, size))
    best = best.shrunk(aspect)
    size = (_even(best.columns * best.cell), _even(best.rows * (best.height + best.strip)))
    return Page(size, best.filling(count, size))


@dataclass(frozen=True)
class _Choice:
    """Cells of one size in rows and columns."""

    columns: int
    rows: int
    cell: int
    height: int
    strip: int

    def merit(self, count: int, aspect: float) -> float:
        """Area of a picture, reduced for empty places."""
        width = min(self.cell, self.height * aspect)
        filled = count / (self.columns * self.rows)
        return width * width / aspect * math.sqrt(filled)

    def shrunk(self, aspect: float) -> "_Choice":
        """Without the room beside or below pictures of this aspect."""
        cell, height = self.cell, self.height
        if cell / aspect <= height - 2 * MARGIN:
            height = round(cell / aspect) + 2 * MARGIN
        else:
            cell = min(cell, max(round((height - 2 * MARGIN) * aspect), 48))
        return _Choice(self.columns, self.rows, cell, height, min(self.strip, _strip(cell, 1e9)))

    def filling(self, count: int, size: tuple[int, int]) -> tuple[Cell, ...]:
        """The cells, in the middle of the picture."""
        down = self.height + self.strip
        left = (size[0] - self.columns * self.cell) // 2
        top = (size[1] - self.rows * down) // 2
        cells = []
        for index in range(count):
            row, column = divmod(index, self.columns)
            x, y = left + column * self.cell, top + row * down
            cells.append(Cell(x, y, self.cell, self.height, self.strip))
        return tuple(cells)


def _choice(count: int, columns: int, aspect: float, limit: tuple[float, float]) -> _Choice:
    rows = math.ceil(count / columns)
    cell = int(limit[0] // columns)
    # A tall picture is narrower than its cell: its title has only that room.
    narrow = min(float(cell), limit[1] / rows * aspect)
    strip = _strip(narrow, min(limit))
    height = max(int(limit[1] / rows - strip), 24 + 2 * MARGIN)
    return _Choice(columns, rows, cell, height, strip)


def _strip(cell: float, short: float) -> int:
    """Height of the title, time code and bar below a picture of this width."""
    return int(min(max(_LEAST_STRIP, cell // _STRIP_OF_CELL), max(_LEAST_STRIP, short // _STRIP)))


def _even(number: int) -> int:
    return number + number % 2
