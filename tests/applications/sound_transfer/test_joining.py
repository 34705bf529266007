"""Joining blocks of sound: exact to the sample, and without clicks."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from inphase.applications.sound_transfer.joining import Cut, concatenate, overlap_add

RATE = 16_000


def _tone(hertz: float, seconds: float = 2.0, channels: int = 1) -> NDArray[np.float32]:
    wave = 0.5 * np.sin(2 * np.pi * hertz * np.arange(round(seconds * RATE)) / RATE)
    return np.repeat(wave[:, None], channels, axis=1).astype(np.float32)


def _click_energy(sound: NDArray[np.float32], cuts: list[Cut], hertz: float) -> float:
    """Energy at the edges of what a pure tone cannot have: x[n+1] + x[n−1] − 2 cos(ω) x[n]."""
    wave = sound[:, 0].astype(np.float64)
    rest = wave[2:] + wave[:-2] - 2 * np.cos(2 * np.pi * hertz / RATE) * wave[1:-1]
    edges = np.cumsum([cut.length for cut in cuts])[:-1]
    return float(sum((rest[edge - 3 : edge + 3] ** 2).sum() for edge in edges))


def test_concatenation_copies_each_cut_to_the_sample() -> None:
    generator = np.random.default_rng(0)
    sounds = [generator.normal(size=(100, 2)).astype(np.float32) for _ in range(2)]
    joined = concatenate(sounds, [Cut(1, 10, 20), Cut(None, 0, 5), Cut(0, 90, 20), Cut(0, -5, 10)])
    wanted: list[NDArray[Any]] = [
        sounds[1][10:30], np.zeros((5, 2)), sounds[0][90:], np.zeros((10, 2)),
        np.zeros((5, 2)), sounds[0][:5],
    ]  # fmt: skip
    np.testing.assert_array_equal(joined, np.concatenate(wanted))


def test_cuts_that_follow_each_other_join_into_the_sound_itself() -> None:
    sound = np.random.default_rng(1).normal(size=(4000, 2)).astype(np.float32)
    cuts = [Cut(0, start, 500) for start in range(0, 4000, 500)]
    joined = overlap_add([sound], cuts, overlap=200, search=150)
    np.testing.assert_allclose(joined, sound, atol=1e-6)


def test_a_cut_that_is_a_little_off_is_moved_to_fit() -> None:
    sound = np.random.default_rng(2).normal(size=(4000, 1)).astype(np.float32)
    joined = overlap_add([sound], [Cut(0, 0, 800), Cut(0, 890, 800)], overlap=200, search=150)
    np.testing.assert_allclose(joined, sound[:1600], atol=1e-6)


@pytest.mark.parametrize("hertz", [150.0, 440.0, 1700.0])
def test_clicks_of_a_tone_are_20_db_below_concatenation(hertz: float) -> None:
    starts = np.random.default_rng(3).integers(0, 24_000, size=12)
    cuts = [Cut(0, int(start), 3000) for start in starts]
    sounds = [_tone(hertz)]
    joined = overlap_add(sounds, cuts, overlap=480, search=320)
    plain = _click_energy(concatenate(sounds, cuts), cuts, hertz)
    assert 10 * np.log10(plain / _click_energy(joined, cuts, hertz)) >= 20


def test_loudness_stays_for_waves_that_have_nothing_in_common() -> None:
    generator = np.random.default_rng(4)
    sounds = [generator.normal(size=(60_000, 1)).astype(np.float32) for _ in range(2)]
    cuts = [Cut(index % 2, 500 * index, 500) for index in range(100)]
    joined = overlap_add(sounds, cuts, overlap=500, search=100)
    assert joined.std() == pytest.approx(1.0, abs=0.05)


@pytest.mark.parametrize("around", [[None, 0, None], [0, None, 0], [None]])
def test_silence_is_entered_and_left_softly(around: list[int | None]) -> None:
    sounds = [_tone(300)]
    joined = overlap_add(sounds, [Cut(who, 13, 2000) for who in around], overlap=480, search=320)
    assert joined.shape == (2000 * len(around), 1)
    assert np.abs(np.diff(joined[:, 0])).max() <= 1.2 * np.abs(np.diff(sounds[0][:, 0])).max()


def test_cuts_shorter_than_the_overlap_and_beyond_the_sound_are_joined() -> None:
    sounds = [_tone(300, seconds=0.05, channels=2)]
    cuts = [Cut(0, 700, 3), Cut(0, 5000, 400), Cut(0, -300, 400), Cut(0, 0, 1)]
    joined = overlap_add(sounds, cuts, overlap=480, search=320)
    assert joined.shape == (804, 2)
    assert np.isfinite(joined).all()
    assert np.abs(joined).max() <= 0.75
