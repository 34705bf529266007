"""A video with another sound track: its picture is unchanged, on time and in sync."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av.packet import Packet
from av.video.stream import VideoStream

from inphase.errors import OutputError, VideoError
from inphase.video import Audio, VideoReader, read_audio
from inphase.video.muxing import check_picture_can_be_copied, write_with_sound
from tests.video.odd_videos import SIZE, corners, encode, number_in, packets, trim, turn

RATE = 48000
# Seconds at which the sound clicks: between frames, so that nothing fits by chance.
CLICKS = (0.11, 0.37, 0.63)
SOUND = np.sin(np.arange(RATE, dtype=np.float32) / 20) * np.float32(0.3)


def _clicking(duration: float) -> Audio:
    samples = np.zeros((round(duration * RATE), 1), dtype=np.float32)
    for click in CLICKS:
        samples[round(click * RATE) : round(click * RATE) + 4] = 0.9
    return Audio(samples, RATE)


def _heard(audio: Audio) -> list[float]:
    """Seconds of the loudest sample around each click."""
    wave, found = np.abs(audio.samples[:, 0]), []
    for click in CLICKS:
        first = round((click - 0.05) * audio.rate)
        found.append((first + int(wave[first : first + round(0.1 * audio.rate)].argmax())) / RATE)
    return found


SOURCES: dict[str, Callable[[Path], Path]] = {
    "plain": lambda folder: encode(folder / "source.mp4"),
    "b_frames": lambda folder: encode(folder / "source.mp4", b_frames=3),
    "b_frames_mkv": lambda folder: encode(folder / "source.mkv", b_frames=3),
    "hevc_b_frames": lambda folder: encode(
        folder / "source.mp4", codec="libx265", options={"bframes": "3"}
    ),
    "mov": lambda folder: encode(folder / "source.mov", b_frames=2),
    "mkv": lambda folder: encode(folder / "source.mkv"),
    "webm_vp9": lambda folder: encode(folder / "source.webm", codec="libvpx-vp9"),
    "mpeg4_avi": lambda folder: encode(folder / "source.avi", codec="mpeg4"),
    "variable": lambda folder: encode(
        folder / "source.mp4", 8, times=[0, 0.04, 0.05, 0.3, 0.31, 0.5, 0.77, 0.8], b_frames=2
    ),
    "variable_mkv": lambda folder: encode(
        folder / "source.mkv", 8, times=[0, 0.04, 0.05, 0.3, 0.31, 0.5, 0.77, 0.8]
    ),
    "late_pictures": lambda folder: encode(
        folder / "source.mp4", times=[0.25 + n / 25 for n in range(20)], sound=(SOUND, 0.0)
    ),
    "late_pictures_mkv": lambda folder: encode(
        folder / "source.mkv", times=[0.25 + n / 25 for n in range(20)], sound=(SOUND, 0.0)
    ),
    "late_sound": lambda folder: encode(folder / "source.mp4", sound=(SOUND, 0.2), b_frames=2),
    "late_file": lambda folder: encode(
        folder / "source.mkv", times=[3 + n / 25 for n in range(20)]
    ),
    "av1": lambda folder: encode(
        folder / "source.mp4", codec="libsvtav1", options={"preset": "12", "svtav1-params": ""}
    ),
    "av1_mkv": lambda folder: encode(folder / "source.mkv", codec="libsvtav1"),
    "edit_list": lambda folder: trim(encode(folder / "source.mp4", gop=6), 3),
    "edit_list_b_frames": lambda folder: trim(encode(folder / "source.mp4", gop=6, b_frames=2), 3),
}


@pytest.mark.parametrize("kind", SOURCES)
def test_the_pictures_are_copied_bit_for_bit_and_shown_when_they_were(
    kind: str, tmp_path: Path
) -> None:
    source = SOURCES[kind](tmp_path)
    write_with_sound(tmp_path / "out.mp4", source, _clicking(1.0))
    before, after = VideoReader(source), VideoReader(tmp_path / "out.mp4")
    assert [bytes(one) for one in packets(tmp_path / "out.mp4")] == [
        bytes(one) for one in packets(source)
    ]
    assert [number_in(picture) for _, picture in after] == [
        number_in(picture) for _, picture in before
    ]
    np.testing.assert_allclose(after.times, before.times, atol=1e-3)


@pytest.mark.parametrize("kind", SOURCES)
def test_the_sound_is_in_step_with_the_pictures(kind: str, tmp_path: Path) -> None:
    write_with_sound(tmp_path / "out.mp4", SOURCES[kind](tmp_path), _clicking(1.0))
    # Time 0 of both is the start of the source's picture or sound, whichever comes first.
    np.testing.assert_allclose(_heard(read_audio(tmp_path / "out.mp4")), CLICKS, atol=0.002)


def test_stored_rotation_is_kept(tmp_path: Path) -> None:
    source = encode(tmp_path / "source.mp4", [corners()] * 5)
    turn(source, 0, 1, -1, 0)
    write_with_sound(tmp_path / "out.mp4", source, _clicking(1.0))
    before, after = VideoReader(source)[0], VideoReader(tmp_path / "out.mp4")[0]
    assert before.shape[0] > before.shape[1]  # the rotation is applied at all
    np.testing.assert_array_equal(after, before)


def test_oblong_pixels_are_kept(tmp_path: Path) -> None:
    source = encode(tmp_path / "source.mp4", 5, aspect=Fraction(4, 3))
    write_with_sound(tmp_path / "out.mp4", source, _clicking(1.0))
    assert VideoReader(tmp_path / "out.mp4")[0].shape == VideoReader(source)[0].shape
    assert VideoReader(source)[0].shape != (SIZE[1], SIZE[0], 3)


@pytest.mark.parametrize(
    ("name", "codec"), [("old.webm", "libvpx"), ("old.avi", "huffyuv"), ("old.h264", "libx264")]
)
def test_pictures_that_mp4_cannot_hold_get_one_sentence(
    name: str, codec: str, tmp_path: Path
) -> None:
    pix_fmt = "yuv422p" if codec == "huffyuv" else "yuv420p"
    source = encode(tmp_path / name, codec=codec, pix_fmt=pix_fmt, b_frames=2)
    wanted = r"picture of .*old.* cannot be copied into an \.mp4.* write a \.wav instead"
    with pytest.raises(OutputError, match=wanted):
        write_with_sound(tmp_path / "out.mp4", source, _clicking(1.0))
    # Known before the work that comes first.
    with pytest.raises(OutputError, match=wanted):
        check_picture_can_be_copied(source)
    assert list(tmp_path.iterdir()) == [source]


def test_an_old_file_survives_a_video_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "out.mp4").write_bytes(b"old")
    (tmp_path / "broken.mp4").write_bytes(b"no video")
    with pytest.raises(VideoError, match=r"broken\.mp4"):
        write_with_sound(tmp_path / "out.mp4", tmp_path / "broken.mp4", _clicking(1.0))
    assert (tmp_path / "out.mp4").read_bytes() == b"old"
    assert len(list(tmp_path.iterdir())) == 2


def test_sound_and_pictures_are_interleaved(tmp_path: Path) -> None:
    source = encode(tmp_path / "source.mp4", 100)
    write_with_sound(tmp_path / "out.mp4", source, _clicking(4.0))
    with av.open(str(tmp_path / "out.mp4")) as container:
        last = {"video": 0.0, "audio": 0.0}
        for packet in sorted(container.demux(), key=lambda one: one.pos or 0):
            if packet.size and packet.dts is not None and packet.time_base is not None:
                last[packet.stream.type] = float(packet.dts * packet.time_base)
                # A player that streams the file never waits long for either track.
                assert abs(last["video"] - last["audio"]) < 1.0


def _tag(path: Path) -> str:
    with av.open(str(path)) as container:
        return str(container.streams.video[0].codec_context.codec_tag)


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".ts"])
@pytest.mark.parametrize("tag", ["hvc1", "hev1"])
def test_hevc_keeps_the_tag_that_players_accept(tmp_path: Path, suffix: str, tag: str) -> None:
    source = encode(tmp_path / f"source{suffix}", codec="libx265")
    if suffix == ".mp4":
        source.write_bytes(source.read_bytes().replace(b"hev1", tag.encode()))
        assert _tag(source) == tag
    check_picture_can_be_copied(source)
    write_with_sound(tmp_path / "out.mp4", source, _clicking(1.0))
    # Only an MP4 has such a tag; Apple's players accept this one alone.
    assert _tag(tmp_path / "out.mp4") == (tag if suffix == ".mp4" else "hvc1")
    assert len(VideoReader(tmp_path / "out.mp4")) == 20


@pytest.mark.parametrize("same", [(5, 6), (5, 6, 7), (18, 19)])
def test_frames_at_the_same_time_are_moved_by_a_tick(tmp_path: Path, same: tuple[int, ...]) -> None:
    plain = encode(tmp_path / "plain.mp4", codec="libx264", gop=6)
    ticks = [40 * number for number in range(20)]
    for number in same:
        ticks[number] = 40 * same[0]
    source = _with_times(plain, tmp_path / "source.mkv", ticks)
    assert len({packet.pts for packet in packets(source)}) == 20 - len(same) + 1
    check_picture_can_be_copied(source)
    write_with_sound(tmp_path / "out.mp4", source, _clicking(1.0))
    after = VideoReader(tmp_path / "out.mp4")
    assert [number_in(picture) for _, picture in after] == list(range(20))
    np.testing.assert_allclose(after.times, np.array(ticks) / 1000, atol=0.003)
    np.testing.assert_allclose(_heard(read_audio(tmp_path / "out.mp4")), CLICKS, atol=0.002)


def _with_times(source: Path, path: Path, ticks: list[int]) -> Path:
    """A copy whose packets have these times, in milliseconds, equal ones included."""
    with av.open(str(source)) as old, av.open(str(path), "w") as new:
        stream = new.add_stream_from_template(old.streams.video[0])
        for packet, tick in zip(packets_of(old), ticks, strict=True):
            packet.stream = stream
            packet.time_base = Fraction(1, 1000)
            packet.pts = packet.dts = tick
            new.mux(packet)
    return path


def packets_of(container: av.container.InputContainer) -> "list[Packet[VideoStream]]":
    """The packets of the first video stream."""
    return [one for one in container.demux(container.streams.video[0]) if one.size]


def test_a_folder_of_pictures_cannot_be_copied(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"folder of pictures.* write a \.wav instead"):
        check_picture_can_be_copied(tmp_path)


@pytest.mark.parametrize(
    ("name", "tag"),
    [
        ("08_sound_hevc_tag/cra.mp4", "hvc1"),
        ("09_sound_av1/lerobot_av1.mp4", "av01"),
        ("11_sound_duplicate_time/dup.mkv", None),
    ],
)
def test_reported_files(shared_cases: Path, tmp_path: Path, name: str, tag: str | None) -> None:
    source = shared_cases / name
    write_with_sound(tmp_path / "out.mp4", source, _clicking(1.0))
    assert tag is None or _tag(tmp_path / "out.mp4") == tag
    assert [bytes(one) for one in packets(tmp_path / "out.mp4")] == [
        bytes(one) for one in packets(source)
    ]
