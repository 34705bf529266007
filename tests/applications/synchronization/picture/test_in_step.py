"""A grid of many videos: its size, and what reading them takes."""

import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from inphase.applications.synchronization.clip import Clip
from inphase.applications.synchronization.picture import in_step as module
from inphase.applications.synchronization.picture.in_step import in_step
from inphase.applications.synchronization.picture.writing import ClipVideo, write_clip
from inphase.video import VideoReader, VideoWriter, probe


def _video(path: Path, *, size: tuple[int, int] = (64, 48), frames: int = 12) -> Path:
    with VideoWriter(path, fps=25, size=size, quality=10) as out:
        for index in range(frames):
            out.write(np.full((size[1], size[0], 3), 20 * index % 256, dtype=np.uint8))
    return path


def _grid(path: Path, videos: list[Path], *, width: int = 1920) -> tuple[int, int]:
    everything = np.arange(probe(videos[0]).frames)
    shown = [ClipVideo(video, video.stem, everything) for video in videos]
    write_clip(path, shown, Clip(), width=width)
    written = probe(path)
    return written.width, written.height


@pytest.mark.parametrize("size", [(640, 360), (426, 240), (320, 240)])
def test_two_wide_videos_lie_side_by_side_in_the_whole_width(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    videos = [_video(tmp_path / f"{name}.mp4", size=size, frames=2) for name in "ab"]
    width, height = _grid(tmp_path / "grid.mp4", videos)
    assert (width, height < width) == (1920, True)


def test_one_wide_and_one_tall_video_fit_a_screen(tmp_path: Path) -> None:
    videos = [
        _video(tmp_path / "a.mp4", size=(160, 90), frames=2),
        _video(tmp_path / "b.mp4", size=(90, 160), frames=2),
    ]
    width, height = _grid(tmp_path / "grid.mp4", videos)
    assert width <= 1920
    assert height <= 1080 + 10


@pytest.fixture
def few_files() -> Iterator[None]:
    """The program may open 90 more files."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (len(list(Path("/dev/fd").iterdir())) + 90, hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.usefixtures("few_files")
def test_more_videos_than_files_that_may_be_open(tmp_path: Path) -> None:
    first = _video(tmp_path / "0.mp4", size=(16, 16), frames=2)
    copies = [first, *(tmp_path / f"{number}.mp4" for number in range(1, 120))]
    for copy in copies[1:]:
        shutil.copy(first, copy)
    assert _grid(tmp_path / "grid.mp4", copies)[0] <= 1920


@pytest.mark.parametrize("pictures", [1, 5 * 3 * 64 * 48 * 3])
def test_videos_read_in_turn_show_the_same_as_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pictures: int
) -> None:
    readers = [VideoReader(_video(tmp_path / f"{name}.mp4")) for name in "abc"]
    mappings = [np.arange(12), np.arange(12) // 3, np.minimum(2 * np.arange(12), 11)]
    together = _levels(readers, mappings)
    monkeypatch.setattr(module, "_DECODERS", 1)
    monkeypatch.setattr(module, "_PICTURES", pictures)
    np.testing.assert_array_equal(_levels(readers, mappings), together)
    assert together.shape == (12, 3)
    assert len(np.unique(together)) == 12


def _levels(readers: list[VideoReader], mappings: list[NDArray[np.int64]]) -> NDArray[np.uint8]:
    return np.array([[one[24, 32, 0] for one in step] for step in in_step(readers, mappings)])


@pytest.mark.slow
def test_many_large_videos_take_no_more_memory_than_a_few(tmp_path: Path) -> None:
    first = _video(tmp_path / "0.mp4", size=(3840, 2160), frames=6)
    for number in range(1, 12):
        shutil.copy(first, tmp_path / f"{number}.mp4")
    program = (
        "import resource, sys; from pathlib import Path\n"
        "from tests.applications.synchronization.picture.test_in_step import _grid\n"
        "folder = Path(sys.argv[1])\n"
        "_grid(folder / 'grid' / 'g.mp4', sorted(folder.glob('*.mp4')), width=960)\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=True
    )
    # Twelve decoders at once take more than 3 GB.
    assert int(done.stdout) < 2_000_000  # kilobytes
