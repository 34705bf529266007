"""A store of made-up embeddings: a few videos of random walks."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from inphase.store.catalogue import StoredModel
from inphase.store.commits import write_video
from inphase.store.table import StoredVideo
from inphase.store.tables import Tables

MODEL = StoredModel(fingerprint="f" * 64, folder="", dims=8)


@dataclass(frozen=True)
class Walks:
    """The made-up videos that were written."""

    tables: Tables
    videos: tuple[StoredVideo, ...]
    times: tuple[NDArray[np.float64], ...]
    embeddings: tuple[NDArray[np.float32], ...]


def walk(
    number: int, *, model: StoredModel = MODEL
) -> tuple[StoredVideo, NDArray[np.float64], NDArray[np.float32]]:
    """A video whose embeddings are a random walk."""
    draw = np.random.default_rng(number)
    frames = int(draw.integers(20, 40))
    embeddings = np.cumsum(draw.normal(size=(frames, model.dims)), axis=0).astype(np.float32)
    video = StoredVideo(
        name=f"walk's {number}",
        path=Path(f"/videos/walk's {number}.mp4"),
        content=f"{number:064d}",
        model=model.fingerprint,
        frames=frames,
        duration=frames / 10,
        metadata={"parity": "odd" if number % 2 else "even", "who": "O'Brien"},
    )
    return video, np.arange(frames) / 10, embeddings


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The store of the walks, written once; to be copied, not used."""
    store = tmp_path_factory.mktemp("walks") / "store"
    tables = Tables(store, create=True)
    for number in range(12):
        video, times, embeddings = walk(number)
        write_video(tables, MODEL, video, times, embeddings)
    return store


@pytest.fixture
def walks(written: Path, tmp_path: Path) -> Walks:
    shutil.copytree(written, tmp_path / "store")
    videos, times, embeddings = zip(*map(walk, range(12)), strict=True)
    return Walks(Tables(tmp_path / "store", create=False), videos, times, embeddings)
