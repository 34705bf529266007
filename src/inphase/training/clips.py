"""Clips for training: which frames of which videos make up batch n, and their pictures.

Batch n depends only on the seed and n, so that a resumed run continues with the same draws, and
any number of processes share the same batch that a single process would have.

All objectives share one sampling. A clip is T frames; if an objective compares them with positives,
T more follow: the positive of each, drawn from a window around it or filmed by another camera at
the same instant, or a second clip of the same video. An objective that needs fewer frames, such as
shuffle and learn with its five, draws them from the T.
"""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import Dataset

from inphase.data import (
    context_indices,
    same_instants,
    sample_positives,
    sample_strided,
    sample_uniform,
)
from inphase.errors import TrainingError
from inphase.objectives import OtherView, SecondClip, Window
from inphase.training.config import TrainingConfig, build_objectives
from inphase.training.processes import ALONE, Processes
from inphase.training.sources import ClipSource


@dataclass(frozen=True)
class ClipBatch:
    """Clips of V videos, T frames each, some of which this process embeds.

    Attributes:
        frames: (v, T or 2T, k, …) features or uint8 frames with their context, of the v videos
            that this process embeds; the second T are the positives.
        times: (V, T) float32 seconds from the start of the video.
        lengths: (V,) float32, duration of each video in seconds.
        mask: (V, T) bool, False where a short video was padded.
        paired: (V, T) bool, which frames have a positive; None without positives.
        positive_times: (V, T) float32 seconds of the positives from the start of the video; None
            unless they are a second clip.
        phases: (V, T) int64, −1 if unknown; None if no objective needs phases.
        step: number of the batch.
    """

    frames: Tensor
    times: Tensor
    lengths: Tensor
    mask: Tensor
    paired: Tensor | None
    positive_times: Tensor | None
    phases: Tensor | None
    step: int

    def to(self, device: torch.device, *, non_blocking: bool = False) -> "ClipBatch":
        """The same batch on another device."""
        moved: dict[str, Any] = {}
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, Tensor):
                moved[field.name] = value.to(device, non_blocking=non_blocking)
        return replace(self, **moved)


@dataclass(frozen=True)
class _Draw:
    """Which frames of which videos make up one clip, before any of them is loaded."""

    source: ClipSource
    indices: NDArray[np.int64]
    mask: NDArray[np.bool_]
    other: ClipSource  # of the positives
    positives: NDArray[np.int64]
    paired: NDArray[np.bool_]
    generator: np.random.Generator


