"""Sound keeps its time, to the sample where the format allows."""

import itertools
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from inphase.errors import OutputError
from inphase.video import Audio, VideoReader, VideoWriter, read_audio, write_audio

CLICKS = (0.0, 0.5, 1.7321, 2.9)


def clicks(rate: int, channels: int = 2, seconds: float = 3.0) -> Audio:
    samples = np.zeros((round(rate * seconds), channels), np.float32)
    for time in CLICKS:
        samples[round(time * rate)] = 0.9
    return Audio(samples, rate)


def times_of_clicks(audio: Audio) -> NDArray[np.float64]:
    level = np.abs(audio.samples[:, 0])
    found = []
    for time in CLICKS:
        start = max(0, round((time - 0.05) * audio.rate))
        found.append((start + np.argmax(level[start : start + audio.rate // 10])) / audio.rate)
    return np.array(found)


def write(path: Path, audio: Audio) -> None:
    if path.suffix != ".mp4":
        write_audio(path, audio)
        return
    with VideoWriter(path, fps=25, size=(32, 32), audio=audio) as writer:
        for _ in range(75):
            writer.write(np.zeros((32, 32, 3), np.uint8))


@pytest.mark.parametrize("rate", [48000, 44100, 22050])
@pytest.mark.parametrize("suffix", [".mp4", ".m4a", ".aac", ".wav"])
def test_a_click_comes_back_at_its_time(suffix: str, rate: int, tmp_path: Path) -> None:
    path = tmp_path / f"a{suffix}"
    write(path, clicks(rate))
    for read_rate in (None, 16000, 22050):
        sound = read_audio(path, rate=read_rate)
        assert sound.rate == (read_rate or rate)
        np.testing.assert_allclose(times_of_clicks(sound), CLICKS, atol=0.0005)
        if suffix != ".aac":  # which cannot state where it ends
            assert sound.duration == pytest.approx(3.0, abs=1 / sound.rate)


def test_sound_and_pictures_share_their_clock(tmp_path: Path) -> None:
    # The sound starts 0.2 s before the picture, on a clock that does not start at 0.
    path = tmp_path / "v.ts"
    with av.open(str(path), "w") as out:
        video = out.add_stream("libx264", rate=25)
        video.width, video.height, video.pix_fmt = 32, 32, "yuv420p"
        audio = out.add_stream("mp2", rate=48000)
        audio.codec_context.layout = "mono"
        loud = np.zeros((1, 48000 * 2), np.int16)
        loud[0, 48000] = 30000
        for start in range(0, loud.shape[1] - 1151, 1152):
            block = np.ascontiguousarray(loud[:, start : start + 1152])
            sound = av.AudioFrame.from_ndarray(block, format="s16", layout="mono")
            sound.sample_rate, sound.pts = 48000, start
            out.mux(audio.encode(sound))
        out.mux(audio.encode(None))
        for index in range(30):
            grey = np.full((32, 32, 3), 200 if index == 20 else 20, np.uint8)
            frame = av.VideoFrame.from_ndarray(grey, "rgb24")
            frame.pts = index + 5
            out.mux(video.encode(frame))
        out.mux(video.encode(None))
    # Frame 20 flashes at the time of the click: 1 s after the sound began.
    reader = VideoReader(path)
    flash = max(range(30), key=lambda index: float(reader[index].mean()))
    heard = read_audio(path)
    click = int(np.abs(heard.samples[:, 0]).argmax()) / heard.rate
    assert flash == 20
    assert reader.times[0] == pytest.approx(0.2, abs=0.03)
    # MPEG layer 2 delays the sound by 481 samples and cannot state it.
    assert reader.times[flash] == pytest.approx(click, abs=0.025)


def test_a_gap_in_time_is_silence(tmp_path: Path) -> None:
    path = tmp_path / "a.mkv"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("pcm_s16le", rate=8000)
        stream.codec_context.layout = "mono"
        for start in (0, 4000, 16000):
            block = np.full((1, 4000), 16384, np.int16)
            frame = av.AudioFrame.from_ndarray(block, format="s16", layout="mono")
            frame.sample_rate, frame.pts = 8000, start
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    level = read_audio(path).samples[:, 0]
    assert len(level) == 20000
    np.testing.assert_allclose(level[:8000], 0.5)
    np.testing.assert_allclose(level[8000:16000], 0)
    np.testing.assert_allclose(level[16000:], 0.5)


def test_wav_keeps_every_sample(tmp_path: Path) -> None:
    samples = np.random.default_rng(0).uniform(-1, 1, (1000, 2)).astype(np.float32)
    write_audio(tmp_path / "a.wav", Audio(samples, 12345))
    sound = read_audio(tmp_path / "a.wav")
    assert sound.rate == 12345
    np.testing.assert_allclose(sound.samples, samples, atol=1 / 30000)


def test_mono_is_the_mean_of_the_channels(tmp_path: Path) -> None:
    samples = np.tile(np.array([0.5, -0.1], np.float32), (4000, 1))
    write_audio(tmp_path / "a.wav", Audio(samples, 8000))
    sound = read_audio(tmp_path / "a.wav", mono=True)
    assert sound.samples.shape == (4000, 1)
    np.testing.assert_allclose(sound.samples, 0.2, atol=1e-4)


def test_resampling_keeps_a_tone(tmp_path: Path) -> None:
    time = np.arange(44100) / 44100
    tone = (0.5 * np.sin(2 * np.pi * 440 * time)).astype(np.float32)[:, None]
    write_audio(tmp_path / "a.wav", Audio(tone, 44100))
    sound = read_audio(tmp_path / "a.wav", rate=16000)
    expected = 0.5 * np.sin(2 * np.pi * 440 * np.arange(16000) / 16000)
    np.testing.assert_allclose(sound.samples[200:-200, 0], expected[200:-200], atol=0.003)


def test_cut_is_exact_and_silent_outside() -> None:
    audio = Audio(np.arange(1, 101, dtype=np.float32)[:, None], 10)
    np.testing.assert_array_equal(audio.cut(2.0, 2.5).samples[:, 0], [21, 22, 23, 24, 25])
    np.testing.assert_array_equal(audio.cut(-0.2, 0.2).samples[:, 0], [0, 0, 1, 2])
    np.testing.assert_array_equal(audio.cut(9.9, 10.2).samples[:, 0], [100, 0, 0])
    np.testing.assert_array_equal(audio.cut(20, 20.3).samples[:, 0], [0, 0, 0])
    assert audio.cut(3, 3).duration == 0
    ends = np.linspace(0, 10, 8)
    pieces = [audio.cut(a, b).samples for a, b in itertools.pairwise(ends)]
    np.testing.assert_array_equal(np.concatenate(pieces), audio.samples)
    with pytest.raises(ValueError, match="cut"):
        audio.cut(2, 1)


def test_a_cut_shares_no_memory() -> None:
    audio = Audio(np.ones((10, 1), np.float32), 10)
    audio.cut(0, 1).samples[:] = 0
    assert audio.samples.min() == 1


def test_wrong_sound_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="samples must be"):
        Audio(np.zeros(10, np.float32), 8000)
    with pytest.raises(ValueError, match="rate"):
        Audio(np.zeros((10, 1), np.float32), 0)
    with pytest.raises(OutputError, match=r"a\.mp3"):
        write_audio(tmp_path / "a.mp3", clicks(8000))


def test_real_sound(shared_data: Path) -> None:
    paths = sorted((shared_data / "pouring_audio").glob("*.mp4"))[:2]
    assert paths
    for path in paths:
        sound = read_audio(path, rate=16000, mono=True)
        assert sound.samples.shape[1] == 1
        assert sound.duration == pytest.approx(VideoReader(path).info.duration, abs=0.1)
        assert np.abs(sound.samples).max() > 0.01
