"""How two videos are aligned: the options that every job shares."""

from dataclasses import dataclass, fields, replace
from typing import Any, Literal

Distance = Literal["squared_euclidean", "cosine"]
Side = Literal["reference", "query"]


@dataclass(frozen=True)
class AlignmentOptions:
    """How [`align`][inphase.alignment.align] aligns a query with a reference.

    Attributes:
        distance: between two embeddings.
        method: `"dtw"` keeps the order of the frames; `"nearest"` matches each reference frame
            independently, and takes none of the options below.
        window: how far from the diagonal a match may lie: a fraction (0..1) of the shorter video,
            or a whole number of its frames. See [`dtw`][inphase.alignment.dtw].
        max_slope: how many frames one video may advance while the other stands still.
        open_begin: frames of `open_in` may stay unmatched at the start.
        open_end: frames of `open_in` may stay unmatched at the end.
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
        if self.method == "nearest":
            return self  # It has no open sides.
        return replace(self, open_in="query" if self.open_in == "reference" else "reference")

    def changed(self) -> dict[str, Any]:
        """The options that differ from their defaults, by name."""
        return {
            field.name: getattr(self, field.name)
            for field in fields(self)
            if getattr(self, field.name) != field.default
        }
