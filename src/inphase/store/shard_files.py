"""The files of a shard: Parquet parts with a row per video, and a CSV of the videos that failed.

A part is renamed into its place when it is whole. So a shard can be killed at any moment and has
only whole parts.
"""

import json
import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from inphase.atomic import replacing, write_csv
from inphase.data.csv_files import read_csv
from inphase.errors import Skipped, StoreError, printable
from inphase.overwriting import place_of
from inphase.store.table import EMBEDDING, StoredVideo

FAILED = "failed.csv"
_PART = "part-*.parquet"
_SECONDS = "seconds"
_HEAD = ("video", "path", "content", "model", "metadata", "frames", "duration", "state", "embedded")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_FORMAT = b"inphase"
_VERSION = 1
# What is kept in memory before it is written, and seconds of work that a kill can cost.
_PART_BYTES = 32 << 20
_PART_SECONDS = 60.0


@dataclass(frozen=True)
class ShardRow:
    """A row of a part, without its embeddings.

    Attributes:
        video: with the model's fingerprint and the frames that could be decoded.
        state: size and time of change of the file, by which it is known again without reading it;
            empty for a folder.
        embedded: when it was embedded, in nanoseconds since 1970.
        part: the file that holds the row.
        group: the row group in it.
        index: the row in the group.
        dims: dimensions of an embedding.
        model_folder: of the model.
    """

    video: StoredVideo
    state: str
    embedded: int
    part: Path
    group: int
    index: int
    dims: int
    model_folder: str


class PartWriter:
    """Collects embedded videos and writes them as parts: one when there is enough for a file.

    Args:
        folder: of the shard; this process alone writes there.
        model_folder: of the model, kept in each part.
    """

    def __init__(self, folder: Path, model_folder: str) -> None:
        self._folder = folder
        self._about = {_FORMAT: json.dumps({"format": _VERSION, "model": model_folder}).encode()}
        self._rows: list[pa.Table] = []
        self._bytes = 0
        self._since = time.monotonic()

    def add(
        self,
        video: StoredVideo,
        state: str,
        times: NDArray[np.float64],
        embeddings: NDArray[np.float32],
    ) -> bool:
        """Add a video; return whether a part was written.

        Args:
            video: the video.
            state: of its file.
            times: (frames,) seconds.
            embeddings: (frames, dims).

        Raises:
            OutputError: the part cannot be written.
        """
        self._rows.append(_row(video, state, times, embeddings))
        self._bytes += embeddings.nbytes
        full = self._bytes >= _PART_BYTES or time.monotonic() - self._since >= _PART_SECONDS
        if full:
            self.flush()
        return full

    def flush(self) -> None:
        """Write what was added since the last part.

        Raises:
            OutputError: the part cannot be written.
        """
        if self._rows:
            table = pa.concat_tables(self._rows).replace_schema_metadata(self._about)
            # Random numbers: neither a dictionary nor compression makes them smaller.
            words = [name for name in _HEAD if name not in ("frames", "duration", "embedded")]
            with replacing(
                self._folder / f"part-{_next_number(self._folder):05d}.parquet"
            ) as beside:
                pq.write_table(table, beside, compression="none", use_dictionary=words)
        self._rows, self._bytes, self._since = [], 0, time.monotonic()


def parts_in(folder: Path) -> list[Path]:
    """The parts of all shards in a folder, or of the one shard whose folder it is."""
    return sorted([*folder.glob(_PART), *folder.glob(f"*-of-*/{_PART}")])


def read_rows(part: Path) -> list[ShardRow]:
    """What a part holds, without its embeddings.

    Raises:
        StoreError: the file is not a part, or is damaged.
    """
    with _whole(part), pq.ParquetFile(part) as file:
        dims = _checked_dims(file, part)
        about = json.loads(file.schema_arrow.metadata[_FORMAT])
        rows = []
        for group in range(file.num_row_groups):
            found = file.read_row_group(group, columns=list(_HEAD)).to_pylist()
            for index, row in enumerate(found):
                if not all(_SHA256.fullmatch(row[name]) for name in ("content", "model")):
                    raise ValueError("a checksum is not one")
                rows.append(
                    ShardRow(
                        video=StoredVideo(
                            name=row["video"],
                            path=Path(row["path"]),
                            content=row["content"],
                            model=row["model"],
                            frames=row["frames"],
                            duration=row["duration"],
                            metadata=dict(row["metadata"]),
                        ),
                        state=row["state"],
                        embedded=row["embedded"],
                        part=part,
                        group=group,
                        index=index,
                        dims=dims,
                        model_folder=str(about["model"]),
                    )
                )
    return rows


