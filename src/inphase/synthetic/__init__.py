"""Drawn videos with known ground truth: code makes their frames, sound and key events."""

from inphase.synthetic.collection import read_truth, write_collection
from inphase.synthetic.deviation import DEVIATIONS, DeviatingVideo, deviate, planted
from inphase.synthetic.videos import ACTIONS, EVENTS, SyntheticVideo, correspondence, draw
from inphase.synthetic.warp import corresponding_frames

__all__ = [
    "ACTIONS",
    "DEVIATIONS",
    "EVENTS",
    "DeviatingVideo",
    "SyntheticVideo",
    "correspondence",
    "corresponding_frames",
    "deviate",
    "draw",
    "planted",
    "read_truth",
    "write_collection",
]
