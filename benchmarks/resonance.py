"""Follow the resonance of a filling glass in a recording: the frequency that stands out."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import convolve1d, gaussian_filter1d, uniform_filter1d
from scipy.signal import stft

from inphase.video import Audio

STEP = 0.02
"""Seconds from one measurement to the next."""

_RATE = 16000
_WINDOW = 1024
# The quarter wave of any glass or bottle, from empty to nearly full.
_BAND, _BINS = (300.0, 2500.0), 150
_AVERAGE_SECONDS = 0.22
# In bins of 1.4 %: the width of a resonance, and of its surroundings.
_PEAK, _AROUND = 3, 91
# A step of one bin costs as much as a quarter of a neper of loudness. Six is the largest step.
_STEP_COST, _MOST = 0.25, 6
# Sounds 20 dB below the loudest, or less than 6 dB above the quietest, do not count.
_BELOW_LOUDEST, _ABOVE_QUIETEST = 1 / 100, 4.0


@dataclass(frozen=True)
class Resonance:
    """Attributes:
    seconds: (measurements,) every ``STEP``.
    hertz: (measurements,) the frequency that stands out, along a smooth loud path.
    heard: (measurements,) whether there is any sound.
    """

    seconds: NDArray[np.float64]
    hertz: NDArray[np.float64]
    heard: NDArray[np.bool_]


def resonance(sound: Audio) -> Resonance:
    """Follow the dominant resonance of a sound through time.

    Dynamic programming follows the power in windows of 0.2 s, on a logarithmic frequency scale and
    relative to the surrounding frequencies. The path is loud and avoids jumps; nothing makes it
    rise or fall.
    """
    wave = sound.resampled(_RATE).samples.mean(axis=1)
    hop = round(STEP * _RATE)
    wave = np.pad(wave, (0, max(0, _WINDOW - len(wave))))
    frequencies, seconds, spectrum = stft(
        wave, _RATE, nperseg=_WINDOW, noverlap=_WINDOW - hop, nfft=4 * _WINDOW,
        boundary=None, padded=False,
    )  # fmt: skip
    taper = np.hanning(round(_AVERAGE_SECONDS / STEP) + 2)[1:-1]
    power = convolve1d(np.abs(spectrum) ** 2, taper / taper.sum(), axis=1)
    band = np.geomspace(*_BAND, _BINS)
    power = np.stack([np.interp(band, frequencies, column) for column in power.T])
    loud = gaussian_filter1d(np.log(power + 1e-12), _PEAK, axis=1)
    loud -= uniform_filter1d(loud, _AROUND, axis=1, mode="nearest")
    total = power.sum(axis=1)
    least = max(
        _BELOW_LOUDEST * np.quantile(total, 0.95), _ABOVE_QUIETEST * np.quantile(total, 0.05)
    )
    return Resonance(seconds, band[_smooth_path(loud)], total > least)


def _smooth_path(loud: NDArray[np.float64]) -> NDArray[np.int64]:
    """(times,) the bins of the path of most loudness, less the cost of steps; of (times, bins)."""
    steps = np.arange(-_MOST, _MOST + 1)
    bins = np.arange(loud.shape[1])
    # (steps, bins) the bin that each step to a bin comes from; some lie outside.
    origin = bins[None, :] - steps[:, None]
    outside = (origin < 0) | (origin >= len(bins))
    price = np.where(outside, np.inf, _STEP_COST * np.abs(steps)[:, None])
    origin = origin.clip(0, len(bins) - 1)
    total, before = loud[0].copy(), np.zeros(loud.shape, dtype=np.int64)
    for index in range(1, len(loud)):
        reached = total[origin] - price
        best = reached.argmax(axis=0)
        before[index] = origin[best, bins]
        total = reached[best, bins] + loud[index]
    path = np.empty(len(loud), dtype=np.int64)
    path[-1] = total.argmax()
    for index in range(len(loud) - 1, 0, -1):
        path[index - 1] = before[index, path[index]]
    return path
