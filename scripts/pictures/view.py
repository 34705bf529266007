"""Make the picture of docs/how-to/view.md: the viewer with synthetic videos.

python scripts/pictures/view.py
"""

import shutil
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import sync_playwright

from inphase.models import EmbeddedVideo, Embeddings
from inphase.synthetic import read_truth, write_collection
from inphase.video import VideoReader
from inphase.viewer import Shelf, create_app, served
from inphase.viewer.opening import open_documents

IMAGES = Path(__file__).parents[2] / "docs" / "images"
WIDTH = 1000

with tempfile.TemporaryDirectory() as place:
    folder = Path(place) / "pouring"
    collection = write_collection(folder, action="pouring", count=9)
    videos = []
    for name, (_, state) in read_truth(folder).items():
        # The known states stand for embeddings, with a little of each video's own.
        own = np.random.default_rng(len(videos)).normal(0, 0.02, (len(state), 3)).cumsum(axis=0)
        points = np.stack([np.cos(3 * state), np.sin(3 * state), state], axis=1) + own
        path = collection[name].path
        videos.append(EmbeddedVideo(name, path, VideoReader(path).times, points.astype(np.float32)))
    documents = open_documents(Embeddings(tuple(videos)), collection)
    app = create_app(documents, Shelf(documents.viewed, Path(place) / "cache"))
    with sync_playwright() as playwright, served(app) as address:
        chromium = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        page = chromium.new_page(viewport={"width": 1400, "height": 900})
        page.set_default_timeout(300_000)
        page.goto(address)
        page.wait_for_selector("[data-video=v5][data-presented]")
        page.wait_for_selector(".preparation", state="hidden")
        page.get_by_label("Query").select_option(label="pouring_002")
        page.get_by_label("Frame of the reference").fill("52")
        page.wait_for_function(
            """() => [...document.querySelectorAll("video[src]")].every((video) =>
              video.closest(".tile").dataset.presented === video.closest(".tile").dataset.frame)"""
        )
        page.get_by_text("Frame 52 matches").wait_for()
        page.wait_for_timeout(1000)
        page.screenshot(path=Path(place) / "view.png")
        chromium.close()
    picture = Image.open(Path(place) / "view.png").convert("RGB")
    picture = picture.resize((WIDTH, round(WIDTH * picture.height / picture.width)), Image.LANCZOS)
    picture.quantize(256).save(IMAGES / "view.png", optimize=True)
