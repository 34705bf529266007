"""Scrub nine videos in the viewer: milliseconds from the seek until every frame is on screen.

    python benchmarks/viewer.py

The program draws nine synthetic videos of 640×480 pixels, aligns them by their known states, serves
them, and opens the page in Debian's chromium without a screen or a graphics card. It waits until
the page plays from copies in which every frame is a key frame. A seek ends when the browser has
presented the right frame of every video. Results go into benchmarks/results/viewer.csv.
"""

import platform
import shutil
import sys
import tempfile
from pathlib import Path

import numpy as np
from arguments import new_parser
from playwright.sync_api import Page, sync_playwright
from result_tables import processor, show, this_command, write_rows

from inphase.data import Collection
from inphase.models import EmbeddedVideo, Embeddings
from inphase.synthetic import read_truth, write_collection
from inphase.video import VideoReader
from inphase.viewer import Shelf, create_app, served
from inphase.viewer.opening import open_documents

RESULTS = Path(__file__).parent / "results" / "viewer.csv"
SIZE = (640, 480)
TABLE = {"seek": "", "seeks": "", "median_ms": ".1f", "p95_ms": ".1f"}

# Seeks to a frame of the reference; gives the milliseconds until all videos show theirs.
SEEK = """(frame) => new Promise((resolve) => {
  const tiles = [...document.querySelectorAll(".tile")];
  const bar = document.querySelector(".scrub");
  const start = performance.now();
  const look = () => {
    if (!tiles.every(({ dataset }) => dataset.presented === dataset.frame)) return;
    watcher.disconnect();
    resolve(performance.now() - start);
  };
  const watcher = new MutationObserver(look);
  watcher.observe(document.querySelector(".grid"),
    { subtree: true, attributeFilter: ["data-presented"] });
  bar.value = frame;
  bar.dispatchEvent(new Event("input"));
  look();
})"""
ALL_READY = """(count) => [...document.querySelectorAll(".tile")].filter(({ dataset }) =>
  dataset.presented !== undefined && dataset.presented === dataset.frame).length === count"""


def embeddings(collection: Collection, folder: Path) -> Embeddings:
    """The known states as embeddings: the page is measured, not a model."""
    truth = read_truth(folder)
    return Embeddings(
        tuple(
            EmbeddedVideo(
                video.name,
                video.path,
                VideoReader(video.path).times,
                np.asarray(truth[video.name][1], dtype=np.float32).reshape(
                    len(truth[video.name][0]), -1
                ),
            )
            for video in collection
        )
    )


def measure(page: Page, targets: list[int]) -> list[float]:
    """Milliseconds of each seek."""
    return [float(page.evaluate(SEEK, target)) for target in targets]


def main() -> None:
    """Draw, serve, seek, print, write."""
    parser = new_parser(__doc__)
    parser.add_argument("--videos", type=int, default=9)
    parser.add_argument("--seeks", type=int, default=60, help="of each kind")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--output", type=Path, default=RESULTS)
    arguments = parser.parse_args()
    chromium = shutil.which("chromium")
    if chromium is None:
        sys.exit("The program `chromium` was not found; install it: apt-get install chromium.")
    generator = np.random.default_rng(arguments.seed)
    rows: list[dict[str, object]] = []
    with tempfile.TemporaryDirectory() as place, sync_playwright() as playwright:
        folder = Path(place) / "pouring"
        collection = write_collection(
            folder, action="pouring", count=arguments.videos, seed=arguments.seed, size=SIZE
        )
        documents = open_documents(embeddings(collection, folder), collection)
        with served(
            create_app(documents, Shelf(documents.viewed, Path(place) / "cache"))
        ) as address:
            browser = playwright.chromium.launch(
                executable_path=chromium, args=["--no-sandbox"], timeout=120_000
            )
            page = browser.new_page(viewport={"width": 1400, "height": 1300})
            page.goto(address, timeout=120_000)
            page.wait_for_function(ALL_READY, arg=arguments.videos, timeout=300_000)
            page.wait_for_selector(".preparation", state="hidden", timeout=300_000)
            frames = int(page.get_attribute(".scrub", "max") or 0)
            kinds = {
                "anywhere": generator.integers(1, frames, arguments.seeks).tolist(),
                "next frame": [1 + frame % frames for frame in range(arguments.seeks)],
            }
            measure(page, kinds["anywhere"][:5])  # the first ones fill caches
            for kind, targets in kinds.items():
                taken = measure(page, targets)
                row = {
                    "seek": kind,
                    "videos": arguments.videos,
                    "size": "×".join(map(str, SIZE)),
                    "seeks": len(taken),
                    "median_ms": float(np.median(taken)),
                    "p95_ms": float(np.quantile(taken, 0.95)),
                    "machine": processor(),
                    "python": platform.python_version(),
                    "chromium": browser.version,
                    "command": this_command(),
                }
                rows.append(row)
            browser.close()
    show(rows, TABLE)
    write_rows(arguments.output, rows)


if __name__ == "__main__":
    main()
