"""Sound at another speed: its length, its pitch, and the place of what is heard."""

import numpy as np
import pytest

from inphase.video import SoundCursor, SoundFile, write_audio
from inphase.video.audio import Audio
from inphase.video.tempo import at_tempo

RATE = 48_000


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> SoundFile:
    """Three seconds of 440 Hz, with a loud click at 1.7 s."""
    time = np.arange(3 * RATE) / RATE
    samples = 0.05 * np.sin(2 * np.pi * 440 * time)
    at = round(1.7 * RATE)
    samples[at : at + 400] += 0.8 * np.random.default_rng(1).uniform(-1, 1, 400)
    path = tmp_path_factory.mktemp("sound") / "tone.wav"
    write_audio(path, Audio(samples.astype(np.float32)[:, None], RATE))
    return SoundFile.open(path)


@pytest.mark.parametrize("speed", [0.2, 0.25, 0.5, 0.8, 1.5, 2.0])
def test_a_stretched_sound_keeps_pitch_length_and_place(sound: SoundFile, speed: float) -> None:
    samples = round(2 * RATE / speed)
    made = np.concatenate(list(at_tempo(SoundCursor(sound), 0.5, 2.5, samples)))[:, 0]
    assert len(made) == samples
    quiet = made[: round(0.8 * samples / 2)]
    spectrum = np.abs(np.fft.rfft(quiet * np.hanning(len(quiet))))
    assert np.argmax(spectrum) * RATE / len(quiet) == pytest.approx(440, abs=5)
    heard = np.flatnonzero(np.abs(made) > 0.25)[0] / RATE
    assert heard == pytest.approx(1.2 / speed, abs=0.03)
