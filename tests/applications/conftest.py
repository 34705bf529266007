"""Videos that the applications are tried on: embedded as an encoder could not do better."""

from pathlib import Path

import numpy as np
import pytest

from inphase.data import Collection
from inphase.models import EmbeddedVideo
from inphase.synthetic import read_truth
from inphase.video import probe


@pytest.fixture(scope="module")
def embedded(pouring: Collection) -> list[EmbeddedVideo]:
    """Perfect embeddings: the known state of every frame."""
    truth = read_truth(Path(pouring.source).parent)
    return [
        EmbeddedVideo(
            video.name,
            video.path,
            probe(video.path).times,
            truth[video.name][1].astype(np.float32)[:, None],
        )
        for video in pouring
    ]
