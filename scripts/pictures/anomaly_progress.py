"""Make pictures of the how-to pages on anomalies and progress from synthetic videos.

python scripts/pictures/anomaly_progress.py

No encoder is fitted: the embeddings are made up from the known state of each frame, with noise, and
from whether something foreign is in it. The pictures show what the outputs look like, not how good
an encoder is.
"""

import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from inphase.applications.anomalies.find_anomalies import find_anomalies
from inphase.applications.progress_signal.measure import Goal, measure_progress
from inphase.models import EmbeddedVideo
from inphase.synthetic import deviate, draw
from inphase.video import VideoWriter

IMAGES = Path(__file__).parents[2] / "docs" / "images"
WIDTH = 1000
SIZE = (200, 150)


def embedded(name: str, path: Path, state: NDArray[np.float64], seed: int) -> EmbeddedVideo:
    """Made-up embeddings: a curve through eight dimensions, each video a little aside."""
    random = np.random.default_rng(seed)
    turns = 2.5 * state[:, None] * np.arange(1, 5)
    course = np.concatenate([np.cos(turns), np.sin(turns)], axis=1)
    course += 0.1 * random.normal(size=8) + 0.05 * random.normal(size=course.shape)
    return EmbeddedVideo(name, path, np.arange(len(state)) / 25, course.astype(np.float32))


drawn = [draw("pouring", seed=seed, size=SIZE) for seed in range(20)]
with tempfile.TemporaryDirectory() as folder:
    typical = [
        embedded(video.name, Path(folder) / video.name, video.state, seed)
        for seed, video in enumerate(drawn)
    ]
    made = deviate(draw("pouring", seed=104, size=SIZE), "foreign", seed=2)
    path = Path(folder) / "odd.mp4"
    with VideoWriter(path, fps=made.video.fps, size=SIZE) as writer:
        for frame in made.frames():
            writer.write(frame)
    odd = embedded("pouring_104", path, made.state, 104)
    odd.embeddings[made.first : made.last + 1] += 0.8
    result = find_anomalies(odd, typical)
    print(f"planted in frames {made.first} to {made.last}; found: {result.segments}")
    result.save(IMAGES / "anomaly.png", width=WIDTH)
    measure_progress(typical[0], Goal(typical[1:])).save(IMAGES / "progress.png", width=WIDTH)
for name in ("anomaly.png", "progress.png"):
    Image.open(IMAGES / name).convert("RGB").quantize(256).save(IMAGES / name, optimize=True)
