"""Scrub nine videos in the viewer: milliseconds from the seek until every frame is on screen.

    python benchmarks/viewer.py

Nine synthetic videos of 640×480 pixels are drawn, aligned by their known states, served, and
opened in Debian's chromium without a screen or a graphics card. Once all is prepared the page plays
from copies with key frames only. Each seek ends when the browser has presented the right frame of
every video. Prints a table and writes ``benchmarks/results/viewer.csv``.
"""

import argparse
import platform
import shutil
import sys
import tempfile
from pathlib import Path

import numpy as np
from playwright.sync_api import Page, sync_playwright
from result_tables import processor, write_rows

from inphase.data import Collection, read_truth, write_collection
from inphase.models import EmbeddedVideo, Embeddings
from inphase.video import VideoReader
from inphase.viewer import Shelf, create_app, served
from inphase.viewer.opening import open_documents

RESULTS = Path(__file__).parent / "results" / "viewer.csv"
SIZE = (640, 480)

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
    """Of the known states: this is about the page, not about a model."""
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
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--videos", type=int, default=9)
    parser.add_argument("--seeks", type=int, default=60, help="of each kind")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--output", type=Path, default=RESULTS)
    arguments = parser.parse_args()
    chromium = shutil.which("chromium")
    if chromium is None:
        sys.exit("There is no chromium here: apt-get install chromium.")
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
            print(f"{'seek':<11} {'seeks':>5} {'median ms':>10} {'p95 ms':>8}")
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
                    "command": " ".join(["python", *sys.argv]),
                }
                print(f"{kind:<11} {row['seeks']:>5} {row['median_ms']:>10.1f} "
                      f"{row['p95_ms']:>8.1f}")  # fmt: skip
                rows.append(row)
            browser.close()
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    write_rows(arguments.output, rows)
    print(f"Wrote {arguments.output}")


if __name__ == "__main__":
    main()
