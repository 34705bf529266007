"""Batches: a function of seed and step, one action each, short videos masked."""

from dataclasses import dataclass

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor

from inphase.data import Collection
from inphase.errors import TrainingError
from inphase.training import TrainingConfig
from inphase.training.clips import Clips, FrameSource, StepSampler
from inphase.video import VideoReader


@dataclass(frozen=True)
class Numbered:
    """A source whose pictures are the numbers of their frames."""

    count: int
    action: str | None = None

    @property
    def times(self) -> NDArray[np.float64]:
        return np.arange(self.count) / 10

    @property
    def duration(self) -> float:
        return self.count / 10

    def frames(self, context: NDArray[np.int64], generator: np.random.Generator) -> Tensor:
        del generator
        return torch.from_numpy(context)


@pytest.fixture
def config() -> TrainingConfig:
    return TrainingConfig(
        encoder={"context_frames": 2, "context_gap": 0.3}, frames_per_clip=6, videos_per_batch=3
    )


def test_a_batch_depends_on_seed_and_step_alone(config: TrainingConfig) -> None:
    sources = [Numbered(30 + i) for i in range(5)]
    first, again = Clips(sources, config), Clips(sources, config)
    for _ in range(3):
        first[0]
    assert torch.equal(first[7].frames, again[7].frames)
    assert not torch.equal(again[7].frames, again[8].frames)
    other = Clips(sources, config.model_copy(update={"seed": 1}))
    assert not torch.equal(other[7].frames, again[7].frames)


def test_frames_are_distinct_sorted_and_have_their_context(config: TrainingConfig) -> None:
    batch = Clips([Numbered(30), Numbered(40), Numbered(50)], config)[0]
    own, before = batch.frames[..., 1], batch.frames[..., 0]
    assert (own.diff(dim=1) > 0).all()
    assert torch.equal(before, (own - 3).clamp_min(0))
    torch.testing.assert_close(batch.times, own / 10, check_dtype=False)
    assert sorted(batch.lengths.tolist()) == pytest.approx([3.0, 4.0, 5.0])
    assert batch.mask.all()


def test_a_short_video_is_padded_and_masked(config: TrainingConfig) -> None:
    batch = Clips([Numbered(4), Numbered(4), Numbered(4)], config)[0]
    assert batch.mask.sum(dim=1).tolist() == [4, 4, 4]
    assert (batch.frames[..., 1][:, 3:] == 3).all()


def test_a_batch_holds_one_action(config: TrainingConfig) -> None:
    sources = [Numbered(20 + i, "a") for i in range(3)] + [Numbered(40 + i, "b") for i in range(3)]
    clips = Clips(sources, config)
    long = [(clips[step].lengths > 3).tolist() for step in range(20)]
    assert all(len(set(kinds)) == 1 for kinds in long)
    assert {kinds[0] for kinds in long} == {True, False}


def test_one_video_of_each_action_cannot_be_trained_on(config: TrainingConfig) -> None:
    with pytest.raises(TrainingError, match="two"):
        Clips([Numbered(20, "a"), Numbered(20, "b")], config)


def test_epochs_go_through_all_steps_once_from_wherever_they_start() -> None:
    seen: list[int] = []
    sampler = StepSampler(steps=10, every=4, done=lambda: 2 + len(seen))
    for length in (4, 4):
        assert len(sampler) == length
        seen += list(sampler)
    assert seen == list(range(2, 10))
    assert len(sampler) == 0


def test_decoded_clips_show_the_frames_asked_for(pouring: Collection) -> None:
    path = pouring.videos[0].path
    reader = VideoReader(path, size=(64, 64))
    indices = np.arange(0, len(reader), 2)
    source = FrameSource(path, indices, reader.times[indices], None, 2.0, 64, augment=False)
    context = np.array([[0, 1], [0, 3], [2, 5]])
    frames = source.frames(context, np.random.default_rng(0))
    assert frames.shape == (3, 2, 64, 64, 3)
    assert np.array_equal(frames[2, 1].numpy(), reader[10])
    assert np.array_equal(frames[1, 0].numpy(), reader[0])