class Clips(Dataset[ClipBatch]):
    """The batches of a run: item n is this process's part of batch n.

    Args:
        sources: the videos.
        config: of the run.
        processes: that share each batch.

    Raises:
        TrainingError: no action has two videos, or positives must come from another camera but
            no event was filmed by two.
    """

    def __init__(
        self,
        sources: Sequence[ClipSource],
        config: TrainingConfig,
        *,
        processes: Processes = ALONE,
    ) -> None:
        self.sources = sources
        self.config = config
        self.processes = processes
        objectives = [objective for objective, _ in build_objectives(config.objectives).values()]
        self._positives = next((o.positives for o in objectives if o.positives is not None), None)
        self._phases = any(objective.needs_phases for objective in objectives)
        by_action: dict[str | None, list[int]] = defaultdict(list)
        for index, source in enumerate(sources):
            by_action[None if config.mixed_actions else source.video.action].append(index)
        self._groups = [group for group in by_action.values() if len(group) >= 2]
        if not self._groups:
            raise TrainingError(
                f"Training compares videos of one action and needs at least two; there "
                f"{'is' if len(sources) == 1 else 'are'} {len(sources)}."
            )
        self._views = _views(sources)
        if isinstance(self._positives, OtherView) and not any(self._views.values()):
            raise TrainingError(
                "Multi-view training needs events filmed by two cameras: videos with the same "
                "`group` and different `view` in labels.json."
            )

    def __len__(self) -> int:
        return self.config.steps

    def __getitem__(self, step: int) -> ClipBatch:
        generator = np.random.default_rng([self.config.seed, step])
        # Every video is drawn equally often, regardless of the size of its action's group.
        shares = np.array([len(group) for group in self._groups], dtype=np.float64)
        group = self._groups[generator.choice(len(shares), p=shares / shares.sum())]
        count = min(self.config.videos_per_batch, len(group))
        chosen = generator.choice(group, size=count, replace=False)
        streams = generator.spawn(count)
        # Drawing costs nothing: each process draws the whole batch, and loads its share.
        draws = [self._draw(i, stream) for i, stream in zip(chosen, streams, strict=True)]
        return ClipBatch(
            frames=torch.stack([self._frames(draws[i]) for i in self.processes.share(count)]),
            times=torch.stack([_times(draw.source, draw.indices) for draw in draws]),
            lengths=torch.tensor([draw.source.duration for draw in draws]),
            mask=torch.from_numpy(np.stack([draw.mask for draw in draws])),
            paired=torch.from_numpy(np.stack([draw.paired for draw in draws]))
            if self._positives is not None
            else None,
            positive_times=torch.stack([_times(draw.other, draw.positives) for draw in draws])
            if isinstance(self._positives, SecondClip)
            else None,
            phases=torch.stack([_phases(draw) for draw in draws]) if self._phases else None,
            step=step,
        )

    def _draw(self, index: int, generator: np.random.Generator) -> _Draw:
        source = self.sources[index]
        frames = len(source.times)
        if isinstance(self._positives, SecondClip):
            indices, mask = self._crop(frames, self._positives.shortest, generator)
            positives, paired = self._crop(frames, self._positives.shortest, generator)
            return _Draw(source, indices, mask, source, positives, paired, generator)
        indices, mask = self._sample(frames, generator)
        other, positives, paired = source, indices, np.zeros_like(mask)
        if isinstance(self._positives, Window):
            window = self._positives.frames
            positives, paired = sample_positives(indices, frames, window, generator)
        elif self._positives is not None and self._views[index]:
            other = self.sources[generator.choice(self._views[index])]
            since = source.times[indices] - source.times[0]
            positives, paired = same_instants(other.times - other.times[0], since)
        return _Draw(source, indices, mask, other, positives, paired & mask, generator)

    def _sample(
        self, frames: int, generator: np.random.Generator
    ) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        config = self.config
        if config.sampling == "uniform":
            return sample_uniform(frames, config.frames_per_clip, generator)
        return sample_strided(frames, config.frames_per_clip, config.stride, generator)

    def _crop(
        self, frames: int, shortest: float, generator: np.random.Generator
    ) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """A clip of a part of the video, from `shortest` of it to all, anywhere in it."""
        length = max(1, math.ceil(frames * generator.uniform(shortest, 1.0)))
        start = generator.integers(0, frames - length + 1)
        indices, mask = self._sample(length, generator)
        return start + indices, mask

    def _frames(self, draw: _Draw) -> Tensor:
        own = self._context(draw.source, draw.indices)
        if self._positives is None:
            return draw.source.frames(own, draw.generator)
        positives = self._context(draw.other, draw.positives)
        one_view = draw.other is draw.source and not isinstance(self._positives, SecondClip)
        if one_view:  # one clip, one draw of the augmentation
            return draw.source.frames(np.concatenate([own, positives]), draw.generator)
        parts = ((draw.source, own), (draw.other, positives))
        return torch.cat([source.frames(context, draw.generator) for source, context in parts])

    def _context(self, source: ClipSource, indices: NDArray[np.int64]) -> NDArray[np.int64]:
        encoder = self.config.encoder
        return context_indices(
            source.times,
            indices,
            context_frames=encoder.context_frames,
            gap=encoder.context_gap,
            centred=encoder.centred_context,
        )


def _times(source: ClipSource, indices: NDArray[np.int64]) -> Tensor:
    return torch.from_numpy((source.times[indices] - source.times[0]).astype(np.float32))


def _phases(draw: _Draw) -> Tensor:
    if draw.source.phases is None:
        return torch.full((len(draw.indices),), -1, dtype=torch.int64)
    return torch.from_numpy(draw.source.phases[draw.indices])


def _views(sources: Sequence[ClipSource]) -> dict[int, list[int]]:
    """For each source, the sources that show the same event from another camera."""
    events: dict[tuple[str | None, str], list[int]] = defaultdict(list)
    for index, source in enumerate(sources):
        if source.video.group is not None and source.video.view is not None:
            events[source.video.action, source.video.group].append(index)
    views: dict[int, list[int]] = {index: [] for index in range(len(sources))}
    for event in events.values():
        for index in event:
            own = sources[index].video.view
            views[index] = [i for i in event if sources[i].video.view != own]
    return views
