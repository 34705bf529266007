"""Join blocks of sound end to end: unchanged, or overlapped where their waves agree best."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Cut:
    """A stretch of sound to copy.

    Attributes:
        sound: index of the sound; None for silence.
        start: first sample in that sound; anything outside the sound is silence.
        length: in samples.
    """

    sound: int | None
    start: int
    length: int


def concatenate(sounds: Sequence[NDArray[np.float32]], cuts: Sequence[Cut]) -> NDArray[np.float32]:
    """Copy the cuts end to end, without smoothing the joins.

    Args:
        sounds: (samples, channels) each, of one rate and number of channels.
        cuts: at least one.

    Returns:
        (sum of the lengths, channels).
    """
    return np.concatenate([_piece(sounds, cut, cut.start, cut.length) for cut in cuts])


def overlap_add(
    sounds: Sequence[NDArray[np.float32]], cuts: Sequence[Cut], *, overlap: int, search: int
) -> NDArray[np.float32]:
    """Join the cuts without clicks: each is shifted a little to fit, and blended into the next.

    A cut continues for `overlap` samples while the next one fades in. The next one starts where,
    within `search` samples of its place, its wave is most similar to the one that is fading out, so
    that two successive cuts of one sound join seamlessly. The fades keep the loudness constant,
    whether or not the waves are correlated.

    Source: Verhelst and Roelands, "An overlap-add technique based on waveform similarity (WSOLA)
    for high quality time-scale modification of speech", ICASSP 1993.

    Args:
        sounds: (samples, channels) each, of one rate and number of channels.
        cuts: at least one.
        overlap: samples for which two cuts overlap; at most the length of the shorter one.
        search: samples by which a cut may be shifted, either way.

    Returns:
        (sum of the lengths, channels).
    """
    joined = np.zeros((sum(cut.length for cut in cuts), sounds[0].shape[1]), dtype=np.float32)
    at, playing_on = 0, None
    for index, cut in enumerate(cuts):
        after = cuts[index + 1].length if index + 1 < len(cuts) else 0
        tail = min(overlap, cut.length, after)
        start, likeness = cut.start, 0.0
        if playing_on is not None and len(playing_on) and cut.sound is not None:
            start, likeness = _fitting(sounds[cut.sound], cut.start, playing_on, search)
        piece = _piece(sounds, cut, start, cut.length + tail)
        if playing_on is not None and len(playing_on):
            count = len(playing_on)
            fall, rise = _fades(count, likeness)
            piece[:count] = fall * playing_on + rise * piece[:count]
        joined[at : at + cut.length] = piece[: cut.length]
        playing_on = piece[cut.length :]
        at += cut.length
    return joined


def _piece(
    sounds: Sequence[NDArray[np.float32]], cut: Cut, start: int, length: int
) -> NDArray[np.float32]:
    piece = np.zeros((length, sounds[0].shape[1]), dtype=np.float32)
    if cut.sound is not None:
        sound = sounds[cut.sound]
        low, high = max(start, 0), min(start + length, len(sound))
        if low < high:
            piece[low - start : high - start] = sound[low:high]
    return piece


def _fitting(
    sound: NDArray[np.float32], start: int, wanted: NDArray[np.float32], search: int
) -> tuple[int, float]:
    """The start near `start` whose wave is most similar, and the correlation there in 0..1."""
    low = min(max(start - search, 0), start)
    high = max(min(start + search, len(sound) - len(wanted)), start)
    region = _piece([sound], Cut(0, low, 0), low, high - low + len(wanted))
    wave, goal = (part.mean(axis=1, dtype=np.float64) for part in (region, wanted))
    energy = np.convolve(wave**2, np.ones(len(goal)), mode="valid")
    scale = np.sqrt(np.maximum(energy, 0.0) * (goal @ goal))
    # If either is silent there is nothing to fit: the fade alone prevents clicks.
    if not scale.max() > 0:
        return start, 0.0
    likeness = np.correlate(wave, goal, mode="valid") / np.maximum(scale, 1e-6 * scale.max())
    best = int(likeness.argmax())
    return low + best, float(np.clip(likeness[best], 0.0, 1.0))


def _fades(count: int, likeness: float) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """(count, 1) gains for fading out and fading in that keep the power of the sum constant."""
    rise = np.sin(np.pi / 2 * (np.arange(count) + 0.5) / count) ** 2
    fall = 1 - rise
    power = np.sqrt(rise**2 + fall**2 + 2 * likeness * rise * fall)
    return (
        (fall / power)[:, None].astype(np.float32),
        (rise / power)[:, None].astype(np.float32),
    )
