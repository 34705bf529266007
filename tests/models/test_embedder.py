"""The embedder: Table 1 layer by layer, and 2-D convolutions that equal the 3-D ones."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from inphase.models import BaseNetwork, Embedder, EncoderConfig, create_base_network

_TABLE_1 = EncoderConfig()


class _Sizes(TorchFunctionMode):
    """Records the output shapes of ReLU, global pooling and linear layers, without the batch."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, tuple[int, ...]]] = []

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Iterable[type],
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        result = func(*args, **(kwargs or {}))
        if func in (F.relu, Tensor.amax, F.linear):
            self.seen.append((func.__name__, tuple(result.shape[1:])))
        return result


@pytest.mark.parametrize("name", ["resnet50", "vgg_m"])
@pytest.mark.parametrize("context", [2, 4])
def test_output_size_after_every_layer_of_table_1(name: str, context: int) -> None:
    base: BaseNetwork = create_base_network(name, pretrained=False).eval()
    embedder = Embedder(base.out_channels, _TABLE_1)
    with torch.inference_mode():
        # One frame stands for all k: the base network's output is tested elsewhere.
        maps = base(torch.zeros(1, 3, 224, 224))
        assert maps.shape == (1, {"resnet50": 1024, "vgg_m": 512}[name], 14, 14)
        with _Sizes() as sizes:
            embedded = embedder(maps[:, None].expand(-1, context, -1, -1, -1))
    assert sizes.seen == [
        ("relu", (context, 512, 14, 14)),
        ("relu", (context, 512, 14, 14)),
        ("amax", (512,)),
        ("linear", (512,)),
        ("relu", (512,)),
        ("linear", (512,)),
        ("relu", (512,)),
        ("linear", (128,)),
    ]
    assert embedded.shape == (1, 128)


@pytest.mark.parametrize("channels", [1024, 512])
def test_parameter_count_by_hand(channels: int) -> None:
    by_hand = (
        3 * 3 * 3 * channels * 512 + 512
        + 3 * 3 * 3 * 512 * 512 + 512
        + 2 * (512 * 512 + 512)
        + 512 * 128 + 128
    )  # fmt: skip
    embedder = Embedder(channels, _TABLE_1)
    assert sum(parameter.numel() for parameter in embedder.parameters()) == by_hand


def test_widths_and_embedding_size_follow_the_configuration() -> None:
    config = EncoderConfig(conv_width=6, fc_width=7, embedding_size=5)
    embedder = Embedder(3, config)
    shapes = {name: tuple(weight.shape) for name, weight in embedder.named_parameters()}
    assert shapes["conv1.weight"] == (6, 3, 3, 3, 3)
    assert shapes["conv2.weight"] == (6, 6, 3, 3, 3)
    assert shapes["fc1.weight"] == (7, 6)
    assert shapes["fc2.weight"] == (7, 7)
    assert shapes["embedding.weight"] == (5, 7)
    assert embedder(torch.zeros(2, 2, 3, 4, 4)).shape == (2, 5)


def _twin(embedder: Embedder, stacked: Tensor) -> Tensor:
    """Table 1 with torch's own 3-D layers."""
    layers = nn.Sequential(
        embedder.conv1,
        nn.ReLU(),
        embedder.conv2,
        nn.ReLU(),
        nn.AdaptiveMaxPool3d(1),
        nn.Flatten(),
        embedder.fc1,
        nn.ReLU(),
        embedder.fc2,
        nn.ReLU(),
        embedder.embedding,
    )
    embeddings: Tensor = layers(stacked.transpose(1, 2))
    return embeddings


@pytest.mark.parametrize("context", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("size", [(4, 5), (1, 1)])
def test_it_equals_three_dimensional_convolution_and_so_do_its_gradients(
    context: int, size: tuple[int, int]
) -> None:
    torch.manual_seed(context)
    config = EncoderConfig(conv_width=6, fc_width=7, embedding_size=5)
    embedder = Embedder(3, config).double()
    stacked = torch.randn(4, context, 3, *size, dtype=torch.float64, requires_grad=True)
    results = []
    for network in (embedder, lambda x: _twin(embedder, x)):
        embeddings = network(stacked)
        wanted = [stacked, *embedder.parameters()]
        # All parameters are used; for one frame the outer slices of the kernels get zeros.
        results.append((embeddings, torch.autograd.grad(embeddings.square().sum(), wanted)))
    (got, got_gradients), (expected, expected_gradients) = results
    assert got.abs().max() > 1e-3
    torch.testing.assert_close(got, expected)
    torch.testing.assert_close(got_gradients, expected_gradients)


def test_an_embedding_knows_the_order_of_its_frames() -> None:
    torch.manual_seed(0)
    embedder = Embedder(3, EncoderConfig(conv_width=8, fc_width=8))
    stacked = torch.randn(1, 2, 3, 4, 4)
    assert not torch.allclose(embedder(stacked), embedder(stacked.flip(1)), atol=1e-4)


def test_dropout_acts_in_training_only() -> None:
    torch.manual_seed(0)
    embedder = Embedder(3, EncoderConfig(conv_width=16, fc_width=16, dropout=0.5))
    stacked = torch.randn(2, 2, 3, 4, 4)
    embedder.train()
    assert not torch.equal(embedder(stacked), embedder(stacked))
    embedder.eval()
    assert torch.equal(embedder(stacked), embedder(stacked))


def test_feature_noise_acts_in_training_only_and_in_proportion_to_the_maps() -> None:
    torch.manual_seed(0)
    embedder = Embedder(3, EncoderConfig(conv_width=16, fc_width=16, feature_noise=0.5))
    stacked = torch.randn(2, 2, 3, 4, 4)
    embedder.train()
    assert not torch.equal(embedder(stacked), embedder(stacked))
    assert torch.equal(embedder(0 * stacked), embedder(0 * stacked))
    embedder.eval()
    assert torch.equal(embedder(stacked), embedder(stacked))


def test_coordinates_tell_height_but_not_left_from_right() -> None:
    torch.manual_seed(0)
    # One spot, high or low, left or right. Mirrored kernels respond alike to a mirrored picture.
    embedder = Embedder(1, EncoderConfig(conv_width=16, fc_width=16, coordinates=True))
    plain = Embedder(1, EncoderConfig(conv_width=16, fc_width=16))
    for network in (embedder, plain):
        for conv in (network.conv1, network.conv2):
            conv.weight.data += conv.weight.data.flip(-1)
    spots = torch.zeros(4, 2, 1, 13, 13)
    for index, (row, column) in enumerate([(3, 4), (9, 4), (3, 8), (9, 8)]):
        spots[index, :, 0, row, column] = 5.0
    high_left, low_left, high_right, low_right = embedder(spots)
    torch.testing.assert_close(high_left, high_right)
    torch.testing.assert_close(low_left, low_right)
    assert (high_left - low_left).abs().max() > 1e-2
    # Without coordinates the global max-pool forgets where the spot was.
    torch.testing.assert_close(plain(spots)[0], plain(spots)[1])
