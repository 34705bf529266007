"""The approximate index: built when there are many frames, its recall measured, never assumed."""

import logging
import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from rich.console import Console

from inphase.progress import progress_bar
from inphase.store.catalogue import IndexReport, StoredModel
from inphase.store.search import EXACT_BELOW
from inphase.store.table import EMBEDDING, FrameTable, isin, matrix

WANTED_RECALL = 0.99
_QUERIES, _NEIGHBOURS = 100, 10
_FIRST_PROBES = 16
# A larger fraction of unindexed rows, which are searched one by one, takes too long.
_STALE = 0.05
# An index trained on half of the rows has partitions twice as large as they should be.
_OUTGROWN = 2

_log = logging.getLogger(__name__)


def maintained_index(
    table: FrameTable, model: StoredModel, *, console: Console | None = None, seed: int = 0
) -> IndexReport | None:
    """Build or update the index if the number of frames requires it, and measure its recall.

    Args:
        console: shows a progress bar; by default there is none.
        seed: for drawing the frames with which recall is measured.

    Returns:
        The index's report; None below `EXACT_BELOW` frames.
    """
    rows = len(table)
    if rows < EXACT_BELOW:
        return None
    report, stats = model.index, None
    if report is not None:
        stats = table.lance.index_stats(f"{EMBEDDING}_idx")
    if report is None or stats is None or rows > _OUTGROWN * report.rows:
        with progress_bar("Building the index", 2, console=console) as bar:
            partitions = _make(table, rows)
            bar.advance(1)
            report = _measured(table, rows, partitions, seed)
            bar.advance(1)
    elif stats.num_unindexed_rows > _STALE * rows:
        table.tidy()
        report = _measured(table, report.rows, report.partitions, seed)
    return report


def _make(table: FrameTable, rows: int) -> int:
    from lancedb.index import BTree, IvfFlat, LabelList

    # Partitions hold the embeddings themselves: distances are exact, without a second pass.
    partitions = round(math.sqrt(rows))
    table.lance.create_index(
        EMBEDDING, config=IvfFlat(distance_type="l2", num_partitions=partitions), replace=True
    )
    for column in ("video", "content"):
        table.lance.create_index(column, config=BTree(), replace=True)
    table.lance.create_index("metadata", config=LabelList(), replace=True)
    return partitions


def _measured(table: FrameTable, rows: int, partitions: int, seed: int) -> IndexReport:
    """Recall with the fewest probed partitions that reach `WANTED_RECALL`."""
    contents, frames, vectors = _sample(table, seed)
    truth = _exact(table, contents, vectors)
    probes = min(_FIRST_PROBES, partitions)
    while True:
        found = [
            _approximate(table, content, vector, probes)
            for content, vector in zip(contents, vectors, strict=True)
        ]
        recall = float(
            np.mean([len(a & b) / max(len(b), 1) for a, b in zip(found, truth, strict=True)])
        )
        if recall >= WANTED_RECALL or probes >= partitions:
            break
        probes = min(partitions, math.ceil(probes * 1.5))
    if recall < WANTED_RECALL:
        _log.warning("The index finds only %.1f %% of the nearest frames.", 100 * recall)
    return IndexReport(
        rows=rows,
        partitions=partitions,
        probes=probes,
        recall=round(recall, 4),
        neighbours=_NEIGHBOURS,
        queries=len(frames),
    )


def _sample(table: FrameTable, seed: int) -> tuple[list[str], list[int], NDArray[np.float32]]:
    """Contents, frames and embeddings of frames drawn from all videos."""
    generator = np.random.default_rng(seed)
    videos = table.videos()
    weights = np.array([video.frames for video in videos], dtype=np.float64)
    picks = generator.choice(len(videos), size=_QUERIES, p=weights / weights.sum())
    contents = [videos[pick].content for pick in picks]
    frames = [int(generator.integers(videos[pick].frames)) for pick in picks]
    vectors = [table.embedding(c, f) for c, f in zip(contents, frames, strict=True)]
    return contents, frames, np.stack(vectors)


def _exact(
    table: FrameTable, contents: Sequence[str], vectors: NDArray[np.float32]
) -> list[set[tuple[str, int]]]:
    """The nearest frames of other videos, found by comparing with all frames in one pass."""
    best = np.full((len(vectors), _NEIGHBOURS), np.inf)
    names = np.full((len(vectors), _NEIGHBOURS), None, dtype=object)
    own = np.array(contents, dtype=object)[:, None]
    queries = vectors.astype(np.float64)
    squares = (queries**2).sum(axis=1)[:, None]
    for batch in table.frames("", ["content", "frame", EMBEDDING]):
        rows = matrix(batch).astype(np.float64)
        distances = squares - 2 * queries @ rows.T + (rows**2).sum(axis=1)
        whose = np.array(batch["content"].to_pylist(), dtype=object)
        distances[own == whose[None]] = np.inf
        keys = np.empty(len(rows), dtype=object)
        keys[:] = list(zip(whose, batch["frame"].to_pylist(), strict=True))
        few = min(_NEIGHBOURS, len(rows))
        near = np.argpartition(distances, few - 1, axis=1)[:, :few]
        best = np.concatenate([best, np.take_along_axis(distances, near, axis=1)], axis=1)
        names = np.concatenate([names, keys[near]], axis=1)
        keep = np.argsort(best, axis=1, kind="stable")[:, :_NEIGHBOURS]
        best = np.take_along_axis(best, keep, axis=1)
        names = np.take_along_axis(names, keep, axis=1)
    return [
        {key for key, distance in zip(row, near, strict=True) if np.isfinite(distance)}
        for row, near in zip(names, best, strict=True)
    ]


def _approximate(
    table: FrameTable, content: str, vector: NDArray[np.float32], probes: int
) -> set[tuple[str, int]]:
    query = table.lance.search(vector, vector_column_name=EMBEDDING).nprobes(probes)
    query = query.where(f"NOT ({isin('content', [content])})", prefilter=True)
    found: Mapping[str, list[object]] = (
        query.limit(_NEIGHBOURS).select(["content", "frame", "_distance"]).to_arrow().to_pydict()
    )
    return set(zip(found["content"], found["frame"], strict=True))  # type: ignore[arg-type]
