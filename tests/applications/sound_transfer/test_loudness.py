"""Recordings are brought to the same loudness; those without any stay unchanged."""

import numpy as np
import pytest

from inphase.applications.sound_transfer.loudness import equally_loud
from inphase.video import Audio


def _noise(loudness: float, *, seconds: float = 3.0, channels: int = 2, seed: int = 0) -> Audio:
    wave = np.random.default_rng(seed).standard_normal((round(seconds * 48_000), channels))
    return Audio((loudness * wave).clip(-1, 1).astype(np.float32), 48_000)


def _decibels(sound: Audio) -> float:
    return float(10 * np.log10((sound.samples.astype(np.float64) ** 2).mean()))


def test_a_quiet_recording_is_amplified_and_a_loud_one_is_damped() -> None:
    sounds = [_noise(loudness, seed=seed) for seed, loudness in enumerate((0.1, 0.02, 0.002))]
    even = [_decibels(sound) for sound in equally_loud(sounds)]
    assert even == pytest.approx([_decibels(sounds[1])] * 3, abs=0.2)


def test_silence_in_a_recording_does_not_make_it_louder() -> None:
    whole = _noise(0.05)
    half = Audio(np.concatenate([whole.samples, np.zeros_like(whole.samples)]), whole.rate)
    even, padded = equally_loud([whole, half])
    assert _decibels(even) == pytest.approx(
        _decibels(Audio(padded.samples[: len(whole.samples)], whole.rate)), abs=0.3
    )


def test_nothing_is_amplified_above_full_scale() -> None:
    crack = _noise(0.001)
    crack.samples[1000] = 0.5
    loud = equally_loud([_noise(0.2), crack])[1]
    assert np.abs(loud.samples).max() == pytest.approx(1.0)


def test_what_has_no_loudness_is_left_as_it_is() -> None:
    silent = Audio(np.zeros((48_000, 1), np.float32), 48_000)
    short = _noise(0.01, seconds=0.2)
    loud, quiet = _noise(0.1), _noise(0.01)
    first, second, *_ = equally_loud([silent, short, loud, quiet])
    assert first is silent
    assert second is short
    assert equally_loud([loud, silent])[0] is loud
