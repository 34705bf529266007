"""Write one video on its own, retimed to the reference."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from rich.console import Console

from inphase.applications.synchronization.picture.doubt_mark import mark_doubt
from inphase.progress import progress_bar
from inphase.video import IMAGE_FPS, VideoReader, VideoWriter, average_fps


def write_retimed(
    path: Path,
    video: Path,
    mapping: NDArray[np.int64],
    times: NDArray[np.float64],
    *,
    flipped: bool = False,
    doubtful: NDArray[np.bool_] | None = None,
    console: Console | None = None,
) -> None:
    """Write a single video, its frame `mapping[i]` at `times[i]` seconds, without sound.

    Args:
        path: of the new video.
        video: to retime.
        mapping: its frames.
        times: when to show them.
        flipped: whether to show them as in a mirror.
        doubtful: which of them are marked as doubtful; by default none.
        console: where a progress bar goes; by default nowhere.

    Raises:
        OutputError: the file cannot be written.
        VideoError: the video cannot be read.
    """
    rate = average_fps(times, default=IMAGE_FPS)
    reader = VideoReader(video)
    with (
        VideoWriter(path, fps=rate, size=reader.size) as writer,
        progress_bar(f"Writing {path.name}", len(mapping), console=console) as bar,
    ):
        bad = np.zeros(len(mapping), dtype=np.bool_) if doubtful is None else doubtful
        for time, frame, mark in zip(times, reader.frames(mapping), bad, strict=True):
            picture = np.ascontiguousarray(frame[:, ::-1]) if flipped else frame
            writer.write(_marked(picture) if mark else picture, time=float(time))
            bar.advance(1)


def _marked(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    canvas = Image.fromarray(picture)
    mark_doubt(canvas, (0, 0, canvas.width - 1, canvas.height - 1))
    return np.array(canvas)
