"""A store of made-up embeddings: a few videos of random walks."""

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


@pytest.fixture
def walks(tmp_path: Path) -> Walks:
    tables = Tables(tmp_path / "store", create=True)
    made = [walk(number) for number in range(12)]
    for video, times, embeddings in made:
        write_video(tables, MODEL, video, times, embeddings)
    return Walks(
        tables,
        tuple(video for video, _, _ in made),
        tuple(times for _, times, _ in made),
        tuple(embeddings for _, _, embeddings in made),
    )
