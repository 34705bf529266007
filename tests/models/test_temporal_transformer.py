"""The temporal transformer: masks, places, long videos, and what it cannot do."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from inphase.errors import ConfigError, ModelError
from inphase.models import Encoder, EncoderConfig, FrameEmbedder, temporal_transformer
from inphase.models.streaming import StreamEmbedder
from inphase.models.temporal_transformer import TemporalTransformer
from inphase.settings import parse_settings

_SMALL: dict[str, Any] = {
    "image_size": 64,
    "conv_width": 8,
    "fc_width": 8,
    "embedding_size": 6,
    "context_frames": 1,
    "embedder": "transformer",
    "transformer_width": 16,
    "attention_heads": 4,
    "transformer_layers": 2,
    "pretrained": False,
}


def _transformer(**changes: object) -> TemporalTransformer:
    torch.manual_seed(0)
    return TemporalTransformer(4, EncoderConfig(**{**_SMALL, **changes})).eval()


@pytest.mark.parametrize("positions", [False, True])
def test_padding_has_no_influence(positions: bool) -> None:
    embedder = _transformer(positions=positions)
    frames = torch.randn(3, 7, 16)
    mask = torch.arange(7) < torch.tensor([[7], [4], [0]])
    found = embedder.over_time(frames, mask)
    other = embedder.over_time(frames.masked_fill(~mask[..., None], 9.0), mask)
    torch.testing.assert_close(found[mask], other[mask])
    assert found.isfinite().all()
    alone = embedder.over_time(frames[1, :4])
    torch.testing.assert_close(found[1, :4], alone, rtol=1e-4, atol=1e-5)


def test_without_positions_a_clip_is_a_set_and_with_them_it_has_an_order() -> None:
    frames, order = (
        torch.randn(7, 16),
        torch.randperm(7, generator=torch.Generator().manual_seed(1)),
    )
    as_set, as_course = _transformer(), _transformer(positions=True)
    torch.testing.assert_close(as_set.over_time(frames)[order], as_set.over_time(frames[order]))
    moved = as_course.over_time(frames[order])
    assert (as_course.over_time(frames)[order] - moved).abs().max() > 1e-3


def test_every_frame_sees_every_other() -> None:
    embedder = _transformer()
    frames = torch.randn(7, 16, requires_grad=True)
    (gradient,) = torch.autograd.grad(embedder.over_time(frames)[0].sum(), frames)
    assert (gradient.abs().amax(dim=-1) > 0).all()


def test_a_long_video_is_seen_in_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    embedder, frames = _transformer(positions=True), torch.randn(21, 16)
    whole = embedder.over_time(frames)
    monkeypatch.setattr(temporal_transformer, "_LONGEST", 8)
    parts = embedder.over_time(frames)
    assert parts.shape == whole.shape
    assert (parts - whole).abs().max() > 1e-6
    monkeypatch.setattr(temporal_transformer, "_LONGEST", 20)
    # The last window is the last twenty frames.
    seen = embedder._attended(
        (frames + temporal_transformer._places(frames[None], None)[0])[None, 1:], None
    )
    torch.testing.assert_close(embedder.over_time(frames)[-1], seen[0, -1])


def test_a_video_is_embedded_as_a_whole_and_its_frames_as_in_it(
    constant: Path, tmp_path: Path
) -> None:
    encoder = Encoder(EncoderConfig(**_SMALL, unit_length=True)).eval()
    encoder.save(tmp_path / "model")
    embedder = FrameEmbedder(Encoder.load(tmp_path / "model"))
    whole = embedder.embed(constant).embeddings
    np.testing.assert_allclose(np.linalg.norm(whole, axis=1), 1.0, rtol=1e-5)
    maps = torch.stack([*embedder.video_maps(constant)])
    with torch.no_grad():
        plain = encoder.embed_features(maps[:, None]).numpy()
    np.testing.assert_allclose(whole, plain, rtol=1e-3, atol=1e-4)
    np.testing.assert_array_equal(embedder.embed_frames(constant, [9, 2]), whole[[9, 2]])
    with pytest.raises(ModelError, match="all frames of a video together"):
        embedder.embed_picture(constant)
    with pytest.raises(ModelError, match="still being recorded"):
        StreamEmbedder(encoder)


def test_old_models_keep_their_fingerprint_and_new_options_change_it() -> None:
    from inphase.models.model_folder import embedding_fingerprint

    plain = {**_SMALL, "embedder": "convolutions"}

    def of(**changes: object) -> str:
        return embedding_fingerprint(EncoderConfig(**{**plain, **changes}), {})

    assert of(transformer_layers=5, positions=True) == of()
    assert of(unit_length=True) != of()
    assert of(embedder="transformer", positions=True) != of(embedder="transformer")


def test_heads_divide_the_width() -> None:
    with pytest.raises(ConfigError, match="must divide transformer_width"):
        parse_settings(EncoderConfig, {**_SMALL, "attention_heads": 3}, source="test")
