"""Make the picture of docs/how-to/sound.md: spectrograms of a drawn target's own and given sound.

python scripts/pictures/sound.py

Fits an encoder to drawn videos of pouring with the preset `quick`: some minutes on two CPU cores.
"""

import tempfile
from pathlib import Path

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray
from PIL import Image
from rich.console import Console
from scipy.ndimage import median_filter
from scipy.signal import stft

import inphase
from inphase.synthetic import write_collection
from inphase.video import Audio, read_audio

TARGET = Path(__file__).parents[2] / "docs" / "images" / "sound.png"
RATE, TOP = 16000, 6000  # hertz
LOWEST, HIGHEST = 300, 2500  # hertz between which the pitch is looked for
QUIET = 0.01  # of the loudest moment: no pitch below


def spectrogram(sound: Audio) -> tuple[NDArray, NDArray, NDArray]:
    """Hertz, seconds, and the magnitude of each."""
    wave = sound.resampled(RATE).samples.mean(axis=1)
    hertz, seconds, spectrum = stft(wave, RATE, nperseg=1024, noverlap=768)
    return hertz, seconds, np.abs(spectrum)


def pitch(sound: Audio) -> tuple[NDArray, NDArray]:
    """Seconds, and the hertz of the loudest tone; NaN where it is quiet."""
    hertz, seconds, magnitude = spectrogram(sound)
    inside = (hertz >= LOWEST) & (hertz <= HIGHEST)
    smooth = median_filter(magnitude[inside], size=(3, 9))
    found = median_filter(hertz[inside][smooth.argmax(axis=0)], size=15)
    power = (magnitude**2).sum(axis=0)
    return seconds, np.where(power > QUIET * power.max(), found, np.nan)


def main() -> None:
    """Give one test video the sound of the other, and draw both sounds."""
    console = Console(stderr=True)
    with tempfile.TemporaryDirectory() as folder:
        videos = write_collection(Path(folder) / "pouring", action="pouring", count=9)
        run = inphase.train(videos.split("train"), Path(folder) / "run", console=console)
        target, source = (video.path for video in videos.split("test"))
        result = inphase.transfer_sound(inphase.embed([target, source], run.encoder))
        own = read_audio(target)
    figure = Figure(figsize=(9, 3.2), layout="constrained")
    FigureCanvasAgg(figure)
    panels = figure.subplots(1, 2, sharex=True, sharey=True)
    titles = ("the target's own sound", "the sound it was given")
    for axes, title, sound in zip(panels, titles, (own, result.audio), strict=True):
        hertz, seconds, magnitude = spectrogram(sound)
        level = 20 * np.log10(magnitude + 1e-6)
        loudest = float(np.quantile(level, 0.999))
        axes.pcolormesh(
            seconds, hertz, level, vmin=loudest - 70, vmax=loudest, cmap="inferno", rasterized=True
        )
        axes.plot(*pitch(own), "w--", linewidth=1)
        axes.set(title=title, xlabel="seconds", ylim=(0, TOP))
    panels[0].set_ylabel("hertz")
    figure.savefig(TARGET, dpi=110)
    Image.open(TARGET).convert("RGB").quantize(128).save(TARGET, optimize=True)
    print(f"Wrote {TARGET.name}: {target.stem} has the sound of {source.stem}")


if __name__ == "__main__":
    main()
