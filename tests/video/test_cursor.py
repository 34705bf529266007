"""Damaged files: what can be decoded is returned, and frame numbers and times stay right."""

import logging
from pathlib import Path

import av
import numpy as np
import pytest

from inphase.video import VideoReader, read_audio
from tests.video.odd_videos import RATE, boxes, damage, encode, heavy, number_in, numbers_in


@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
def test_cut_off_with_its_index_in_front(tmp_path: Path, share: float) -> None:
    path = encode(tmp_path / "cut.mp4", heavy(80), gop=10, b_frames=2, faststart=True)
    assert boxes(path).index("moov") < boxes(path).index("mdat")
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    reader = VideoReader(path)
    pictures = [picture for _, picture in reader]
    assert len(pictures) == len(reader)
    assert abs(len(reader) / 80 - share) < 0.2
    # The frames around the cut may be damaged; each repeats an earlier one.
    whole = len(pictures) - 4
    assert numbers_in(pictures[:whole]) == list(range(whole))
    np.testing.assert_allclose(reader.times[:whole], np.arange(whole) / RATE, atol=1e-6)
    for index in (whole - 1, 0, whole // 2):
        assert number_in(reader[index]) == index
    assert reader[len(reader) - 1].shape == pictures[0].shape


@pytest.mark.parametrize("name", ["cut.mkv", "cut.ts", "cut.avi", "cut.h264"])
def test_cut_off_formats_without_an_index(tmp_path: Path, name: str) -> None:
    path = encode(tmp_path / name, heavy(80), gop=10)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    reader = VideoReader(path)
    pictures = [picture for _, picture in reader]
    assert len(pictures) == len(reader) > 20
    assert numbers_in(pictures[:-2]) == list(range(len(pictures) - 2))


@pytest.mark.parametrize("b_frames", [0, 2])
@pytest.mark.parametrize("name", ["hole.mp4", "hole.mkv"])
def test_bytes_lost_in_the_middle(tmp_path: Path, name: str, b_frames: int) -> None:
    path = damage(encode(tmp_path / name, 60, gop=10, b_frames=b_frames), 21, 24)
    reader = VideoReader(path)
    pictures = [picture for _, picture in reader]
    assert len(pictures) == len(reader) == 60
    np.testing.assert_allclose(reader.times, np.arange(60) / RATE, atol=1e-6)
    # At most the group of frames that contains the lost ones is affected.
    safe = [*range(20), *range(30, 60)]
    assert numbers_in(pictures[index] for index in safe) == safe
    assert [number_in(reader[index]) for index in reversed(safe)] == safe[::-1]
    assert numbers_in(reader.frames(safe)) == safe


def test_a_frame_that_is_lost_repeats_the_one_before(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = encode(tmp_path / "pictures.mov", 30, codec="png", pix_fmt="rgb24")
    reader = VideoReader(damage(path, 12, 14))
    expected = [*range(12), 11, 11, 11, *range(15, 30)]
    with caplog.at_level(logging.WARNING):
        pictures = [picture for _, picture in reader]
    assert numbers_in(pictures) == expected
    assert "3 of 30" in caplog.text
    assert len(caplog.records) == 1
    assert str(path) in caplog.text
    np.testing.assert_allclose(reader.times, np.arange(30) / RATE, atol=1e-6)
    order = np.random.default_rng(1).permutation(30)
    assert [number_in(reader[int(index)]) for index in order] == [expected[i] for i in order]
    assert numbers_in(reader.frames([3, 13, 13, 14, 29])) == [3, 11, 11, 11, 29]
    assert numbers_in(reader.frames([13])) == [11]
    assert number_in(reader.at(13.5 / RATE)) == 11
    pictures[12][:] = 0  # repeated, but a copy
    assert number_in(pictures[13]) == 11


@pytest.mark.parametrize("name", ["pictures.mov", "pictures.avi"])
def test_frames_lost_at_the_end(tmp_path: Path, name: str) -> None:
    reader = VideoReader(damage(encode(tmp_path / name, 20, codec="png", pix_fmt="rgb24"), 16, 19))
    pictures = [picture for _, picture in reader]
    assert len(pictures) == len(reader)
    assert numbers_in(pictures) == [*range(16), *[15] * (len(reader) - 16)]
    assert number_in(reader[len(reader) - 1]) == 15
    assert numbers_in(reader.frames([2, len(reader) - 1])) == [2, 15]


def test_frames_lost_at_the_start(tmp_path: Path) -> None:
    path = encode(tmp_path / "pictures.mov", 20, codec="png", pix_fmt="rgb24")
    reader = VideoReader(damage(path, 0, 2))
    pictures = [picture for _, picture in reader]
    assert len(pictures) == len(reader)
    numbers = numbers_in(pictures)
    # Nothing comes before them: they are left out or show the first decodable frame.
    assert numbers[-17:] == list(range(3, 20))
    assert set(numbers[:-17]) <= {3}
    assert reader.times[0] == 0
    assert [number_in(reader[index]) for index in range(len(reader))] == numbers


def test_damaged_sound_keeps_its_place(tmp_path: Path) -> None:
    click = np.zeros(48000 * 2, dtype=np.float32)
    click[72000:72048] = 0.8
    path = encode(tmp_path / "v.mp4", 50, sound=(click, 0.0))
    content = bytearray(path.read_bytes())
    # Some sound near the start is replaced by noise; what follows must not move forward.
    with av.open(str(path)) as container:
        sounds = [bytes(packet) for packet in container.demux(audio=0) if packet.size > 4]
    at = 0
    for index, packet in enumerate(sounds):
        at = content.index(packet, at)
        if 20 <= index < 24:
            content[at : at + len(packet)] = b"\xff" * len(packet)
        at += 1
    path.write_bytes(content)
    audio = read_audio(path)
    late = np.abs(audio.samples[48000:, 0])
    assert abs((int(late.argmax()) + 48000) / 48000 - 1.5) < 0.002
