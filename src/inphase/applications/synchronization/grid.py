"""Pictures of a synchronization: a grid of cells, or one query retimed.

Each cell keeps its video's aspect ratio and shows a title, the time in its own video, and a thin
progress bar. The pictures are not changed otherwise (supplement).
"""

import math
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from rich.console import Console

from inphase.applications.synchronization.doubt_mark import mark_doubt
from inphase.applications.synchronization.in_step import in_step
from inphase.progress import progress_bar
from inphase.results.texts import clock, shortened
from inphase.video import (
    IMAGE_FPS,
    VideoInfo,
    VideoReader,
    VideoWriter,
    ahead,
    average_fps,
    probe,
    sound_of,
)

_BACKGROUND, _TEXT, _QUIET = (18, 18, 20), (235, 235, 235), (150, 150, 155)
_BAR, _REFERENCE_BAR, _TRACK = (90, 160, 255), (255, 176, 60), (52, 52, 58)
_MARGIN = 3
# The titles of wider cells are no larger.
_LARGEST_TITLE = 640 // 12
_PREFERRED_ASPECT = 16 / 9


@dataclass(frozen=True)
class _Layout:
    """The layout of a grid, in pixels."""

    columns: int
    rows: int
    cell_width: int
    picture_height: int
    strip_height: int  # title, time code and bar below the picture

    @property
    def cell_height(self) -> int:
        return self.picture_height + self.strip_height

    @property
    def size(self) -> tuple[int, int]:
        """(width, height), both even, as H.264 requires."""
        width, height = self.columns * self.cell_width, self.rows * self.cell_height
        return width + width % 2, height + height % 2


def write_grid(
    path: Path,
    videos: Sequence[Path],
    *,
    titles: Sequence[str],
    mappings: Sequence[NDArray[np.int64]],
    width: int,
    flipped: Sequence[bool] = (),
    doubtful: Sequence[NDArray[np.bool_]] = (),
    console: Console | None = None,
) -> None:
    """Write videos in a grid, at the pace of the first and with its sound.

    Args:
        videos: the reference, then the queries.
        mappings: for each video, its frame at each reference frame, never decreasing.
        width: maximum width of the picture, in pixels.
        flipped: for each video, whether to show it as in a mirror; by default none.
        doubtful: for each video, the reference frames at which it is marked as doubtful; by default
            none.

    Raises:
        OutputError: the file cannot be written.
        VideoError: a video cannot be read.
    """
    infos = [probe(video) for video in videos]
    layout = _plan(infos, width)
    reference = infos[0]
    sound = sound_of(videos[0], what="the grid")
    count = len(mappings[0])
    with ExitStack() as stack:
        each = zip(
            infos,
            titles,
            mappings,
            flipped or [False] * len(infos),
            doubtful or [np.zeros(count, dtype=np.bool_)] * len(infos),
            strict=True,
        )
        cells = [
            _Cell(info, title, mapping, layout, is_reference=index == 0, flipped=flip, doubtful=bad)
            for index, (info, title, mapping, flip, bad) in enumerate(each)
        ]
        writer = stack.enter_context(
            VideoWriter(
                path,
                fps=reference.fps,
                size=layout.size,
                audio=None if sound is None else sound.cut_at(reference.duration),
            )
        )
        bar = stack.enter_context(progress_bar("Writing the grid", count, console=console))
        # Encoding here, drawing in a thread, decoding in more.
        drawn = stack.enter_context(closing(ahead(_drawn(cells, layout))))
        for time, picture in zip(reference.times[:count], drawn, strict=True):
            writer.write(picture, time=float(time))
            bar.advance(1)


def _drawn(cells: Sequence["_Cell"], layout: _Layout) -> Iterator[NDArray[np.uint8]]:
    """The pictures of a grid, one for each reference frame."""
    canvas = Image.new("RGB", layout.size, _BACKGROUND)
    pictures = in_step([cell.reader() for cell in cells], [cell.mapping for cell in cells])
    with closing(pictures):
        for step, shown in enumerate(pictures):
            for index, (cell, picture) in enumerate(zip(cells, shown, strict=True)):
                left = index % layout.columns * layout.cell_width
                top = index // layout.columns * layout.cell_height
                cell.draw(canvas, left, top, picture, step)
            yield np.array(canvas)


def write_retimed(
    path: Path,
    video: Path,
    mapping: NDArray[np.int64],
    times: NDArray[np.float64],
    *,
    flipped: bool = False,
    doubtful: NDArray[np.bool_] | None = None,
    console: Console | None = None,
) -> None:
    """Write a single video, its frame `mapping[i]` at `times[i]` seconds, without sound.

    Args:
        path: of the new video.
        video: to retime.
        mapping: its frames.
        times: when to show them.
        flipped: whether to show them as in a mirror.
        doubtful: which of them are marked as doubtful; by default none.
        console: where a progress bar goes; by default nowhere.

    Raises:
        OutputError: the file cannot be written.
        VideoError: the video cannot be read.
    """
    rate = average_fps(times, default=IMAGE_FPS)
    reader = VideoReader(video)
    with (
        VideoWriter(path, fps=rate, size=reader.size) as writer,
        progress_bar(f"Writing {path.name}", len(mapping), console=console) as bar,
    ):
        bad = np.zeros(len(mapping), dtype=np.bool_) if doubtful is None else doubtful
        for time, frame, mark in zip(times, reader.frames(mapping), bad, strict=True):
            picture = np.ascontiguousarray(frame[:, ::-1]) if flipped else frame
            writer.write(_marked(picture) if mark else picture, time=float(time))
            bar.advance(1)


