"""Read the embeddings that `inphase embed -o FILE.npz` wrote."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from inphase.data import Collection, Video
from inphase.evaluation.videos import ScoredVideo, labelled
from inphase.models import EmbeddedVideo
from inphase.video import probe


def read_embeddings(videos: Iterable[Video], *files: str | Path) -> list[EmbeddedVideo]:
    """Embeddings of the videos that the files hold, in the order of the videos."""
    arrays = {name: array for file in files for name, array in np.load(file).items()}
    return [
        EmbeddedVideo(video.name, video.path, probe(video.path).times, arrays[video.name])
        for video in videos
        if video.name in arrays
    ]


def with_labels(collection: Collection, embedded: Iterable[EmbeddedVideo]) -> list[ScoredVideo]:
    """The embedded videos that are in the collection, with its labels."""
    return [
        labelled(
            collection[one.name], collection.events, times=one.times, embeddings=one.embeddings
        )
        for one in embedded
        if one.name in collection.names
    ]


def read_scored(collection: Collection, file: str | Path) -> list[ScoredVideo]:
    """The collection's videos that the file holds, with embeddings and labels."""
    return with_labels(collection, read_embeddings(collection, file))
