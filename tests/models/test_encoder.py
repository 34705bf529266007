"""The encoder: frames to embeddings, what is trained, and what its fingerprints cover."""

from pathlib import Path
from typing import Literal

import pytest
import torch
from torch import Tensor, nn

from inphase.errors import ModelError
from inphase.models import Encoder, EncoderConfig
from inphase.models import encoder as encoder_module
from inphase.models.base_networks import create_base_network
from inphase.models.embedder import Embedder
from inphase.models.encoder import background, ready_encoder

_SMALL = EncoderConfig(
    base_network="efficientnet_lite0",
    pretrained=False,
    image_size=32,
    conv_width=4,
    fc_width=4,
    embedding_size=3,
)
TrainBase = Literal["frozen", "batch_norm", "all"]


def _encoder(**changes: object) -> Encoder:
    return Encoder(_SMALL.model_copy(update=changes))


def _frames(*shape: int) -> Tensor:
    generator = torch.Generator().manual_seed(0)
    return torch.randint(0, 256, (*shape, 32, 32, 3), dtype=torch.uint8, generator=generator)


@pytest.mark.parametrize("context", [1, 2, 4])
def test_frames_with_context_become_embeddings(context: int) -> None:
    encoder = _encoder(context_frames=context).eval()
    assert encoder(_frames(5, context)).shape == (5, 3)


def test_each_network_sees_colours_on_its_own_scale() -> None:
    frame = torch.zeros(1, 32, 32, 3, dtype=torch.uint8)
    frame[..., 0], frame[..., 1], frame[..., 2] = 255, 127, 0
    lite = _encoder().normalise(frame)[0, :, 0, 0]
    torch.testing.assert_close(lite, torch.tensor([1.0, 0.0, -127 / 128]))
    resnet = _encoder(base_network="resnet50").normalise(frame)[0, :, 0, 0]
    # As torchvision documents it: 0..1, minus (0.485, 0.456, 0.406), over (0.229, 0.224, 0.225).
    wanted = [(1 - 0.485) / 0.229, (127 / 255 - 0.456) / 0.224, -0.406 / 0.225]
    torch.testing.assert_close(resnet, torch.tensor(wanted))


def test_normalising_leaves_the_frames_as_they_were() -> None:
    frames = _frames(1).float()
    before = frames.clone()
    _encoder().normalise(frames)
    assert torch.equal(frames, before)


def test_pooling_averages_squares_of_the_map() -> None:
    encoder = _encoder(image_size=64, pool=2).eval()
    whole = _encoder(image_size=64).eval()
    frames = torch.randint(0, 256, (2, 64, 64, 3), dtype=torch.uint8)
    with torch.inference_mode():
        maps, pooled = whole.features(frames), encoder.features(frames)
    assert maps.shape == (2, 112, 4, 4)
    by_hand = maps.reshape(2, 112, 2, 2, 2, 2).mean(dim=(3, 5))
    torch.testing.assert_close(pooled, by_hand)


def test_pooling_by_more_than_the_map_is_one_sentence() -> None:
    with pytest.raises(ModelError, match="`pool: 3` is more than the 2×2 map"):
        _encoder(pool=3)


@pytest.mark.parametrize("shape", [(2, 32, 31, 3), (2, 3, 32, 32), (2, 64, 64, 3), (32, 32, 3)])
def test_frames_of_another_size_are_one_sentence(shape: tuple[int, ...]) -> None:
    with pytest.raises(ModelError, match="frames of 32×32 RGB pixels"):
        _encoder().features(torch.zeros(shape, dtype=torch.uint8))


def _learning(encoder: Encoder) -> set[str]:
    return {name for name, p in encoder.base.named_parameters() if p.requires_grad}


def _norm_parameters(encoder: Encoder) -> set[str]:
    return {
        f"{name}.{part}"
        for name, module in encoder.base.named_modules()
        if isinstance(module, nn.BatchNorm2d)
        for part in ("weight", "bias")
    }


def test_what_learns_in_each_mode() -> None:
    everything = {name for name, _ in _encoder().base.named_parameters()}
    norms = _norm_parameters(_encoder())
    assert set() < norms < everything
    assert _learning(_encoder(train_base="frozen")) == set()
    assert _learning(_encoder(train_base="batch_norm")) == norms
    assert _learning(_encoder(train_base="all")) == everything
    for mode in ("frozen", "batch_norm", "all"):
        assert all(p.requires_grad for p in _encoder(train_base=mode).embedder.parameters())


@pytest.mark.parametrize("mode", ["frozen", "batch_norm", "all"])
def test_a_training_step_changes_what_learns_and_nothing_else(mode: TrainBase) -> None:
    encoder = _encoder(train_base=mode)
    # A frozen base network stays frozen, however often training and evaluation alternate.
    encoder.eval()
    encoder.train()
    before = {name: t.clone() for name, t in encoder.base.state_dict().items()}
    rate = torch.optim.SGD([p for p in encoder.parameters() if p.requires_grad], lr=1.0)
    # Not the sum, whose gradient through a normalized map would vanish.
    encoder(_frames(4, 2)).square().sum().backward()
    rate.step()
    changed = {n for n, t in encoder.base.state_dict().items() if not torch.equal(t, before[n])}
    statistics = {n for n in before if n.endswith(("running_mean", "running_var"))}
    counters = {n for n in before if n.endswith("num_batches_tracked")}
    if mode == "frozen":
        assert changed == set()
    else:
        assert counters <= changed
        assert changed & statistics
        assert changed & _norm_parameters(encoder)
        assert changed - counters - statistics <= _learning(encoder)


