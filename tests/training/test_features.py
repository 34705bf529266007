"""The feature cache: correct, and not computed twice."""

import errno
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

from inphase.data import Augmentation, Collection, Video, resample
from inphase.errors import OutputError
from inphase.models import Encoder, FrameEmbedder
from inphase.models.kept_arrays import write_array
from inphase.models.kept_maps import kept_maps
from inphase.training import FeatureCache, TrainingConfig
from inphase.video import VideoReader


@pytest.fixture
def encoder(tiny: TrainingConfig) -> Encoder:
    return Encoder(tiny.encoder).eval()


def _cache(folder: Path, encoder: Encoder, **options: float) -> FeatureCache:
    settings = {"fps": 6.0, "copies": 1, "seed": 0} | options
    return FeatureCache(folder, encoder, **settings)  # type: ignore[arg-type]


def test_copy_0_holds_the_base_networks_maps(
    tmp_path: Path, encoder: Encoder, pouring: Collection
) -> None:
    video = pouring.videos[0]
    features = _cache(tmp_path, encoder).features(video)
    reader = VideoReader(video.path, size=(64, 64))
    indices = resample(reader.times, fps=6)
    frames = torch.from_numpy(np.stack(list(reader.frames(indices))))
    with torch.inference_mode():
        wanted = encoder.features(frames).numpy()
    assert np.array_equal(features.times, reader.times[indices])
    assert features.maps.shape == (2, len(indices), 112, 4, 4)
    np.testing.assert_allclose(features.maps[0], wanted, atol=2e-2, rtol=1e-2)


def test_the_other_copies_are_augmented_pictures(
    tmp_path: Path, encoder: Encoder, pouring: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    flip = Augmentation(flip=True, brightness=0.0, contrast=1.0)
    monkeypatch.setattr(Augmentation, "draw", lambda _generator: flip)
    video = pouring.videos[0]
    features = _cache(tmp_path, encoder).features(video)
    reader = VideoReader(video.path, size=(64, 64))
    frames = torch.from_numpy(np.stack([flip(reader[0])]))
    with torch.inference_mode():
        wanted = encoder.features(frames).numpy()
    np.testing.assert_allclose(features.maps[1, :1], wanted, atol=2e-2, rtol=1e-2)


def test_the_same_content_is_not_computed_again(
    tmp_path: Path, encoder: Encoder, pouring: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    video = pouring.videos[0]
    first = _cache(tmp_path / "cache", encoder).features(video)
    copy = tmp_path / "renamed.mp4"
    shutil.copy(video.path, copy)

    def forbidden(*_arguments: object) -> None:
        raise AssertionError("the base network ran again")

    monkeypatch.setattr(FrameEmbedder, "maps", forbidden)
    again = _cache(tmp_path / "cache", encoder).features(Video(name="renamed", path=copy))
    assert np.array_equal(first.maps, again.maps)


@pytest.mark.parametrize("change", [{"fps": 12.0}, {"copies": 0}, {"seed": 1}])
def test_other_settings_are_other_features(
    tmp_path: Path, encoder: Encoder, pouring: Collection, change: dict[str, float]
) -> None:
    video = pouring.videos[0]
    first = _cache(tmp_path, encoder).features(video)
    other = _cache(tmp_path, encoder, **change).features(video)
    assert first.maps.shape != other.maps.shape or not np.array_equal(first.maps, other.maps)


def test_an_interrupted_computation_leaves_no_entry(
    tmp_path: Path, encoder: Encoder, pouring: Collection
) -> None:
    def stop(_count: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        _cache(tmp_path, encoder).features(pouring.videos[0], advance=stop)
    assert not list(tmp_path.rglob("*.npy"))


def test_without_copies_runs_with_other_seeds_share_features(
    tmp_path: Path, encoder: Encoder, pouring: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = _cache(tmp_path, encoder, copies=0).features(pouring.videos[0])
    monkeypatch.setattr(FrameEmbedder, "maps", None)
    again = _cache(tmp_path, encoder, copies=0, seed=1).features(pouring.videos[0])
    assert np.array_equal(first.maps, again.maps)


@pytest.mark.parametrize("name", ["times.npy", "indices.npy", "maps.npy"])
@pytest.mark.parametrize("harm", ["gone", "empty", "short", "pickled", "changed"])
def test_a_damaged_entry_is_made_again(
    tmp_path: Path, encoder: Encoder, pouring: Collection, name: str, harm: str
) -> None:
    video = pouring.videos[0]
    folder = tmp_path / "cache"
    first = np.array(_cache(folder, encoder).features(video).maps)
    (file,) = folder.rglob(name)
    content = file.read_bytes()
    if harm == "gone":
        file.unlink()
    elif harm == "changed":
        file.write_bytes(content[:-60] + bytes([content[-60] ^ 0x10]) + content[-59:])
    else:
        file.write_bytes({"empty": b"", "short": content[:200], "pickled": b"\x80\x04]."}[harm])
    # Embedding finds no frames in it, or the right ones.
    kept = kept_maps(folder, video.path, encoder.base_fingerprint)
    assert all(np.array_equal(kept[i], first[0, n]) for n, i in enumerate(kept))
    again = _cache(folder, encoder).features(video)
    assert np.array_equal(first, again.maps)
    assert len(kept_maps(folder, video.path, encoder.base_fingerprint)) == len(again.times)


@pytest.mark.parametrize("spoil", ["backwards", "not a number"])
def test_times_that_no_video_has_are_made_again(
    tmp_path: Path, encoder: Encoder, pouring: Collection, spoil: str
) -> None:
    video = pouring.videos[0]
    right = _cache(tmp_path, encoder).features(video).times
    (file,) = tmp_path.rglob("times.npy")
    times = right[::-1].copy() if spoil == "backwards" else np.where(right > 1, np.nan, right)
    write_array(file, times)
    assert np.array_equal(_cache(tmp_path, encoder).features(video).times, right)


def test_a_full_disk_is_known_before_the_work(
    tmp_path: Path, encoder: Encoder, pouring: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []

    def full(_descriptor: int, _start: int, size: int) -> None:
        assert size > 2 * 112 * 4 * 4
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "posix_fallocate", full, raising=False)
    with pytest.raises(OutputError, match="No space left on device"):
        _cache(tmp_path, encoder).features(pouring.videos[1], advance=seen.append)
    assert sum(seen) < len(VideoReader(pouring.videos[1].path)) / 2
    assert not list(tmp_path.rglob("*.npy"))
