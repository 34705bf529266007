"""A collection to view: synthetic videos in their own folder, embedded by their true states."""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from fastapi.testclient import TestClient

from inphase.data import Collection
from inphase.models import EmbeddedVideo, Embeddings
from inphase.synthetic import read_truth
from inphase.video import probe
from inphase.viewer import Documents, Shelf, create_app, served
from inphase.viewer.opening import open_documents

_ROOT = str(Path(__file__).resolve().parents[2])
if _ROOT not in sys.path:
    sys.path.insert(0, _ROOT)

from tests.viewer.raw_http import Ask, asking  # noqa: E402

HERE = "http://127.0.0.1:8000"


@pytest.fixture
def collection(pouring: Collection, tmp_path: Path) -> Collection:
    """Three videos without labels, in a folder that can be written."""
    folder = tmp_path / "pourings"
    folder.mkdir()
    for video in pouring.videos[:3]:
        shutil.copy(video.path, folder)
    return Collection.open(folder)


@pytest.fixture
def embeddings(collection: Collection, pouring: Collection) -> Embeddings:
    """The known state of each frame, as a curve that does not cross itself."""
    truth = read_truth(Path(pouring.source).parent)
    return Embeddings(
        tuple(
            EmbeddedVideo(
                video.name,
                video.path,
                probe(video.path).times,
                np.stack([np.cos(state), np.sin(state), state], axis=1).astype(np.float32),
            )
            for video in collection
            for state in (truth[video.name][1],)
        )
    )


@pytest.fixture
def documents(embeddings: Embeddings, collection: Collection) -> Documents:
    return open_documents(embeddings, collection)


@pytest.fixture
def shelf(documents: Documents, tmp_path: Path) -> Shelf:
    return Shelf(documents.viewed, tmp_path / "cache")


@pytest.fixture
def raw(documents: Documents, shelf: Shelf) -> Iterator[Ask]:
    """Asks a real server on this machine, to the letter."""
    with served(create_app(documents, shelf)) as address:
        yield asking(address)


@pytest.fixture
def client(documents: Documents, shelf: Shelf) -> Iterator[TestClient]:
    """A browser on this machine."""
    with TestClient(create_app(documents, shelf), base_url=HERE) as opened:
        yield opened
