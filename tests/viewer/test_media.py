"""Proxies and thumbnails: right, kept by content, whole or not at all."""

from pathlib import Path

import numpy as np
import pytest

from inphase.errors import VideoError
from inphase.video import VideoReader, probe, read_audio
from inphase.video.browser import browser_playback
from inphase.viewer import media
from inphase.viewer.media import (
    PROXY_KEY_EVERY,
    make_proxy,
    make_quick_proxy,
    make_thumbnails,
    thumbnail_step,
)
from tests.video.odd_videos import encode, numbers_in

TIMES = [0.0, 0.04, 0.1, 0.25, 0.3, 0.5, 0.54, 0.9, 1.0, 1.3]


def test_a_proxy_has_the_same_frames_at_the_same_times(tmp_path: Path) -> None:
    tone = (np.sin(np.arange(48000) / 20).astype(np.float32), 0.0)
    odd = encode(tmp_path / "odd.mkv", 10, codec="libx265", times=TIMES, sound=tone)
    assert browser_playback(odd) is None
    done: list[int] = []
    proxy = make_proxy(odd, tmp_path / "cache", advance=done.append)
    assert sum(done) == 10
    played = browser_playback(proxy)
    assert played is not None
    assert (played.media_type, played.key_distance) == ("video/mp4", min(10, PROXY_KEY_EVERY))
    reader = VideoReader(proxy)
    assert numbers_in(frame for _, frame in reader) == list(range(10))
    np.testing.assert_allclose(reader.times, probe(odd).times, atol=2e-5)
    assert read_audio(proxy).duration == pytest.approx(read_audio(odd).duration, abs=0.03)
    made = proxy.stat().st_mtime_ns
    moved = odd.rename(tmp_path / "moved.mkv")
    assert make_proxy(moved, tmp_path / "cache") == proxy
    assert proxy.stat().st_mtime_ns == made


def test_a_large_video_gets_a_smaller_proxy_of_the_same_shape(tmp_path: Path) -> None:
    large = encode(tmp_path / "large.avi", 2, codec="mpeg4", size=(1920, 810))
    info = probe(make_proxy(large, tmp_path / "cache"))
    assert (info.width, info.height) == (1280, 540)


@pytest.mark.parametrize(("most", "key_every"), [(40, 1), (39, PROXY_KEY_EVERY)])
def test_a_proxy_to_be_quick_is_smaller_still_and_has_every_frame(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int, key_every: int
) -> None:
    monkeypatch.setattr(media, "_MOST_KEY_FRAMES", most)
    large = encode(tmp_path / "large.mp4", 40, size=(1920, 1080))
    proxy = make_quick_proxy(large, tmp_path / "cache")
    info = probe(proxy)
    assert (info.width, info.height) == (854, 480)
    np.testing.assert_allclose(info.times, probe(large).times, atol=2e-5)
    assert numbers_in(frame for _, frame in VideoReader(proxy)) == list(range(40))
    played = browser_playback(proxy)
    assert played is not None
    assert played.key_distance == key_every
    assert make_proxy(large, tmp_path / "cache") != proxy


def test_a_folder_of_images_gets_a_proxy(tmp_path: Path) -> None:
    from PIL import Image

    folder = tmp_path / "images"
    folder.mkdir()
    for number in range(4):
        Image.new("RGB", (64, 48), (60 * number, 0, 0)).save(folder / f"{number}.png")
    assert browser_playback(folder) is None
    assert probe(make_proxy(folder, tmp_path / "cache")).frames == 4


def test_a_broken_video_leaves_nothing_in_the_cache(tmp_path: Path) -> None:
    broken = encode(tmp_path / "broken.mkv", 10, codec="mpeg4")
    broken.write_bytes(broken.read_bytes()[:300])
    for make in (make_proxy, make_thumbnails):
        with pytest.raises(VideoError, match=r"broken\.mkv"):
            make(broken, tmp_path / "cache")
    assert not list((tmp_path / "cache").rglob("*"))


class _StoppedError(Exception):
    pass


def test_what_is_stopped_leaves_nothing_in_the_cache(tmp_path: Path) -> None:
    video = encode(tmp_path / "video.mkv", 10, codec="mpeg4")

    def stop(_frames: int) -> None:
        raise _StoppedError

    for make in (make_proxy, make_thumbnails):
        with pytest.raises(_StoppedError):
            make(video, tmp_path / "cache", advance=stop)
    assert not list((tmp_path / "cache").rglob("*"))


@pytest.mark.parametrize(("frames", "step"), [(1, 1), (400, 1), (401, 2), (800, 2), (1201, 4)])
def test_long_videos_have_a_thumbnail_every_so_often(frames: int, step: int) -> None:
    assert thumbnail_step(frames) == step
    assert -(-frames // step) <= 400
