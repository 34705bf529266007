"""Base networks by name: the list, wrong names, custom networks, and timm."""

import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
import torch
from torch import Tensor, nn

from inphase.errors import ModelError
from inphase.models import (
    BaseNetwork,
    Encoder,
    EncoderConfig,
    base_networks,
    create_base_network,
    list_base_networks,
    register_base_network,
)


@pytest.fixture
def _own_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test registers is removed after it."""
    monkeypatch.setattr(base_networks, "_BUILDERS", dict(base_networks._BUILDERS))


def test_the_list_names_all_that_ship_with_the_package() -> None:
    shipped = {f"efficientnet_lite{i}" for i in range(3)} | {"resnet50", "vgg_m"}
    assert shipped <= set(list_base_networks())
    assert list_base_networks() == sorted(list_base_networks())


@pytest.mark.parametrize("name", ["efficientnet_lite0", "efficientnet_lite2", "resnet50", "vgg_m"])
@pytest.mark.parametrize("size", [64, 72])
def test_a_base_network_is_what_it_says_about_itself(name: str, size: int) -> None:
    base = create_base_network(name, pretrained=False).eval()
    side = -(-size // base.stride)
    with torch.inference_mode():
        assert base(torch.zeros(2, 3, size, size)).shape == (2, base.out_channels, side, side)


def test_an_unknown_name_suggests_the_nearest() -> None:
    with pytest.raises(ModelError, match="`resnet5`; did you mean resnet50"):
        create_base_network("resnet5")


def test_a_name_like_no_other_lists_them_all() -> None:
    with pytest.raises(ModelError, match=r"choose from: blazepose, efficientnet_.*timm:NAME"):
        create_base_network("qqq")


@pytest.mark.usefixtures("_own_registry")
def test_a_registered_network_can_be_used_by_its_name() -> None:
    @register_base_network("squares")
    def squares(*, pretrained: bool, weights: Path | None) -> BaseNetwork:
        assert not pretrained
        assert weights is None
        return BaseNetwork(
            nn.Conv2d(3, 5, 8, stride=8), out_channels=5, stride=8, mean=(0, 0, 0), std=(1, 1, 1)
        )

    assert "squares" in list_base_networks()
    config = EncoderConfig(
        base_network="squares", pretrained=False, image_size=32, conv_width=4, fc_width=4
    )
    assert Encoder(config)(torch.zeros(3, 2, 32, 32, 3, dtype=torch.uint8)).shape == (3, 128)


def test_a_taken_name_cannot_be_registered() -> None:
    def another(*, pretrained: bool, weights: Path | None) -> BaseNetwork:
        raise AssertionError(f"built, {pretrained=}, {weights=}")

    with pytest.raises(ModelError, match="`vgg_m` is registered already"):
        register_base_network("vgg_m")(another)


def test_vgg_m_has_no_pretrained_weights() -> None:
    with pytest.raises(ModelError, match="pretrained: false"):
        create_base_network("vgg_m", pretrained=True)


@pytest.mark.parametrize("name", ["efficientnet_lite0", "vgg_m", "timm:resnet18"])
def test_only_resnet50_takes_a_weights_file(name: str, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="takes no weights file"):
        create_base_network(name, pretrained=False, weights=tmp_path / "some.pth")


def test_without_timm_its_networks_say_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "timm", None)
    with pytest.raises(ModelError, match=r"needs timm.*pip install inphase\[timm\]"):
        create_base_network("timm:resnet18")


class _Features(nn.Module):
    """What timm returns for `features_only`: a list of maps with the requested strides."""

    def __init__(self, strides: list[int]) -> None:
        super().__init__()
        self.strides = strides
        self.feature_info = SimpleNamespace(
            reduction=lambda: strides, channels=lambda: [3 for _ in strides]
        )

    def forward(self, images: Tensor) -> list[Tensor]:
        return [nn.functional.avg_pool2d(images, stride) for stride in self.strides]


def _fake_timm(strides: list[int]) -> ModuleType:
    def create_model(
        name: str,
        *,
        features_only: bool,
        pretrained: bool = False,
        out_indices: tuple[int, ...] | None = None,
    ) -> _Features:
        assert features_only
        assert not pretrained
        if name != "some_net":
            raise RuntimeError(f"Unknown model ({name})")
        chosen = range(len(strides)) if out_indices is None else out_indices
        return _Features([strides[i] for i in chosen])

    timm = ModuleType("timm")
    timm.__dict__["create_model"] = create_model
    timm.__dict__["data"] = SimpleNamespace(
        resolve_model_data_config=lambda _model: {"mean": (0.5, 0.4, 0.2), "std": (0.1, 0.2, 0.4)}
    )
    return timm


def test_a_timm_network_gives_its_map_of_stride_16(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "timm", _fake_timm([4, 8, 16, 32]))
    base = create_base_network("timm:some_net", pretrained=False)
    assert base(torch.zeros(1, 3, 64, 64)).shape == (1, 3, 4, 4)
    # timm's values are in 0..1, an encoder's frames in 0..255.
    assert base.mean == pytest.approx((127.5, 102.0, 51.0))
    assert base.std == pytest.approx((25.5, 51.0, 102.0))


@pytest.mark.parametrize(
    ("name", "strides", "sentence"),
    [("other", [4, 16], "Unknown model"), ("some_net", [4, 8, 32], "no map of stride 16")],
)
def test_what_timm_cannot_build_is_one_sentence(
    name: str, strides: list[int], sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "timm", _fake_timm(strides))
    with pytest.raises(ModelError, match=sentence):
        create_base_network(f"timm:{name}", pretrained=False)
