"""Files are videos by what they hold, not by their names."""

from pathlib import Path

import av
import numpy as np
import pytest
from av.audio.stream import AudioStream
from av.video.stream import VideoStream
from PIL import Image

from inphase.video.sniffing import looks_like_video

FORMATS = {
    "mp4": "mpeg4",
    "mov": "mpeg4",
    "matroska": "mpeg4",
    "avi": "mpeg4",
    "mpegts": "mpeg2video",
    "vob": "mpeg2video",
    "mpeg2video": "mpeg2video",
    "flv": "flv",
    "asf": "mpeg4",
    "h264": "libx264",
    "mxf": "mpeg2video",
}


def video(path: Path, kind: str) -> Path:
    with av.open(str(path), "w", format=kind) as container:
        stream = container.add_stream(FORMATS[kind], rate=25)
        assert isinstance(stream, VideoStream)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        generator = np.random.default_rng(0)  # a transport stream is believed from some length on
        for _ in range(25):
            picture = generator.integers(0, 256, (48, 64, 3), dtype=np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, "rgb24")))
        container.mux(stream.encode(None))
    return path


@pytest.mark.parametrize("kind", FORMATS)
def test_a_video_is_known_by_its_content(tmp_path: Path, kind: str) -> None:
    assert looks_like_video(video(tmp_path / "take.xyz", kind))


def test_the_transport_stream_of_a_camcorder_has_a_time_before_each_packet(tmp_path: Path) -> None:
    data = video(tmp_path / "a.xyz", "mpegts").read_bytes()
    packets = (data[at : at + 188] for at in range(0, len(data), 188))
    (tmp_path / "b.xyz").write_bytes(b"".join(b"\x00\x00\x00\x00" + one for one in packets))
    assert looks_like_video(tmp_path / "b.xyz")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"G" * 3000,
        b"GIF",
        b"\x00\x00\x00\x18ftypheic" + bytes(500),
        b"RIFF\x00\x00\x00\x00WAVEfmt ",
        b"\x00\x00\x00\x20ftypisom" + bytes(200),
        b"video,start,end\n",
        b"\x00\x00\x00\x01 no stream",
    ],
)
def test_other_files_are_not(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x").write_bytes(content)
    assert not looks_like_video(tmp_path / "x")


def test_neither_are_sounds_pictures_folders_and_what_is_gone(tmp_path: Path) -> None:
    with av.open(str(tmp_path / "a.m4a"), "w") as container:
        stream = container.add_stream("aac", rate=44100)
        assert isinstance(stream, AudioStream)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), "fltp", "mono")
        frame.rate = 44100
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    Image.new("RGB", (8, 8)).save(tmp_path / "a.thm", format="jpeg")
    for name in ("a.m4a", "a.thm", "gone", "."):
        assert not looks_like_video(tmp_path / name)
