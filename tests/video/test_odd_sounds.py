"""Sound of any kind is decoded into one or two channels, or refused in a sentence."""

import logging
import struct
import subprocess
import sys
from pathlib import Path

import av
import numpy as np
import pytest

from inphase.errors import VideoError
from inphase.video import (
    Audio,
    SoundCursor,
    VideoReader,
    VideoWriter,
    probe,
    read_audio,
    sound_of,
    write_audio,
)
from inphase.video.browser import browser_playback
from tests.video.odd_sounds import (
    avi_that_claims,
    changing,
    encode_with_sound,
    film_order,
    frames,
    tone,
    wav,
    without_decoder,
)
from tests.video.odd_videos import RATE, SIZE, encode

SILENT = np.zeros(48000, dtype=np.float32)


def survives(path: Path) -> Audio:
    """Read the sound, after a process of its own has shown that this does not crash."""
    told = "import sys; from inphase.video import read_audio; read_audio(sys.argv[1])"
    subprocess.run([sys.executable, "-c", told, str(path)], check=True)
    return read_audio(path)


@pytest.mark.parametrize("count", [3, 7, 8, 9, 16])
def test_many_channels_of_a_recorder(tmp_path: Path, count: int) -> None:
    sound = survives(wav(tmp_path / "many.wav", [tone(), *[SILENT] * (count - 1)]))
    assert sound.channels == 2
    assert sound.duration == pytest.approx(1)
    # The first channel is the left one.
    assert np.abs(sound.samples[:, 0]).max() > 0.02
    assert np.abs(sound.samples[:, 1]).max() == 0


def test_eight_channels_one_after_the_other_in_memory(tmp_path: Path) -> None:
    path = encode_with_sound(tmp_path / "a.mp4", [tone()] * 8, codec="aac", layout="7.1")
    sound = survives(path)
    assert sound.channels == 2
    assert sound.duration == pytest.approx(1, abs=0.01)
    correlation = np.corrcoef(sound.samples[4800:43200, 0], tone()[4800:43200])[0, 1]
    assert correlation > 0.99
    assert probe(path).has_audio


@pytest.mark.parametrize("place", range(6))
def test_the_order_of_films(tmp_path: Path, place: int) -> None:
    channels = [SILENT] * 6
    channels[place] = tone()
    sound = survives(film_order(tmp_path / "film.mov", channels))
    left, right = np.abs(sound.samples).max(axis=0).tolist()
    kind = ("left", "both", "right", "left", "right", "both")[place]
    assert (left > 0.05, right > 0.05) == (kind != "right", kind != "left")


def test_more_than_two_channels_can_be_written(tmp_path: Path) -> None:
    path = encode_with_sound(tmp_path / "quad.mov", [tone()] * 4, layout="quad")
    sound = sound_of(path)
    assert sound is not None
    assert sound.channels == 2
    for audio in (sound, Audio(np.stack([tone()] * 4, axis=1), 48000)):
        with VideoWriter(tmp_path / "out.mp4", fps=RATE, size=SIZE, audio=audio) as out:
            for _, picture in VideoReader(path):
                out.write(picture)
        heard = read_audio(tmp_path / "out.mp4")
        assert heard.channels == 2
        assert heard.duration == pytest.approx(1, abs=0.001)
        assert np.abs(heard.samples).max() > 0.3


def test_the_first_track_with_a_decoder_is_taken(tmp_path: Path) -> None:
    path = _two_tracks(tmp_path / "two.mov", first=0.0, second=0.2, pictures=0.4)
    without_decoder(path)
    sound = read_audio(path)
    reader = VideoReader(path)
    # The track without a decoder starts 0.4 s before the pictures, that with one 0.2 s. Time 0 is
    # the start of what can be heard and seen; the encoder's priming belongs to it.
    onset = int(np.argmax(np.abs(sound.samples[:, 0]) > 0.1)) / sound.rate
    assert reader.times[0] - onset == pytest.approx(0.2, abs=0.003)
    assert onset < 0.03
    assert probe(path).has_audio
    assert browser_playback(path) is None


def _two_tracks(path: Path, *, first: float, second: float, pictures: float) -> Path:
    with av.open(str(path), "w") as container:
        tracks = [container.add_stream("aac", rate=48000) for _ in range(2)]
        video = container.add_stream("libx264", rate=RATE)
        video.width, video.height, video.pix_fmt = *SIZE, "yuv420p"
        for track in tracks:
            track.codec_context.layout = "mono"
        for track, start in zip(tracks, (first, second), strict=True):
            for frame in frames(tone()[None], "mono", 48000, start):
                container.mux(track.encode(frame))
            container.mux(track.encode(None))
        for number in range(RATE):
            shown = av.VideoFrame.from_ndarray(np.full((*SIZE[::-1], 3), 9 * number, np.uint8))
            shown.pts = number + round(pictures * RATE)
            container.mux(video.encode(shown))
        container.mux(video.encode(None))
    return path


