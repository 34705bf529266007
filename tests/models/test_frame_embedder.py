"""Embedding a video: the naive result, with one base-network pass per frame."""

import gc
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor, nn

from inphase.data import context_indices
from inphase.errors import ModelError, VideoError
from inphase.models import (
    BaseNetwork,
    Encoder,
    EncoderConfig,
    FrameEmbedder,
    base_networks,
    engine,
    frame_embedder,
    register_base_network,
)
from inphase.models.encoder import background
from inphase.video import VideoReader, VideoWriter, probe

_SMALL = EncoderConfig(image_size=64, conv_width=8, fc_width=8, embedding_size=6, context_gap=0.1)


def _encoder(**changes: object) -> Encoder:
    return Encoder(_SMALL.model_copy(update=changes)).eval()


def _plainly(encoder: Encoder, path: Path) -> NDArray[np.float32]:
    """Stack every frame with its context and run the encoder on all of them."""
    size, config = encoder.config.image_size, encoder.config
    reader = VideoReader(path, size=(size, size))
    frames = np.stack([frame for _, frame in reader])
    context = context_indices(
        reader.times,
        np.arange(len(frames)),
        context_frames=config.context_frames,
        gap=config.context_gap,
        centred=config.centred_context,
    )
    with torch.inference_mode():
        embeddings: NDArray[np.float32] = encoder(torch.from_numpy(frames[context])).numpy()
    return embeddings


@pytest.mark.parametrize(
    ("context", "centred_context"), [(1, False), (2, False), (3, False), (3, True)]
)
@pytest.mark.parametrize("rate", ["constant", "variable"])
@pytest.mark.parametrize("subtract_background", [False, True])
def test_embeddings_are_those_of_the_plain_way(
    rate: str,
    context: int,
    subtract_background: bool,
    centred_context: bool,
    request: pytest.FixtureRequest,
) -> None:
    path: Path = request.getfixturevalue(rate)
    encoder = _encoder(
        context_frames=context,
        pool=2,
        subtract_background=subtract_background,
        centred_context=centred_context,
        # Wide enough that no frame leaves all units of a layer inactive.
        conv_width=16,
        fc_width=64,
    )
    wanted = _plainly(encoder, path)
    got = FrameEmbedder(encoder).embed(path)
    assert got.embeddings.dtype == np.float32
    # Neighbouring frames differ by more than the tolerance: a context off by one would show.
    step = np.abs(np.diff(wanted, axis=0)).max(axis=1).min()
    assert step > 0.01
    np.testing.assert_allclose(got.embeddings, wanted, rtol=0, atol=step / 50)


def test_times_are_the_videos_own(variable: Path, variable_times: NDArray[np.float64]) -> None:
    got = FrameEmbedder(_encoder()).embed(variable)
    np.testing.assert_allclose(got.times, variable_times, atol=1e-4)
    assert (got.name, got.path) == ("vfr", variable)


class _Counting(nn.Module):
    """A base network that counts the images it sees, over all its copies."""

    seen = 0

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 16, stride=16)

    def forward(self, images: Tensor) -> Tensor:
        _Counting.seen += len(images)
        return self.conv(images)  # type: ignore[no-any-return]


@pytest.fixture
def counting(monkeypatch: pytest.MonkeyPatch) -> Encoder:
    """An encoder whose base network counts; it is registered for one test only.

    It runs in torch: in OpenVINO its Python code would not run, so nothing would be counted.
    """

    def refuse(*_: object) -> None:
        raise ValueError("it counts")

    monkeypatch.setattr(engine, "_in_openvino", refuse)
    monkeypatch.setattr(base_networks, "_BUILDERS", dict(base_networks._BUILDERS))

    @register_base_network("counting")
    def build(*, pretrained: bool, weights: Path | None) -> BaseNetwork:
        assert (pretrained, weights) == (False, None)
        unit = (1.0, 1.0, 1.0)
        return BaseNetwork(_Counting(), out_channels=4, stride=16, mean=unit, std=unit)

    return _encoder(base_network="counting", pretrained=False, context_frames=3)