def read_embeddings(
    rows: Sequence[ShardRow],
) -> Iterator[tuple[StoredVideo, NDArray[np.float64], NDArray[np.float32]]]:
    """Times (frames,) and embeddings (frames, dims) of videos, with one row group in memory.

    Args:
        rows: best in the order of the files.

    Raises:
        StoreError: a part is damaged.
    """
    at: tuple[Path, int] | None = None
    table = pa.table({})
    for row in rows:
        with _whole(row.part):
            if at != (row.part, row.group):
                with pq.ParquetFile(row.part) as file:
                    table = file.read_row_group(row.group, columns=[_SECONDS, EMBEDDING])
                table.validate(full=True)
                at = row.part, row.group
            times = table[_SECONDS][row.index].values.to_numpy()
            values = table[EMBEDDING][row.index].values.flatten().to_numpy()
            embeddings = values.reshape(-1, row.dims)
            if not len(times) == len(embeddings) == row.video.frames:
                raise ValueError("the number of frames differs")
            if not (np.isfinite(times).all() and np.isfinite(values).all()):
                raise ValueError("not all values are finite numbers")
        yield row.video, times, embeddings


def write_failed(folder: Path, failed: Sequence[tuple[str, Path, str]]) -> None:
    """Write the videos that could not be embedded: name, path, reason. It ends the shard.

    Raises:
        OutputError: the file cannot be written.
    """
    rows = [
        (name, printable(str(place_of(path.expanduser()))), reason) for name, path, reason in failed
    ]
    write_csv(folder / FAILED, ["video", "file", "reason"], rows)


def read_failed(file: Path) -> list[tuple[str, Skipped]]:
    """The path and the report of each video that could not be embedded.

    Raises:
        CollectionError: the file cannot be read.
    """
    table = read_csv(file)
    return [
        (table.cell(row, "file"), Skipped(table.cell(row, "video"), table.cell(row, "reason")))
        for row in table.rows
    ]


def _row(
    video: StoredVideo, state: str, times: NDArray[np.float64], embeddings: NDArray[np.float32]
) -> pa.Table:
    count, dims = embeddings.shape
    values = pa.array(np.ascontiguousarray(embeddings, dtype=np.float32).reshape(-1))
    frames = pa.FixedSizeListArray.from_arrays(values, dims)
    ends = pa.array([0, count], pa.int32())
    return pa.table(
        {
            "video": [video.name],
            "path": [str(video.path)],
            "content": [video.content],
            "model": [video.model],
            "metadata": [sorted(video.metadata.items())],
            "frames": [count],
            "duration": [video.duration],
            "state": [state],
            "embedded": [time.time_ns()],
            _SECONDS: pa.ListArray.from_arrays(ends, pa.array(np.asarray(times, np.float64))),
            EMBEDDING: pa.ListArray.from_arrays(ends, frames),
        },
        schema=_schema(dims),
    )


def _schema(dims: int) -> pa.Schema:
    return pa.schema(
        [
            ("video", pa.string()),
            ("path", pa.string()),
            ("content", pa.string()),
            ("model", pa.string()),
            ("metadata", pa.map_(pa.string(), pa.string())),
            ("frames", pa.int32()),
            ("duration", pa.float64()),
            ("state", pa.string()),
            ("embedded", pa.int64()),
            (_SECONDS, pa.list_(pa.float64())),
            (EMBEDDING, pa.list_(pa.list_(pa.float32(), dims))),
        ]
    )


def _next_number(folder: Path) -> int:
    numbers = [re.fullmatch(r"part-(\d+)\.parquet", one.name) for one in folder.glob(_PART)]
    return max((int(found[1]) for found in numbers if found), default=-1) + 1


@contextmanager
def _whole(part: Path) -> Iterator[None]:
    """Whatever is wrong with a part becomes one `StoreError`."""
    try:
        yield
    except (
        pa.ArrowException,
        OSError,
        ValueError,
        LookupError,
        TypeError,
        AttributeError,
    ) as error:
        reason = str(error).partition("\n")[0].rstrip(".")
        raise StoreError(
            f"{part} is not a whole part of a shard ({reason}); delete it and run its shard again."
        ) from error


def _checked_dims(file: pq.ParquetFile, part: Path) -> int:
    """The dimensions of an embedding, if the columns are right and the values fit in the file."""
    schema = file.schema_arrow
    column = schema.field(EMBEDDING).type
    dims = int(column.value_type.list_size)
    if not 1 <= dims <= 10**5 or not schema.remove_metadata().equals(_schema(dims)):
        raise ValueError("its columns are others")
    if json.loads((schema.metadata or {})[_FORMAT])["format"] > _VERSION:
        raise ValueError("a newer inphase wrote it")
    size = part.stat().st_size
    for group in range(file.num_row_groups):
        about = file.metadata.row_group(group)
        for number in range(about.num_columns):
            chunk = about.column(number)
            least = 4 if chunk.path_in_schema.startswith((_SECONDS, EMBEDDING)) else 0
            if chunk.num_values * least > size or about.num_rows > size:
                raise ValueError("it claims more than it can hold")
    return dims
