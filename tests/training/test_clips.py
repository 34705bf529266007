"""Batches: determined by seed and step, one action each, short videos masked."""

from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor

from inphase.data import Collection, Video
from inphase.errors import TrainingError
from inphase.training import TrainingConfig
from inphase.training.clips import ClipBatch, Clips
from inphase.training.processes import Processes
from inphase.training.sources import ClipSource, FrameSource
from inphase.video import VideoReader


class Numbered(ClipSource):
    """A source whose frames contain their own numbers."""

    def __init__(
        self,
        count: int,
        action: str | None = None,
        *,
        rate: float = 10,
        event: str | None = None,
        view: str | None = None,
        phases: NDArray[np.int64] | None = None,
    ) -> None:
        video = Video("numbered", Path("numbered.mp4"), action=action, group=event, view=view)
        super().__init__(video, np.arange(count) / rate, count / rate, phases)

    def frames(self, context: NDArray[np.int64], generator: np.random.Generator) -> Tensor:
        return torch.from_numpy(context) + 1000 * int(generator.integers(1, 1000))


def own_frames(batch: ClipBatch) -> Tensor:
    """The frame numbers of a batch (videos, frames, context), without the mark of the draw."""
    return batch.frames % 1000


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
    own, before = own_frames(batch)[..., 1], own_frames(batch)[..., 0]
    assert (own.diff(dim=1) > 0).all()
    assert torch.equal(before, (own - 3).clamp_min(0))
    torch.testing.assert_close(batch.times, own / 10, check_dtype=False)
    assert sorted(batch.lengths.tolist()) == pytest.approx([3.0, 4.0, 5.0])
    assert batch.mask.all()


def test_a_short_video_is_padded_and_masked(config: TrainingConfig) -> None:
    batch = Clips([Numbered(4), Numbered(4), Numbered(4)], config)[0]
    assert batch.mask.sum(dim=1).tolist() == [4, 4, 4]
    assert (own_frames(batch)[..., 1][:, 3:] == 3).all()


def test_a_batch_holds_one_action(config: TrainingConfig) -> None:
    sources = [Numbered(20 + i, "a") for i in range(3)] + [Numbered(40 + i, "b") for i in range(3)]
    clips = Clips(sources, config)
    long = [(clips[step].lengths > 3).tolist() for step in range(20)]
    assert all(len(set(kinds)) == 1 for kinds in long)
    assert {kinds[0] for kinds in long} == {True, False}


def test_actions_may_be_mixed(config: TrainingConfig) -> None:
    sources = [Numbered(20, "a") for i in range(2)] + [Numbered(40, "b") for i in range(2)]
    clips = Clips(sources, config.model_copy(update={"mixed_actions": True}))
    assert any(len(set(clips[step].lengths.tolist())) == 2 for step in range(10))
    alone = Clips([Numbered(20, "a"), Numbered(40, "b")], clips.config)
    assert sorted(alone[0].lengths.tolist()) == [2.0, 4.0]


def test_positives_lie_in_the_window_and_under_the_same_draw(config: TrainingConfig) -> None:
    config = config.model_copy(update={"objectives": {"tcc": {}, "tcn": {"window": 3}}})
    batch = Clips([Numbered(30), Numbered(40), Numbered(50)], config)[0]
    assert batch.frames.shape == (3, 12, 2)
    assert batch.times.shape == batch.mask.shape == (3, 6)
    own, positives = own_frames(batch)[..., 1].chunk(2, dim=1)
    assert (own.diff(dim=1) > 0).all()
    away = (positives - own).abs()
    assert ((away >= 1) & (away <= 3)).all()
    assert batch.paired is not None
    assert batch.paired.all()
    before = own_frames(batch)[:, 6:, 0]
    assert torch.equal(before, (positives - 3).clamp_min(0))
    marks = batch.frames // 1000
    assert (marks == marks[:, :1, :1]).all()


def test_a_padded_frame_has_no_positive(config: TrainingConfig) -> None:
    config = config.model_copy(update={"objectives": {"tcn": {}}})
    batch = Clips([Numbered(4), Numbered(1)], config)[0]
    assert batch.paired is not None
    assert sorted(batch.paired.sum(dim=1).tolist()) == [0, 4]


