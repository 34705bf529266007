"""Query frames and the frames nearest to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inphase.applications.retrieval import FORMATS
from inphase.results.result import Result, Table
from inphase.store import Neighbour, StoredModel

_COLUMNS = ("name", "frame", "seconds", "distance")


@dataclass(frozen=True)
class Query:
    """A query frame.

    Attributes:
        name: of its video or picture.
        path: of its file.
        frame: its number in the video; None for a picture.
        seconds: its time in the video; None for a picture.
        content: SHA-256 of the file's bytes.
        embedding: (dims,).
    """

    name: str
    path: Path
    frame: int | None
    seconds: float | None
    content: str
    embedding: NDArray[np.float32]


@dataclass(frozen=True)
class Retrieval(Result):
    """Query frames and the frames nearest to them.

    Attributes:
        queries: in the order given.
        neighbours: for each query, nearest first.
        model: the model of the embeddings.
    """

    queries: tuple[Query, ...]
    neighbours: tuple[tuple[Neighbour, ...], ...]
    model: StoredModel

    formats = FORMATS
    json_indent = 1

    @property
    def input_files(self) -> Sequence[Path]:
        """The files of the queries, then those of the frames found."""
        found = (one.video.path for neighbours in self.neighbours for one in neighbours)
        return [*(query.path for query in self.queries), *found]

    def to_dict(self) -> dict[str, Any]:
        """The result as plain values, as in the JSON file.

        Distances are squared Euclidean distances between embeddings.
        """
        return {
            "model": {"fingerprint": self.model.fingerprint, "folder": self.model.folder},
            "queries": [
                {
                    "name": query.name,
                    "file": str(query.path),
                    "frame": query.frame,
                    "seconds": None if query.seconds is None else round(query.seconds, 6),
                    "neighbours": [_told(neighbour) for neighbour in found],
                }
                for query, found in zip(self.queries, self.neighbours, strict=True)
            ],
        }

    def table(self) -> Table:
        """One row per query and frame found, nearest first."""
        rows = (
            [query.name, query.frame, rank, *(told[name] for name in _COLUMNS)]
            for query, found in zip(self.queries, self.neighbours, strict=True)
            for rank, told in enumerate(map(_told, found), start=1)
        )
        return Table(["query", "query_frame", "rank", *_COLUMNS], rows)


def _told(neighbour: Neighbour) -> dict[str, Any]:
    return {
        "name": neighbour.video.name,
        "file": str(neighbour.video.path),
        "frame": neighbour.frame,
        "seconds": round(neighbour.seconds, 6),
        "distance": round(neighbour.distance, 6),
        "metadata": dict(sorted(neighbour.video.metadata.items())),
    }
