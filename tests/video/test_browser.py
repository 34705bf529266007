"""What a browser plays unchanged, and what needs a proxy."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from inphase.errors import VideoError
from inphase.video import VideoWriter
from inphase.video.browser import browser_playback
from tests.video.odd_videos import encode, tagged_mp3, turn

UNEVEN = [0.02, 0.1, 0.04, 0.02, 0.02, 0.1, 0.1, 0.02, 0.06] * 3
TONE = np.sin(np.arange(48000) / 20).astype(np.float32)


def media_type(path: Path) -> str | None:
    playback = browser_playback(path)
    return None if playback is None else playback.media_type


@pytest.mark.parametrize(
    ("name", "options", "expected"),
    [
        ("a.mp4", {}, "video/mp4"),
        ("a.mp4", {"b_frames": 2}, "video/mp4"),
        ("a.mp4", {"sound": (TONE, 0.0)}, "video/mp4"),
        ("a.mov", {}, "video/mp4"),
        ("a.webm", {"codec": "libvpx"}, "video/webm"),
        ("a.webm", {"codec": "libvpx-vp9"}, "video/webm"),
        ("a.mp4", {"codec": "libx265"}, None),
        ("a.mp4", {"codec": "mpeg4"}, None),
        ("a.mp4", {"pix_fmt": "yuv444p"}, None),
        ("a.mp4", {"pix_fmt": "yuv420p10le"}, None),
        ("a.mov", {"codec": "prores_ks", "pix_fmt": "yuv422p10le"}, None),
        ("a.mkv", {}, None),
        ("a.avi", {"codec": "mpeg4"}, None),
        ("a.ts", {}, None),
        ("a.gif", {"codec": "gif", "pix_fmt": "rgb8"}, None),
        # Reordered frames have the durations of others.
        ("a.mp4", {"b_frames": 2, "times": np.cumsum([0.0, *UNEVEN])[:20].tolist()}, None),
        ("a.mp4", {"times": np.cumsum([0.0, *UNEVEN])[:20].tolist()}, "video/mp4"),
        # The file's clock does not start at 0.
        ("a.mp4", {"times": [0.5 + n / 25 for n in range(20)]}, None),
    ],
)
def test_by_container_codec_and_clock(
    tmp_path: Path, name: str, options: dict[str, Any], expected: str | None
) -> None:
    assert media_type(encode(tmp_path / name, **options)) == expected


def test_what_this_package_writes_plays(tmp_path: Path) -> None:
    with VideoWriter(tmp_path / "x.mp4", fps=25, size=(64, 48), key_every=2) as out:
        for _ in range(5):
            out.write(np.zeros((48, 64, 3), np.uint8))
    assert media_type(tmp_path / "x.mp4") == "video/mp4"


def test_a_turned_video_plays(tmp_path: Path) -> None:
    assert media_type(turn(encode(tmp_path / "x.mp4"), 0, 1, -1, 0)) == "video/mp4"


def test_what_is_no_video_does_not_play(tmp_path: Path) -> None:
    assert media_type(tagged_mp3(tmp_path / "song.mp3")) is None
    with pytest.raises(VideoError, match="no such file"):
        browser_playback(tmp_path / "none.mp4")


@pytest.mark.parametrize(("key_every", "distance"), [(1, 1), (4, 4), (7, 7), (None, 30)])
def test_the_way_from_one_key_frame_to_the_next_is_told(
    tmp_path: Path, key_every: int | None, distance: int
) -> None:
    with VideoWriter(tmp_path / "x.mp4", fps=25, size=(64, 48), key_every=key_every) as out:
        for _ in range(30):
            out.write(np.zeros((48, 64, 3), np.uint8))
    playback = browser_playback(tmp_path / "x.mp4")
    assert playback is not None
    assert playback.key_distance == distance
