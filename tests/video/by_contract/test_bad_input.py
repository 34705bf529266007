"""A broken file gives one sentence of error, or the frames that are still in it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from av.video.stream import VideoStream
from numpy.typing import NDArray

from inphase.errors import VideoError
from inphase.video import Audio, VideoReader, probe, read_audio, write_audio

Encode = Callable[..., Path]


def _one_sentence(path: Path) -> str:
    messages = set()
    for read in (probe, VideoReader):
        with pytest.raises(VideoError) as caught:
            read(path)
        messages.add(str(caught.value))
    (message,) = messages
    assert str(path) in message
    assert "\n" not in message
    assert message.endswith(".")
    return message


def test_missing_empty_text_and_folder(tmp_path: Path) -> None:
    path = tmp_path / "v.mp4"
    assert "no such file" in _one_sentence(path)
    path.write_bytes(b"")
    assert "empty (0 bytes)" in _one_sentence(path)
    path.write_text("1\n00:00:01,000 --> 00:00:02,000\nNot a video.\n\n")
    assert "not a video" in _one_sentence(path)
    path.write_text("Dear reader, this is a letter.\n" * 200)
    assert "not a video" in _one_sentence(path)
    (tmp_path / "folder.mp4").mkdir()
    assert "without numbered images" in _one_sentence(tmp_path / "folder.mp4")


def test_only_sound_even_with_a_cover_picture(tmp_path: Path, numbers: Any) -> None:
    path = tmp_path / "song.m4a"
    write_audio(path, Audio(np.zeros((48000, 1), np.float32), 48000))
    assert "only sound" in _one_sentence(path)
    covered = tmp_path / "covered.m4a"
    with av.open(str(path)) as song, av.open(str(covered), "w", format="mp4") as out:
        sound = out.add_stream_from_template(song.streams.audio[0])
        cover = out.add_stream("png", rate=25)
        assert isinstance(cover, VideoStream)
        cover.width, cover.height, cover.pix_fmt = 96, 64, "rgb24"
        cover.disposition = av.stream.Disposition.attached_pic
        frame = av.VideoFrame.from_ndarray(numbers.draw(1), "rgb24")
        for packet in (*cover.encode(frame), *cover.encode(None)):
            out.mux(packet)
        for packet in song.demux(audio=0):
            if packet.size:
                packet.stream = sound
                out.mux(packet)
    with av.open(str(covered)) as check:
        assert check.streams.video
    assert "only sound" in _one_sentence(covered)


def test_a_stream_without_frames(tmp_path: Path) -> None:
    path = tmp_path / "v.mp4"
    with av.open(str(path), "w", options={"movflags": "empty_moov"}) as container:
        stream = container.add_stream("libx264", rate=25)
        assert isinstance(stream, VideoStream)
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv420p"
        container.start_encoding()
    assert "without frames" in _one_sentence(path)


def test_one_frame_is_a_video(encode: Encode, numbers: Any) -> None:
    reader = VideoReader(encode("v.mp4", count=1))
    assert len(reader) == 1
    assert reader.times.tolist() == [0.0]
    assert reader.info.fps == pytest.approx(25)
    assert reader.info.duration == pytest.approx(0.04)
    assert numbers.read(reader[0]) == numbers.read(reader.at(7.0)) == 0


def _busy(numbers: Any) -> list[NDArray[np.uint8]]:
    """60 frames with noise below the number, so that the file has some size."""
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 255, (60, 16, 24, 3), dtype=np.uint8).repeat(10, 1).repeat(10, 2)
    for number, frame in enumerate(noise):
        frame[:100] = numbers.draw(number, (240, 100))
    return list(noise)


def test_cut_off_before_the_index(encode: Encode, numbers: Any) -> None:
    path = encode("v.mp4", frames=_busy(numbers))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert "cut off before its index" in _one_sentence(path)


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
@pytest.mark.parametrize("damage", ["cut", "zeros"])
def test_a_file_that_ends_early_gives_what_it_has(
    share: float, damage: str, encode: Encode, numbers: Any
) -> None:
    path = encode("v.mp4", frames=_busy(numbers), movflags="faststart", options={"g": "12"})
    content = path.read_bytes()
    kept = int(len(content) * share)
    rest = b"" if damage == "cut" else bytes(len(content) - kept)
    path.write_bytes(content[:kept] + rest)

    reader = VideoReader(path)
    shown = [numbers.read(frame[:100]) for _, frame in reader]
    # Every frame is there; each lost one repeats the last good one.
    last = max(shown)
    assert shown == [min(index, last) for index in range(len(shown))]
    assert share * 60 - 8 <= last < 60
    assert len(reader) == reader.info.frames == len(reader.times) == len(shown)
    assert damage == "cut" or len(shown) == 60
    assert numbers.read(reader[len(shown) - 1][:100]) == last
    with pytest.raises(VideoError, match=r"v\.mp4"):
        reader[len(shown)]


def test_damage_in_the_middle_shifts_no_frame(encode: Encode, numbers: Any) -> None:
    path = encode("v.mp4", frames=_busy(numbers), movflags="faststart", options={"g": "12"})
    content = bytearray(path.read_bytes())
    start = len(content) * 2 // 5
    content[start : start + 3000] = bytes(3000)
    path.write_bytes(content)
    shown = [numbers.read(frame[:100]) for _, frame in VideoReader(path)]
    assert len(shown) == 60
    assert shown[:20] == list(range(20))
    assert shown[40:] == list(range(40, 60))


def test_nothing_decodable_is_left(encode: Encode, numbers: Any) -> None:
    path = encode("v.mp4", frames=_busy(numbers), movflags="faststart")
    content = path.read_bytes()
    start = content.index(b"mdat") + 4
    path.write_bytes(content[:start] + bytes(len(content) - start))
    assert "can be decoded" in _one_sentence(path)


def test_sound_that_is_not_there(encode: Encode, tmp_path: Path) -> None:
    with pytest.raises(VideoError, match=r"v\.mp4 has no sound"):
        read_audio(encode("v.mp4", count=2))
    with pytest.raises(VideoError, match=r"x\.wav"):
        read_audio(tmp_path / "x.wav")
