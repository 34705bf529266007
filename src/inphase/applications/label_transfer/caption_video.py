"""A preview of annotations: the video with captions, events and numbers burned in."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from rich.console import Console

from inphase.data import Cue, Recording
from inphase.progress import progress_bar
from inphase.video import VideoReader, VideoWriter, sound_of

_INK, _QUIET, _BOX = (255, 255, 255, 255), (200, 200, 206, 255), (0, 0, 0, 150)
_EVENT, _TRACK, _DONE = (255, 176, 60, 255), (255, 255, 255, 70), (90, 160, 255, 255)
# Smaller pictures are enlarged to make room for a line of text.
_SMALLEST_WIDTH = 320
# Seconds for which an event's name is shown.
_FLASH = 0.5
_MOST_NUMBERS = 6


def write_captioned(
    path: Path,
    video: Path,
    cues: Sequence[Cue],
    *,
    confidence: Sequence[float],
    events: Mapping[str, float],
    recording: Recording | None = None,
    console: Console | None = None,
) -> None:
    """Write a video again, with its sound and with its annotations burned in.

    The caption is at the bottom, with its confidence; a line below shows the position in the video
    and the events; an event's name appears at the top left when it happens; numbers are at the top
    right.

    Args:
        confidence: of each cue, in 0..1.
        events: seconds of each.
        recording: one row per frame.

    Raises:
        OutputError: the file cannot be written.
        VideoError: the video cannot be read.
    """
    reader = VideoReader(video)
    width, height = reader.size
    scale = max(1, math.ceil(_SMALLEST_WIDTH / width))
    if scale > 1:
        reader = VideoReader(video, size=(width * scale, height * scale))
    info = reader.info
    sound = sound_of(video, what="the preview")
    pen = _Pen(reader.size, info.duration, events)
    with (
        VideoWriter(
            path,
            fps=info.fps,
            size=reader.size,
            audio=None if sound is None else sound.cut_at(info.duration),
        ) as writer,
        progress_bar(f"Writing {path.name}", len(reader), console=console) as bar,
    ):
        for index, (time, frame) in enumerate(reader):
            shown = [i for i, cue in enumerate(cues) if cue.start <= time + 1e-6 < cue.end]
            text = "\n".join(cues[i].text for i in shown)
            sure = min((confidence[i] for i in shown), default=None)
            numbers = _numbers(recording, index)
            writer.write(pen.draw(frame, time, text, sure, numbers), time=time)
            bar.advance(1)


class _Pen:
    """Draws on frames of one video."""

    def __init__(self, size: tuple[int, int], duration: float, events: Mapping[str, float]) -> None:
        self._size = size
        self._duration = duration
        self._events = events
        text = max(13, min(round(size[1] / 16), round(size[0] / 22)))
        self._font = ImageFont.load_default(text)
        self._small = ImageFont.load_default(max(11, round(text * 0.75)))
        self._line = round(text * 1.35)
        self._margin = round(text * 0.5)

    def draw(
        self,
        frame: NDArray[np.uint8],
        time: float,
        text: str,
        confidence: float | None,
        numbers: Sequence[str],
    ) -> NDArray[np.uint8]:
        """The frame with its annotations."""
        picture = Image.fromarray(frame).convert("RGBA")
        layer = Image.new("RGBA", picture.size, (0, 0, 0, 0))
        draw = ImageDraw.Draw(layer)
        bottom = self._timeline(draw, time)
        if text:
            self._caption(draw, bottom, text, confidence)
        happened = [n for n, at in self._events.items() if 0 <= time + 1e-6 - at < _FLASH]
        self._corner(draw, happened, left=True)
        self._corner(draw, numbers, left=False)
        return np.asarray(Image.alpha_composite(picture, layer).convert("RGB"))

    def _timeline(self, draw: ImageDraw.ImageDraw, time: float) -> int:
        """Draw the line at the bottom; returns the height above which there is room."""
        width, height = self._size
        thick = max(3, self._margin // 2)
        top = height - self._margin - thick
        left, right = self._margin, width - self._margin
        length = right - left
        draw.rectangle((left, top, right, top + thick), fill=_TRACK)
        done = left + length * min(time / self._duration, 1.0)
        draw.rectangle((left, top, done, top + thick), fill=_DONE)
        for at in self._events.values():
            x = left + length * min(at / self._duration, 1.0)
            draw.rectangle((x - 1, top - thick, x + 1, top + 2 * thick), fill=_EVENT)
        return top - 2 * thick

    def _caption(
        self, draw: ImageDraw.ImageDraw, bottom: int, text: str, confidence: float | None
    ) -> None:
        lines = self._wrapped(text)
        told = "" if confidence is None else f"{100 * confidence:.0f} %"
        widest = max([self._font.getlength(line) for line in lines] + [self._small.getlength(told)])
        height = len(lines) * self._line + (round(self._line * 0.85) if told else 0)
        middle = self._size[0] / 2
        top = bottom - height - self._margin // 2
        half = widest / 2 + self._margin
        draw.rounded_rectangle(
            (middle - half, top - self._margin // 2, middle + half, bottom),
            radius=self._margin,
            fill=_BOX,
        )
        for index, line in enumerate(lines):
            y = top + index * self._line
            draw.text((middle, y), line, fill=_INK, font=self._font, anchor="ma")
        if told:
            y = top + len(lines) * self._line
            draw.text((middle, y), told, fill=_QUIET, font=self._small, anchor="ma")

    def _corner(self, draw: ImageDraw.ImageDraw, lines: Sequence[str], *, left: bool) -> None:
        if not lines:
            return
        width = max(self._font.getlength(line) for line in lines) + 2 * self._margin
        start = self._margin if left else self._size[0] - self._margin - width
        end = self._margin + len(lines) * self._line + self._margin
        box = (start, self._margin, start + width, end)
        draw.rounded_rectangle(box, radius=self._margin, fill=_BOX)
        for index, line in enumerate(lines):
            place = (start + self._margin, self._margin * 1.5 + index * self._line)
            draw.text(place, line, fill=_EVENT if left else _INK, font=self._font)

    def _wrapped(self, text: str) -> list[str]:
        room = self._size[0] - 4 * self._margin
        lines: list[str] = []
        for paragraph in text.splitlines():
            line = ""
            for word in paragraph.split():
                longer = f"{line} {word}".strip()
                if line and self._font.getlength(longer) > room:
                    lines.append(line)
                    line = word
                else:
                    line = longer
            lines.append(line)
        return lines


def _numbers(recording: Recording | None, index: int) -> list[str]:
    if recording is None:
        return []
    row = recording.values[index]
    return [
        f"{name} {'-' if np.isnan(value) else f'{value:.4g}'}"
        for name, value in zip(recording.columns[:_MOST_NUMBERS], row, strict=False)
    ]