@pytest.mark.parametrize("kind", ["no decoder", "empty"])
def test_no_usable_sound_is_none_and_a_warning(
    tmp_path: Path, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / ("a.mp4" if kind == "no decoder" else "a.mkv")
    if kind == "no decoder":
        without_decoder(encode_with_sound(path, [tone()], codec="aac", layout="mono"))
    else:
        encode_with_sound(path, None)
    assert not probe(path).has_audio
    with pytest.raises(VideoError, match="no sound that can be decoded"):
        read_audio(path)
    with caplog.at_level(logging.WARNING):
        assert sound_of(path) is None
    assert "no sound that can be decoded" in caplog.text
    assert "is written without sound" in caplog.text
    assert len(VideoReader(path)) == RATE
    browser_playback(path)


def test_a_video_that_claims_no_sound_gets_no_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        assert sound_of(encode(tmp_path / "mute.mp4", 3)) is None
    assert not caplog.text


@pytest.mark.parametrize(
    "lie",
    [{"rate": 2**31 - 1}, {"rate": 1}, {"channels": 0}, {"channels": 600}, {"channels": 65535}],
)
def test_a_header_that_lies_takes_no_memory(tmp_path: Path, lie: dict[str, int]) -> None:
    path = avi_that_claims(tmp_path / "lie.avi", **lie)
    with pytest.raises(VideoError, match="no sound that can be decoded"):
        read_audio(path)
    assert len(VideoReader(path)) == RATE
    assert not probe(path).has_audio


def test_a_track_may_change_its_format(tmp_path: Path) -> None:
    sound = read_audio(changing(tmp_path / "a.ts"))
    assert (sound.rate, sound.channels) == (44100, 1)
    assert sound.duration == pytest.approx(2, abs=0.05)
    for start in (0.2, 1.2):
        part = sound.cut(start, start + 0.6).samples[:, 0]
        # The tone has 20 samples a radian at its own rate, in both halves.
        own = 44100 if start < 1 else 48000
        peak = float(np.argmax(np.abs(np.fft.rfft(part * np.hanning(len(part)))))) / 0.6
        assert peak == pytest.approx(own / 20 / (2 * np.pi), abs=2)
        assert np.abs(part).max() == pytest.approx(0.5, abs=0.05)


def test_raw_aac_that_changes_its_rate_has_no_holes(tmp_path: Path) -> None:
    parts = []
    for rate, channels in ((44100, 1), (48000, 2)):
        write_audio(
            tmp_path / "part.aac", Audio(np.stack([tone(1.0, rate)] * channels, axis=1), rate)
        )
        parts.append((tmp_path / "part.aac").read_bytes())
    (tmp_path / "whole.aac").write_bytes(b"".join(parts))
    sound = read_audio(tmp_path / "whole.aac")
    # Each part is padded to whole frames, and the second has its encoder's priming.
    assert sound.duration == pytest.approx(2.0, abs=0.1)
    loud = np.abs(sound.samples[:, 0]).reshape(-1)[: len(sound.samples) // 441 * 441]
    quiet = loud.reshape(-1, 441).max(axis=1) < 0.1  # pieces of 10 ms
    assert quiet.sum() < 12


@pytest.mark.parametrize("damage", [np.nan, np.inf, -1e30])
def test_floats_that_are_no_sound_are_silent(tmp_path: Path, damage: float) -> None:
    samples = tone(0.5)
    samples[5000:5100] = damage
    whole = samples.tobytes()
    fmt = struct.pack("<HHIIHH", 3, 1, 48000, 4 * 48000, 4, 32)  # floats, mono
    head = b"WAVEfmt " + struct.pack("<I", len(fmt)) + fmt + b"data"
    content = head + struct.pack("<I", len(whole)) + whole
    path = tmp_path / "a.wav"
    path.write_bytes(b"RIFF" + struct.pack("<I", len(content)) + content)
    sound = read_audio(path)
    assert not sound.samples[5000:5100].any()
    np.testing.assert_allclose(sound.samples[:5000, 0], samples[:5000], atol=1e-6)
    write_audio(tmp_path / "a.m4a", sound)


@pytest.mark.parametrize("days", [1, 40])
def test_a_hole_of_days_is_not_filled(
    tmp_path: Path, days: int, caplog: pytest.LogCaptureFixture
) -> None:
    starts = (0.0, 86400.0 * days)
    path = encode_with_sound(tmp_path / "a.mkv", [tone()], layout="mono", starts=starts)
    with caplog.at_level(logging.WARNING):
        sound = read_audio(path)
    assert sound.duration == pytest.approx(1)
    assert "left out" in caplog.text


@pytest.mark.parametrize(("sound", "pictures"), [(4e5, 0.0), (0.0, 4e5)])
def test_sound_that_starts_days_away_is_left_out(
    tmp_path: Path, sound: float, pictures: float, caplog: pytest.LogCaptureFixture
) -> None:
    path = encode_with_sound(
        tmp_path / "v.mkv", [tone()] * 2, starts=(sound,), pictures_start=pictures
    )
    assert VideoReader(path).times[0] == 0
    assert not probe(path).has_audio
    assert sound_of(path) is None
    assert "400000 seconds away from the pictures; the video is written without" in caplog.text


def test_a_hole_of_minutes_is_silent(tmp_path: Path) -> None:
    path = encode_with_sound(tmp_path / "a.mkv", [tone()], layout="mono", starts=(0.0, 90.0))
    sound = read_audio(path)
    assert sound.duration == pytest.approx(91)
    assert np.abs(sound.cut(1.01, 89.99).samples).max() == 0
    assert np.abs(sound.cut(90.01, 91).samples).max() == pytest.approx(0.5, abs=0.01)


def test_sound_whose_clock_hardly_moves_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = avi_that_claims(tmp_path / "a.avi", ticks=2**31 - 1)
    with caplog.at_level(logging.WARNING):
        read_audio(path)
    assert "go back" in caplog.text


@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".mkv", ".ts", ".flv", ".nut"])
@pytest.mark.parametrize(("late", "pictures"), [(0.0, 0.0), (0.4, 0.0), (0.0, 0.4), (2.0, 3.0)])
def test_pictures_and_sound_share_time_0(
    tmp_path: Path, suffix: str, late: float, pictures: float
) -> None:
    codec = "pcm_s16le" if suffix in {".mov", ".mkv", ".nut"} else "aac"
    flash = [np.full((*SIZE[::-1], 3), 235 * (index == 12), np.uint8) for index in range(RATE)]
    click = np.zeros(2 * 48000, dtype=np.float32)
    at = pictures + 12 / RATE - late  # of the flash, in the sound
    click[round(at * 48000) : round(at * 48000) + 20] = 0.9
    path = encode_with_sound(
        tmp_path / f"a{suffix}", [click], codec=codec, layout="mono", starts=(late,),
        pictures=flash, pictures_start=pictures,
    )  # fmt: skip
    reader = VideoReader(path)
    seen = reader.times[int(np.argmax([picture.mean() for _, picture in reader]))]
    sound = read_audio(path)
    level = np.abs(sound.samples[:, 0])
    assert int(np.argmax(level > 0.5 * level.max())) / sound.rate == pytest.approx(seen, abs=0.003)


