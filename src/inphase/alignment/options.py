"""How two videos are aligned: the one set of options that every job takes."""

from dataclasses import dataclass, fields, replace
from typing import Any, Literal

Distance = Literal["squared_euclidean", "cosine"]
Side = Literal["reference", "query"]


@dataclass(frozen=True)
class AlignmentOptions:
    """How :func:`~inphase.alignment.align` aligns a query with a reference.

    Attributes:
        distance: between two embeddings.
        method: ``"dtw"`` keeps the order of the frames; ``"nearest"`` matches each reference
            frame by itself, and takes none of the options below.
        window: how far from the diagonal a match may lie: a share of the length (0..1), or a whole
            number of frames. See :func:`~inphase.alignment.dtw.dtw`.
        max_slope: how many frames of one video may pass in a row while the other waits.
        open_begin: frames of ``open_in`` may be left over at the start.
        open_end: frames of ``open_in`` may be left over at the end.
        open_in: the video that those frames belong to.
    """

    distance: Distance = "squared_euclidean"
    method: Literal["dtw", "nearest"] = "dtw"
    window: float | None = None
    max_slope: int | None = None
    open_begin: bool = False
    open_end: bool = False
    open_in: Side = "reference"

    def swapped(self) -> "AlignmentOptions":
        """The same alignment with reference and query exchanged."""
        return replace(self, open_in="query" if self.open_in == "reference" else "reference")

    def changed(self) -> dict[str, Any]:
        """The options that differ from their defaults, by name."""
        return {
            field.name: getattr(self, field.name)
            for field in fields(self)
            if getattr(self, field.name) != field.default
        }
