"""Search a store of a million frames: recall and time of a query, exact and with the index.

    python benchmarks/store.py

The embeddings are made up to look like videos of one action: each video follows the same curve at
its own warped pace, with an offset and a slow drift of its own. Queries are frames of other such
videos, which are not in the store. Results go into benchmarks/results/store.csv.
"""

import platform
import tempfile
import time
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pyarrow as pa
from arguments import new_parser
from numpy.typing import NDArray
from result_tables import processor, show, this_command, write_rows
from rich.console import Console

from inphase.store import Neighbour, Store, StoredModel, StoredVideo
from inphase.store.index import maintained_index
from inphase.store.table import video_rows
from inphase.store.tables import Tables

RESULTS = Path(__file__).parent / "results" / "store.csv"
TABLE = {"search": "", "per_video": "", "recall": "", "median_ms": "", "p95_ms": ""}
DIMS, FPS, GROUPS = 128, 25, 50
# Videos in one commit. How long it takes to fill a store is not measured here.
CHUNK = 250
Floats = NDArray[np.float32]


class Action:
    """One curve through the embedding space, which every video follows in its own way."""

    def __init__(self, generator: np.random.Generator) -> None:
        self._draw = generator
        self._rates = generator.uniform(0.2, 2.0, 16)
        self._phases = generator.random(16)
        self._directions = generator.normal(size=(16, DIMS))

    def perform(self, frames: int) -> Floats:
        """(frames, DIMS) embeddings of one performance."""
        progress = np.sort(self._draw.random(frames))
        angles = 2 * np.pi * (progress[:, None] * self._rates + self._phases)
        curve = np.sin(angles) @ self._directions
        offset = self._draw.normal(0, 0.3, DIMS)
        wander = np.cumsum(self._draw.normal(0, 0.03, (frames, DIMS)), axis=0)
        return (curve + offset + wander).astype(np.float32)


def fill(tables: Tables, model: StoredModel, action: Action, videos: int, frames: int) -> None:
    """Write made-up videos into a store."""
    table = tables.register(model)
    for start in range(0, videos, CHUNK):
        rows = [_rows(action, model, n, frames) for n in range(start, min(start + CHUNK, videos))]
        table.lance.add(pa.concat_tables(rows))


def _rows(action: Action, model: StoredModel, number: int, frames: int) -> pa.Table:
    video = StoredVideo(
        name=f"video_{number:05d}",
        path=Path(f"/videos/video_{number:05d}.mp4"),
        content=f"{number:064x}",
        model=model.fingerprint,
        frames=frames,
        duration=frames / FPS,
        metadata={"group": str(number % GROUPS)},
    )
    return video_rows(video, np.arange(frames) / FPS, action.perform(frames))


def timed(
    queries: Floats, search: Callable[[Floats], tuple[Neighbour, ...]]
) -> tuple[list[set[tuple[str, int]]], list[float]]:
    """What each query finds, and how many milliseconds it takes."""
    found, taken = [], []
    for query in queries:
        start = time.perf_counter()
        neighbours = search(query)
        taken.append(1000 * (time.perf_counter() - start))
        found.append({(one.video.content, one.frame) for one in neighbours})
    return found, taken


def measure(
    store: Store, queries: Floats, k: int, per_video: int | None
) -> Iterator[dict[str, object]]:
    """Recall and time of the exact search and of the index, for the same queries."""
    model = store.model()
    truth: list[set[tuple[str, int]]] = []
    for kind, exact in (("exact", True), ("index", False)):

        def search(query: Floats, exact: bool = exact) -> tuple[Neighbour, ...]:
            return store.search(query, k=k, model=model, per_video=per_video, exact=exact)

        timed(queries[:5], search)  # the first ones fill caches
        found, taken = timed(queries, search)
        truth = truth or found
        recall = np.mean([len(a & b) / len(b) for a, b in zip(found, truth, strict=True)])
        yield {
            "search": kind,
            "per_video": per_video or "any",
            "recall": round(float(recall), 4),
            "median_ms": round(float(np.median(taken)), 2),
            "p95_ms": round(float(np.quantile(taken, 0.95)), 2),
        }


def main() -> None:
    """Fill a store, index it, measure, print, write."""
    parser = new_parser(__doc__)
    parser.add_argument("--videos", type=int, default=5000)
    parser.add_argument("--frames", type=int, default=200, help="of each video")
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("-k", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--output", type=Path, default=RESULTS)
    arguments = parser.parse_args()
    generator = np.random.default_rng(arguments.seed)
    action = Action(generator)
    rows: list[dict[str, object]] = []
    with tempfile.TemporaryDirectory() as folder:
        tables = Tables(Path(folder) / "store", create=True)
        tables.folder.mkdir()
        model = StoredModel(fingerprint="0" * 64, folder="", dims=DIMS)
        start = time.perf_counter()
        fill(tables, model, action, arguments.videos, arguments.frames)
        filled = time.perf_counter()
        report = maintained_index(tables.table(model), model, console=Console(stderr=True))
        if report is None:
            raise SystemExit("Too few frames for an index; use more --videos.")
        tables.note(model.model_copy(update={"index": report}))
        indexed = time.perf_counter()
        stored = len(tables.table(model))
        print(
            f"{stored} frames: filled in {filled - start:.1f} s, indexed and measured in "
            f"{indexed - filled:.1f} s; own measure: recall@{report.neighbours} {report.recall}, "
            f"{report.probes} of {report.partitions} partitions searched"
        )
        strangers = [action.perform(arguments.frames) for _ in range(arguments.queries)]
        places = generator.integers(arguments.frames, size=arguments.queries)
        queries = np.stack([video[place] for video, place in zip(strangers, places, strict=True)])
        for per_video in (None, 1):
            for row in measure(Store(tables.folder), queries, arguments.k, per_video):
                about = {
                    "frames": stored,
                    "dims": DIMS,
                    "k": arguments.k,
                    "queries": arguments.queries,
                    "partitions": report.partitions,
                    "probes": report.probes,
                    "index_seconds": round(indexed - filled, 1),
                    "machine": processor(),
                    "python": platform.python_version(),
                    "lancedb": version("lancedb"),
                    "command": this_command(),
                }
                rows.append({**row, **about})
    show(rows, TABLE, title=f"recall@{arguments.k}")
    write_rows(arguments.output, rows)


if __name__ == "__main__":
    main()
