"""Embeddings on disk: arrays by name for numpy, rows by frame for everything else."""

import zipfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Protocol

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from inphase.atomic import replacing
from inphase.errors import OutputError


class Embedded(Protocol):
    """A video's name, times (frames,) in seconds, and embeddings (frames, dims) float32."""

    @property
    def name(self) -> str: ...
    @property
    def times(self) -> NDArray[np.float64]: ...
    @property
    def embeddings(self) -> NDArray[np.float32]: ...


def save_embeddings(path: Path, videos: Iterable[Embedded]) -> None:
    """Write embeddings in the form that the suffix asks for, whole or not at all.

    Raises:
        OutputError: another suffix, or the place cannot be written.
    """
    check_embeddings_path(path)
    with replacing(path) as beside:
        _WRITERS[path.suffix](beside, videos)


def check_embeddings_path(path: Path) -> None:
    """Refuse a suffix that cannot be written, before hours of work.

    Raises:
        OutputError: another suffix than .npz or .parquet.
    """
    if path.suffix not in _WRITERS:
        raise OutputError(f"{path} must end in {' or '.join(_WRITERS)}.")


def _write_npz(path: Path, videos: Iterable[Embedded]) -> None:
    # Not np.savez(**arrays), which trips over a video called `file`.
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for video in videos:
            with archive.open(f"{video.name}.npy", "w", force_zip64=True) as member:
                np.lib.format.write_array(member, video.embeddings, allow_pickle=False)


def _write_parquet(path: Path, videos: Iterable[Embedded]) -> None:
    writer: pq.ParquetWriter | None = None
    try:
        for video in videos:
            frames, dims = video.embeddings.shape
            values = pa.array(np.ascontiguousarray(video.embeddings).reshape(-1))
            table = pa.table(
                {
                    "video": pa.array([video.name] * frames, pa.string()),
                    "frame": pa.array(np.arange(frames, dtype=np.int64)),
                    "time": pa.array(video.times),
                    "embedding": pa.FixedSizeListArray.from_arrays(values, dims),
                }
            )
            writer = writer or pq.ParquetWriter(path, table.schema)
            writer.write_table(table)
    finally:
        if writer is not None:
            writer.close()


_WRITERS: Mapping[str, Callable[[Path, Iterable[Embedded]], None]] = {
    ".npz": _write_npz,
    ".parquet": _write_parquet,
}