def test_positives_of_another_camera_show_the_same_time(config: TrainingConfig) -> None:
    config = config.model_copy(
        update={"objectives": {"tcn": {"views": "multi"}}, "videos_per_batch": 5}
    )
    sources = [
        Numbered(60, rate=20, event="one", view="left"),
        Numbered(27, rate=10, event="one", view="right"),  # ends 0.3 s before the other
        Numbered(50, rate=20, event="two", view="left"),
        Numbered(25, rate=10, event="two", view="right"),
        Numbered(80, rate=20, event="three", view="left"),  # filmed by one camera only
    ]
    clips = Clips(sources, config)
    seen = set()
    for step in range(20):
        batch = clips[step]
        assert batch.paired is not None
        positives = own_frames(batch)[:, 6:, 1]
        for times, length, there, frames in zip(
            batch.times, batch.lengths.tolist(), batch.paired, positives, strict=True
        ):
            seen.add(length)
            rate = {3.0: 10, 2.7: 20, 2.5: None, 4.0: None}[round(length, 2)]
            if length == 4.0:
                assert not there.any()
            if rate is not None:
                at = frames[there] / rate
                assert ((at - times[there]).abs() <= 0.5 / rate + 1e-6).all()
            if length == 3.0:
                assert torch.equal(there, times < 2.66)
    assert len(seen) == 4


def test_a_second_clip_has_frames_times_and_an_augmentation_of_its_own(
    config: TrainingConfig,
) -> None:
    config = config.model_copy(update={"objectives": {"carl": {"shortest": 0.6}}})
    clips = Clips([Numbered(40) for _ in range(3)], config)
    firsts = []
    for step in range(30):
        batch = clips[step]
        assert batch.paired is not None
        assert batch.positive_times is not None
        numbers = torch.split(own_frames(batch)[..., -1], 6, dim=1)
        for found, times in zip(numbers, (batch.times, batch.positive_times), strict=True):
            torch.testing.assert_close(times, found.float() / 10)
            assert (found.diff(dim=1) > 0).all()
        draws = (batch.frames // 1000)[..., -1]
        assert (draws[:, 0] != draws[:, -1]).any()
        firsts += numbers[0][:, 0].tolist()
    # Clips are of a part of the video: they do not all begin near its beginning.
    assert max(firsts) >= 12


def test_multi_view_training_needs_two_views(config: TrainingConfig) -> None:
    config = config.model_copy(update={"objectives": {"tcn": {"views": "multi"}}})
    with pytest.raises(TrainingError, match="two cameras"):
        Clips([Numbered(20, event="scene"), Numbered(20, event="scene")], config)
    same = [Numbered(20, event="one", view="left"), Numbered(20, event="one", view="left")]
    with pytest.raises(TrainingError, match="two cameras"):
        Clips(same, config)


def test_phases_are_there_where_they_are_asked_for(config: TrainingConfig) -> None:
    sources = [Numbered(40, phases=np.arange(40) // 10), Numbered(30)]
    assert Clips(sources, config)[0].phases is None
    config = config.model_copy(update={"objectives": {"tcc": {}, "supervised": {}}})
    batch = Clips(sources, config)[0]
    assert batch.phases is not None
    for frames, phases, length in zip(own_frames(batch), batch.phases, batch.lengths, strict=True):
        expected = frames[:, 1] // 10 if length == 4.0 else torch.full((6,), -1)
        assert torch.equal(phases, expected)


@pytest.mark.parametrize("videos", [4, 3])
def test_processes_share_the_batch_of_one(config: TrainingConfig, videos: int) -> None:
    config = config.model_copy(update={"objectives": {"tcn": {}}, "videos_per_batch": videos})
    sources = [Numbered(30 + i) for i in range(5)]
    whole = Clips(sources, config)[3]
    shares = [Clips(sources, config, processes=Processes(rank, 2, rank, 2))[3] for rank in range(2)]
    assert torch.equal(torch.cat([own_frames(s) for s in shares])[:videos], own_frames(whole))
    for share in shares:
        assert len(share.frames) == 2
        assert torch.equal(share.times, whole.times)
        assert torch.equal(share.mask, whole.mask)


def test_one_video_of_each_action_cannot_be_trained_on(config: TrainingConfig) -> None:
    with pytest.raises(TrainingError, match="two"):
        Clips([Numbered(20, "a"), Numbered(20, "b")], config)


def test_decoded_clips_show_the_frames_asked_for(pouring: Collection) -> None:
    path = pouring.videos[0].path
    reader = VideoReader(path, size=(64, 64))
    indices = np.arange(0, len(reader), 2)
    source = FrameSource(
        pouring.videos[0], reader.times[indices], 2.0, None, indices=indices, size=64, augment=False
    )
    context = np.array([[0, 1], [0, 3], [2, 5]])
    frames = source.frames(context, np.random.default_rng(0))
    assert frames.shape == (3, 2, 64, 64, 3)
    assert np.array_equal(frames[2, 1].numpy(), reader[10])
    assert np.array_equal(frames[1, 0].numpy(), reader[0])
