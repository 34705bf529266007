"""A file that is not a video is refused in one sentence that names the file and the reason."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import av
import numpy as np
import pytest
from av.video.stream import VideoStream

from inphase.errors import VideoError
from inphase.video import Audio, VideoReader, probe, read_audio, write_audio
from tests.video.odd_videos import SIZE, boxes, encode, tagged_mp3


def _empty(folder: Path) -> Path:
    path = folder / "empty.mp4"
    path.write_bytes(b"")
    return path


def _text(folder: Path) -> Path:
    path = folder / "notes.mp4"
    path.write_text("Dear diary, this is no video at all. " * 50)
    return path


def _noise(folder: Path) -> Path:
    path = folder / "noise.mkv"
    path.write_bytes(np.random.default_rng(0).bytes(5000))
    return path


def _without_index(folder: Path) -> Path:
    path = encode(folder / "unfinished.mp4", 40)
    content = path.read_bytes()
    assert boxes(path)[-1] == "moov"
    path.write_bytes(content[: content.rindex(b"moov") - 100])
    return path


def _without_frames(folder: Path, name: str = "nothing.mkv") -> Path:
    path = folder / name
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25)
        assert isinstance(stream, VideoStream)
        stream.codec_context.width, stream.codec_context.height = SIZE
        stream.codec_context.pix_fmt = "yuv420p"
        container.start_encoding()
    return path


def _without_frames_mp4(folder: Path) -> Path:
    return _without_frames(folder, "nothing.mp4")


def _undecodable(folder: Path) -> Path:
    path = encode(folder / "ruined.mov", 5, codec="png", pix_fmt="rgb24")
    content = path.read_bytes()
    path.write_bytes(content.replace(b"\x89PNG", b"\x00ONG").replace(b"IHDR", b"XXXX"))
    return path


def _sound(folder: Path) -> Path:
    path = folder / "song.m4a"
    write_audio(path, Audio(np.zeros((9600, 1), dtype=np.float32), 48000))
    return path


def _wav(folder: Path) -> Path:
    path = folder / "song.wav"
    write_audio(path, Audio(np.zeros((9600, 1), dtype=np.float32), 48000))
    return path


def _cover(folder: Path) -> Path:
    return tagged_mp3(folder / "song.mp3")


def _missing(folder: Path) -> Path:
    return folder / "gone.mp4"


def _in_a_file(folder: Path) -> Path:
    return _text(folder) / "inside.mp4"


def _no_images(folder: Path) -> Path:
    path = folder / "holiday"
    path.mkdir()
    return path


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (_empty, "empty"),
        (_text, "not a video"),
        (_noise, "not a video"),
        (_without_index, "cut off"),
        (_without_frames, "before its first frame"),
        (_without_frames_mp4, "no video stream"),
        (_undecodable, "can be decoded"),
        (_sound, "only sound"),
        (_wav, "only sound"),
        (_cover, "only sound"),
        (_missing, "no such file"),
        (_in_a_file, "not a directory"),
        (_no_images, "without numbered images"),
    ],
)
def test_no_video(tmp_path: Path, make: Callable[[Path], Path], reason: str) -> None:
    path = make(tmp_path)
    for read in (VideoReader, probe):
        with pytest.raises(VideoError) as caught:
            read(path)
        check_sentence(caught.value, path, reason)


def check_sentence(error: VideoError, path: Path, reason: str) -> None:
    told = str(error)
    assert str(path) in told
    assert reason in told
    assert told.endswith(".")
    assert not told.endswith("..")
    assert "\n" not in told
    assert "Errno" not in told


def test_a_file_that_may_not_be_read(
    open_folder: Path, without_rights: AbstractContextManager[None]
) -> None:
    path = encode(open_folder / "secret.mp4", 3)
    path.chmod(0)
    with without_rights, pytest.raises(VideoError) as caught:
        VideoReader(path)
    check_sentence(caught.value, path, "permission denied")


@pytest.mark.parametrize("mode", [0o000, 0o300])
def test_a_folder_that_may_not_be_read(
    open_folder: Path, without_rights: AbstractContextManager[None], mode: int
) -> None:
    path = open_folder / "secret"
    path.mkdir()
    path.chmod(mode)
    try:
        with without_rights:
            for inside in (path, path / "v.mp4"):
                with pytest.raises(VideoError) as caught:
                    VideoReader(inside)
                assert str(inside) in str(caught.value)
    finally:
        path.chmod(0o700)


def test_sound_that_cannot_be_read(tmp_path: Path) -> None:
    for make in (_empty, _text, _missing):
        with pytest.raises(VideoError) as caught:
            read_audio(make(tmp_path))
        assert str(tmp_path) in str(caught.value)
    with pytest.raises(VideoError, match=r"mute\.mp4 has no sound"):
        read_audio(encode(tmp_path / "mute.mp4", 3))


def test_a_video_with_a_cover_picture_is_one(tmp_path: Path) -> None:
    assert len(VideoReader(encode(tmp_path / "v.mp4", 6))) == 6
    # The song's cover is stored as a video stream, but it is not the video.
    with av.open(str(tagged_mp3(tmp_path / "song.mp3"))) as container:
        assert container.streams.video
