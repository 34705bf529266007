"""Find which frames of two videos match; plain arrays in and out."""

from inphase.alignment.distances import cosine, squared_euclidean
from inphase.alignment.dtw import WarpingPath, dtw
from inphase.alignment.joint import JointAlignment, joint_align
from inphase.alignment.mapping import frame_mapping, match_confidence, nearest_neighbours
from inphase.alignment.medoid import Medoid, medoid
from inphase.alignment.options import AlignmentOptions
from inphase.alignment.pairwise import Alignment, align
from inphase.alignment.trust import RunningTrust, Trust, trust

__all__ = [
    "Alignment",
    "AlignmentOptions",
    "JointAlignment",
    "Medoid",
    "RunningTrust",
    "Trust",
    "WarpingPath",
    "align",
    "cosine",
    "dtw",
    "frame_mapping",
    "joint_align",
    "match_confidence",
    "medoid",
    "nearest_neighbours",
    "squared_euclidean",
    "trust",
]
