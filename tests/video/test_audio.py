"""Sound is read back at the right time; cutting is exact."""

import itertools
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from inphase.video import Audio, VideoReader, VideoWriter, read_audio, write_audio
from tests.video.odd_videos import RATE, SIZE, encode, numbered, tagged_mp3

CLICKS = (0.0005, 0.3, 1.234, 1.9)


def clicking(rate: int = 48000, seconds: float = 2.0, channels: int = 2) -> Audio:
    samples = np.zeros((round(rate * seconds), channels), dtype=np.float32)
    for time in CLICKS:
        samples[round(time * rate)] = 0.8
    return Audio(samples, rate)


def heard_clicks(audio: Audio, shift: float = 0.0) -> NDArray[np.float64]:
    """When the click nearest to each of `CLICKS` is heard."""
    found = []
    for click in CLICKS:
        start = click + shift - 0.02
        part = audio.cut(start, click + shift + 0.02)
        found.append(int(np.abs(part.samples).sum(axis=1).argmax()) / audio.rate + start - shift)
    return np.array(found)


@pytest.mark.parametrize("name", ["v.mp4", "a.m4a", "a.aac", "a.wav"])
@pytest.mark.parametrize(("rate", "mono"), [(None, False), (16000, True), (44100, False)])
def test_clicks_keep_their_time(tmp_path: Path, name: str, rate: int | None, mono: bool) -> None:
    path = tmp_path / name
    if path.suffix == ".mp4":
        with VideoWriter(path, fps=RATE, size=SIZE, audio=clicking()) as out:
            for number in range(2 * RATE):
                out.write(numbered(number))
    else:
        write_audio(path, clicking())
    heard = read_audio(path, rate=rate, mono=mono)
    assert heard.rate == (rate or 48000)
    assert heard.channels == (1 if mono else 2)
    np.testing.assert_allclose(heard_clicks(heard), CLICKS, atol=0.001)
    # Neither the encoder's priming at the start nor, except in raw AAC, its padding at the end.
    if path.suffix != ".aac":
        assert heard.duration == pytest.approx(2, abs=2 / heard.rate)


@pytest.mark.parametrize("late", [0.5, 1 / 3])
@pytest.mark.parametrize("name", ["late.mp4", "late.mkv"])
def test_sound_that_starts_late_is_padded(tmp_path: Path, name: str, late: float) -> None:
    sound = clicking(channels=1).samples[:, 0]
    path = encode(tmp_path / name, 3 * RATE, sound=(sound, late))
    heard = read_audio(path)
    np.testing.assert_allclose(heard_clicks(heard, late), CLICKS, atol=0.0015)
    assert np.abs(heard.cut(0, late - 0.03).samples).max() < 0.01
    assert VideoReader(path).times[0] == 0


def test_a_channel_alone_and_all_together(tmp_path: Path) -> None:
    time = np.arange(48000) / 48000
    left = 0.6 * np.sin(2 * np.pi * 440 * time)
    right = 0.4 * np.sin(2 * np.pi * 1000 * time)
    audio = Audio(np.stack([left, right], axis=1).astype(np.float32), 48000)
    write_audio(tmp_path / "a.wav", audio)
    np.testing.assert_allclose(read_audio(tmp_path / "a.wav").samples, audio.samples, atol=1e-4)
    mono = read_audio(tmp_path / "a.wav", mono=True, rate=16000)
    expected = ((left + right) / 2)[::3]
    assert mono.samples.shape == (16000, 1)
    np.testing.assert_allclose(mono.samples[300:-300, 0], expected[300:-300], atol=0.005)


def test_a_song_with_a_cover_has_sound(tmp_path: Path) -> None:
    heard = read_audio(tagged_mp3(tmp_path / "song.mp3"))
    assert heard.rate == 48000
    assert heard.duration > 0.2


def test_a_rate_must_be_positive(tmp_path: Path) -> None:
    write_audio(tmp_path / "a.wav", clicking())
    with pytest.raises(ValueError, match="rate"):
        read_audio(tmp_path / "a.wav", rate=0)


RATES = st.sampled_from([8000, 11025, 44100, 48000])
TIMES = st.floats(-2, 4, allow_nan=False)


@given(rate=RATES, length=st.integers(0, 500), start=TIMES, longer=st.floats(0, 0.1))
def test_cut_takes_the_samples_of_its_times(
    rate: int, length: int, start: float, longer: float
) -> None:
    start /= 40  # mostly near the sound, which is short
    samples = np.arange(1, length + 1, dtype=np.float32)
    piece = Audio(samples[:, None], rate).cut(start, start + longer)
    first = math.floor(start * rate + 0.5)
    assert piece.rate == rate
    assert abs(len(piece.samples) - longer * rate) <= 1
    positions = first + np.arange(len(piece.samples))
    expected = [samples[at] if 0 <= at < length else 0 for at in positions]
    assert piece.samples[:, 0].tolist() == expected


@given(rate=RATES, ends=st.lists(TIMES, min_size=3, max_size=6).map(sorted))
def test_pieces_join_to_the_whole(rate: int, ends: list[float]) -> None:
    audio = Audio(np.arange(rate * 2, dtype=np.float32)[:, None], rate)
    pieces = [audio.cut(a, b).samples for a, b in itertools.pairwise(ends)]
    whole = audio.cut(ends[0], ends[-1]).samples
    np.testing.assert_array_equal(np.concatenate(pieces), whole)
