"""ResNet-50 up to conv4c: TCC's base network.

The parameters carry torchvision's names, so that its weight files load.
"""

import hashlib
import http.client
import re
import urllib.request
from pathlib import Path

import safetensors
import safetensors.torch
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from inphase.atomic import replacing
from inphase.cache import cache_folder
from inphase.errors import ModelError

# The part of the name after the dash is the start of the file's sha256.
WEIGHTS_URL = "https://download.pytorch.org/models/resnet50-0676ba61.pth"
_TIMEOUT = 30.0  # seconds
# A whole ResNet-50's parameters beyond conv4c. Others mean that the file is another network's.
_BEYOND_CONV4C = re.compile(r"(layer3\.[345]|layer4\.[012]|fc)\.")


class ResNet50(nn.Module):
    """ResNet-50 to the third block of conv4 (He et al., CVPR 2016; TCC, Table 1: "conv4c").

    `(N, 3, 224, 224)` in, `(N, 1024, 14, 14)` out.
    """

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 64, 7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.layer1 = _stage(64, 64, blocks=3, stride=1)
        self.layer2 = _stage(256, 128, blocks=4, stride=2)
        self.layer3 = _stage(512, 256, blocks=3, stride=2)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")

    def forward(self, images: Tensor) -> Tensor:
        """Normalized images `(N, 3, H, W)` to a map `(N, 1024, H/16, W/16)`."""
        x = F.relu(self.bn1(self.conv1(images)))
        x = F.max_pool2d(x, 3, stride=2, padding=1)
        return self.layer3(self.layer2(self.layer1(x)))  # type: ignore[no-any-return]


class _Bottleneck(nn.Module):
    """Reduce 1×1, convolve 3×3 (with the stride, as torchvision does), expand 1×1, add."""

    def __init__(self, inputs: int, width: int, stride: int) -> None:
        super().__init__()
        outputs = 4 * width
        self.conv1 = nn.Conv2d(inputs, width, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, stride, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.conv3 = nn.Conv2d(width, outputs, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(outputs)
        self.downsample = (
            nn.Identity()
            if inputs == outputs
            else nn.Sequential(
                nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs)
            )
        )

    def forward(self, x: Tensor) -> Tensor:
        y = F.relu(self.bn1(self.conv1(x)))
        y = F.relu(self.bn2(self.conv2(y)))
        return F.relu(self.bn3(self.conv3(y)) + self.downsample(x))


def _stage(inputs: int, width: int, *, blocks: int, stride: int) -> nn.Sequential:
    first = _Bottleneck(inputs, width, stride)
    return nn.Sequential(first, *(_Bottleneck(4 * width, width, 1) for _ in range(blocks - 1)))


def load_resnet50(weights: Path | None = None) -> ResNet50:
    """Build the network with ImageNet weights.

    Args:
        weights: a torchvision-format `.pth` or `.safetensors` file of a ResNet-50; None
            downloads torchvision's IMAGENET1K_V1 once into the user's cache folder.

    Raises:
        ModelError: the file is missing, is not a ResNet-50's, or cannot be downloaded.
    """
    file = weights if weights is not None else _downloaded()
    given = _read_tensors(file)
    network = ResNet50()
    wanted = network.state_dict()
    # Files older than torch 0.4 hold no step counters; evaluation does not need them.
    needed = {name for name in wanted if not name.endswith("num_batches_tracked")}
    foreign = [name for name in given if name not in wanted and not _BEYOND_CONV4C.match(name)]
    missing = sorted(needed - given.keys())
    if foreign or missing:
        odd = f"`{foreign[0]}` does not belong" if foreign else f"`{missing[0]}` is missing"
        raise ModelError(f"{file} does not hold a ResNet-50 with torchvision's names: {odd}.")
    for name in sorted(needed):
        if given[name].shape != wanted[name].shape:
            raise ModelError(
                f"{file} does not hold a ResNet-50: `{name}` has shape "
                f"{tuple(given[name].shape)} instead of {tuple(wanted[name].shape)}."
            )
    network.load_state_dict({name: given.get(name, wanted[name]) for name in wanted})
    return network


def _read_tensors(file: Path) -> dict[str, Tensor]:
    if not file.is_file():
        raise ModelError(f"The weights file {file} does not exist.")
    try:
        if file.suffix == ".safetensors":
            return safetensors.torch.load_file(file)
        tensors = torch.load(file, map_location="cpu", weights_only=True)
    except (OSError, safetensors.SafetensorError) as error:
        raise ModelError(f"{file} cannot be read as weights: {error}.") from error
    except Exception as error:  # whatever the unpickler raises for other files
        raise ModelError(
            f"{file} is not a file of plain weights that can be loaded safely."
        ) from error
    if not isinstance(tensors, dict) or not all(
        isinstance(name, str) and isinstance(tensor, Tensor) for name, tensor in tensors.items()
    ):
        raise ModelError(f"{file} holds something other than named tensors.")
    return tensors


def _downloaded() -> Path:
    """The cached weights file, downloaded and checked on first use."""
    name = WEIGHTS_URL.rsplit("/", 1)[-1]
    file = cache_folder() / "weights" / name
    if file.is_file():
        return file
    hint = f"without a network, set `weights` to a copy of {name} or use efficientnet_lite0"
    try:
        with urllib.request.urlopen(WEIGHTS_URL, timeout=_TIMEOUT) as response:
            content = response.read()
    except (OSError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", None) or error
        raise ModelError(
            f"The weights of resnet50 cannot be downloaded from {WEIGHTS_URL} ({reason}); {hint}."
        ) from error
    expected = file.stem.rsplit("-", 1)[-1]
    if not hashlib.sha256(content).hexdigest().startswith(expected):
        raise ModelError(
            f"The file from {WEIGHTS_URL} is not the expected one (its sha256 does not begin with "
            f"{expected}); {hint}."
        )
    with replacing(file) as beside:
        beside.write_bytes(content)
    return file