def test_pieces_cut_on_the_way_are_those_of_the_whole(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).normal(0, 0.2, 4 * 48000).astype(np.float32)
    path = encode_with_sound(tmp_path / "a.mkv", [noise], layout="mono", starts=(0.25,))
    whole, sound = read_audio(path), sound_of(path)
    assert sound is not None
    cursor = SoundCursor(sound)
    for start, end in ((0, 0.3), (0.3, 0.31), (1.7, 3.9), (1.8, 2), (4.1, 6), (0.1, 0.4)):
        np.testing.assert_array_equal(cursor.cut(start, end).samples, whole.cut(start, end).samples)


def test_the_sound_of_a_video_is_streamed(tmp_path: Path) -> None:
    path = encode_with_sound(tmp_path / "a.mkv", [tone(4)], layout="mono")
    sound = sound_of(path)
    assert sound is not None
    blocks = list(sound.cut_at(2.5).blocks())
    assert len(blocks) > 10
    assert sum(map(len, blocks)) == 2.5 * 48000


CASES = {
    "01_eight_channels/aac_8ch.mp4": 2,
    "01_eight_channels/s_7.1.wav": 2,
    "02_four_channels/quad_pcm.mov": 2,
    "03_sound_without_decoder/apac_then_aac.mov": 1,
    "03_sound_without_decoder/apac_only.mp4": 0,
    "04_empty_sound_track/empty_audio.mkv": 0,
    "04_empty_sound_track/empty_audio_frag.mp4": 0,
}


@pytest.mark.parametrize("name", CASES)
def test_reported_files(shared_cases: Path, name: str) -> None:
    path = shared_cases / name
    if CASES[name]:
        assert survives(path).channels == CASES[name]
    else:
        assert sound_of(path) is None