def _marked(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    canvas = Image.fromarray(picture)
    mark_doubt(canvas, (0, 0, canvas.width - 1, canvas.height - 1))
    return np.array(canvas)


class _Cell:
    """One video's place in the grid."""

    def __init__(
        self,
        info: VideoInfo,
        title: str,
        mapping: NDArray[np.int64],
        layout: _Layout,
        *,
        is_reference: bool,
        flipped: bool,
        doubtful: NDArray[np.bool_],
    ) -> None:
        self.mapping = mapping
        self._doubtful = doubtful
        self._flipped = flipped
        self._info = info
        self._layout = layout
        self._color = _REFERENCE_BAR if is_reference else _BAR
        box = (layout.cell_width - 2 * _MARGIN, layout.picture_height - 2 * _MARGIN)
        scale = min(box[0] / info.width, box[1] / info.height)
        self._size = (max(2, round(info.width * scale)), max(2, round(info.height * scale)))
        self._font = ImageFont.load_default(max(9, round(layout.strip_height * 0.5)))
        self._clock_width = math.ceil(self._font.getlength(clock(info.duration))) + 4
        room = layout.cell_width - 8 - self._clock_width
        self._title = shortened(title, room, self._font.getlength)
        self._is_reference = is_reference

    def reader(self) -> VideoReader:
        """Open the video, with frames sized for the cell."""
        return VideoReader(self._info.path, size=self._size)

    def draw(
        self, canvas: Image.Image, left: int, top: int, picture: NDArray[np.uint8], step: int
    ) -> None:
        """Paint the cell for one reference frame."""
        layout = self._layout
        pen = ImageDraw.Draw(canvas)
        right, bottom = left + layout.cell_width, top + layout.cell_height
        pen.rectangle((left, top, right - 1, bottom - 1), fill=_BACKGROUND)
        x = left + (layout.cell_width - self._size[0]) // 2
        y = top + (layout.picture_height - self._size[1]) // 2
        if self._is_reference:
            edge = (x - 2, y - 2, x + self._size[0] + 1, y + self._size[1] + 1)
            pen.rectangle(edge, outline=_REFERENCE_BAR, width=2)
        canvas.paste(Image.fromarray(picture[:, ::-1] if self._flipped else picture), (x, y))
        if self._doubtful[step]:
            mark_doubt(canvas, (x, y, x + self._size[0] - 1, y + self._size[1] - 1))
        bar_height = max(2, layout.strip_height // 9)
        text_top = top + layout.picture_height
        pen.text((left + 4, text_top), self._title, fill=_TEXT, font=self._font)
        frame = int(self.mapping[step])
        time = float(self._info.times[frame])
        time_code = clock(time)
        pen.text((right - 4, text_top), time_code, fill=_QUIET, font=self._font, anchor="ra")
        track = (left + 4, bottom - bar_height - 2, right - 5, bottom - 3)
        pen.rectangle(track, fill=_TRACK)
        share = (frame + 1) / len(self._info.times)
        pen.rectangle((*track[:2], track[0] + (track[2] - track[0]) * share, track[3]), self._color)


def _plan(infos: Sequence[VideoInfo], width: int) -> _Layout:
    """Choose rows and columns that make the cells as large as possible."""
    count = len(infos)
    aspect = float(np.median([info.width / info.height for info in infos]))
    best: _Layout | None = None
    for columns in range(1, count + 1):
        rows = math.ceil(count / columns)
        cell = width // columns
        strip = _strip_height(cell)
        height = round(cell / aspect)
        # The whole grid should fit a screen of that width.
        limit = width / _PREFERRED_ASPECT / rows - strip
        if height > limit:
            height = max(int(limit), 24)
            cell = min(cell, max(round(height * aspect), 48))
            strip = _strip_height(cell)
        layout = _Layout(columns, rows, cell, height + 2 * _MARGIN, strip)
        if best is None or _merit(layout, count) > _merit(best, count):
            best = layout
    assert best is not None
    return best


def _strip_height(cell: int) -> int:
    """Of the title, time code and bar below a picture of this width, in pixels."""
    return min(max(16, cell // 12), _LARGEST_TITLE)


def _merit(layout: _Layout, count: int) -> float:
    """Area of a picture, reduced for empty places."""
    filled = count / (layout.columns * layout.rows)
    return layout.cell_width * layout.picture_height * math.sqrt(filled)
