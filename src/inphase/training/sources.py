"""Videos to draw clips from: their cached features, or their decoded and augmented frames."""

import logging
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from rich.console import Console
from torch import Tensor

from inphase.data import Augmentation, Collection, Video, phases_of, resample
from inphase.errors import Skipped, TrainingError, VideoError
from inphase.models import Encoder
from inphase.models.pose import PoseTracks
from inphase.models.pose.augmentation import PoseAugmentation
from inphase.models.pose.features import body, features
from inphase.progress import progress_bar
from inphase.training.config import TrainingConfig, build_objectives
from inphase.training.features import FeatureCache
from inphase.video import VideoInfo, VideoReader

_log = logging.getLogger(__name__)

Readable = list[tuple[Video, VideoInfo]]
Advance = Callable[[int], object]
# From a video and its frame numbers to their phases, or None if they are unknown or withheld.
Phases = Callable[[Video, NDArray[np.int64]], NDArray[np.int64] | None]


@dataclass(frozen=True)
class ClipSource:
    """One video to draw clips from.

    Attributes:
        video: its action, group and view determine which videos it is drawn with.
        times: (n,) seconds of the frames from which clips are drawn.
        duration: length of the video in seconds.
        phases: (n,) the phase of each frame; None if unknown.
    """

    video: Video
    times: NDArray[np.float64]
    duration: float
    phases: NDArray[np.int64] | None

    def frames(self, context: NDArray[np.int64], generator: np.random.Generator) -> Tensor:
        """Pictures or features of `context` (T, k), under one draw of the augmentation."""
        raise NotImplementedError


@dataclass(frozen=True)
class FeatureSource(ClipSource):
    """Clips of cached features: (T, k, C, h, w) float16.

    Attributes:
        maps: (copies, n, C, h, w) float16.
    """

    maps: NDArray[np.float16]

    def frames(self, context: NDArray[np.int64], generator: np.random.Generator) -> Tensor:
        """Features of the frames in one of the cached copies, drawn at random."""
        maps = self.maps[generator.integers(len(self.maps))]
        return torch.from_numpy(np.asarray(maps[context]))


@dataclass(frozen=True)
class PoseSource(ClipSource):
    """Clips of a person's poses: (T, k, C, 1, 1) float32.

    Attributes:
        indices: (n,) numbers of the frames in the file.
        all_times: (frames,) seconds of all frames.
        places: (frames, 13, 3) as [`body`][inphase.models.pose.features.body] returns them.
        augment: whether poses are augmented.
    """

    indices: NDArray[np.int64]
    all_times: NDArray[np.float64]
    places: NDArray[np.float64]
    augment: bool

    def frames(self, context: NDArray[np.int64], generator: np.random.Generator) -> Tensor:
        """Features of the frames under one draw of the augmentation."""
        places = PoseAugmentation.draw(generator)(self.places) if self.augment else self.places
        seen = torch.from_numpy(features(places, self.all_times))
        return seen[torch.from_numpy(self.indices[context])][..., None, None]


@dataclass(frozen=True)
class FrameSource(ClipSource):
    """Clips of decoded frames: (T, k, S, S, 3) uint8, for a base network that is trained.

    Attributes:
        indices: (n,) numbers of the frames in the file.
        size: S, in pixels.
        augment: whether frames are augmented.
    """

    indices: NDArray[np.int64]
    size: int
    augment: bool

    def frames(self, context: NDArray[np.int64], generator: np.random.Generator) -> Tensor:
        """Decode the frames and augment all with one draw."""
        change = Augmentation.draw(generator) if self.augment else Augmentation.identity()
        wanted, back = np.unique(self.indices[context], return_inverse=True)
        reader = VideoReader(self.video.path, size=(self.size, self.size))
        decoded = np.stack(list(reader.frames(wanted)))
        return torch.from_numpy(change(decoded)[back.reshape(context.shape)])


