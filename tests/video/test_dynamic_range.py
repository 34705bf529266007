"""HDR and wide colours look as the SDR original does."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from inphase.video import VideoReader
from inphase.video.live import live_frames
from tests.video.hdr_videos import encode_hdr, scene

_KINDS = [
    ("hlg", "bt2020", 1000.0),
    ("hlg", "bt2020", 203.0),
    ("hlg", "p3", 1000.0),
    ("pq", "bt2020", 203.0),
    ("pq", "bt2020", 1000.0),
    ("sdr", "bt2020", 203.0),
    ("sdr", "p3", 203.0),
]


def _assert_alike(shown: NDArray[np.uint8], original: NDArray[np.uint8]) -> None:
    axes = tuple(range(shown.ndim - 1))
    mean, spread = original.mean(axes), original.std(axes)
    np.testing.assert_allclose(shown.mean(axes), mean, rtol=0.05)
    np.testing.assert_allclose(shown.std(axes), spread, rtol=0.05)


@pytest.mark.parametrize(("transfer", "colours", "white"), _KINDS)
def test_it_looks_as_the_original_does(
    tmp_path: Path, transfer: str, colours: str, white: float
) -> None:
    pictures = [scene(step) for step in range(6)]
    path = encode_hdr(tmp_path / "a.mkv", pictures, transfer=transfer, colours=colours, white=white)
    with VideoReader(path) as video:
        shown = np.stack([frame for _, frame in video])
    assert np.abs(shown.astype(int) - np.stack(pictures)).mean() < 2
    _assert_alike(shown, np.stack(pictures))


@pytest.mark.parametrize("transfer", ["hlg", "pq"])
def test_a_frame_is_the_same_however_it_is_reached(tmp_path: Path, transfer: str) -> None:
    # Dark at first, bright later: the light that becomes white is one for the whole file.
    pictures = [scene(step) // (4 if step < 3 else 1) for step in range(8)]
    path = encode_hdr(tmp_path / "a.mkv", pictures, transfer=transfer, white=1000)
    with VideoReader(path) as video:
        in_turn = [frame for _, frame in video]
    with VideoReader(path) as video:
        backwards = [video[index] for index in reversed(range(8))][::-1]
    np.testing.assert_array_equal(in_turn, backwards)
    _assert_alike(np.stack(in_turn), np.stack(pictures))


def test_highlights_above_white_keep_their_colour(tmp_path: Path) -> None:
    picture = scene() // 3
    picture[:4, :4] = (255, 120, 60)
    lit = encode_hdr(tmp_path / "a.mkv", [picture], transfer="pq", white=800)
    with VideoReader(lit) as video:
        red, green, blue = video[0][1, 1].astype(int)
    assert (red, blue) == pytest.approx((255, 60), abs=8)
    assert green == pytest.approx(120, abs=8)


def test_smaller_frames_are_converted_too(tmp_path: Path) -> None:
    path = encode_hdr(tmp_path / "a.mkv", [scene()], transfer="hlg", white=1000)
    with VideoReader(path, size=(65, 33)) as video:
        shown = video[0]
    assert shown.shape == (33, 65, 3)
    _assert_alike(shown, scene())


def test_a_live_video_is_converted_too(tmp_path: Path) -> None:
    pictures = [scene(step) for step in range(3)]
    path = encode_hdr(tmp_path / "a.mkv", pictures, transfer="hlg", white=1000)
    shown = [frame for _, frame in live_frames(path, size=None, wait=0)]
    _assert_alike(np.stack(shown), np.stack(pictures))


@pytest.mark.parametrize("name", ["hlg.mov", "pq.mp4"])
def test_the_reported_recordings_look_as_their_original(shared_cases: Path, name: str) -> None:
    with VideoReader(shared_cases / "06_hdr" / name) as video:
        frame = video[40]
    np.testing.assert_allclose(frame.mean(axis=(0, 1)), (152, 138, 127), rtol=0.05)
    assert frame.std() == pytest.approx(49, rel=0.05)
