"""The embeddings of a video, and of a collection."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inphase.errors import Skipped
from inphase.models.formats import FORMATS
from inphase.results.result import Result, Table
from inphase.video import IMAGE_FPS, average_fps


@dataclass(frozen=True)
class EmbeddedVideo:
    """The embeddings of one video.

    Attributes:
        name: the video's name.
        path: the video's file.
        times: (frames,) presentation times in seconds.
        embeddings: (frames, dims) float32.
        mirrored: whether they are of the video as seen in a mirror.
    """

    name: str
    path: Path
    times: NDArray[np.float64]
    embeddings: NDArray[np.float32]
    mirrored: bool = False

    @property
    def frame_time(self) -> float:
        """Average number of seconds between frames."""
        return 1 / average_fps(self.times, default=IMAGE_FPS)

    @property
    def duration(self) -> float:
        """Seconds to the end of the last frame, which is given the average frame time."""
        return float(self.times[-1]) + self.frame_time


@dataclass(frozen=True)
class Embeddings(Result):
    """The embeddings of a collection.

    Attributes:
        videos: in the collection's order.
        skipped: videos that could not be read.
    """

    videos: tuple[EmbeddedVideo, ...]
    skipped: tuple[Skipped, ...] = ()

    formats = FORMATS

    def __iter__(self) -> Iterator[EmbeddedVideo]:
        return iter(self.videos)

    def __len__(self) -> int:
        return len(self.videos)

    @property
    def input_files(self) -> Sequence[Path]:
        """The videos' files."""
        return [video.path for video in self.videos]

    def table(self) -> Table:
        """One row per frame: video, number, time in seconds, and the values of the embedding."""
        dims = self.videos[0].embeddings.shape[1]
        rows = (
            [video.name, frame, time, *values]
            for video in self.videos
            for frame, (time, values) in enumerate(
                zip(video.times.tolist(), video.embeddings.tolist(), strict=True)
            )
        )
        return Table(["video", "frame", "time", *map(str, range(dims))], rows)
