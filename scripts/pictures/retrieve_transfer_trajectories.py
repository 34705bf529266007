"""Make pictures of the how-to pages (retrieval, transfer, trajectories) from synthetic videos.

python scripts/pictures/retrieve_transfer_trajectories.py
"""

import tempfile
from dataclasses import replace
from pathlib import Path

from PIL import Image
from rich.console import Console

import inphase
from inphase.synthetic import write_collection
from inphase.training import load_config
from inphase.video import VideoReader

IMAGES = Path(__file__).parents[2] / "docs" / "images"
SHARES = (0.2, 0.45, 0.6, 0.9)  # of the preview's length
WIDTH = 1000


def save(picture: Image.Image, name: str) -> None:
    """Save with a palette: a third of the size, and the drawings have few colours."""
    picture.quantize(256).save(IMAGES / name, optimize=True)


IMAGES.mkdir(exist_ok=True)
console = Console(stderr=True)
with tempfile.TemporaryDirectory() as folder:
    videos = write_collection(Path(folder) / "pouring", action="pouring", count=9)
    config = load_config("quick", overrides=["steps=200"])
    run = inphase.train(videos, Path(folder) / "run", config=config, console=console)

    store = inphase.Store(Path(folder) / "store", create=True)
    store.add(videos, run.encoder, console=console)
    found = inphase.retrieve(["pouring_000@1.2", "pouring_003@2.0"], store, k=5)
    found.save(Path(folder) / "sheet.png", width=WIDTH)
    save(Image.open(Path(folder) / "sheet.png"), "retrieve.png")

    four = replace(videos, videos=videos.videos[:4])
    paths = inphase.trajectories(inphase.embed(four, run.encoder, console=console))
    paths.save(Path(folder) / "paths.png", width=WIDTH)
    save(Image.open(Path(folder) / "paths.png").convert("RGB"), "trajectories.png")

    sources = inphase.read_annotations(videos.source, names=["pouring_000", "pouring_001"])
    chosen = replace(videos, videos=videos.videos[:3])
    result = inphase.transfer(sources, inphase.embed(chosen, run.encoder, console=console))
    result.save(Path(folder) / "preview.mp4")
    reader = VideoReader(Path(folder) / "preview.mp4")
    shown = [Image.fromarray(reader[int(share * len(reader))]) for share in SHARES]
    width, height = shown[0].size
    strip = Image.new("RGB", (width * len(shown), height))
    for index, picture in enumerate(shown):
        strip.paste(picture, (index * width, 0))
    save(strip.resize((WIDTH, round(strip.height * WIDTH / strip.width))), "transfer.png")
