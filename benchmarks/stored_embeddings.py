"""Embeddings of a collection from the files that `inphase embed -o FILE.npz` writes."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from inphase.data import Video
from inphase.models import EmbeddedVideo
from inphase.video import probe


def read_embeddings(videos: Iterable[Video], files: Sequence[str | Path]) -> list[EmbeddedVideo]:
    """Those of the videos that the files hold, in the order of the videos."""
    arrays = {name: array for file in files for name, array in np.load(file).items()}
    return [
        EmbeddedVideo(video.name, video.path, probe(video.path).times, arrays[video.name])
        for video in videos
        if video.name in arrays
    ]
