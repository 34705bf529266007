"""The file formats for embeddings, and for networks that other programs run."""

from inphase.results.formats import Formats

FORMATS = Formats(
    "inphase.models.embedding_files",
    {
        ".npz": "one (frames, dims) array per video, under its name",
        ".parquet": "one row per frame, with its video, number, time and embedding",
    },
)

NETWORKS = Formats(
    "inphase.models.network_files",
    {
        ".onnx": "for ONNX Runtime and most other engines",
        ".xml": "for OpenVINO, with a .bin beside it",
        ".pt2": "for torch.export.load",
    },
    standard=(),
)
