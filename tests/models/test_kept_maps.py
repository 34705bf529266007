"""Maps that training kept serve embedding, too."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor

from inphase.data import Video, resample
from inphase.models import Encoder, EncoderConfig, FrameEmbedder
from inphase.models.kept_maps import entry, kept_maps
from inphase.training import FeatureCache
from inphase.video import VideoReader


@pytest.fixture(params=[False, True], ids=["plain", "moving"])
def encoder(request: pytest.FixtureRequest) -> Encoder:
    config = EncoderConfig(
        image_size=64,
        conv_width=8,
        fc_width=8,
        embedding_size=6,
        context_gap=0.1,
        subtract_background=request.param,
    )
    return Encoder(config).eval()


def _fill(folder: Path, encoder: Encoder, video: Path, *, fps: float = 10.0) -> NDArray[np.int64]:
    """Keep a video's maps at a frame rate; return the numbers of these frames."""
    FeatureCache(folder, encoder, fps=fps, copies=1, seed=0).features(Video("v", video))
    indices: NDArray[np.int64] = resample(VideoReader(video).times, fps=fps)
    return indices


def test_kept_frames_do_not_pass_the_base_network_again(
    constant: Path, encoder: Encoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = FrameEmbedder(encoder).embed(constant)
    indices = _fill(tmp_path / "features", encoder, constant)
    passed = []
    maps = FrameEmbedder.maps

    def counted(self: FrameEmbedder, frames: Iterable[NDArray[np.uint8]]) -> Iterator[Tensor]:
        for one in maps(self, frames):
            passed.append(one)
            yield one

    monkeypatch.setattr(FrameEmbedder, "maps", counted)
    embedder = FrameEmbedder(encoder, cache=tmp_path)
    got = embedder.embed(constant)
    assert len(passed) == len(wanted.times) - len(indices)
    assert 0 < len(indices) < len(wanted.times)
    scale = np.abs(wanted.embeddings).max()
    np.testing.assert_allclose(got.embeddings, wanted.embeddings, atol=2e-3 * scale)
    some = embedder.embed_frames(constant, [3, 7])
    np.testing.assert_allclose(some, wanted.embeddings[[3, 7]], atol=2e-3 * scale)


def test_kept_maps_are_those_of_the_frames(
    constant: Path, encoder: Encoder, tmp_path: Path
) -> None:
    indices = _fill(tmp_path / "features", encoder, constant)
    kept = kept_maps(tmp_path / "features", constant, encoder.base_fingerprint)
    assert list(kept) == indices.tolist()
    assert 1 in kept or 2 in kept
    frames = VideoReader(constant, size=(64, 64)).frames(indices)
    for index, made in zip(indices, FrameEmbedder(encoder).maps(frames), strict=True):
        torch.testing.assert_close(kept[int(index)], made, atol=1e-2, rtol=1e-2)


def test_the_entry_with_the_most_frames_is_used(
    constant: Path, encoder: Encoder, tmp_path: Path
) -> None:
    fine, coarse = (_fill(tmp_path / "features", encoder, constant, fps=fps) for fps in (12.5, 5.0))
    assert len(fine) > len(coarse)
    assert (
        list(kept_maps(tmp_path / "features", constant, encoder.base_fingerprint)) == fine.tolist()
    )


def test_other_videos_other_networks_and_spoilt_files_have_none(
    constant: Path, variable: Path, encoder: Encoder, tmp_path: Path
) -> None:
    _fill(tmp_path / "features", encoder, constant)
    assert not kept_maps(tmp_path / "features", variable, encoder.base_fingerprint)
    assert not kept_maps(tmp_path / "features", constant, "other")
    assert not kept_maps(tmp_path / "none", constant, encoder.base_fingerprint)
    (file,) = tmp_path.rglob("maps.npy")
    file.write_bytes(file.read_bytes()[:200])
    assert not kept_maps(tmp_path / "features", constant, encoder.base_fingerprint)
    np.save(file, np.zeros((2, 3, 4, 1, 1), np.float16))
    assert not kept_maps(tmp_path / "features", constant, encoder.base_fingerprint)


def test_settings_make_another_entry_of_the_same_video(constant: Path, tmp_path: Path) -> None:
    one, other = (entry(tmp_path / "features", constant, "base", fps, 1) for fps in (15.0, 30.0))
    assert one != other
    assert one.name.split("-")[0] == other.name.split("-")[0]
