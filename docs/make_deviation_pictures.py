"""Make pictures of the how-to pages on anomalies and progress from synthetic videos.

python docs/make_deviation_pictures.py
"""

import tempfile
from dataclasses import replace
from pathlib import Path

from PIL import Image
from rich.console import Console

import inphase
from inphase.applications import Goal, find_anomalies, measure_progress
from inphase.data import draw, write_collection
from inphase.data.synthetic_deviation import deviate
from inphase.training import load_config
from inphase.video import VideoWriter

IMAGES = Path(__file__).parent / "images"
WIDTH = 1000
PLANTED = "foreign"

console = Console(stderr=True)
with tempfile.TemporaryDirectory() as folder:
    videos = write_collection(Path(folder) / "pouring", action="pouring", count=29, size=(200, 150))
    seen = replace(videos, videos=videos.videos[:9])
    # The encoder has not seen the typical videos: those it was fitted to look nearer than new ones.
    unseen = replace(videos, videos=videos.videos[9:])
    run = inphase.train(
        seen, Path(folder) / "run", config=load_config("quick", overrides=["steps=200"]),
        cache=Path(folder) / "cache", console=console,
    )  # fmt: skip
    made = deviate(draw("pouring", seed=4, size=(200, 150)), PLANTED, seed=2)
    path = Path(folder) / "odd.mp4"
    with VideoWriter(path, fps=made.video.fps, size=made.video.size) as writer:
        for frame in made.frames():
            writer.write(frame)
    print(f"{PLANTED} in frames {made.first} to {made.last}")
    typical = inphase.embed(unseen, run.encoder, console=console)
    (odd,) = inphase.embed([path], run.encoder, console=console)
    result = find_anomalies(odd, typical, console=console)
    for segment in result.segments:
        print(segment)
    result.save(IMAGES / "anomaly.png", width=WIDTH)

    curve = measure_progress(typical.videos[0], Goal(typical.videos[1:], console=console))
    curve.save(IMAGES / "progress.png", width=WIDTH)
    for name in ("anomaly.png", "progress.png"):
        Image.open(IMAGES / name).convert("RGB").quantize(256).save(IMAGES / name, optimize=True)
