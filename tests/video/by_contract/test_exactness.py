"""Frames read by number and by time are the ones written, however they are reached."""

import gc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from inphase.errors import VideoError
from inphase.video import VideoReader, probe

Encode = Callable[..., Path]

_OPEN_GOP = {"x264-params": "keyint=10:open-gop=1:bframes=3:scenecut=0"}
FILES: dict[str, dict[str, Any]] = {
    "b_frames.mp4": {"options": {"bf": "3"}},
    "short_gops.mp4": {"options": {"g": "5", "bf": "0"}},
    "long_gop.mp4": {"options": {"g": "300", "bf": "4"}, "count": 120},
    "open_gop.mp4": {"options": _OPEN_GOP, "count": 60},
    "open_gop.ts": {"options": _OPEN_GOP, "count": 60},
    "intra_refresh.mp4": {"options": {"x264-params": "intra-refresh=1:keyint=12:bframes=0"}},
    "fragmented.mp4": {"options": {"g": "10"}, "movflags": "frag_keyframe+empty_moov"},
    "packets_without_pts.avi": {"options": {"bf": "3", "g": "10"}},
    "bare_stream.h264": {"container_format": "h264"},
    "hevc.mp4": {"codec": "libx265", "options": {"x265-params": "keyint=10:log-level=none"}},
    "mpeg2.mpg": {"codec": "mpeg2video", "options": {"bf": "2"}},
    "hidden_frames_vp8.webm": {
        "codec": "libvpx",
        "options": {
            "auto-alt-ref": "1",
            "lag-in-frames": "16",
            "deadline": "good",
            "cpu-used": "5",
        },
    },
    "hidden_frames_vp9.webm": {
        "codec": "libvpx-vp9",
        "options": {"auto-alt-ref": "1", "lag-in-frames": "16", "cpu-used": "8"},
    },
    "deltas.gif": {"codec": "gif", "pix_fmt": "rgb8"},
    "variable_rate.mp4": {
        "ticks": np.cumsum(np.random.default_rng(3).integers(5, 200, 40)).tolist(),
        "options": {"g": "8", "bf": "3"},
    },
}


@pytest.mark.parametrize("name", FILES)
def test_every_way_to_a_frame_gives_that_frame(name: str, encode: Encode, numbers: Any) -> None:
    wishes = FILES[name]
    count = wishes.get("count", 40)
    path = encode(name, **wishes)
    reader = VideoReader(path)

    sequential = list(reader)
    assert [numbers.read(frame) for _, frame in sequential] == list(range(count))
    assert len(reader) == probe(path).frames == count
    times = [time for time, _ in sequential]
    np.testing.assert_array_equal(times, reader.times)
    assert (np.diff(times) > 0).all()
    assert times[0] == 0

    rng = np.random.default_rng(0)
    for index in [count - 1, 0, *rng.integers(0, count, 12).tolist()]:
        np.testing.assert_array_equal(reader[index], sequential[index][1])
        np.testing.assert_array_equal(reader.at(times[index]), sequential[index][1])
    picked = np.sort(rng.integers(0, count, 8))
    for index, frame in zip(picked, reader.frames(picked), strict=True):
        np.testing.assert_array_equal(frame, sequential[index][1])


def test_times_of_a_variable_rate_are_kept_and_decide_what_is_shown(
    encode: Encode, numbers: Any
) -> None:
    reader = VideoReader(encode("v.mp4", count=6, ticks=[0, 40, 200, 210, 1000, 1500]))
    np.testing.assert_allclose(reader.times, [0, 0.04, 0.2, 0.21, 1.0, 1.5], atol=1e-9)
    moments = [-1.0, 0.0, 0.039, 0.04, 0.199, 0.205, 0.999, 1.0, 1.49, 1.5, 99.0]
    shown = [numbers.read(reader.at(moment)) for moment in moments]
    assert shown == [0, 0, 0, 1, 1, 2, 3, 4, 4, 5, 5]
    assert reader.info.fps == pytest.approx(5 / 1.5)


def test_duplicate_timestamps_are_repaired_in_place(encode: Encode, numbers: Any) -> None:
    # Frame 10 claims the time of frame 12: its true time lies between its neighbours.
    path = encode(
        "v.mkv", codec="mjpeg", pix_fmt="yuvj420p", packet_ticks=lambda pts: {10: 12}.get(pts, pts)
    )
    reader = VideoReader(path)
    assert [numbers.read(frame) for _, frame in reader] == list(range(40))
    np.testing.assert_allclose(reader.times, np.arange(40) / 25, atol=0.0011)
    assert numbers.read(reader[10]) == 10


def test_frames_gives_repeats_in_memory_of_their_own(encode: Encode, numbers: Any) -> None:
    frames = list(VideoReader(encode("v.mp4")).frames([3, 3, 17, 17]))
    assert [numbers.read(frame) for frame in frames] == [3, 3, 17, 17]
    frames[0][:] = 0
    assert numbers.read(frames[1]) == 3


def test_indices_outside_or_descending(encode: Encode) -> None:
    reader = VideoReader(encode("v.mp4"))
    for index in (40, -41):
        with pytest.raises(VideoError, match=r"v\.mp4 has 40 frames"):
            reader[index]
        with pytest.raises(VideoError, match=r"v\.mp4 has 40 frames"):
            list(reader.frames([index]))
    with pytest.raises(ValueError, match="ascend"):
        list(reader.frames([5, 4]))


def test_iterations_do_not_disturb_each_other(encode: Encode, numbers: Any) -> None:
    with VideoReader(encode("v.mp4")) as reader:
        read = []
        for (_, one), (_, two) in zip(reader, reader, strict=True):
            read += [numbers.read(one), numbers.read(two), numbers.read(reader[7])]
    assert read == [number for index in range(40) for number in (index, index, 7)]
    assert numbers.read(reader[-1]) == 39  # a closed reader opens the file again


@pytest.mark.parametrize("size", [(48, 32), (30, 64), (192, 128)])
def test_size_resizes_every_way_of_reading(
    size: tuple[int, int], encode: Encode, numbers: Any
) -> None:
    reader = VideoReader(encode("v.mp4"), size=size)
    for frame in (reader[21], next(reader.frames([21])), reader.at(0.85), list(reader)[21][1]):
        assert frame.shape == (size[1], size[0], 3)
        assert numbers.read(frame) == 21
    assert (reader.info.width, reader.info.height) == (96, 64)


def test_memory_stays_bounded(encode: Encode) -> None:
    statm = Path("/proc/self/statm")
    if not statm.exists():
        pytest.skip("needs /proc to see the memory in use")

    def in_use() -> int:
        gc.collect()
        return int(statm.read_text().split()[1]) * 4096

    still = np.zeros((240, 320, 3), np.uint8)
    path = encode("v.mp4", frames=[still] * 1200, options={"preset": "ultrafast"})
    used = [in_use() for index, _ in enumerate(VideoReader(path)) if index % 300 == 200]
    # 1200 frames are 276 MB.
    assert max(used) - used[0] < 40e6


def test_real_videos_are_read_exactly(shared_data: Path) -> None:
    paths = sorted((shared_data / "pushup" / "videos").glob("*.mp4"))[::40]
    paths += sorted((shared_data / "pouring_audio").glob("*.mp4"))[:2]
    assert paths
    for path in paths:
        reader = VideoReader(path, size=(64, 48))
        sequential = [frame for _, frame in reader]
        assert len(sequential) == len(reader)
        for index in np.random.default_rng(0).integers(0, len(reader), 6).tolist():
            np.testing.assert_array_equal(reader[index], sequential[index])
