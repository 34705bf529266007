"""Frames one by one give what the whole video gives."""

from pathlib import Path

import numpy as np
import pytest

from inphase.data import Collection
from inphase.models import Encoder, EncoderConfig, FrameEmbedder
from inphase.models.streaming import StreamingEmbedder
from inphase.video import VideoReader


def small(**options: object) -> Encoder:
    settings = {"image_size": 64, "conv_width": 8, "fc_width": 16, **options}
    return Encoder(EncoderConfig(**settings)).eval()  # type: ignore[arg-type]


def streamed(embedder: StreamingEmbedder, path: Path) -> np.ndarray:
    return np.stack([embedder.update(frame, float(time)) for time, frame in VideoReader(path)])


@pytest.mark.parametrize(("frames", "gap"), [(1, 0.3), (2, 0.3), (3, 0.2)])
def test_context_is_that_of_the_whole_video(pouring: Collection, frames: int, gap: float) -> None:
    encoder = small(context_frames=frames, context_gap=gap)
    whole = FrameEmbedder(encoder).embed(pouring.videos[0].path).embeddings
    side_by_side = StreamingEmbedder(encoder)
    size = (64, 64)
    told = np.stack(
        [
            side_by_side.update(frame, float(time))
            for time, frame in VideoReader(pouring.videos[0].path, size=size)
        ]
    )
    np.testing.assert_allclose(told, whole, atol=2e-3 * np.abs(whole).max())


def test_memory_does_not_grow() -> None:
    embedder = StreamingEmbedder(small(context_gap=0.3))
    picture = np.zeros((64, 64, 3), dtype=np.uint8)
    for index in range(60):
        embedder.update(picture, index / 20)
        assert len(embedder._recent) <= 0.3 * 20 + 2


def test_the_background_is_kept_for_the_same_scene_only(pouring: Collection) -> None:
    encoder = small(subtract_background=True)
    path = pouring.videos[0].path
    whole = FrameEmbedder(encoder).embed(path).embeddings
    embedder = StreamingEmbedder(encoder)
    first = streamed(embedder, path)
    embedder.restart()
    second = streamed(embedder, path)
    embedder.restart(same_scene=False)
    fresh = streamed(embedder, path)
    np.testing.assert_array_equal(first, fresh)
    errors = [np.abs(told - whole).mean() for told in (first, second)]
    assert errors[1] < 0.5 * errors[0]
