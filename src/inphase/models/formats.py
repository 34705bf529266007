"""The forms that embeddings can be saved in."""

from inphase.results.formats import Formats

FORMATS = Formats(
    "inphase.models.embedding_files",
    {
        ".npz": "one (frames, dims) array a video, by its name",
        ".parquet": "one row a frame, with its video, number, time and embedding",
    },
)