def feature_sources(
    videos: Readable,
    encoder: Encoder,
    config: TrainingConfig,
    *,
    phases: Phases,
    folder: Path,
    console: Console,
) -> tuple[list[ClipSource], list[Skipped]]:
    """Sources of cached features; missing features are computed now.

    Args:
        encoder: its frozen base network computes the features.
        phases: returns the frames' phases.
        folder: of the cache.
        console: shows a progress bar.

    Returns:
        The sources, and the videos that could not be decoded.

    Raises:
        OutputError: the cache cannot be written.
    """
    copies = config.augmented_copies if config.augment else 0
    cache = FeatureCache(folder, encoder, fps=config.fps, copies=copies, seed=config.seed)
    indices = {video.name: resample(info.times, fps=config.fps) for video, info in videos}
    counts = [len(indices[video.name]) for video, _ in videos]
    _log.info("Features of %d frames, %d augmented copies, in %s.", sum(counts), copies, folder)

    def make(video: Video, info: VideoInfo, advance: Advance) -> ClipSource:
        kept = cache.features(video, advance=advance)
        known = phases(video, indices[video.name])
        return FeatureSource(video, kept.times, info.duration, known, kept.maps)

    return _made(videos, counts, make, "Features", console)


def pose_sources(
    videos: Readable,
    config: TrainingConfig,
    *,
    phases: Phases,
    folder: Path,
    console: Console,
) -> tuple[list[ClipSource], list[Skipped]]:
    """Sources of poses; the landmarks of videos that have none yet are found now.

    Args:
        phases: returns the frames' phases.
        folder: of the landmarks.
        console: shows a progress bar.

    Returns:
        The sources, and the videos that could not be decoded or in which nobody is seen.

    Raises:
        ModelError: the weights are missing or damaged.
    """
    tracks = PoseTracks(folder)

    def make(video: Video, info: VideoInfo, advance: Advance) -> ClipSource:
        track = tracks.track(video.path, advance=advance)
        if not track.found.any():
            raise VideoError("nobody is seen in it")
        indices = resample(info.times, fps=config.fps)
        return PoseSource(
            video,
            info.times[indices],
            info.duration,
            phases(video, indices),
            indices=indices,
            all_times=info.times,
            places=body(track.landmarks),
            augment=config.augment,
        )

    return _made(videos, [len(info.times) for _, info in videos], make, "Poses", console)


def _made(
    videos: Readable,
    frames: Sequence[int],
    make: Callable[[Video, VideoInfo, Advance], ClipSource],
    title: str,
    console: Console,
) -> tuple[list[ClipSource], list[Skipped]]:
    """A source of each video, under a bar of so many frames each, and the videos that have none."""
    sources: list[ClipSource] = []
    skipped: list[Skipped] = []
    with progress_bar(title, sum(frames), console=console) as bar:
        for (video, info), count in zip(videos, frames, strict=True):
            end = bar.done + count
            try:
                sources.append(make(video, info, bar.advance))
            except VideoError as error:
                skipped.append(Skipped(video.name, str(error)))
            bar.advance(end - bar.done)
    return sources, skipped


def frame_sources(videos: Readable, config: TrainingConfig, *, phases: Phases) -> list[ClipSource]:
    """Sources of frames that are decoded when drawn.

    Args:
        phases: returns the frames' phases.
    """
    sources: list[ClipSource] = []
    for video, info in videos:
        indices = resample(info.times, fps=config.fps)
        sources.append(
            FrameSource(
                video,
                info.times[indices],
                info.duration,
                phases(video, indices),
                indices=indices,
                size=config.encoder.image_size,
                augment=config.augment,
            )
        )
    return sources


def labelled(
    readable: Readable, collection: Collection, config: TrainingConfig
) -> tuple[Readable, Phases]:
    """Choose the videos to train on, and those whose phases the objectives may use.

    The seed draws a fraction `config.labelled_share` of the videos with all key events labelled;
    their phases are used. A smaller fraction is a subset of a larger one. If all objectives need
    labels, the other videos are left out.

    Args:
        readable: the videos of `collection` that can be read.
        collection: defines the key events.

    Raises:
        TrainingError: an objective needs labels, but no video has them all.
    """
    needs = [o.needs_phases for o, _ in build_objectives(config.objectives).values()]
    if not any(needs):
        return readable, lambda _video, _indices: None
    first = np.zeros(1, dtype=np.int64)
    known = [
        video.name
        for video, _ in readable
        if phases_of(video, collection.events, first) is not None
    ]
    if not known:
        raise TrainingError(
            f"Supervised training needs videos with all key events labelled, but "
            f"{collection.source} has none."
        )
    order = np.random.default_rng(config.seed).permutation(len(known))
    shown = {known[i] for i in order[: math.ceil(config.labelled_share * len(known))]}
    if all(needs):  # a video without labels would teach nothing
        readable = [(video, info) for video, info in readable if video.name in shown]
    return (
        readable,
        lambda video, indices: (
            phases_of(video, collection.events, indices) if video.name in shown else None
        ),
    )
