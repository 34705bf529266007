"""The file formats for embeddings."""

from inphase.results.formats import Formats

FORMATS = Formats(
    "inphase.models.embedding_files",
    {
        ".npz": "one (frames, dims) array per video, under its name",
        ".parquet": "one row per frame, with its video, number, time and embedding",
    },
)
