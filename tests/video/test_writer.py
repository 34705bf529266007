"""VideoWriter: what is read back is what was written, and a failure leaves the folder as it was."""

import itertools
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from inphase.errors import OutputError
from inphase.video import Audio, VideoReader, VideoWriter, read_audio
from tests.video.odd_videos import SIZE, boxes, heavy, number_in, numbered, numbers_in, packets


def test_the_index_is_in_front(tmp_path: Path) -> None:
    path = tmp_path / "v.mp4"
    with VideoWriter(path, fps=25, size=SIZE) as out:
        for number in range(30):
            out.write(numbered(number))
    names = boxes(path)
    assert names.index("moov") < names.index("mdat")
    with av.open(str(path)) as container:
        assert container.streams.video[0].codec_context.pix_fmt == "yuv420p"
        assert container.streams.video[0].codec_context.name == "h264"
    assert numbers_in(picture for _, picture in VideoReader(path)) == list(range(30))


@pytest.mark.parametrize("size", [(63, 47), (64, 47), (63, 48), (1, 1), (3, 200)])
def test_odd_sizes_are_padded_with_their_edge(tmp_path: Path, size: tuple[int, int]) -> None:
    width, height = size
    picture = numbered(0b0110_1001_0011, size)
    path = tmp_path / "odd.mp4"
    with VideoWriter(path, fps=10, size=size, quality=1) as out:
        out.write(picture)
    shown = VideoReader(path)[0]
    assert shown.shape == (height + height % 2, width + width % 2, 3)
    padded = np.pad(picture, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
    assert np.abs(shown.astype(int) - padded).mean() < 3


@pytest.mark.parametrize("with_sound", [False, True])
@pytest.mark.parametrize("start", [0.0, 0.5])
def test_uneven_times_come_back(tmp_path: Path, start: float, with_sound: bool) -> None:
    gaps = np.random.default_rng(0).choice([0.004, 0.01, 1 / 30, 0.0417, 0.7, 2.5], 60)
    times = start + np.concatenate([[0], np.cumsum(gaps)])
    sound = Audio(np.zeros((48000, 2), dtype=np.float32), 48000) if with_sound else None
    path = tmp_path / "v.mp4"
    with VideoWriter(path, fps=30, size=SIZE, audio=sound) as out:
        for number, time in enumerate(times):
            out.write(numbered(number), time=float(time))
    reader = VideoReader(path)
    # Without sound, time 0 is the first frame.
    expected = times if with_sound else times - times[0]
    np.testing.assert_allclose(reader.times, expected, atol=2e-5)
    # The last frame is shown as well, for one interval of the nominal rate.
    assert reader.info.duration == pytest.approx(expected[-1] + 1 / 30, abs=0.002)
    assert numbers_in(picture for _, picture in reader) == list(range(61))
    for index in (60, 3, 41):
        assert number_in(reader.at(float(expected[index]) + 0.001)) == index


def test_sound_keeps_its_time_beside_uneven_pictures(tmp_path: Path) -> None:
    samples = np.zeros((48000 * 4, 2), dtype=np.float32)
    clicks = (0.25, 1.5, 3.75)
    for click in clicks:
        samples[round(click * 48000)] = 0.9
    path = tmp_path / "v.mp4"
    with VideoWriter(path, fps=25, size=SIZE, audio=Audio(samples, 48000)) as out:
        for number, time in enumerate((0, 0.1, 1.9, 2.0, 3.9)):
            out.write(numbered(number), time=time)
    heard = read_audio(path)
    assert heard.duration == pytest.approx(4, abs=0.001)
    for click in clicks:
        part = heard.cut(click - 0.1, click + 0.1).samples
        peak = int(np.abs(part[:, 0]).argmax()) / heard.rate + click - 0.1
        assert peak == pytest.approx(click, abs=0.001)


@pytest.mark.parametrize("old", [True, False])
@pytest.mark.parametrize("limit", [500, 20_000, 120_000])
@pytest.mark.parametrize("with_sound", [False, True])
def test_a_full_disk(tmp_path: Path, limit: int, old: bool, with_sound: bool) -> None:
    path = tmp_path / "v.mp4"
    if old:
        path.write_bytes(b"the older file")
    noise = np.random.default_rng(0).normal(0, 0.2, (48000 * 2, 2)).astype(np.float32)
    sound = Audio(noise, 48000) if with_sound else None
    pictures = heavy(40)
    with (
        pytest.raises(OutputError, match=r"Cannot write .*v\.mp4: .*\.$") as caught,
        _no_file_beyond(limit),
    ):
        _write(path, pictures, sound)
    assert "\n" not in str(caught.value)
    assert [file.name for file in tmp_path.iterdir()] == (["v.mp4"] if old else [])
    assert not old or path.read_bytes() == b"the older file"


def test_a_folder_that_may_not_be_written(
    open_folder: Path, without_rights: AbstractContextManager[None]
) -> None:
    folder = open_folder / "finished"
    folder.mkdir()
    (folder / "v.mp4").write_bytes(b"the older file")
    folder.chmod(0o555)
    try:
        with (
            without_rights,
            pytest.raises(OutputError, match=r"Cannot write .*v\.mp4: Permission denied\.$"),
            VideoWriter(folder / "v.mp4", fps=25, size=SIZE) as out,
        ):
            out.write(numbered(1))
    finally:
        folder.chmod(0o755)
    assert [file.name for file in folder.iterdir()] == ["v.mp4"]
    assert (folder / "v.mp4").read_bytes() == b"the older file"


@pytest.mark.parametrize("frames", [0, 1, 30])
def test_an_error_of_the_caller_passes_through(tmp_path: Path, frames: int) -> None:
    path = tmp_path / "v.mp4"
    path.write_bytes(b"the older file")

    def pictures() -> Iterator[NDArray[np.uint8]]:
        yield from map(numbered, range(frames))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        _write(path, pictures(), None, size=SIZE)
    assert list(tmp_path.iterdir()) == [path]
    assert path.read_bytes() == b"the older file"


def test_a_finished_file_replaces_the_older_one(tmp_path: Path) -> None:
    path = tmp_path / "v.mp4"
    path.write_bytes(b"the older file")
    with VideoWriter(path, fps=25, size=SIZE) as out:
        out.write(numbered(9))
    assert number_in(VideoReader(path)[0]) == 9
    assert list(tmp_path.iterdir()) == [path]


def _write(
    path: Path,
    pictures: Iterable[NDArray[np.uint8]],
    sound: Audio | None,
    *,
    size: tuple[int, int] = (160, 120),
) -> None:
    with VideoWriter(path, fps=25, size=size, audio=sound, quality=1) as out:
        for picture in pictures:
            out.write(picture)


@contextmanager
def _no_file_beyond(size: int) -> Iterator[None]:
    """Writing more into a file fails, as on a full disk."""
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_key_frames_come_as_often_as_asked(tmp_path: Path) -> None:
    with VideoWriter(tmp_path / "out.mp4", fps=25, size=SIZE, key_every=4) as out:
        for number in range(20):
            out.write(numbered(number))
    written = packets(tmp_path / "out.mp4")
    keys = [index for index, packet in enumerate(written) if packet.is_keyframe]
    assert len(keys) >= 5
    assert max(b - a for a, b in itertools.pairwise([*keys, 20])) <= 4
    # In presentation order: no frame waits for a later one.
    stamps = [packet.pts or 0 for packet in written]
    assert stamps == sorted(stamps)
    with pytest.raises(ValueError, match="key_every"):
        VideoWriter(tmp_path / "out.mp4", fps=25, size=SIZE, key_every=0)
