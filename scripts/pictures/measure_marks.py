"""Make the pictures of the how-to page for coaches on numbers and on marks.

python scripts/pictures/measure_marks.py

Drawn people lift a weight: a good performer, five typical ones, and one who bends the knees less
and keeps the elbow bent overhead. Their poses are found by the network, as in any other video. The
second picture shows two drawn swings, synchronized at their mark of impact.
"""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from inphase.applications.marks import read_marks
from inphase.applications.measurement.measure import measure
from inphase.applications.synchronization.by_marks import synchronize_by_marks
from inphase.applications.synchronization.synchronize import synchronize
from inphase.data import Collection
from inphase.models import embed
from inphase.models.pose import PoseTracks
from inphase.synthetic import write_collection
from inphase.synthetic.lift import EVENTS, Lift
from inphase.synthetic.person import Posture
from inphase.synthetic.scene import Canvas
from inphase.synthetic.warp import Warp
from inphase.training.choosing import choose_model
from inphase.video import VideoReader, VideoWriter

IMAGES = Path(__file__).parents[2] / "docs" / "images"
FPS, FRAMES, SIZE = 30, 45, (270, 360)
WIDTH = 1200


@dataclass(frozen=True, eq=False)
class Careless(Lift):
    """Bends the knees less, and does not straighten the right elbow."""

    def posture(self, state: float) -> Posture:
        """As a good performer's, but for knees and elbow."""
        good = super().posture(state)
        left, right = good.elbows
        return replace(good, crouch=0.6 * good.crouch, elbows=(left, max(right, 0.9)))


def film(folder: Path, name: str, seed: int, kind: type[Lift]) -> dict[str, float]:
    """Draw one video; the seconds of its key events."""
    generator = np.random.default_rng(seed)
    lift = Lift.draw(generator)
    lift = kind(lift.looks, depth=1.0, reach=lift.reach)
    camera = lift.camera(generator, mirror=False, turn=-np.pi / 3)
    canvas = Canvas(SIZE, camera, light=np.array([0.6, 0.9, 0.7]))
    lift.paint_background(canvas, generator)
    background = canvas.image
    states = Warp.draw(generator, duration=(FRAMES - 1) / FPS).state(np.arange(FRAMES) / FPS)
    with VideoWriter(folder / f"{name}.mp4", fps=FPS, size=SIZE) as writer:
        for state in states:
            canvas.paper(background.copy())
            lift.paint(canvas, float(state))
            writer.write(canvas.finished())
    return {name: float(np.searchsorted(states, at) / FPS) for name, at in EVENTS.items()}


def numbers(folder: Path) -> None:
    """The curves, with band, differences and tempo."""
    typical = [f"good_{number}" for number in range(1, 6)]
    kinds = {"pro": Lift, "me": Careless, **dict.fromkeys(typical, Lift)}
    events = {
        name: film(folder, name, seed, kind)
        for seed, (name, kind) in enumerate(kinds.items(), start=20)
    }
    collection = Collection.open(folder)
    model = choose_model(collection, features="pose", cache=folder / "cache")
    result = measure(
        synchronize(embed(collection, model, cache=folder / "cache"), reference="pro"),
        events={name: events[name] for name in ("pro", "me")},
        typical=typical,
        tracks=PoseTracks(folder / "cache" / "landmarks"),
    )
    print("\n".join(result.sentences()))
    result.save(IMAGES / "numbers.png", width=WIDTH)


def swings(folder: Path) -> None:
    """Frames of two swings around their mark."""
    collection = write_collection(folder, action="swing", count=2, seed=2)
    result = synchronize_by_marks(collection, read_marks(["impact"], collection))
    times = result.reference.times
    at = times[collection.videos[0].events["impact"]]
    shown = [int(np.abs(times - at - step).argmin()) for step in (-0.4, -0.2, 0, 0.2, 0.4)]
    rows = [
        list(frames(result.reference.path, shown)),
        list(frames(result.queries[0].path, result.mappings()[0][shown].tolist())),
    ]
    height, width, _ = rows[0][0].shape
    sheet = Image.new("RGB", (len(shown) * width, 2 * height + 24), "white")
    pen = ImageDraw.Draw(sheet)
    for row, pictures in enumerate(rows):
        for column, picture in enumerate(pictures):
            sheet.paste(Image.fromarray(picture), (column * width, 24 + row * height))
    for column, frame in enumerate(shown):
        away = times[frame] - at
        told = "impact" if column == 2 else f"{away:+.2f} s"
        pen.text((column * width + 6, 6), told, fill="black", font_size=14)
    sheet.save(IMAGES / "one-mark.png")


def frames(path: Path, wanted: list[int]) -> Iterator[np.ndarray]:
    """Some frames of a video."""
    with VideoReader(path) as reader:
        yield from reader.frames(wanted)


with tempfile.TemporaryDirectory() as folder:
    numbers(Path(folder))
with tempfile.TemporaryDirectory() as folder:
    swings(Path(folder) / "swings")
for name in ("numbers.png", "one-mark.png"):
    Image.open(IMAGES / name).convert("RGB").quantize(256).save(IMAGES / name, optimize=True)
