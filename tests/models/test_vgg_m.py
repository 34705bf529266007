"""VGG-M-like: Table 1, layer by layer."""

import torch
from torch import nn

from inphase.models.vgg_m import VGGM


def test_output_size_after_every_layer_of_table_1() -> None:
    network = VGGM().eval()
    sizes: list[tuple[str, tuple[int, ...]]] = []
    for name in ("conv1", "conv2", "conv3", "conv4"):
        stage = network.get_submodule(name)
        stage.register_forward_pre_hook(
            lambda _m, inputs, name=name: sizes.append((f"into {name}", inputs[0].shape[1:]))
        )
        for module in stage.modules():
            if isinstance(module, nn.Conv2d):
                module.register_forward_hook(
                    lambda _m, _i, output, name=name: sizes.append((name, output.shape[1:]))
                )
    with torch.inference_mode():
        maps = network(torch.zeros(1, 3, 224, 224))
    assert sizes == [
        ("into conv1", (3, 224, 224)),
        ("conv1", (64, 112, 112)),
        ("into conv2", (64, 56, 56)),
        ("conv2", (128, 56, 56)),
        ("conv2", (128, 56, 56)),
        ("into conv3", (128, 28, 28)),
        ("conv3", (256, 28, 28)),
        ("conv3", (256, 28, 28)),
        ("into conv4", (256, 14, 14)),
        ("conv4", (512, 14, 14)),
        ("conv4", (512, 14, 14)),
    ]
    assert maps.shape == (1, 512, 14, 14)


def test_parameter_count_by_hand() -> None:
    def conv(inputs: int, outputs: int, kernel: int = 3) -> int:
        return kernel**2 * inputs * outputs + 2 * outputs  # no bias; scale and shift of the norm

    by_hand = (
        conv(3, 64, 7)
        + conv(64, 128) + conv(128, 128)
        + conv(128, 256) + conv(256, 256)
        + conv(256, 512) + conv(512, 512)
    )  # fmt: skip
    assert sum(parameter.numel() for parameter in VGGM().parameters()) == by_hand


def test_signals_keep_their_scale_from_the_first_step() -> None:
    torch.manual_seed(0)
    network = VGGM().eval()  # running statistics of 0 and 1: only the random weights count
    with torch.inference_mode():
        maps = network(torch.randn(1, 3, 64, 64))
    assert 0.2 < maps.square().mean().sqrt() < 5
