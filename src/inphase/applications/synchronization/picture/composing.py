"""Put the pictures of videos beside or on each other, with their titles."""

import functools
import math
from collections.abc import Iterator, Sequence
from contextlib import closing

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageDraw, ImageFont

from inphase.applications.synchronization.clip import Layout
from inphase.applications.synchronization.picture.doubt_mark import mark_doubt
from inphase.applications.synchronization.picture.in_step import in_step
from inphase.applications.synchronization.picture.page import Cell, Page
from inphase.applications.synchronization.picture.timeline import Timeline
from inphase.applications.synchronization.picture.track import BACKGROUND, Track
from inphase.results.texts import clock, shortened

REFERENCE_COLOR = (255, 176, 60)
COLORS = ((90, 160, 255), (96, 211, 148), (232, 110, 190), (240, 220, 90), (150, 130, 255))
_TEXT, _QUIET, _BAR_BACKGROUND = (235, 235, 235), (150, 150, 155), (52, 52, 58)
_FONT = 0.6  # of the strip
# Seconds in which the line of `swipe` goes to and fro.
_SWIPE = 4.0

Shown = Sequence[NDArray[np.uint8]]


def pictures(
    tracks: Sequence[Track], page: Page, timeline: Timeline, layout: Layout
) -> Iterator[NDArray[np.uint8]]:
    """The pictures of a clip, one for each of its frames."""
    stacked = layout in ("overlay", "swipe", "difference")
    cells = [page.cells[0 if stacked else index] for index in range(len(tracks))]
    readers = [track.reader(cell.room) for track, cell in zip(tracks, cells, strict=True)]
    canvas = Image.new("RGB", page.size, BACKGROUND)
    before: tuple[object, ...] | None = None
    drawn = np.array(canvas)
    with closing(in_step(readers, [track.frames for track in tracks])) as steps:
        for step, shown in enumerate(steps):
            speed = float(timeline.speeds[step])
            turn = float(timeline.times[step]) if layout == "swipe" else 0.0
            marks = [(int(one.frames[step]), bool(one.doubtful[step])) for one in tracks]
            now = (marks, speed, turn, [one.windows[step].tolist() for one in tracks])
            if now != before:  # In slow motion, frames are repeated.
                if stacked:
                    _draw_stack(canvas, cells[0], tracks, shown, step, layout, turn, speed)
                else:
                    for track, cell, picture in zip(tracks, cells, shown, strict=True):
                        _draw_cell(canvas, cell, track, picture, step, speed)
                drawn, before = np.array(canvas), now
            yield drawn


def _draw_cell(
    canvas: Image.Image,
    cell: Cell,
    track: Track,
    picture: NDArray[np.uint8],
    step: int,
    speed: float,
) -> None:
    size = track.size_in(cell.room)
    seen = Image.new("RGB", size, BACKGROUND)
    part, box = track.seen(picture, step, size)
    seen.paste(part, box)
    track.draw_marks(seen, step)
    left, top = _put(canvas, cell, seen, framed=track.is_reference)
    if track.doubtful[step]:
        mark_doubt(canvas, (left, top, left + size[0] - 1, top + size[1] - 1))
    _Strip(canvas, cell).draw([track], step, speed)


def _draw_stack(
    canvas: Image.Image,
    cell: Cell,
    tracks: Sequence[Track],
    shown: Shown,
    step: int,
    layout: Layout,
    turn: float,
    speed: float,
) -> None:
    size = tracks[0].size_in(cell.room)
    base = Image.new("RGB", size, BACKGROUND)
    part, box = tracks[0].seen(shown[0], step, size)
    base.paste(part, box)
    line = round(size[0] * (0.5 - 0.5 * math.cos(2 * math.pi * turn / _SWIPE)))
    for index, (track, picture) in enumerate(zip(tracks[1:], shown[1:], strict=True), start=2):
        part, box = track.seen(picture, step, size)
        if box[2] == box[0]:
            continue
        if layout == "swipe":
            if line < size[0]:
                right = Image.new("RGB", size, BACKGROUND)
                right.paste(part, box)
                base.paste(right.crop((line, 0, *size)), (line, 0))
            continue
        under = base.crop(box)
        if layout == "difference":
            base.paste(ImageChops.difference(under, part), box)
        else:  # each with the same weight
            base.paste(Image.blend(under, part, 1 / index), box)
    for track in tracks:
        track.draw_marks(base, step)
    if layout == "swipe":
        ImageDraw.Draw(base).line(
            (line, 0, line, size[1]), fill=_TEXT, width=max(2, size[0] // 400)
        )
    left, top = _put(canvas, cell, base, framed=False)
    if any(track.doubtful[step] for track in tracks):
        mark_doubt(canvas, (left, top, left + size[0] - 1, top + size[1] - 1))
    _Strip(canvas, cell).draw(tracks, step, speed)


def _put(canvas: Image.Image, cell: Cell, picture: Image.Image, *, framed: bool) -> tuple[int, int]:
    pen = ImageDraw.Draw(canvas)
    bottom = cell.top + cell.picture_height + cell.strip_height
    pen.rectangle((cell.left, cell.top, cell.left + cell.width - 1, bottom - 1), fill=BACKGROUND)
    left, top = cell.placed(picture.size)
    if framed:
        edge = (left - 2, top - 2, left + picture.width + 1, top + picture.height + 1)
        pen.rectangle(edge, outline=REFERENCE_COLOR, width=2)
    canvas.paste(picture, (left, top))
    return left, top


# Loaded once for each size, not for each frame.
_font = functools.cache(ImageFont.load_default)


class _Strip:
    """The titles below a picture, the time of the first video, its speed, and a bar."""

    def __init__(self, canvas: Image.Image, cell: Cell) -> None:
        self._pen = ImageDraw.Draw(canvas)
        self._font = _font(max(9, round(cell.strip_height * _FONT)))
        self._left, self._right = cell.left + 4, cell.left + cell.width - 4
        self._top = cell.top + cell.picture_height
        self._bottom = self._top + cell.strip_height
        self._bar = max(2, cell.strip_height // 10)

    def draw(self, tracks: Sequence[Track], step: int, speed: float) -> None:
        """Draw it for the videos of a cell."""
        first = tracks[0]
        frame = int(first.frames[step])
        length = self._font.getlength
        room = self._right - self._left - length(clock(first.info.duration)) - 8
        time_code = clock(float(first.info.times[frame]))
        if speed not in (0.0, 1.0):
            pace = f"{speed:g}x"
            if length(pace) < room / 2:
                time_code = f"{pace}  {time_code}"
                room -= length(f"{pace}  ")
        place = (self._right, self._top)
        self._pen.text(place, time_code, fill=_QUIET, font=self._font, anchor="ra")
        left, gap = float(self._left), length("n")
        each = (room - gap * (len(tracks) - 1)) / len(tracks)
        for track in tracks:
            title = shortened(track.title, each, length)
            color = track.color if len(tracks) > 1 else _TEXT
            self._pen.text((left, self._top), title, fill=color, font=self._font)
            left += length(title) + gap
        self._draw_bar(first, (frame + 1) / first.info.frames)

    def _draw_bar(self, track: Track, share: float) -> None:
        left, right = self._left, self._right - 1
        top, bottom = self._bottom - self._bar - 2, self._bottom - 3
        self._pen.rectangle((left, top, right, bottom), fill=_BAR_BACKGROUND)
        self._pen.rectangle((left, top, left + (right - left) * share, bottom), track.color)
