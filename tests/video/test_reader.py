"""VideoReader gives the right frame, by order, by index and by time, for every kind of file."""

import gc
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from inphase.errors import VideoError
from inphase.video import VideoReader, probe, read_audio
from inphase.video.source import Source, open_source
from tests.video.odd_videos import (
    RATE,
    SIZE,
    corners,
    encode,
    number_in,
    numbered,
    numbers_in,
    packets,
    remux,
    trim,
    turn,
)

UNEVEN = np.cumsum([0, *([40, 7, 120, 33, 1000, 20, 20, 5, 300] * 3)]) / 1000


def check_every_way(path: Path, count: int, *, start: float | None = None) -> VideoReader:
    """In order, by index in any order, by time and picked: always the frame of that number."""
    reader = VideoReader(path)
    assert len(reader) == count == reader.info.frames == len(reader.times)
    # An encoder's priming lasts up to 0.03 s.
    assert reader.times[0] == (0 if start is None else pytest.approx(start, abs=0.03))
    assert np.all(np.diff(reader.times) > 0)
    assert reader.info.duration > reader.times[-1]
    times, pictures = zip(*reader, strict=True)
    assert list(times) == reader.times.tolist()
    assert numbers_in(pictures) == list(range(count))
    shuffled = np.random.default_rng(0).permutation(count).tolist()
    assert [number_in(reader[index]) for index in shuffled] == shuffled
    picked = sorted([*range(0, count, 5), 0, count - 1, count - 1])
    assert numbers_in(reader.frames(picked)) == picked
    for index in shuffled[:6]:
        assert number_in(reader.at(reader.times[index])) == index
        # Reading by index and in order gives the same picture, not only the same number.
        np.testing.assert_array_equal(reader[index], pictures[index])
    return reader


@pytest.mark.parametrize(
    ("name", "codec", "gop", "b_frames"),
    [
        ("all_intra.mp4", "libx264", 1, 0),
        ("short_gop.mp4", "libx264", 6, 0),
        ("b_frames.mp4", "libx264", 12, 3),
        ("long_gop.mp4", "libx264", 600, 2),
        ("b_frames.mkv", "libx264", 12, 3),
        ("b_frames.ts", "libx264", 12, 3),
        ("hevc.mp4", "libx265", 10, 3),
        ("mpeg2.mpg", "mpeg2video", 12, 2),
        ("mpeg4.mp4", "mpeg4", 12, 2),
        ("vp8.webm", "libvpx", 10, 0),
        ("vp9.webm", "libvpx-vp9", 10, 0),
    ],
)
def test_constant_rate(tmp_path: Path, name: str, codec: str, gop: int, b_frames: int) -> None:
    count = 70 if codec == "libx264" else 40
    path = encode(tmp_path / name, count, codec=codec, gop=gop, b_frames=b_frames)
    reader = check_every_way(path, count)
    np.testing.assert_allclose(reader.times, np.arange(count) / RATE, atol=6e-4)
    assert reader.info.fps == pytest.approx(RATE, rel=1e-3)
    assert reader.info.duration == pytest.approx(count / RATE, abs=0.002)


@pytest.mark.parametrize("name", ["uneven.mp4", "uneven.mkv"])
@pytest.mark.parametrize("b_frames", [0, 3])
def test_variable_rate(tmp_path: Path, name: str, b_frames: int) -> None:
    path = encode(tmp_path / name, len(UNEVEN), times=UNEVEN.tolist(), b_frames=b_frames, gop=9)
    reader = check_every_way(path, len(UNEVEN))
    np.testing.assert_allclose(reader.times, UNEVEN, atol=1e-6)


def test_a_frame_is_shown_until_the_next_one_starts(tmp_path: Path) -> None:
    reader = VideoReader(encode(tmp_path / "v.mp4", 4, times=[0, 0.1, 0.9, 1.0]))
    asked = [-1, 0, 0.05, 0.0999, 0.1, 0.5, 0.8999, 0.9, 0.95, 1.0, 60]
    assert [number_in(reader.at(time)) for time in asked] == [0, 0, 0, 0, 1, 1, 1, 2, 2, 3, 3]


