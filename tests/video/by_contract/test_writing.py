"""Written videos play everywhere, look the same, and never stay half-written."""

from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from inphase.errors import OutputError
from inphase.video import Audio, VideoReader, VideoWriter, probe, read_audio, write_audio

COLOURS = [
    (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255), (0, 0, 0), (128, 128, 128),
    (200, 40, 90), (20, 180, 220),
]  # fmt: skip


@pytest.mark.parametrize("size", [(96, 64), (101, 75), (1280, 720)])
def test_solid_colours_come_back(size: tuple[int, int], tmp_path: Path) -> None:
    width, height = size
    path = tmp_path / "v.mp4"
    with VideoWriter(path, fps=25, size=size) as writer:
        for colour in COLOURS:
            writer.write(np.full((height, width, 3), colour, np.uint8))
    shown = [frame.astype(int) for _, frame in VideoReader(path)]
    for frame, colour in zip(shown, COLOURS, strict=True):
        assert np.abs(frame - colour).max() <= 3
        assert frame.shape == (height + height % 2, width + width % 2, 3)


def test_browsers_can_play_it(tmp_path: Path, numbers: Any) -> None:
    path = tmp_path / "new" / "folder" / "v.mp4"
    sound = Audio(np.zeros((48000, 2), np.float32), 48000)
    with VideoWriter(path, fps=25, size=(97, 64), audio=sound) as writer:
        for number in range(25):
            writer.write(numbers.draw(number, (97, 64)))
    with av.open(str(path)) as container:
        picture, track = container.streams.video[0], container.streams.audio[0]
        assert picture.codec_context.name == "h264"
        assert picture.codec_context.pix_fmt == "yuv420p"
        assert (picture.width, picture.height) == (98, 64)
        assert track.codec_context.name == "aac"
        frame = next(container.decode(video=0))
        assert (frame.colorspace, frame.color_range) == (1, 1)
    content = path.read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")
    assert [numbers.read(frame) for _, frame in VideoReader(path)] == list(range(25))
    assert probe(path).has_audio
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("fps", [25, 29.97, Fraction(30000, 1001), 7, 120, 12.5])
def test_regular_rates(fps: float | Fraction, tmp_path: Path) -> None:
    path = tmp_path / "v.mp4"
    with VideoWriter(path, fps=fps, size=(32, 32)) as writer:
        for _ in range(50):
            writer.write(np.zeros((32, 32, 3), np.uint8))
    info = probe(path)
    np.testing.assert_allclose(info.times, np.arange(50) / float(fps), atol=2e-5)
    assert info.fps == pytest.approx(float(fps), rel=1e-4)
    assert info.duration == pytest.approx(50 / float(fps), rel=1e-3)


def test_times_of_their_own(tmp_path: Path, numbers: Any) -> None:
    times = [0.0, 0.01, 0.5, 0.55, 2.0]
    path = tmp_path / "v.mp4"
    with VideoWriter(path, fps=25, size=(96, 64)) as writer:
        for number, time in enumerate(times):
            writer.write(numbers.draw(number), time=time)
        with pytest.raises(ValueError, match="increase"):
            writer.write(numbers.draw(0), time=2.0)
        writer.write(numbers.draw(5))
    reader = VideoReader(path)
    np.testing.assert_allclose(reader.times, [*times, 2.04], atol=2e-5)
    assert [numbers.read(frame) for _, frame in reader] == [0, 1, 2, 3, 4, 5]


def test_wrong_frames_and_arguments(tmp_path: Path) -> None:
    path = tmp_path / "v.mp4"
    with VideoWriter(path, fps=25, size=(96, 64)) as writer:
        with pytest.raises(ValueError, match="a frame must be"):
            writer.write(np.zeros((96, 64, 3), np.uint8))
        with pytest.raises(ValueError, match="a frame must be"):
            writer.write(np.zeros((64, 96, 3), np.float32))
        writer.write(np.zeros((64, 96, 3), np.uint8))
    with pytest.raises(ValueError, match="with"):
        writer.write(np.zeros((64, 96, 3), np.uint8))
    with pytest.raises(ValueError, match="fps"):
        VideoWriter(path, fps=0, size=(96, 64))
    with pytest.raises(ValueError, match="size"):
        VideoWriter(path, fps=25, size=(0, 64))
    with pytest.raises(ValueError, match="quality"):
        VideoWriter(path, fps=25, size=(96, 64), quality=60)


def _write_noise(path: Path, count: int, *, interrupted: bool = False) -> None:
    rng = np.random.default_rng(0)
    with VideoWriter(path, fps=25, size=(160, 120)) as writer:
        for _ in range(count):
            writer.write(rng.integers(0, 255, (120, 160, 3), dtype=np.uint8))
        if interrupted:
            raise KeyboardInterrupt


def test_an_error_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "v.mp4"
    path.write_bytes(b"old")
    with pytest.raises(KeyboardInterrupt):
        _write_noise(path, 60, interrupted=True)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_video_without_frames_is_not_written(tmp_path: Path) -> None:
    with (
        pytest.raises(OutputError, match="no frame"),
        VideoWriter(tmp_path / "v.mp4", fps=25, size=(96, 64)),
    ):
        pass
    assert list(tmp_path.iterdir()) == []


@contextmanager
def _disk_full_after(size: int) -> Iterator[None]:
    """Let no file grow beyond `size` bytes; further writing fails as on a full disk."""
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("count", [3, 60])
def test_a_full_disk_leaves_nothing(count: int, tmp_path: Path) -> None:
    path = tmp_path / "v.mp4"
    with pytest.raises(OutputError, match=r"Cannot write .*v\.mp4"), _disk_full_after(20_000):
        _write_noise(path, count)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("suffix", [".wav", ".m4a", ".aac"])
def test_a_full_disk_leaves_no_sound(suffix: str, tmp_path: Path) -> None:
    noise = np.random.default_rng(0).normal(0, 0.3, (200_000, 1)).astype(np.float32)
    with pytest.raises(OutputError, match="Cannot write"), _disk_full_after(20_000):
        write_audio(tmp_path / f"a{suffix}", Audio(noise, 48000))
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    path = tmp_path / "file" / "v.mp4"
    with (
        pytest.raises(OutputError, match=r"Cannot write .*v\.mp4"),
        VideoWriter(path, fps=25, size=(96, 64)),
    ):
        pass
    with pytest.raises(OutputError, match="Cannot write"):
        write_audio(path.with_suffix(".wav"), Audio(np.zeros((9, 1), np.float32), 8000))


def test_sound_of_an_unusual_rate_is_resampled(tmp_path: Path) -> None:
    tone = np.sin(np.arange(50000) * 0.05).astype(np.float32)[:, None] * np.float32(0.5)
    path = tmp_path / "v.mp4"
    with VideoWriter(path, fps=25, size=(32, 32), audio=Audio(tone, 50000)) as writer:
        for _ in range(25):
            writer.write(np.zeros((32, 32, 3), np.uint8))
    sound = read_audio(path)
    assert sound.rate == 48000
    assert sound.duration == pytest.approx(1.0, abs=1e-4)
