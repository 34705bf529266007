"""Embedding frames as they arrive: the same as for the whole video, in bounded memory."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from inphase.data import Collection
from inphase.errors import ModelError
from inphase.models import Encoder, EncoderConfig, FrameEmbedder
from inphase.models.streaming import StreamEmbedder
from inphase.video import VideoReader


def small(*, subtract: bool) -> Encoder:
    config = EncoderConfig(
        image_size=64, conv_width=8, fc_width=8, context_gap=0.25, context_frames=3,
        subtract_background=subtract,
    )  # fmt: skip
    return Encoder(config).eval()


@pytest.fixture(scope="module")
def video(pouring: Collection) -> Path:
    return pouring.videos[0].path


def streamed(stream: StreamEmbedder, path: Path) -> tuple[list[NDArray[np.float32]], int]:
    embedded, most = [], 0
    for time, frame in VideoReader(path, size=(64, 64)):
        embedded.append(stream.push(frame, time))
        most = max(most, stream.kept)
    return embedded, most


def test_frames_one_by_one_are_embedded_as_in_the_whole_video(video: Path) -> None:
    encoder = small(subtract=False)
    whole = FrameEmbedder(encoder).embed(video)
    embedded, most = streamed(StreamEmbedder(encoder), video)
    np.testing.assert_allclose(np.stack(embedded), whole.embeddings, rtol=1e-3, atol=1e-5)
    assert most <= 2 * 0.25 * 12 + 3 < len(embedded)


@pytest.mark.parametrize("background", ["start", "reference"])
def test_a_video_followed_along_itself_has_its_own_background(video: Path, background: str) -> None:
    encoder = small(subtract=True)
    whole = FrameEmbedder(encoder).embed(video)
    stream = StreamEmbedder(encoder, background=background, reference=video)  # type: ignore[arg-type]
    embedded, _ = streamed(stream, video)
    np.testing.assert_allclose(np.stack(embedded), whole.embeddings, rtol=1e-2, atol=1e-4)


def test_the_running_background_ends_as_that_of_the_whole_video(video: Path) -> None:
    encoder = small(subtract=True)
    whole = FrameEmbedder(encoder).embed(video)
    embedded, _ = streamed(StreamEmbedder(encoder, background="running"), video)
    np.testing.assert_allclose(embedded[-1], whole.embeddings[-1], rtol=1e-2, atol=1e-4)


def test_a_background_from_a_reference_needs_one() -> None:
    with pytest.raises(ModelError, match="none was given"):
        StreamEmbedder(small(subtract=True), background="start")