@pytest.mark.parametrize("gap", [0.01, 0.1, 5.0])
def test_each_frame_passes_the_base_network_once(
    gap: float, counting: Encoder, variable: Path
) -> None:
    counting.config = counting.config.model_copy(update={"context_gap": gap})
    embedder = FrameEmbedder(counting)
    list(embedder.maps([np.zeros((64, 64, 3), np.uint8)]))  # makes the network ready
    _Counting.seen = 0
    advanced: list[int] = []
    got = embedder.embed(variable, advance=advanced.append)
    assert _Counting.seen == len(probe(variable).times) == len(got.embeddings)
    assert sum(advanced) == len(got.times)


def test_the_background_of_a_long_video_is_taken_from_a_part_and_no_frame_passes_twice(
    counting: Encoder, constant: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counting.config = counting.config.model_copy(update={"subtract_background": True})
    monkeypatch.setattr(frame_embedder, "_BACKGROUND_FRAMES", 5)
    embedder = FrameEmbedder(counting)
    list(embedder.maps([np.zeros((64, 64, 3), np.uint8)]))  # makes the network ready
    _Counting.seen = 0
    got = embedder.embed(constant).embeddings
    assert _Counting.seen == len(got) == 21
    frames = np.stack([frame for _, frame in VideoReader(constant, size=(64, 64))])
    with torch.inference_mode():
        maps = counting.features(torch.from_numpy(frames))
        maps -= background(maps[[0, 5, 10, 15, 20]])
        context = context_indices(
            np.arange(21) / 25, np.arange(21), context_frames=3, gap=counting.config.context_gap
        )
        wanted = counting.embedder(maps[context]).numpy()
    np.testing.assert_allclose(got, wanted, rtol=1e-3, atol=1e-3 * np.abs(wanted).max())


def test_maps_are_the_features_of_each_frame(constant: Path) -> None:
    encoder = _encoder(pool=2)
    frames = [frame for _, frame in VideoReader(constant, size=(64, 64))]
    with torch.inference_mode():
        wanted = encoder.features(torch.from_numpy(np.stack(frames)))
    got = torch.stack(list(FrameEmbedder(encoder).maps(frames)))
    torch.testing.assert_close(got, wanted, rtol=1e-3, atol=1e-3)


def test_maps_are_made_as_they_are_asked_for() -> None:
    taken = 0

    def frames() -> Iterator[NDArray[np.uint8]]:
        nonlocal taken
        while True:  # an endless video
            taken += 1
            yield np.zeros((64, 64, 3), np.uint8)

    embedder = FrameEmbedder(_encoder())
    maps = embedder.maps(frames())
    for _ in range(3):
        next(maps)
    assert taken <= 2 * embedder.batch


def test_the_work_of_others_between_two_maps_can_learn() -> None:
    maps = FrameEmbedder(_encoder()).maps(np.zeros((9, 64, 64, 3), np.uint8))
    for _ in maps:
        assert not torch.is_inference_mode_enabled()
        assert torch.is_grad_enabled()


def test_a_callback_can_learn(constant: Path) -> None:
    modes: list[bool] = []
    FrameEmbedder(_encoder()).embed(
        constant, advance=lambda _: modes.append(torch.is_inference_mode_enabled())
    )
    assert modes
    assert not any(modes)


def test_embedding_leaves_an_encoder_in_training_as_it_was(constant: Path) -> None:
    encoder = _encoder(train_base="all", dropout=0.5).train()
    before = {name: tensor.clone() for name, tensor in encoder.state_dict().items()}
    embedder = FrameEmbedder(encoder)
    first, second = embedder.embed(constant), embedder.embed(constant)
    np.testing.assert_array_equal(first.embeddings, second.embeddings)  # no dropout
    assert all(module.training for module in encoder.modules())
    assert all(torch.equal(t, before[name]) for name, t in encoder.state_dict().items())
    assert all(parameter.requires_grad for parameter in encoder.parameters())


def test_an_embedder_keeps_the_weights_it_was_made_of(constant: Path) -> None:
    encoder = _encoder()
    embedder = FrameEmbedder(encoder)
    before = embedder.embed(constant)
    with torch.no_grad():
        for parameter in encoder.parameters():
            parameter.mul_(1.5)
    after = embedder.embed(constant)
    np.testing.assert_array_equal(after.embeddings, before.embeddings)


def test_a_video_cut_off_has_as_many_times_as_embeddings(constant: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.mp4"
    # The index is at the start, so it still lists all frames.
    content = constant.read_bytes()
    cut.write_bytes(content[: len(content) * 3 // 4])
    got = FrameEmbedder(_encoder()).embed(cut)
    assert 0 < len(got.times) == len(got.embeddings)


def test_a_failure_in_the_middle_stops_the_decoding_thread(constant: Path) -> None:
    def stop(_count: int) -> None:
        raise KeyboardInterrupt

    before = set(threading.enumerate())
    with pytest.raises(KeyboardInterrupt):
        FrameEmbedder(_encoder()).embed(constant, advance=stop)
    gc.collect()
    assert set(threading.enumerate()) <= before
    assert not torch.is_inference_mode_enabled()


@pytest.mark.parametrize(
    "option", [{}, {"subtract_background": True}, {"centred_context": True}, {"smoothing": 0.1}]
)
def test_some_frames_are_embedded_as_in_the_whole(variable: Path, option: dict[str, float]) -> None:
    encoder = _encoder(context_frames=3, pool=2, conv_width=16, fc_width=64, **option)
    embedder = FrameEmbedder(encoder)
    whole = embedder.embed(variable).embeddings
    step = np.abs(np.diff(whole, axis=0)).max(axis=1).min()
    chosen = [11, 0, 20, 11]
    got = embedder.embed_frames(variable, chosen)
    np.testing.assert_allclose(got, whole[chosen], rtol=0, atol=step / 50)
    with pytest.raises(VideoError, match="there is no frame 99"):
        embedder.embed_frames(variable, [99])


def test_a_picture_stands_for_the_first_frame_unless_only_motion_counts(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    draw = np.random.default_rng(0)
    for number in range(3):
        blocks = draw.integers(0, 256, (6, 8, 3), dtype=np.uint8)
        image = Image.fromarray(blocks.repeat(8, axis=0).repeat(8, axis=1))
        image.save(tmp_path / "images" / f"{number}.png")
    embedder = FrameEmbedder(_encoder(context_frames=2))
    whole = embedder.embed(tmp_path / "images").embeddings
    got = embedder.embed_picture(tmp_path / "images" / "0.png")
    np.testing.assert_allclose(got, whole[0], rtol=0, atol=1e-5)
    moving = FrameEmbedder(_encoder(subtract_background=True))
    with pytest.raises(ModelError, match="only at what moves"):
        moving.embed_picture(tmp_path / "images" / "0.png")


def test_a_fast_video_is_seen_thirty_times_a_second_and_interpolated(
    tmp_path: Path, counting: Encoder
) -> None:
    path = tmp_path / "fast.mp4"
    draw = np.random.default_rng(0)
    shown = draw.integers(0, 256, (4, 48, 64, 3), dtype=np.uint8)
    with VideoWriter(path, fps=120, size=(64, 48)) as out:
        for index in range(61):
            mixed = np.average(shown[:2], axis=0, weights=[60 - index, index])
            out.write(mixed.astype(np.uint8))
    embedder = FrameEmbedder(counting)
    list(embedder.maps([np.zeros((64, 64, 3), np.uint8)]))  # makes the network ready
    _Counting.seen = 0
    got = embedder.embed(path)
    assert len(got.times) == len(got.embeddings) == 61
    assert _Counting.seen == 16  # frames 0, 4, …, 60
    e = got.embeddings
    np.testing.assert_allclose(e[1::4], 0.75 * e[0:60:4] + 0.25 * e[4::4], atol=1e-5)
    np.testing.assert_allclose(e[2::4], 0.5 * e[0:60:4] + 0.5 * e[4::4], atol=1e-5)
    some = embedder.embed_frames(path, [60, 2, 31, 4])
    np.testing.assert_allclose(some, e[[60, 2, 31, 4]], atol=1e-4)


def test_at_thirty_and_a_little_more_every_frame_is_seen(tmp_path: Path, counting: Encoder) -> None:
    path = tmp_path / "usual.mp4"
    with VideoWriter(path, fps=30, size=(64, 48)) as out:
        for index in range(20):
            out.write(np.full((48, 64, 3), 10 * index, np.uint8))
    embedder = FrameEmbedder(counting)
    list(embedder.maps([np.zeros((64, 64, 3), np.uint8)]))  # makes the network ready
    _Counting.seen = 0
    embedder.embed(path)
    assert _Counting.seen == 20
