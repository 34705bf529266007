"""Bring recordings of different loudness to the same level."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from inphase.video import Audio

# The standard defines no loudness for sounds shorter than this; they stay unchanged.
_SHORTEST_SECONDS = 0.4


def equally_loud(sounds: Sequence[Audio]) -> list[Audio]:
    """Amplify each sound to the median loudness of all, as far as its peak allows.

    Loudness is the integrated loudness of ITU-R BS.1770-4, which ignores silence. A sound that is
    silent or shorter than 0.4 s has none and stays unchanged.
    """
    loudness = np.array([_integrated(sound) for sound in sounds])
    known = np.isfinite(loudness)
    if known.sum() < 2:
        return list(sounds)
    gains = 10 ** ((np.median(loudness[known]) - loudness) / 20)
    return [
        replace(
            sound, samples=sound.samples * np.float32(min(gain, 1 / np.abs(sound.samples).max()))
        )
        if heard
        else sound
        for sound, gain, heard in zip(sounds, gains, known, strict=True)
    ]


def _integrated(sound: Audio) -> float:
    """Loudness in LUFS; not finite if there is nothing to hear."""
    from pyloudnorm import Meter

    if len(sound.samples) < _SHORTEST_SECONDS * sound.rate or not sound.samples.any():
        return -np.inf
    with np.errstate(divide="ignore"):
        return float(Meter(sound.rate).integrated_loudness(sound.samples.astype(np.float64)))
