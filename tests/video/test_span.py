"""A span of a file is a video: `long.mp4#t=12.5,17.2`."""

from pathlib import Path

import numpy as np
import pytest
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from inphase.data import content_hash
from inphase.errors import VideoError
from inphase.video import VideoReader, frame_table, probe, read_audio, reading_apart
from inphase.video.span import Span, file_of, find_span
from tests.video.odd_videos import encode, number_in, numbers_in

RATE = 25
CODECS = {
    "h264": ("libx264", 12, 2, {}),
    "hevc": ("libx265", 10, 3, {"preset": "fast"}),
    "av1": ("libsvtav1", 2, 0, {"preset": "12"}),
    "av1-long": ("libsvtav1", 30, 0, {"preset": "12"}),
}


@pytest.fixture(scope="module", params=CODECS)
def long(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    codec, gop, b_frames, options = CODECS[request.param]
    path = tmp_path_factory.mktemp("long") / f"{request.param}.mp4"
    quiet = {"svtav1-params": "lookahead=0"} if codec == "libsvtav1" else {}
    return encode(path, 90, codec=codec, gop=gop, b_frames=b_frames, options={**options, **quiet})


def test_a_span_has_its_own_frames_and_times(long: Path) -> None:
    path = Span(long, 20 / RATE, 31 / RATE).path
    with VideoReader(path) as video:
        assert numbers_in(picture for _, picture in video) == list(range(20, 31))
        assert np.allclose(video.times, np.arange(11) / RATE, atol=1e-6)
        assert video.info.duration == pytest.approx(11 / RATE)
        assert number_in(video[-1]) == 30
        assert number_in(video.at(5 / RATE)) == 25
        assert numbers_in(video.frames([0, 3, 10])) == [20, 23, 30]
        with pytest.raises(VideoError, match="no frame 11"):
            video[11]


def test_a_seek_gives_the_very_frame_of_reading_on(long: Path) -> None:
    with VideoReader(long) as video:
        in_order = [picture for _, picture in video]
        for index in np.random.default_rng(3).permutation(len(video)):
            assert np.array_equal(video[int(index)], in_order[index]), index
    for first in (1, 29, 30, 31, 59, 77):
        with VideoReader(Span(long, first / RATE, (first + 2) / RATE).path) as span:
            assert np.array_equal(span[0], in_order[first])
            assert np.array_equal(span[1], in_order[first + 1])


def test_a_span_is_decoded_from_the_key_frame_before_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = encode(tmp_path / "long.mp4", 120, gop=10)
    first = Span(path, 100 / RATE, 104 / RATE).path
    probe(first)
    count = 0
    decode = frame_table.decode_packet

    def counted(packet: "Packet[VideoStream]") -> list[VideoFrame]:
        nonlocal count
        count += 1
        return decode(packet)

    monkeypatch.setattr("inphase.video.cursor.decode_packet", counted)
    with VideoReader(first) as video:
        assert numbers_in(picture for _, picture in video) == [100, 101, 102, 103]
    assert count < 40


def test_one_end_may_be_left_out(tmp_path: Path) -> None:
    path = encode(tmp_path / "long.mp4", 30)
    assert probe(Path(f"{path}#t=,0.4")).frames == 10
    assert probe(Path(f"{path}#t=1")).frames == 5
    assert probe(Path(f"{path}#t=npt:1,1.08")).frames == 2


@pytest.mark.parametrize(
    ("times", "told"), [("2,1", "must end after"), ("7,8", "has no frames: long.mp4 is 1.200")]
)
def test_an_impossible_span_is_refused(tmp_path: Path, times: str, told: str) -> None:
    path = encode(tmp_path / "long.mp4", 30)
    with pytest.raises(VideoError, match=told):
        probe(Path(f"{path}#t={times}"))


def test_a_file_of_that_very_name_is_itself(tmp_path: Path) -> None:
    path = encode(tmp_path / "take#t=1,2", 30, container_format="mp4")
    assert find_span(path) is None
    assert file_of(path) == path
    assert probe(path).frames == 30


def test_content_tells_spans_apart_and_outlives_a_move(tmp_path: Path) -> None:
    path = encode(tmp_path / "long.mp4", 30)
    one, other = Span(path, 0, 0.4).path, Span(path, 0.4, 0.8).path
    assert len({content_hash(path), content_hash(one), content_hash(other)}) == 3
    before = content_hash(one)
    moved = path.rename(tmp_path / "moved.mp4")
    assert content_hash(Span(moved, 0, 0.4).path) == before


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    span = Span(encode(tmp_path / "long.mp4", 30), 0, 9).path
    assert probe(span).frames == 30
    encode(tmp_path / "long.mp4", 20)
    assert probe(span).frames == 20


def test_the_sound_of_a_span_is_that_of_its_time(tmp_path: Path) -> None:
    sound = (np.sin(np.arange(96_000) ** 2 / 2e6) * 0.5).astype(np.float32)
    path = encode(tmp_path / "long.mp4", 50, sound=(sound, 0.0))
    whole, part = read_audio(path), read_audio(Span(path, 0.8, 1.4).path)
    assert len(part.samples) == round(0.6 * whole.rate)
    first = round(0.8 * whole.rate)
    assert np.allclose(part.samples, whole.samples[first : first + len(part.samples)], atol=1e-3)


def test_a_span_is_read_in_a_child_process_too(tmp_path: Path) -> None:
    path = encode(tmp_path / "long.mp4", 30, gop=5)
    with reading_apart(), VideoReader(Span(path, 0.4, 0.6).path) as video:
        assert numbers_in(picture for _, picture in video) == list(range(10, 15))
        assert number_in(video[2]) == 12
