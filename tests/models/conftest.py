"""Two short videos to embed."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from inphase.video import VideoWriter

# 0.04 s apart at first, then with gaps longer and shorter than the context gap.
_TIMES = np.cumsum([0.0, *[0.04] * 8, 0.3, 0.01, 0.01, 0.07, *[0.04] * 9, 0.5, 0.02])


def _write(path: Path, frames: int, times: Sequence[float] | None = None) -> Path:
    """A video of blocks with new colours in every frame."""
    draw = np.random.default_rng(0)
    with VideoWriter(path, fps=25, size=(64, 48)) as out:
        for index in range(frames):
            blocks = draw.integers(0, 256, (6, 8, 3), dtype=np.uint8)
            frame = blocks.repeat(8, axis=0).repeat(8, axis=1)
            out.write(frame, time=None if times is None else float(times[index]))
    return path


@pytest.fixture(scope="module")
def constant(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A video with a constant frame rate; its length is not a multiple of a batch."""
    return _write(tmp_path_factory.mktemp("constant") / "cfr.mp4", 21)


@pytest.fixture(scope="module")
def variable(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A video with a variable frame rate."""
    return _write(
        tmp_path_factory.mktemp("variable") / "vfr.mp4",
        len(_TIMES),
        _TIMES.tolist(),
    )


@pytest.fixture
def variable_times() -> NDArray[np.float64]:
    """Seconds of the frames of `variable`."""
    return _TIMES
