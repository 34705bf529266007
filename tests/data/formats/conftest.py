"""Small videos to be labelled."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from inphase.video import VideoWriter

WriteVideos = Callable[..., Path]


@pytest.fixture(scope="session")
def write_videos() -> WriteVideos:
    """Writes videos of 20 frames at 10 frames/s by name into a folder."""

    def write(folder: Path, *names: str, frames: int = 20) -> Path:
        for name in names:
            path = folder / f"{name}.mp4"
            path.parent.mkdir(parents=True, exist_ok=True)
            with VideoWriter(path, fps=10, size=(64, 48)) as writer:
                for index in range(frames):
                    writer.write(np.full((48, 64, 3), 10 * index, np.uint8))
        return folder

    return write
