"""Which frame of one video belongs to which of another; plain arrays in and out."""

from inphase.alignment.distances import cosine, squared_euclidean
from inphase.alignment.dtw import WarpingPath, dtw
from inphase.alignment.mapping import frame_mapping, match_confidence, nearest_neighbours
from inphase.alignment.pairwise import Alignment, align

__all__ = [
    "Alignment",
    "WarpingPath",
    "align",
    "cosine",
    "dtw",
    "frame_mapping",
    "match_confidence",
    "nearest_neighbours",
    "squared_euclidean",
]
