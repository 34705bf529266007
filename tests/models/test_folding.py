"""Folding batch normalization: the same maps for every base network, or no folding."""

import pytest
import torch
from torch import Tensor, nn

from inphase.models import create_base_network, list_base_networks
from inphase.models.folding import fold_batch_norm


def _shake_norms(network: nn.Module) -> None:
    """Give every batch normalization statistics and weights as after training."""
    generator = torch.Generator().manual_seed(0)
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            for tensor in (module.weight, module.bias, module.running_mean, module.running_var):
                assert tensor is not None
                tensor.data.uniform_(0.5, 1.5, generator=generator)


def _norms(network: nn.Module) -> int:
    return sum(isinstance(module, nn.BatchNorm2d) for module in network.modules())


def _images(size: int = 64) -> Tensor:
    return torch.randn(2, 3, size, size, generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize("name", [n for n in list_base_networks() if n != "blazepose"])
def test_the_maps_stay_the_same_and_no_norm_is_left(name: str) -> None:
    base = create_base_network(name, pretrained=False)
    _shake_norms(base)
    folded = fold_batch_norm(base, image_size=64)
    assert _norms(folded) == 0
    with torch.inference_mode():
        wanted, got = base.eval()(_images()), folded(_images())
    torch.testing.assert_close(got, wanted, rtol=0, atol=1e-4 * wanted.abs().max().item())


def test_the_original_is_left_as_it_was() -> None:
    base = create_base_network("efficientnet_lite0", pretrained=False).train()
    before = {name: tensor.clone() for name, tensor in base.state_dict().items()}
    folded = fold_batch_norm(base, image_size=64)
    assert base.training
    assert all(parameter.requires_grad for parameter in base.parameters())
    assert not folded.training
    assert base.state_dict().keys() == before.keys()
    assert all(torch.equal(tensor, before[name]) for name, tensor in base.state_dict().items())


class _OutOfOrder(nn.Module):
    """Declares its norms in the opposite order to that in which they run."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 4, 3, padding=1)
        self.norm2 = nn.BatchNorm2d(4)
        self.conv2 = nn.Conv2d(4, 4, 3, padding=1)
        self.norm1 = nn.BatchNorm2d(4)

    def forward(self, images: Tensor) -> Tensor:
        x = torch.relu(self.norm1(self.conv1(images)))
        return self.norm2(self.conv2(x))  # type: ignore[no-any-return]


class _NormFirst(nn.Module):
    """Normalizes before it convolves, although it declares the convolution first."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 3, 3, padding=1)
        self.norm = nn.BatchNorm2d(3)

    def forward(self, images: Tensor) -> Tensor:
        return self.conv(self.norm(images))  # type: ignore[no-any-return]


@pytest.mark.parametrize("network", [_OutOfOrder(), _NormFirst()])
def test_layers_declared_in_another_order_are_not_folded(network: nn.Module) -> None:
    _shake_norms(network)
    folded = fold_batch_norm(network, image_size=16)
    assert _norms(folded) == _norms(network)
    with torch.inference_mode():
        torch.testing.assert_close(folded(_images(16)), network.eval()(_images(16)))


def test_a_norm_without_running_statistics_stays() -> None:
    network = nn.Sequential(
        nn.Conv2d(3, 4, 3, stride=2, padding=1), nn.BatchNorm2d(4, track_running_stats=False)
    )
    folded = fold_batch_norm(network, image_size=16)
    with torch.inference_mode():
        torch.testing.assert_close(folded(_images(16)), network.eval()(_images(16)))
