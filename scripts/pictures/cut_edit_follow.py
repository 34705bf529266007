"""Make the pictures of the how-to pages on cutting, editing programs and following.

python scripts/pictures/cut_edit_follow.py
"""

import tempfile
from pathlib import Path

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

import inphase
from inphase.alignment import align
from inphase.alignment.online import OnlineAligner
from inphase.alignment.speed_segments import constant_speeds
from inphase.synthetic import draw
from inphase.video import VideoWriter

IMAGES = Path(__file__).parents[2] / "docs" / "images"
TURNS = (24, 34, 26, 22, 38, 28)  # frames of each repetition
COLOURS = ("#7f7f7f", "#d55e00", "#0072b2")


def save(figure: Figure, name: str) -> None:
    """Write a figure with a palette, a third of the size."""
    path = IMAGES / name
    figure.savefig(path, dpi=110)
    Image.open(path).convert("RGB").quantize(64).save(path, optimize=True)


def figure_of(title: str) -> tuple[Figure, object]:
    """An empty figure with axes of frames."""
    figure = Figure(figsize=(7.5, 4.2), layout="constrained")
    FigureCanvasAgg(figure)
    return figure, figure.subplots(subplot_kw={"title": title})


IMAGES.mkdir(exist_ok=True)
with tempfile.TemporaryDirectory() as folder:
    video = draw("pick_place", seed=3)
    waves = [0.5 - 0.5 * np.cos(2 * np.pi * np.arange(n) / n) for n in TURNS]
    path = Path(folder) / "six.mp4"
    with VideoWriter(path, fps=25, size=video.size) as writer:
        for frame in video.at(np.concatenate([np.zeros(8), *waves, np.zeros(8)])):
            writer.write(frame)
    found = inphase.cut_videos(path)
    print(f"repetitions of {TURNS} frames: counted {found.cuts[0].count} of {len(TURNS)}")
    found.save(Path(folder) / "clips")
    picture = Image.open(Path(folder) / "clips" / "six.png").convert("RGB").resize((640, 640))
    picture.quantize(64).save(IMAGES / "cut.png", optimize=True)

reference, query = draw("swing", seed=1), draw("swing", seed=2)
noise = np.random.default_rng(0)


def embedded(states: np.ndarray) -> np.ndarray:
    """A way that nearly meets itself, as a body's does, and noise."""
    way = np.stack([np.sin(3 * states), np.cos(4 * states), states], axis=1)
    return way + noise.normal(scale=0.06, size=way.shape)


first, second = embedded(reference.state), embedded(query.state)
mapping = align(first, second).query_frames
figure, axes = figure_of("a mapping, and pieces of constant speed")
axes.plot(mapping, color=COLOURS[0], linewidth=5, alpha=0.5, label="alignment")  # type: ignore[attr-defined]
segments = constant_speeds(mapping, error=2)
for index, piece in enumerate(segments):
    frames = piece.first + np.arange(piece.frames)
    label = f"{len(segments)} pieces, at most 2 frames off" if index == 0 else None
    axes.plot(frames, piece.played(), color=COLOURS[1 + index % 2], label=label)  # type: ignore[attr-defined]
axes.set(xlabel="reference frame", ylabel="query frame")  # type: ignore[attr-defined]
axes.legend()  # type: ignore[attr-defined]
save(figure, "edit.png")

aligner = OnlineAligner(first, look_back=25)
places = [aligner.push(frame) for frame in second]
live = [place.reference_frame for place in places]
last = len(places) - 1
later = [places[min(t + 25, last)].revised[t - min(t + 25, last) - 1] for t in range(len(places))]
figure, axes = figure_of("following a query along its reference")
axes.plot(align(second, first).query_frames, color=COLOURS[0], linewidth=5, alpha=0.5,
          label="aligned as a whole")  # type: ignore[attr-defined]  # fmt: skip
axes.plot(live, color=COLOURS[1], label="live")  # type: ignore[attr-defined]
axes.plot(later, color=COLOURS[2], label="a second later")  # type: ignore[attr-defined]
axes.set(xlabel="query frame", ylabel="reference frame")  # type: ignore[attr-defined]
axes.legend()  # type: ignore[attr-defined]
save(figure, "follow.png")
