"""Embeddings on disk: arrays by name for numpy, a row per frame for everything else."""

import zipfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from inphase.atomic import replacing
from inphase.models.embeddings import Embeddings


def npz(result: Embeddings, path: Path) -> None:
    """Write one array per video."""
    # Not np.savez(**arrays), which trips over a video called `file`.
    with replacing(path) as beside, zipfile.ZipFile(beside, "w", zipfile.ZIP_STORED) as archive:
        for video in result:
            with archive.open(f"{video.name}.npy", "w", force_zip64=True) as member:
                np.lib.format.write_array(member, video.embeddings, allow_pickle=False)


def parquet(result: Embeddings, path: Path) -> None:
    """Write one row per frame."""
    with replacing(path) as beside:
        _write_rows(beside, result)


def _write_rows(path: Path, videos: Embeddings) -> None:
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
