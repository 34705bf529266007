"""The map: a point per frame, even for many frames, and a sentence if there is none."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from inphase.errors import ModelError, VideoError
from inphase.models import EmbeddedVideo
from inphase.viewer import embedding_map
from inphase.viewer.embedding_map import lay_out


def video(name: str, embeddings: NDArray[np.float64]) -> EmbeddedVideo:
    times = np.arange(len(embeddings)) / 25
    return EmbeddedVideo(name, Path(name), times, embeddings.astype(np.float32))


def curve(frames: int, phase: float) -> NDArray[np.float64]:
    turns = np.linspace(0, 3, frames)
    return np.stack([np.cos(turns), np.sin(turns), np.full(frames, phase)], axis=1)


def test_of_many_frames_those_between_lie_on_the_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding_map, "_MOST_FRAMES", 40)
    videos = [video("a", curve(101, 0)), video("b", curve(60, 1)), video("c", curve(1, 2))]
    method, points = lay_out(videos)
    assert method == "t-SNE"
    assert [part.shape for part in points] == [(101, 2), (60, 2), (1, 2)]
    assert all(np.isfinite(part).all() for part in points)
    # Every fifth frame of 162 was projected.
    np.testing.assert_allclose(points[0][2], points[0][0] * 0.6 + points[0][5] * 0.4)
    assert np.linalg.norm(np.diff(points[0], axis=0), axis=1).max() > 0


def test_a_handful_of_frames_is_laid_out_by_pca() -> None:
    method, points = lay_out([video("a", curve(6, 0))])
    assert method == "PCA"
    assert points[0].shape == (6, 2)


def test_where_there_is_no_map_a_sentence_says_why() -> None:
    with pytest.raises(ModelError, match="same embedding"):
        lay_out([video("a", np.ones((20, 3)))])
    with pytest.raises(VideoError, match="at least 4"):
        lay_out([video("a", curve(2, 0))])