@pytest.mark.parametrize("rate", [24000 / 1001, 30000 / 1001, 60])
def test_the_time_of_a_frame_means_that_frame(tmp_path: Path, rate: float) -> None:
    times = np.arange(30) / rate
    reader = VideoReader(encode(tmp_path / "v.mkv", 30, times=times.tolist()))
    assert [number_in(reader.at(float(time))) for time in reader.times] == list(range(30))
    # The same goes for times that were rounded to a microsecond in a file.
    rounded = [round(float(time) - 4e-7, 6) for time in reader.times]
    assert [number_in(reader.at(time)) for time in rounded] == list(range(30))


def test_picking_frames(tmp_path: Path) -> None:
    reader = VideoReader(encode(tmp_path / "v.mp4", 90, gop=20, b_frames=2))
    wanted = [0, 0, 3, 3, 3, 41, 42, 80, 80, 89]
    pictures = list(reader.frames(wanted))
    assert numbers_in(pictures) == wanted
    pictures[0][:] = 7  # each is a copy
    assert number_in(pictures[1]) == 0
    assert list(reader.frames([])) == []
    assert numbers_in(reader.frames(np.array([5, 6]))) == [5, 6]
    with pytest.raises(ValueError, match="ascend"):
        list(reader.frames([5, 4]))


def test_indices_outside(tmp_path: Path) -> None:
    reader = VideoReader(encode(tmp_path / "short.mp4", 10))
    assert number_in(reader[-1]) == 9
    assert number_in(reader[-10]) == 0
    for index in (10, -11, 4000):
        with pytest.raises(VideoError, match=r"short\.mp4 has 10 frames; there is no frame"):
            reader[index]
    with pytest.raises(VideoError, match=r"short\.mp4 has 10 frames; there is no frame 10"):
        list(reader.frames([3, 10]))
    with pytest.raises(VideoError, match="no frame -1"):
        list(reader.frames([-1]))


def test_two_ways_through_one_reader_do_not_disturb_each_other(tmp_path: Path) -> None:
    reader = VideoReader(encode(tmp_path / "v.mp4", 30, b_frames=2))
    one, other = iter(reader), iter(reader)
    assert number_in(next(one)[1]) == 0
    assert number_in(next(one)[1]) == 1
    assert number_in(next(other)[1]) == 0
    assert number_in(reader[20]) == 20
    assert number_in(next(one)[1]) == 2
    assert number_in(next(other)[1]) == 1


def test_nothing_stays_open(tmp_path: Path) -> None:
    path = encode(tmp_path / "v.mp4", 30)

    def open_files() -> int:
        gc.collect()
        return sum(
            link.is_symlink() and link.readlink() == path
            for link in Path("/proc/self/fd").iterdir()
        )

    if not Path("/proc/self/fd").is_dir():
        pytest.skip("the open files are not listed here")
    reader = VideoReader(path)
    assert open_files() == 0
    next(iter(reader))  # abandoned after one frame
    list(reader.frames([3, 9]))
    assert number_in(reader[9]) == 9
    del reader
    assert open_files() == 0


TURNS: dict[str, tuple[tuple[int, int, int, int], Callable[[NDArray[np.uint8]], object]]] = {
    "none": ((1, 0, 0, 1), lambda p: p),
    "clockwise": ((0, 1, -1, 0), lambda p: np.rot90(p, -1)),
    "counter-clockwise": ((0, -1, 1, 0), lambda p: np.rot90(p)),
    "upside down": ((-1, 0, 0, -1), lambda p: np.rot90(p, 2)),
    "mirrored": ((-1, 0, 0, 1), lambda p: p[:, ::-1]),
}


@pytest.mark.parametrize("how", TURNS)
def test_rotation_is_applied(tmp_path: Path, how: str) -> None:
    matrix, turned = TURNS[how]
    path = turn(encode(tmp_path / "phone.mp4", [corners()] * 3), *matrix)
    expected = np.asarray(turned(corners()))
    reader = VideoReader(path)
    assert (reader.info.height, reader.info.width) == expected.shape[:2] == reader[0].shape[:2]
    assert reader.size == (reader.info.width, reader.info.height)
    for picture in (next(iter(reader))[1], reader[2]):
        assert _far(picture, expected) < 0.1
        assert picture.flags.c_contiguous


