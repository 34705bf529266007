"""The inference engine: OpenVINO computes the same as torch for every base network."""

import logging

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from inphase.models import Encoder, EncoderConfig, FrameEmbedder
from inphase.models import engine as engine_module
from inphase.models.encoder import FrameMaps
from inphase.models.engine import FrozenNetwork

pytest.importorskip("openvino", reason="OpenVINO is not installed")


def _frames(count: int, size: int) -> Tensor:
    drawn = np.random.default_rng(0).integers(0, 256, (count, size, size, 3), dtype=np.uint8)
    return torch.from_numpy(drawn)


@pytest.mark.parametrize("name", ["efficientnet_lite0", "resnet50", "vgg_m"])
@pytest.mark.parametrize("pool", [1, 2])
def test_every_base_network_agrees_with_torch(name: str, pool: int) -> None:
    size = 96 if pool == 1 else 80  # another map size
    config = EncoderConfig(base_network=name, pretrained=False, image_size=size, pool=pool)
    maps = FrameMaps(Encoder(config).eval()).eval()
    network = FrozenNetwork(maps)
    for count in (3, 1, 5):
        frames = _frames(count, size)
        with torch.inference_mode():
            wanted = maps(frames)
        got = network(frames)
        assert got.shape == wanted.shape
        assert float((got - wanted).abs().max()) <= 1e-5 * float(wanted.abs().max())
    assert network.engine == "openvino"


@pytest.mark.parametrize("name", ["efficientnet_lite0", "resnet50", "vgg_m"])
def test_in_less_than_float32_the_maps_stay_close(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_module, "_REDUCED", True)
    config = EncoderConfig(base_network=name, pretrained=False, image_size=96)
    maps = FrameMaps(Encoder(config).eval()).eval()
    network, frames = FrozenNetwork(maps), _frames(4, 96)
    got = network(frames)
    if network.precision == "float32":
        pytest.skip("this processor computes in float32 only")
    assert network.precision in ("bfloat16", "float16")
    with torch.inference_mode():
        wanted = maps(frames)
    assert 1e-4 < float((got - wanted).norm() / wanted.norm()) < 0.1


def test_what_is_too_inexact_in_less_is_computed_in_float32(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(engine_module, "_REDUCED", True)
    monkeypatch.setattr(engine_module, "_REDUCED_TOLERANCE", 0.0)
    network = FrozenNetwork(FrameMaps(Encoder(EncoderConfig(pretrained=False, image_size=64))))
    network(_frames(2, 64))
    assert (network.engine, network.precision) == ("openvino", "float32")


def _is_traced() -> bool:
    return bool(torch._C._get_tracing_state())


class _Odd(nn.Module):
    """Computes something else when traced, which no converter can know."""

    def forward(self, x: Tensor) -> Tensor:
        return x * 2 if _is_traced() else x * 3


class _Impossible(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        if _is_traced():
            raise RuntimeError("no such operation")
        return x + 1


@pytest.mark.parametrize(("module", "wanted"), [(_Odd(), 3.0), (_Impossible(), 2.0)])
def test_torch_runs_what_openvino_cannot(
    module: nn.Module, wanted: float, caplog: pytest.LogCaptureFixture
) -> None:
    network = FrozenNetwork(module)
    with caplog.at_level(logging.INFO, logger=engine_module.__name__):
        assert network(torch.ones(2, 3)).tolist() == [[wanted] * 3] * 2
    assert network.engine == "torch"
    assert "OpenVINO cannot run this network" in caplog.text


def test_the_weights_are_those_of_the_moment() -> None:
    layer = nn.Linear(2, 2)
    network = FrozenNetwork(layer)
    with torch.inference_mode():
        before = layer(torch.ones(1, 2)).clone()
    with torch.no_grad():
        layer.weight.zero_()
    assert torch.allclose(network(torch.ones(1, 2)), before)


def test_nothing_is_compiled_before_the_first_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_module, "_in_openvino", lambda *_: pytest.fail("it was compiled"))
    FrameEmbedder(Encoder(EncoderConfig(pretrained=False, image_size=64)).eval())
