"""The table of one model's embeddings: one row per frame; each write is one commit."""

import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from inphase.data import content_hash
from inphase.video import VIDEO_SUFFIXES
from inphase.video.rates import declare_rate
from inphase.video.source import RAW_SUFFIXES

if TYPE_CHECKING:
    from lancedb.db import DBConnection

EMBEDDING = "embedding"
_TOLD = ["video", "path", "content", "model", "metadata", "frames", "duration"]
# Old versions of the table are kept this long, for readers in the middle of a search.
_KEPT = timedelta(hours=1)
# Each video is a commit with its own files; a search opens all of them.
_SMALL_FILES = 32


@dataclass(frozen=True)
class StoredVideo:
    """A video whose frames are in a store.

    Attributes:
        name: unique in the store.
        path: of its file when it was added.
        content: sha256 of the file's bytes when it was added.
        model: fingerprint of the model that embedded it.
        frames: number of frames.
        duration: seconds.
        metadata: its split, group, action and view if known, and the user's entries.
    """

    name: str
    path: Path
    content: str
    model: str
    frames: int
    duration: float
    metadata: Mapping[str, str]

    def state(self) -> Literal["current", "changed", "gone"]:
        """Whether the file is still the one that was embedded; reads it."""
        if not self.path.exists():
            return "gone"
        return "current" if content_hash(self.path) == self.content else "changed"


class FrameTable:
    """The frames of all videos that one model embedded.

    Args:
        database: of the store.
        name: of the table.
        dims: dimensions of an embedding; if given, the table is created if needed.
    """

    def __init__(self, database: "DBConnection", name: str, *, dims: int | None = None) -> None:
        if dims is None:
            self.lance: Any = database.open_table(name)
        else:
            self.lance = database.create_table(name, schema=_schema(dims), exist_ok=True)

    def __len__(self) -> int:
        return int(self.lance.count_rows())

    @property
    def version(self) -> int:
        """Number of the last commit."""
        return int(self.lance.version)

    def count(self, where: str) -> int:
        """Number of frames that satisfy the SQL condition."""
        return int(self.lance.count_rows(where or None))

    def videos(self) -> tuple[StoredVideo, ...]:
        """All videos, sorted by name."""
        rows = self.lance.search().where("frame = 0").select(_TOLD).limit(None).to_arrow()
        videos = [
            StoredVideo(
                name=row["video"],
                path=Path(row["path"]),
                content=row["content"],
                model=row["model"],
                frames=row["frames"],
                duration=row["duration"],
                metadata=dict(pair.split("=", 1) for pair in row["metadata"]),
            )
            for row in rows.to_pylist()
        ]
        for video in videos:
            suffix = video.path.suffix.lower()
            if video.duration > 0 and (suffix in RAW_SUFFIXES or suffix not in VIDEO_SUFFIXES):
                # As it was embedded, also where no labels say so now.
                declare_rate(video.path, video.frames / video.duration, unless_known=True)
        return tuple(sorted(videos, key=lambda video: video.name))

    def put(
        self,
        video: StoredVideo,
        times: NDArray[np.float64],
        embeddings: NDArray[np.float32],
        *,
        instead_of: Sequence[str] = (),
    ) -> None:
        """Write a video's frames and remove those of older contents of its file, in one commit.

        Args:
            times: (frames,) seconds.
            embeddings: (frames, dims).
            instead_of: content hashes to remove.
        """
        rows = video_rows(video, times, embeddings)
        if not instead_of:
            self.lance.add(rows)
            return
        (
            self.lance.merge_insert(["content", "frame"])
            .when_matched_update_all()
            .when_not_matched_insert_all()
            .when_not_matched_by_source_delete(isin("content", instead_of))
            .execute(rows)
        )

    def put_many(self, tables: Iterator[pa.Table]) -> None:
        """Write many new videos in one commit, as they come.

        Args:
            tables: what `video_rows` makes of each.
        """
        batches = (batch for table in tables for batch in table.to_batches())
        self.lance.add(pa.RecordBatchReader.from_batches(self.lance.schema, batches))

    def describe(self, video: StoredVideo) -> None:
        """Update a video's name, path and metadata, not its embeddings."""
        pairs = ", ".join(map(quoted, _pairs(video.metadata)))
        self.lance.update(
            where=isin("content", [video.content]),
            values_sql={
                "video": quoted(video.name),
                "path": quoted(str(video.path)),
                # An empty list has no type.
                "metadata": f"arrow_cast(make_array({pairs}), 'List(Utf8)')",
            },
        )

    def remove(self, contents: Sequence[str]) -> None:
        """Remove videos, in one commit."""
        if contents:
            self.lance.delete(isin("content", contents))

    def frames(
        self, where: str, columns: Sequence[str], *, size: int = 16384
    ) -> Iterator[pa.RecordBatch]:
        """Rows that satisfy the SQL condition, in batches."""
        query = self.lance.search().select(list(columns)).limit(None)
        yield from (query.where(where) if where else query).to_batches(size)

    def embedding(self, content: str, frame: int) -> NDArray[np.float32]:
        """(dims,) embedding of one frame."""
        where = f"{isin('content', [content])} AND frame = {frame}"
        (batch,) = [b for b in self.frames(where, [EMBEDDING]) if b.num_rows]
        embedding: NDArray[np.float32] = matrix(batch)[0]
        return embedding

    def times(self, content: str) -> NDArray[np.float64]:
        """(frames,) seconds of one video's frames."""
        batches = list(self.frames(isin("content", [content]), ["frame", "seconds"]))
        frames = np.concatenate([batch["frame"].to_numpy() for batch in batches])
        seconds = np.concatenate([batch["seconds"].to_numpy() for batch in batches])
        return np.asarray(seconds[np.argsort(frames)], dtype=np.float64)

    def tidy(self) -> None:
        """Merge small files, delete old versions, and update the indexes."""
        self.lance.optimize(cleanup_older_than=_KEPT)

    def compact(self) -> None:
        """The same, and delete all old versions and the files that killed writers left.

        Requires the lock; a search in another process may fail.
        """
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of other writers, whom the lock keeps out
            self.lance.optimize(cleanup_older_than=timedelta(), delete_unverified=True)

    @property
    def is_untidy(self) -> bool:
        """Whether there are so many small files that they slow down searching."""
        return int(self.lance.stats()["fragment_stats"]["num_small_fragments"]) > _SMALL_FILES


