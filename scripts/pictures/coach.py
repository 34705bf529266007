"""Make the pictures of the how-to page for coaches, from drawn lifters.

python scripts/pictures/coach.py
"""

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

import inphase
from inphase.applications.synchronization.clip import Clip
from inphase.data import Collection
from inphase.synthetic import write_collection
from inphase.video import VideoReader, probe

IMAGES = Path(__file__).parents[2] / "docs" / "images"
WIDTH, GAP = 880, 6
CLIPS: dict[str, dict[str, Any]] = {
    "coach_overlay": {"layout": "overlay", "skeleton": True, "aspect": "1:1", "crop": "subject"},
    "coach_row": {"layout": "row", "skeleton": True, "trail": ("wrists",), "crop": "subject"},
    "coach_swipe": {"layout": "swipe", "crop": "subject", "aspect": "1:1"},
}


def moments(path: Path, count: int) -> Image.Image:
    """Frames of a clip beside each other, evenly spaced over its middle part."""
    video = VideoReader(path)
    chosen = np.linspace(0.15, 0.85, count) * (len(video) - 1)
    frames = [Image.fromarray(video[round(index)]) for index in chosen]
    wide = (WIDTH - GAP * (count - 1)) // count
    high = round(wide * frames[0].height / frames[0].width)
    sheet = Image.new("RGB", (WIDTH, high), "white")
    for index, frame in enumerate(frames):
        sheet.paste(frame.resize((wide, high)), (index * (wide + GAP), 0))
    return sheet


with tempfile.TemporaryDirectory() as folder:
    lifters = write_collection(Path(folder) / "lifts", action="lift", count=4)
    pair = Collection(lifters.videos[:2], lifters.events, lifters.source)
    model = inphase.choose_model(pair, features="pose")
    result = inphase.synchronize(inphase.embed(pair, model), reference=pair.names[0])
    for name, told in CLIPS.items():
        (written,) = result.save(Path(folder) / name, clip=Clip.model_validate(told))
        info = probe(written)
        print(f"{name}: {info.width}x{info.height}, {info.frames} frames")
        sheet = moments(written, 2 if name == "coach_row" else 4)
        sheet.quantize(96).save(IMAGES / f"{name}.png", optimize=True)