def test_a_frozen_base_network_builds_no_graph() -> None:
    assert not _encoder(train_base="frozen").features(_frames(1)).requires_grad
    assert _encoder(train_base="batch_norm").features(_frames(1, 1)[0]).requires_grad


def test_the_seed_decides_the_weights_and_disturbs_no_other_draw() -> None:
    torch.manual_seed(5)
    undisturbed = torch.rand(3)
    torch.manual_seed(5)
    first = Encoder(_SMALL, seed=1)
    assert torch.equal(torch.rand(3), undisturbed)
    same, other = Encoder(_SMALL, seed=1), Encoder(_SMALL, seed=2)
    weight = "embedder.fc1.weight"
    assert torch.equal(first.state_dict()[weight], same.state_dict()[weight])
    assert not torch.equal(first.state_dict()[weight], other.state_dict()[weight])


def test_fingerprints_are_the_same_for_the_same_encoder() -> None:
    first, same = _encoder(), _encoder()
    assert len(first.fingerprint) == 64
    assert first.fingerprint == same.fingerprint == first.fingerprint
    assert first.base_fingerprint == same.base_fingerprint
    # The memory layout of the weights and their mode do not matter.
    same.base.to(memory_format=torch.contiguous_format)  # type: ignore[call-overload]
    same.eval()
    assert first.fingerprint == same.fingerprint


def test_one_changed_weight_changes_the_fingerprint() -> None:
    encoder, whole, base = _encoder(), _encoder().fingerprint, _encoder().base_fingerprint
    assert isinstance(encoder.embedder, Embedder)
    with torch.no_grad():
        encoder.embedder.fc1.bias[0] += 1e-6
    assert encoder.fingerprint != whole
    assert encoder.base_fingerprint == base
    with torch.no_grad():
        next(encoder.base.buffers())[0] += 1e-6  # a statistic is not a parameter, but it counts
    assert encoder.base_fingerprint != base


@pytest.mark.parametrize(
    ("change", "whole_differs", "base_differs"),
    [
        ({"image_size": 48}, True, True),
        ({"pool": 2}, True, True),
        ({"context_gap": 0.5}, True, False),
        ({"context_frames": 3}, True, False),
        ({"smoothing": 0.1}, True, False),
        ({"train_base": "all"}, False, False),
        ({"dropout": 0.5}, False, False),
    ],
)
def test_fingerprints_cover_what_decides_the_numbers(
    change: dict[str, object], whole_differs: bool, base_differs: bool
) -> None:
    encoder, changed = _encoder(), _encoder(**change)
    assert (encoder.fingerprint != changed.fingerprint) == whole_differs
    assert (encoder.base_fingerprint != changed.base_fingerprint) == base_differs


def test_an_unknown_base_network_is_refused() -> None:
    with pytest.raises(ModelError, match="did you mean vgg_m"):
        _encoder(base_network="vggm")


def test_the_base_network_is_the_named_one() -> None:
    ours = _encoder(pretrained=True).base.state_dict()
    named = create_base_network("efficientnet_lite0").state_dict()
    assert all(torch.equal(tensor, named[name]) for name, tensor in ours.items())


def test_subtracting_the_background_takes_off_what_stands_still_in_each_video() -> None:
    encoder = _encoder(subtract_background=True).eval()
    maps = torch.randn(2, 5, 2, 112, 4, 4)  # videos, frames, context, channels, height, width
    still = torch.randn(2, 1, 1, 112, 4, 4)
    got, moved = encoder.embed_features(maps), encoder.embed_features(maps + still)
    assert got.shape == (2, 5, 3)
    torch.testing.assert_close(moved, got, rtol=1e-3, atol=1e-4)
    alone = torch.stack([encoder.embed_features(video) for video in maps])
    torch.testing.assert_close(alone, got, rtol=1e-3, atol=1e-4)
    plain = _encoder().eval()
    assert not torch.allclose(plain.embed_features(maps + still), plain.embed_features(maps))


def test_waiting_does_not_change_the_background() -> None:
    maps = torch.randn(5, 112, 4, 4)
    waited = torch.cat([maps[:1].expand(40, -1, -1, -1), maps])
    torch.testing.assert_close(background(waited), background(maps))
    assert not torch.allclose(waited.mean(dim=0), maps.mean(dim=0), atol=0.1)
    torch.testing.assert_close(background(torch.tensor([1.0, 2, 9]).view(3, 1, 1, 1)).item(), 5.0)


def test_padding_has_no_part_in_the_background() -> None:
    encoder = _encoder(subtract_background=True).eval()
    maps = torch.randn(2, 5, 2, 112, 4, 4)
    mask = torch.tensor([[True, True, True, False, False], [False] * 5])
    other = maps.clone()
    other[0, 3:] = 1000.0
    got = encoder.embed_features(maps, mask)
    torch.testing.assert_close(encoder.embed_features(other, mask)[0, :3], got[0, :3])
    torch.testing.assert_close(encoder.embed_features(maps[0, :3]), got[0, :3])
    assert got.isfinite().all()  # even for a clip that is all padding


def test_a_model_folder_goes_to_the_best_device_and_an_encoder_stays_where_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder = _encoder()
    encoder.save(tmp_path)
    monkeypatch.setattr(encoder_module, "best_device", lambda: torch.device("meta"))
    assert ready_encoder(tmp_path).device.type == "meta"
    assert ready_encoder(encoder).device.type == "cpu"