def isin(column: str, values: Sequence[str]) -> str:
    """SQL: the column holds one of the values."""
    return f"{column} IN ({', '.join(map(quoted, values))})"


def quoted(text: str) -> str:
    """A text as an SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def matrix(batch: pa.RecordBatch) -> NDArray[np.float32]:
    """(rows, dims) embeddings of a batch."""
    column = batch[EMBEDDING]
    values = column.flatten().to_numpy(zero_copy_only=False)
    return np.asarray(values, dtype=np.float32).reshape(len(column), -1)


def _pairs(metadata: Mapping[str, str]) -> list[str]:
    return [f"{key}={value}" for key, value in sorted(metadata.items())]


def _schema(dims: int) -> pa.Schema:
    return pa.schema(
        [
            ("video", pa.string()),
            ("frame", pa.int32()),
            ("seconds", pa.float64()),
            ("path", pa.string()),
            ("content", pa.string()),
            ("model", pa.string()),
            ("frames", pa.int32()),
            ("duration", pa.float64()),
            ("metadata", pa.list_(pa.string())),
            (EMBEDDING, pa.list_(pa.float32(), dims)),
        ]
    )


def video_rows(
    video: StoredVideo, times: NDArray[np.float64], embeddings: NDArray[np.float32]
) -> pa.Table:
    """A video's frames as the table holds them.

    Args:
        times: (frames,) seconds.
        embeddings: (frames, dims).
    """
    count, dims = embeddings.shape
    values = pa.array(np.ascontiguousarray(embeddings, dtype=np.float32).reshape(-1))
    # Values that repeat from row to row take almost no space on disk.
    return pa.table(
        {
            "video": [video.name] * count,
            "frame": np.arange(count, dtype=np.int32),
            "seconds": np.asarray(times, dtype=np.float64),
            "path": [str(video.path)] * count,
            "content": [video.content] * count,
            "model": [video.model] * count,
            "frames": np.full(count, video.frames, dtype=np.int32),
            "duration": np.full(count, video.duration),
            "metadata": [_pairs(video.metadata)] * count,
            EMBEDDING: pa.FixedSizeListArray.from_arrays(values, dims),
        },
        schema=_schema(dims),
    )
