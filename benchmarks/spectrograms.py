"""Draw spectrograms of a target's own sound and of the sound it was given."""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from resonance import resonance
from scipy.signal import stft

from inphase.applications.sound_transfer.result import SoundTransfer
from inphase.atomic import replacing
from inphase.video import Audio, read_audio

_RATE = 16000


def save_spectrograms(path: Path, result: SoundTransfer, title: str) -> None:
    """Write a PNG: the target's own sound above, the given one below, resonances in red."""
    path.parent.mkdir(parents=True, exist_ok=True)
    figure, (above, below) = plt.subplots(2, 1, figsize=(9, 7), sharex=True)
    _draw(above, read_audio(result.target.path), f"{title}: own")
    _draw(below, result.audio, "given")
    for block in result.blocks:
        below.axvline(block.start, ymax=0.02, color="white", linewidth=0.5)
    below.set_xlabel("seconds")
    with replacing(path) as beside:
        figure.savefig(beside, dpi=80, format="png")
    plt.close(figure)


def _draw(axes: Axes, sound: Audio, title: str) -> None:
    wave = sound.resampled(_RATE).samples.mean(axis=1)
    hertz, seconds, spectrum = stft(wave, _RATE, nperseg=1024, noverlap=768)
    level = 20 * np.log10(np.abs(spectrum) + 1e-6)
    top = float(np.quantile(level, 0.999))
    axes.pcolormesh(seconds, hertz, level, vmin=top - 70, vmax=top)
    followed = resonance(sound)
    axes.plot(followed.seconds[followed.heard], followed.hertz[followed.heard], "r.", markersize=2)
    axes.set(title=title, ylim=(0, 3000), ylabel="hertz")
