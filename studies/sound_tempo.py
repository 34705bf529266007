"""How far from its place a click is heard when a sound is slowed at its pitch.

python studies/sound_tempo.py

Clicks in a tone and in noise are stretched as in the clips of `inphase synchronize --slow`. Printed
is how early and how late they are heard, in milliseconds.
"""

import tempfile
from pathlib import Path

import numpy as np

from inphase.video import Audio, SoundCursor, SoundFile, write_audio
from inphase.video.tempo import at_tempo

RATE, START, END = 48_000, 0.5, 2.5
LOUD = 0.25


def main() -> None:
    """Print one line for each background and speed."""
    time = np.arange(3 * RATE) / RATE
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "clicks.wav"
        for background in ("tone", "noise"):
            for speed in (0.1, 0.2, 0.25, 0.5, 0.8, 1.5, 2.0, 4.0):
                off, lost = [], 0
                for seed, click in enumerate(np.arange(0.8, 2.2, 0.113)):
                    random = np.random.default_rng(seed)
                    tone = 0.05 * np.sin(2 * np.pi * 440 * time)
                    noise = 0.02 * random.standard_normal(len(time))
                    samples = tone if background == "tone" else noise
                    at = round(click * RATE)
                    samples[at : at + 400] += random.uniform(-0.8, 0.8, 400)
                    write_audio(path, Audio(samples.astype(np.float32)[:, None], RATE))
                    cursor = SoundCursor(SoundFile.open(path))
                    length = round((END - START) * RATE / speed)
                    made = np.concatenate(list(at_tempo(cursor, START, END, length)))
                    heard = np.flatnonzero(np.abs(made[:, 0]) > LOUD)
                    lost += not len(heard)
                    if len(heard):
                        off.append(1000 * (heard[0] / RATE - (click - START) / speed))
                print(
                    f"{background} at {speed}: {min(off):+.0f} to {max(off):+.0f} ms, {lost} lost"
                )


if __name__ == "__main__":
    main()
