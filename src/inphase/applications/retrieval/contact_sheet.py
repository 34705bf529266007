"""A contact sheet: each row shows a query frame and, to its right, the frames found for it."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont
from rich.console import Console

from inphase.atomic import replacing
from inphase.errors import VideoError
from inphase.progress import progress_bar
from inphase.results.texts import shortened
from inphase.video import VideoReader, read_image

_PAPER, _INK, _QUIET, _EMPTY = (255, 255, 255), (20, 20, 22), (110, 110, 116), (228, 228, 230)
_QUERY = (214, 108, 16)
_FRAME = 3
_GAP = 8
_LARGEST_CELL, _SMALLEST_CELL = 320, 48
_GONE = "file cannot be read"


@dataclass(frozen=True)
class Cell:
    """One frame to show.

    Attributes:
        path: of its video or picture.
        frame: its number in the video; None for a picture.
        title: below the frame.
        caption: below the title.
    """

    path: Path
    frame: int | None
    title: str
    caption: str


@dataclass(frozen=True)
class Row:
    """A query and the frames found for it, nearest first."""

    query: Cell
    found: tuple[Cell, ...]


def write_contact_sheet(
    path: Path, rows: list[Row], *, width: int, console: Console | None = None
) -> None:
    """Write a contact sheet as `.png` or `.jpg`, whole or not at all.

    A found frame whose file is gone is replaced by a note.

    Args:
        width: maximum width in pixels (exceeded if cells would become too small).

    Raises:
        OutputError: the file cannot be written.
        VideoError: a query's file cannot be read.
    """
    columns = 1 + max(len(row.found) for row in rows)
    # An extra gap, as wide as the sheet's margin, separates the query from its neighbours.
    cell = (width - (columns + 2) * _GAP) // columns
    cell = max(min(cell, _LARGEST_CELL), _SMALLEST_CELL)
    with progress_bar("Drawing", len(rows) * columns, console=console) as bar:
        pictures = []
        for row in rows:
            cells: list[Image.Image | None] = [_picture(row.query, cell)]
            bar.advance(1)
            for one in row.found:
                try:
                    cells.append(_picture(one, cell))
                except VideoError:
                    cells.append(None)
                bar.advance(1)
            pictures.append(cells)
    heights = [max(p.height for p in cells if p is not None) for cells in pictures]
    pen = _Pen(cell)
    size = (columns * (cell + _GAP) + 2 * _GAP, pen.header + sum(h + pen.strip for h in heights))
    sheet = Image.new("RGB", size, _PAPER)
    draw = ImageDraw.Draw(sheet)
    pen.heading(draw, _GAP, "Query")
    if columns > 1:
        pen.heading(draw, _left(1, cell), "Nearest frames")
    top = pen.header
    for row, cells, height in zip(rows, pictures, heights, strict=True):
        for column, (told, picture) in enumerate(zip((row.query, *row.found), cells, strict=True)):
            left = _left(column, cell)
            if picture is None:
                draw.rectangle((left, top, left + cell - 1, top + height - 1), fill=_EMPTY)
                pen.note(draw, left + cell // 2, top + height // 2, _GONE)
            else:
                x, y = left + (cell - picture.width) // 2, top + (height - picture.height) // 2
                sheet.paste(picture, (x, y))
                if column == 0:
                    edge = (x, y, x + picture.width - 1, y + picture.height - 1)
                    draw.rectangle(edge, outline=_QUERY, width=_FRAME)
            pen.caption(draw, left, top + height, told)
        top += height + pen.strip
    with replacing(path) as beside:
        sheet.save(beside, quality=92)


class _Pen:
    """Draws the texts of a sheet, in sizes that fit its cells."""

    def __init__(self, cell: int) -> None:
        self._cell = cell
        size = max(10, min(16, cell // 12))
        self._font = ImageFont.load_default(size)
        self._line = round(size * 1.35)
        self.header = self._line + 2 * _GAP
        self.strip = 2 * self._line + 2 * _GAP

    def heading(self, draw: ImageDraw.ImageDraw, left: int, text: str) -> None:
        draw.text((left, _GAP), text, fill=_INK, font=self._font)

    def caption(self, draw: ImageDraw.ImageDraw, left: int, top: int, cell: Cell) -> None:
        draw.text((left, top + 3), self._fitted(cell.title), fill=_INK, font=self._font)
        below = top + 3 + self._line
        draw.text((left, below), self._fitted(cell.caption), fill=_QUIET, font=self._font)

    def note(self, draw: ImageDraw.ImageDraw, x: int, y: int, text: str) -> None:
        draw.text((x, y), self._fitted(text), fill=_QUIET, font=self._font, anchor="mm")

    def _fitted(self, text: str) -> str:
        return shortened(text, self._cell, self._font.getlength)


def _left(column: int, cell: int) -> int:
    return _GAP + column * (cell + _GAP) + (_GAP if column else 0)


def _picture(cell: Cell, width: int) -> Image.Image:
    """The frame, as large as a square of `width` pixels allows."""
    if cell.frame is None:
        pixels = read_image(cell.path)
    else:
        with VideoReader(cell.path) as reader:
            pixels = reader[cell.frame]
    image = Image.fromarray(np.ascontiguousarray(pixels))
    scale = min(width / image.width, width / image.height)
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    return image.resize(size, Image.Resampling.LANCZOS)
