"""The sound of a glass filling: noise excites the air column above the liquid."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from inphase.video import Audio

RATE = 48000
_WINDOW = 2048
_HOP = _WINDOW // 4
# Width of the resonance as a share of its frequency.
_DAMPING = 0.045
_FADE = 0.02


def pouring_sound(
    resonance: Callable[[NDArray[np.float64]], NDArray[np.float64]],
    *,
    duration: float,
    running: tuple[float, float],
    generator: np.random.Generator,
) -> Audio:
    """Make the sound of liquid falling into a glass, silent before and after.

    The air column in the glass is closed at the liquid and open at the top: it resonates at
    the quarter-wave frequency and its odd multiples, excited by the noise of the falling liquid.
    White noise is shaped in short overlapping windows, each with the resonance at its time.

    Args:
        resonance: frequency in hertz at times in seconds.
        duration: seconds.
        running: seconds at which liquid begins and stops falling into the glass.
        generator: source of the noise.

    Returns:
        Mono sound at `RATE`.
    """
    samples = round(duration * RATE)
    windows = samples // _HOP + 4
    noise = generator.normal(size=(windows + 4) * _HOP)
    pieces = np.lib.stride_tricks.sliding_window_view(noise, _WINDOW)[::_HOP][:windows]
    taper = np.sin(np.pi * (np.arange(_WINDOW) + 0.5) / _WINDOW)
    spectra = np.fft.rfft(pieces * taper, axis=1)
    frequencies = np.asarray(np.fft.rfftfreq(_WINDOW, 1 / RATE), dtype=np.float64)
    # The middle of the first window lies at time 0.
    at = np.arange(windows) * _HOP / RATE
    spectra *= _response(frequencies, resonance(at)[:, None], generator, windows)
    shaped = np.fft.irfft(spectra, n=_WINDOW, axis=1) * taper
    sound = np.zeros((windows + 3) * _HOP)
    for quarter in range(4):
        part = shaped[:, quarter * _HOP : (quarter + 1) * _HOP]
        sound[quarter * _HOP : (quarter + windows) * _HOP] += part.ravel()
    sound = sound[_WINDOW // 2 : _WINDOW // 2 + samples]
    sound *= 0.16 / np.sqrt(np.mean(sound**2))
    times = np.arange(samples) / RATE
    begin, end = running
    sound *= np.clip((times - begin) / _FADE, 0, 1) * np.clip((end - times) / _FADE, 0, 1)
    return Audio(samples=np.tanh(sound)[:, None].astype(np.float32), rate=RATE)


def _response(
    frequencies: NDArray[np.float64],
    resonance: NDArray[np.float64],
    generator: np.random.Generator,
    windows: int,
) -> NDArray[np.float64]:
    """(windows, frequencies) the gain of each frequency in each window."""
    loud = np.zeros((windows, len(frequencies)))
    for multiple, share in ((1, 1.0), (3, 0.28), (5, 0.10)):
        peak = multiple * resonance
        loud += share / np.sqrt(1 + ((frequencies - peak) / (_DAMPING * peak)) ** 2)
    splash = 0.05 * np.exp(-(((frequencies - 3500) / 3500) ** 2)) + 0.012
    splash[frequencies < 250] *= 0.1
    # The stream is never quite steady.
    rough = np.convolve(generator.normal(size=windows + 8), np.ones(9) / 3, mode="valid")
    return np.asarray(loud * (1 + 0.12 * rough[:, None]).clip(0.4) + splash)
