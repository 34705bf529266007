"""Make the README's moving picture: two drawn swings before and after they are synchronized.

python scripts/pictures/before_after.py

Draws twelve swings, fits an encoder to nine of them with the preset `quick`, and synchronizes two
of the other three. Takes a few minutes on two CPU cores.
"""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib import font_manager
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from rich.console import Console

import inphase
from inphase.synthetic import write_collection
from inphase.video import VideoReader

TARGET = Path(__file__).parents[2] / "docs" / "images" / "before_after.webp"
REFERENCE, QUERY = "swing_010", "swing_009"
EVENT = "impact"
STEP, LIT, HOLD = 2, 0.6, 1.2  # frames a picture; seconds that the event is lit; of the last one
SIZE, GAP, TITLE = (320, 240), 8, 32  # pixels
BACKGROUND, INK, LIGHT = "#16181d", "#ffffff", "#ffb000"
FONT = font_manager.findfont("DejaVu Sans")


@dataclass(frozen=True)
class Panel:
    """A video as one quarter of the picture shows it.

    Attributes:
        frames: of the video, (height, width, 3) RGB.
        times: of its frames, in seconds.
        shown: for each picture the frame that it shows; beyond the last one: the video has ended.
        event: the frame of the key event.
    """

    frames: Sequence[NDArray[np.uint8]]
    times: NDArray[np.float64]
    shown: NDArray[np.int64]
    event: int

    def at(self, index: int, rate: float) -> Image.Image:
        """The picture with the video's own time, lit up for a moment after the event."""
        frame = min(int(self.shown[index]), len(self.frames) - 1)
        image = Image.fromarray(self.frames[frame]).resize(SIZE)
        draw = ImageDraw.Draw(image)
        font = ImageFont.truetype(FONT, 16)
        outlined: dict[str, Any] = {"font": font, "stroke_width": 2, "stroke_fill": "black"}
        draw.text((12, 10), f"{self.times[frame]:.1f} s", fill=INK, **outlined)
        happened = int(np.argmax(self.shown >= self.event))
        if 0 <= index - happened < LIT * rate:
            draw.rectangle((0, 0, SIZE[0] - 1, SIZE[1] - 1), outline=LIGHT, width=6)
            draw.text((SIZE[0] - 14, 10), EVENT, fill=LIGHT, anchor="ra", **outlined)
        elif self.shown[index] >= len(self.frames):
            draw.text((SIZE[0] - 14, 10), "ended", fill=INK, anchor="ra", **outlined)
        return image


def main() -> None:
    """Draw, fit, synchronize, and put both ways of playing into one picture."""
    console = Console(stderr=True)
    with tempfile.TemporaryDirectory() as folder:
        videos = write_collection(Path(folder) / "swings", action="swing", count=12)
        run = inphase.train(videos.split("train"), Path(folder) / "run", console=console)
        chosen = [videos[name] for name in (REFERENCE, QUERY)]
        embeddings = inphase.embed([video.path for video in chosen], run.encoder)
        (alignment,) = inphase.synchronize(embeddings, reference=REFERENCE).alignments
        readers = [VideoReader(video.path) for video in chosen]
        frames = [[picture for _, picture in reader] for reader in readers]
        times = [reader.times for reader in readers]
    first, second = (video.events[EVENT] for video in chosen)
    print(
        f"{EVENT}: {abs(first - second)} frames apart when both start together, "
        f"{abs(int(alignment.query_frames[first]) - second)} when synchronized"
    )

    evenly = np.arange(0, len(frames[0]), STEP)
    matched = np.maximum(alignment.query_frames[evenly], 0)
    rows = (
        ("Started at the same time", (evenly, evenly)),
        ("Synchronized by inphase", (evenly, matched)),
    )
    panels = [
        (title, [Panel(*each) for each in zip(frames, times, shown, (first, second), strict=True)])
        for title, shown in rows
    ]
    rate = 1 / (STEP * float(np.median(np.diff(times[0]))))
    font = ImageFont.truetype(FONT, 19)
    pictures = []
    for index in range(len(evenly)):
        size = (2 * SIZE[0] + GAP, len(rows) * (SIZE[1] + TITLE))
        picture = Image.new("RGB", size, BACKGROUND)
        for row, (title, pair) in enumerate(panels):
            top = row * (SIZE[1] + TITLE)
            place = (size[0] / 2, top + TITLE / 2)
            ImageDraw.Draw(picture).text(place, title, fill=INK, font=font, anchor="mm")
            for column, panel in enumerate(pair):
                picture.paste(panel.at(index, rate), (column * (SIZE[0] + GAP), top + TITLE))
        pictures.append(picture)
    durations = [round(1000 / rate)] * (len(pictures) - 1) + [round(1000 * HOLD)]
    pictures[0].save(
        TARGET, save_all=True, append_images=pictures[1:], duration=durations, loop=0, quality=75,
        method=6,
    )  # fmt: skip
    print(f"Wrote {TARGET.name}: {len(pictures)} pictures, {TARGET.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
