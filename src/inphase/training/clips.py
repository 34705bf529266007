"""Clips for training: which frames of which videos make batch number n, and their pictures.

Batch n is a function of seed and n alone, so that a resumed run goes on with the same draws.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import Dataset, Sampler

from inphase.data import Augmentation, context_indices, sample_strided, sample_uniform
from inphase.errors import TrainingError
from inphase.training.config import TrainingConfig
from inphase.training.features import VideoFeatures
from inphase.video import VideoReader


class ClipSource(Protocol):
    """One video to draw clips from."""

    @property
    def times(self) -> NDArray[np.float64]:
        """(n,) seconds: the frames that clips are drawn from."""
        ...

    @property
    def action(self) -> str | None:
        """What is done in the video; a batch holds one action."""
        ...

    @property
    def duration(self) -> float:
        """Length of the video in seconds."""
        ...

    def frames(self, context: NDArray[np.int64], generator: np.random.Generator) -> Tensor:
        """Pictures or features of ``context`` (T, k), under one draw of the augmentation."""
        ...


@dataclass(frozen=True)
class FeatureSource:
    """Clips of cached features: (T, k, C, h, w) float16."""

    features: VideoFeatures
    action: str | None
    duration: float

    @property
    def times(self) -> NDArray[np.float64]:
        """(n,) seconds of the cached frames."""
        return self.features.times

    def frames(self, context: NDArray[np.int64], generator: np.random.Generator) -> Tensor:
        """Features of the frames in one of the cached copies, drawn at random."""
        maps = self.features.maps[generator.integers(len(self.features.maps))]
        return torch.from_numpy(np.asarray(maps[context]))


@dataclass(frozen=True)
class FrameSource:
    """Clips of decoded frames: (T, k, S, S, 3) uint8, for a base network that learns."""

    path: Path
    indices: NDArray[np.int64]  # frames of the file at the training frame rate
    times: NDArray[np.float64]
    action: str | None
    duration: float
    size: int
    augment: bool

    def frames(self, context: NDArray[np.int64], generator: np.random.Generator) -> Tensor:
        """Decode the frames, augmented by one draw."""
        change = Augmentation.draw(generator) if self.augment else Augmentation.identity()
        wanted, back = np.unique(self.indices[context], return_inverse=True)
        reader = VideoReader(self.path, size=(self.size, self.size))
        decoded = np.stack(list(reader.frames(wanted)))
        return torch.from_numpy(change(decoded)[back.reshape(context.shape)])


@dataclass(frozen=True)
class ClipBatch:
    """Clips of V videos, T frames each.

    Attributes:
        frames: (V, T, k, …) features or uint8 frames with their context.
        times: (V, T) float32 seconds from the start of the video.
        lengths: (V,) float32, duration of each video in seconds.
        mask: (V, T) bool, False where a short video was padded.
        step: number of the batch.
    """

    frames: Tensor
    times: Tensor
    lengths: Tensor
    mask: Tensor
    step: int

    def to(self, device: torch.device, *, non_blocking: bool = False) -> "ClipBatch":
        """The same batch on another device."""
        return replace(
            self,
            frames=self.frames.to(device, non_blocking=non_blocking),
            times=self.times.to(device, non_blocking=non_blocking),
            lengths=self.lengths.to(device, non_blocking=non_blocking),
            mask=self.mask.to(device, non_blocking=non_blocking),
        )


class Clips(Dataset[ClipBatch]):
    """The batches of a run: item n is batch n.

    Raises:
        TrainingError: no action has two videos.
    """

    def __init__(self, sources: Sequence[ClipSource], config: TrainingConfig) -> None:
        self.sources = sources
        self.config = config
        by_action: dict[str | None, list[int]] = defaultdict(list)
        for index, source in enumerate(sources):
            by_action[source.action].append(index)
        self._groups = [group for group in by_action.values() if len(group) >= 2]
        if not self._groups:
            raise TrainingError(
                f"Training compares videos of one action and needs at least two; there "
                f"{'is' if len(sources) == 1 else 'are'} {len(sources)}."
            )

    def __len__(self) -> int:
        return self.config.steps

    def __getitem__(self, step: int) -> ClipBatch:
        generator = np.random.default_rng([self.config.seed, step])
        # Every video is drawn equally often, whatever the size of its action's group.
        shares = np.array([len(group) for group in self._groups], dtype=np.float64)
        group = self._groups[generator.choice(len(shares), p=shares / shares.sum())]
        count = min(self.config.videos_per_batch, len(group))
        chosen = generator.choice(group, size=count, replace=False)
        clips = [self._clip(self.sources[index], generator) for index in chosen]
        frames, times, masks = zip(*clips, strict=True)
        return ClipBatch(
            frames=torch.stack(frames),
            times=torch.stack(times),
            lengths=torch.tensor([self.sources[index].duration for index in chosen]),
            mask=torch.stack(masks),
            step=step,
        )

    def _clip(
        self, source: ClipSource, generator: np.random.Generator
    ) -> tuple[Tensor, Tensor, Tensor]:
        config = self.config
        frames, count = len(source.times), config.frames_per_clip
        if config.sampling == "uniform":
            indices, mask = sample_uniform(frames, count, generator)
        else:
            indices, mask = sample_strided(frames, count, config.stride, generator)
        context = context_indices(
            source.times,
            indices,
            context_frames=config.encoder.context_frames,
            gap=config.encoder.context_gap,
        )
        times = torch.from_numpy((source.times[indices] - source.times[0]).astype(np.float32))
        return source.frames(context, generator), times, torch.from_numpy(mask)


class StepSampler(Sampler[int]):
    """Numbers of the batches, one epoch of ``every`` steps after the other.

    An epoch here is only the span between two checkpoints: resuming starts at one.

    Args:
        steps: of the whole run.
        every: steps of an epoch.
        done: tells how many steps lie behind.
    """

    def __init__(self, steps: int, every: int, done: Callable[[], int]) -> None:
        self.steps = steps
        self.every = every
        self.done = done

    def __iter__(self) -> Iterator[int]:
        first = self.done()
        return iter(range(first, min(first + self.every, self.steps)))

    def __len__(self) -> int:
        return min(self.every, self.steps - self.done())