def test_resizing_comes_after_rotation(tmp_path: Path) -> None:
    path = turn(encode(tmp_path / "phone.mp4", [corners()] * 2), 0, 1, -1, 0)
    picture = VideoReader(path, size=(40, 80))[1]
    expected = np.rot90(corners((80, 40)), -1)
    assert picture.shape == (80, 40, 3)
    assert _far(picture, expected) < 0.15


@pytest.mark.parametrize(
    ("codec", "pix_fmt", "size", "suffix"),
    [
        ("libx265", "yuv420p10le", SIZE, ".mp4"),
        ("libx264", "yuv422p10le", SIZE, ".mp4"),
        ("libx264", "yuv444p", (63, 47), ".mp4"),
        ("libx264", "gray", SIZE, ".mp4"),
        ("mjpeg", "yuvj420p", (61, 43), ".avi"),
        ("ffv1", "gray16le", (33, 51), ".mkv"),
        ("png", "rgb24", (63, 47), ".mov"),
        ("png", "rgba", (62, 45), ".mov"),
    ],
)
def test_pixel_formats(
    tmp_path: Path, codec: str, pix_fmt: str, size: tuple[int, int], suffix: str
) -> None:
    path = encode(tmp_path / f"v{suffix}", 14, codec=codec, pix_fmt=pix_fmt, size=size)
    reader = check_every_way(path, 14)
    assert (reader.info.width, reader.info.height) == size
    assert reader[0].shape == (size[1], size[0], 3)
    assert reader[0].dtype == np.uint8
    white = reader[13][: size[1] // 4, : size[0] // 8]  # its first bit is set: the full range
    black = reader[12][: size[1] // 4, : size[0] // 8]
    assert white.mean() > 245
    assert black.mean() < 10


@pytest.mark.parametrize("top", [True, False])
def test_interlaced_frames_show_no_combing(tmp_path: Path, top: bool) -> None:
    size = (64, 96)
    woven = []
    for number in range(0, 24, 2):
        picture = numbered(number, size)
        picture[1::2] = numbered(number + 1, size)[1::2]
        woven.append(picture)
    order = "tff=1" if top else "bff=1"
    options = {"flags": "+ildct+ilme", "x264-params": f"{order}:b-adapt=0", "crf": "4"}
    reader = VideoReader(encode(tmp_path / "tv.mp4", woven, options=options))
    assert reader[0].shape == (96, 64, 3)
    numbers = numbers_in(picture for _, picture in reader)  # one field's, not a grey mixture
    assert [number // 2 for number in numbers] == list(range(12))
    assert [number_in(reader[index]) for index in (7, 2)] == [numbers[7], numbers[2]]


@pytest.mark.parametrize("turned", [False, True])
def test_oblong_pixels_are_made_square(tmp_path: Path, turned: bool) -> None:
    path = encode(tmp_path / "dv.mp4", [corners()] * 2, aspect=Fraction(3, 2))
    expected = corners((96, 48))
    if turned:
        path, expected = turn(path, 0, 1, -1, 0), np.rot90(expected, -1)
    reader = VideoReader(path)
    assert (reader.info.height, reader.info.width) == expected.shape[:2]
    assert _far(reader[1], expected) < 0.15


@pytest.mark.parametrize(
    ("name", "codec", "b_frames"),
    [
        ("raw.h264", "libx264", 0),
        ("raw_b.h264", "libx264", 3),
        ("old.avi", "mpeg4", 0),
        ("old_b.avi", "mpeg4", 2),
        ("new_b.avi", "libx264", 2),
    ],
)
def test_files_without_presentation_times(
    tmp_path: Path, name: str, codec: str, b_frames: int
) -> None:
    path = encode(tmp_path / name, 40, codec=codec, b_frames=b_frames)
    reader = check_every_way(path, 40)
    np.testing.assert_allclose(reader.times, np.arange(40) / RATE, atol=1e-6)


@pytest.mark.parametrize("suffix", [".mkv", ".nut"])
@pytest.mark.parametrize("wrong", [[80, 80], [120, 80], [160, 40]])
def test_times_that_repeat_or_fall_back_are_repaired(
    tmp_path: Path, suffix: str, wrong: list[int]
) -> None:
    stamps = [40 * index for index in range(20)]
    stamps[2:4] = wrong
    source = encode(tmp_path / "source.mp4", 20)
    path = remux(source, tmp_path / f"odd{suffix}", pts=stamps, time_base=Fraction(1, 1000))
    reader = check_every_way(path, 20)
    # The rest keeps its times, except where the repair leaves no room.
    np.testing.assert_allclose(reader.times[5:], np.arange(5, 20) / RATE, atol=0.05)


def test_every_time_the_same(tmp_path: Path) -> None:
    source = encode(tmp_path / "source.mp4", 12)
    path = remux(source, tmp_path / "odd.mkv", pts=[40] * 12, time_base=Fraction(1, 1000))
    check_every_way(path, 12)


@pytest.mark.parametrize("sound_start", [4.5, 5.0, 5.5])
@pytest.mark.parametrize("name", ["late.mkv", "late.mp4", "late.ts"])
def test_time_0_is_where_the_file_begins(tmp_path: Path, name: str, sound_start: float) -> None:
    click = np.zeros(96000, dtype=np.float32)
    click[48000:48048] = 0.8
    path = encode(
        tmp_path / name,
        len(UNEVEN),
        times=(5 + UNEVEN).tolist(),
        b_frames=2,
        sound=(click, sound_start),
    )
    reader = check_every_way(path, len(UNEVEN), start=max(0, 5 - sound_start))
    np.testing.assert_allclose(reader.times - reader.times[0], UNEVEN, atol=1e-4)
    # Picture and sound are on one clock, wherever it starts.
    heard = read_audio(path)
    at = int(np.abs(heard.samples[:, 0]).argmax()) / heard.rate
    assert at - reader.times[0] == pytest.approx(sound_start + 1 - 5, abs=0.002)


def test_pictures_alone_begin_at_time_0(tmp_path: Path) -> None:
    path = encode(tmp_path / "late.mkv", len(UNEVEN), times=(5 + UNEVEN).tolist(), b_frames=2)
    np.testing.assert_allclose(check_every_way(path, len(UNEVEN)).times, UNEVEN, atol=1e-6)


@pytest.mark.parametrize("first", [3, 12, 31])
def test_a_video_trimmed_without_encoding_anew(tmp_path: Path, first: int) -> None:
    path = trim(encode(tmp_path / "v.mp4", 50, gop=10), first)
    reader = VideoReader(path)
    assert len(reader) == 50 - first
    assert numbers_in(picture for _, picture in reader) == list(range(first, 50))
    np.testing.assert_allclose(reader.times, np.arange(50 - first) / RATE, atol=1e-6)
    assert [number_in(reader[index]) for index in (18, 0, 9)] == [first + 18, first, first + 9]


def test_resize_while_decoding(tmp_path: Path) -> None:
    path = encode(tmp_path / "v.mp4", 20, size=(160, 120))
    reader = VideoReader(path, size=(50, 37))
    assert reader.size == (50, 37)
    assert (reader.info.width, reader.info.height) == (160, 120)
    pictures = [picture for _, picture in reader]
    assert {picture.shape for picture in pictures} == {(37, 50, 3)}
    assert numbers_in(pictures) == list(range(20))
    assert numbers_in(VideoReader(path, size=(320, 240)).frames([1, 9])) == [1, 9]
    for size in ((0, 10), (10, -1)):
        with pytest.raises(ValueError, match="size"):
            VideoReader(path, size=size)


def test_resizing_averages_instead_of_skipping(tmp_path: Path) -> None:
    fine = np.zeros((120, 160, 3), dtype=np.uint8)
    fine[:, ::2] = 255
    path = encode(tmp_path / "v.mkv", [fine] * 2, codec="ffv1", pix_fmt="gray")
    small = VideoReader(path, size=(40, 30))[0]
    assert np.abs(small[:, 2:-2].astype(int) - 127).max() < 30


def test_size_changes_in_the_stream(tmp_path: Path) -> None:
    parts = [
        encode(tmp_path / f"{width}.h264", 10, size=(width, 48), b_frames=0).read_bytes()
        for width in (64, 96)
    ]
    path = tmp_path / "both.h264"
    path.write_bytes(b"".join(parts))
    pictures = [picture for _, picture in VideoReader(path)]
    assert {picture.shape for picture in pictures} == {(48, 64, 3)}
    assert numbers_in(pictures) == [*range(10), *range(10)]


def test_memory_stays_bounded(tmp_path: Path) -> None:
    count, size = 700, (320, 240)
    still = [numbered(number, size) for number in range(8)]
    frames = [still[index % 8] for index in range(count)]
    path = encode(tmp_path / "long.mp4", frames, gop=50)
    reader, resident = VideoReader(path), []
    for index, _ in enumerate(reader):
        if index >= 100:
            resident.append(_resident_bytes())
    whole = count * size[0] * size[1] * 3
    assert max(resident) - resident[0] < whole / 10
    assert len(resident) == count - 100


def test_gif_keeps_its_own_delays(tmp_path: Path) -> None:
    delays = [100, 40, 700, 20, 250, 60]
    images = [Image.fromarray(numbered(number)) for number in range(len(delays))]
    path = tmp_path / "moving.gif"
    images[0].save(path, save_all=True, append_images=images[1:], duration=delays, loop=0)
    reader = check_every_way(path, len(delays))
    np.testing.assert_allclose(reader.times, np.cumsum([0, *delays[:-1]]) / 1000, atol=1e-6)
    assert reader.info.duration == pytest.approx(sum(delays) / 1000, abs=0.011)
    assert not reader.info.has_audio


def test_one_frame_is_a_video(tmp_path: Path) -> None:
    for name in ("one.mp4", "one.mkv", "one.avi", "one.gif"):
        codec, pix_fmt = ("gif", "rgb8") if name.endswith("gif") else ("libx264", "yuv420p")
        reader = check_every_way(encode(tmp_path / name, 1, codec=codec, pix_fmt=pix_fmt), 1)
        assert 0 < reader.info.duration < 1
        assert reader.info.fps > 0


def test_names_are_taken_as_they_are(tmp_path: Path) -> None:
    source = encode(tmp_path / "v.mp4", 3).read_bytes()
    for name in ("a: b.mp4", "50%02d.mp4", "ü ñ.MP4", "no suffix"):
        path = tmp_path / name
        path.write_bytes(source)
        assert numbers_in(picture for _, picture in VideoReader(str(path))) == [0, 1, 2]


def test_probe_decodes_next_to_nothing(tmp_path: Path) -> None:
    path = encode(tmp_path / "v.mp4", 50, b_frames=2, sound=(np.zeros(9600, np.float32), 0))
    info = probe(path)
    assert (info.path, info.width, info.height, info.frames) == (path, *SIZE, 50)
    assert info.has_audio
    assert not probe(encode(tmp_path / "mute.mp4", 3)).has_audio
    assert len(packets(path)) == 50
    np.testing.assert_array_equal(info.times, VideoReader(path).times)


def test_real_videos(shared_data: Path) -> None:
    files = sorted((shared_data / "pushup" / "videos").glob("*.mp4"))
    if not files:
        pytest.skip("the push-up videos are not here")
    for file in files:
        info = probe(file)
        assert info.frames == len(info.times) > 1
        assert info.times[0] == 0
        assert np.all(np.diff(info.times) > 0)
        assert 0 < info.fps < 241
        assert info.width > 0 < info.height
    for file in files[:: max(1, len(files) // 3)]:
        reader = VideoReader(file, size=(64, 64))
        pictures = [picture for _, picture in reader]
        assert len(pictures) == len(reader)
        for index in (len(pictures) - 1, len(pictures) // 2, 0, len(pictures) // 3):
            np.testing.assert_array_equal(reader[index], pictures[index])


def _far(picture: NDArray[np.uint8], expected: NDArray[np.uint8]) -> float:
    """Share of pixels that are clearly another colour; edges are soft."""
    assert picture.shape == expected.shape
    difference = np.abs(picture.astype(int) - expected.astype(int)).max(axis=2)
    return float((difference > 40).mean())


def _resident_bytes() -> int:
    statm = Path("/proc/self/statm")
    if not statm.is_file():
        pytest.skip("the memory in use is not told here")
    return int(statm.read_text().split()[1]) * 4096


def test_a_file_is_looked_at_once_until_it_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[Path] = []

    def counted(path: Path) -> Source:
        looked.append(path)
        return open_source(path)

    monkeypatch.setattr("inphase.video.reader.open_source", counted)
    path = encode(tmp_path / "a.mp4", 5)
    assert [probe(path).frames for _ in range(3)] == [5, 5, 5]
    assert looked == [path]
    encode(path, 9)
    assert probe(path).frames == 9
    path.unlink()
    with pytest.raises(VideoError, match="no such file"):
        probe(path)
