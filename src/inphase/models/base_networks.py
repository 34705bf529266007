"""Base networks by name: image networks that turn one frame into a feature map.

To add one, write an `nn.Module` and register a function that builds it:

    @register_base_network("mine")
    def mine(*, pretrained: bool, weights: Path | None) -> BaseNetwork:
        return BaseNetwork(Mine(), out_channels=256, stride=16, mean=(127.5,) * 3, std=(127.5,) * 3)

A package of its own offers the function by an entry point of the group `inphase.base_networks`.
"""

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from torch import Tensor, nn

from inphase.errors import ConfigError, ModelError, hint
from inphase.models.efficientnet_lite import efficientnet_lite
from inphase.models.pose.features import SIZE as POSE_FEATURES
from inphase.models.pose.weight_files import BLAZEPOSE
from inphase.models.resnet import ResNet50, load_resnet50
from inphase.models.vgg_m import VGGM
from inphase.outside import load_entry_point, outside_names

GROUP = "inphase.base_networks"
"""Entry points with which other packages offer base networks."""
_TIMM = "timm:"
_STRIDE = 16
_WHOLE = 1 << 16

RGB = tuple[float, float, float]


class BaseNetwork(nn.Module):
    """A network that maps normalized images to features, with what is needed to use it.

    Args:
        network: maps `(N, 3, H, W)` float images to `(N, out_channels, H/stride, W/stride)`.
        mean: per channel (red, green, blue), on the 0..255 scale, subtracted from a frame first.
        std: divides the difference, on the same scale.
        sees_poses: its features come from the body landmarks of a whole video
            (`inphase.models.pose.features`), not from `network`.
    """

    def __init__(
        self,
        network: nn.Module,
        *,
        out_channels: int,
        stride: int,
        mean: RGB,
        std: RGB,
        sees_poses: bool = False,
    ) -> None:
        super().__init__()
        self.sees_poses = sees_poses
        self.network = network
        self.out_channels = out_channels
        self.stride = stride
        self.mean = mean
        self.std = std

    def forward(self, images: Tensor) -> Tensor:
        """Normalized images `(N, 3, H, W)` to a map `(N, C, h, w)`."""
        return self.network(images)  # type: ignore[no-any-return]


class Builder(Protocol):
    """A function that builds a base network."""

    def __call__(self, *, pretrained: bool, weights: Path | None) -> BaseNetwork: ...


_BUILDERS: dict[str, Builder] = {}


def register_base_network(name: str) -> Callable[[Builder], Builder]:
    """Decorate a function so that `create_base_network(name)` calls it.

    The function takes `pretrained` (start from ImageNet weights) and `weights` (a file to take
    them from, or None) by keyword.

    Raises:
        ModelError: the name is taken.
    """

    def register(builder: Builder) -> Builder:
        if name in _BUILDERS:
            raise ModelError(f"A base network named `{name}` is registered already.")
        _BUILDERS[name] = builder
        return builder

    return register


def list_base_networks() -> list[str]:
    """Names that `create_base_network` takes, sorted; it also takes `timm:NAME`.

    Those of installed packages are among them.
    """
    return sorted({*_BUILDERS, *outside_names(GROUP)})


def create_base_network(
    name: str, *, pretrained: bool = True, weights: str | Path | None = None
) -> BaseNetwork:
    """Build a base network.

    Args:
        name: one of `list_base_networks()`, or `timm:NAME` for a network of timm.
        pretrained: start from ImageNet weights.
        weights: file to read them from; only `resnet50` takes one.

    Raises:
        ModelError: there is no such network, or its weights are not available.
    """
    file = Path(weights) if weights is not None else None
    if name.startswith(_TIMM):
        return _from_timm(name.removeprefix(_TIMM), pretrained=pretrained, weights=file)
    if name not in _BUILDERS:
        _offer(name)
    if name not in _BUILDERS:
        valid = [*list_base_networks(), f"{_TIMM}NAME"]
        raise ModelError(f"There is no base network `{name}`; {hint(name, valid)}")
    return _BUILDERS[name](pretrained=pretrained, weights=file)


def _offer(name: str) -> None:
    """Register what an installed package offers by this name, if any does."""
    try:
        found = load_entry_point(GROUP, name)
    except ConfigError as error:
        raise ModelError(str(error)) from error
    if found is not None:
        _BUILDERS.setdefault(name, found)


def _lite(variant: int) -> Builder:
    name = f"efficientnet_lite{variant}"

    def build(*, pretrained: bool, weights: Path | None) -> BaseNetwork:
        _takes_no_file(name, weights)
        network = efficientnet_lite(variant, pretrained=pretrained)
        return BaseNetwork(
            network,
            out_channels=network.out_channels,
            stride=network.stride,
            mean=network.mean,
            std=network.std,
        )

    return build


for _variant in (0, 1, 2):
    register_base_network(f"efficientnet_lite{_variant}")(_lite(_variant))


@register_base_network("resnet50")
def _resnet50(*, pretrained: bool, weights: Path | None) -> BaseNetwork:
    network = load_resnet50(weights) if pretrained else ResNet50()
    # ImageNet's means and standard deviations, as torchvision's weights expect them.
    mean, std = (123.675, 116.28, 103.53), (58.395, 57.12, 57.375)
    return BaseNetwork(network, out_channels=1024, stride=_STRIDE, mean=mean, std=std)


@register_base_network("vgg_m")
def _vgg_m(*, pretrained: bool, weights: Path | None) -> BaseNetwork:
    _takes_no_file("vgg_m", weights)
    if pretrained:
        raise ModelError(
            "vgg_m has no pretrained weights: it learns from scratch; "
            "set `pretrained: false` and `train_base: all`."
        )
    half = (127.5, 127.5, 127.5)
    return BaseNetwork(VGGM(), out_channels=512, stride=_STRIDE, mean=half, std=half)


class _NoPictures(nn.Module):
    """In the place of a network for base networks that do not look at single pictures."""

    def forward(self, _images: Tensor) -> Tensor:
        raise ModelError(
            "blazepose follows a person through a whole video: it cannot embed single pictures "
            "that have been scaled to a square."
        )


@register_base_network(BLAZEPOSE)
def _blazepose(*, pretrained: bool, weights: Path | None) -> BaseNetwork:
    del pretrained  # There is nothing else.
    _takes_no_file(BLAZEPOSE, weights)
    # A map of one place: of any size of picture, the stride is the whole.
    return BaseNetwork(
        _NoPictures(),
        out_channels=POSE_FEATURES,
        stride=_WHOLE,
        mean=(0.0, 0.0, 0.0),
        std=(1.0, 1.0, 1.0),
        sees_poses=True,
    )


def _takes_no_file(name: str, weights: Path | None) -> None:
    if weights is not None:
        raise ModelError(f"{name} takes no weights file (given: {weights}); leave `weights` out.")


class _TimmMap(nn.Module):
    """The single map requested from a timm feature network."""

    def __init__(self, features: nn.Module) -> None:
        super().__init__()
        self.features = features

    def forward(self, images: Tensor) -> Tensor:
        return self.features(images)[0]  # type: ignore[no-any-return]


def _from_timm(name: str, *, pretrained: bool, weights: Path | None) -> BaseNetwork:
    _takes_no_file(_TIMM + name, weights)
    try:
        # If torchvision does not match torch, importing timm raises RuntimeError.
        timm = importlib.import_module("timm")
    except (ImportError, RuntimeError) as error:
        raise ModelError(
            f"`{_TIMM}{name}` needs timm, which cannot be imported here ({error}); "
            "`pip install inphase[timm]` installs it."
        ) from error
    try:
        reductions = timm.create_model(name, features_only=True).feature_info.reduction()
        if _STRIDE not in reductions:
            raise ModelError(f"timm's {name} has no map of stride {_STRIDE} to build on.")
        # Of several maps with this stride the last is the deepest.
        index = len(reductions) - 1 - reductions[::-1].index(_STRIDE)
        features: Any = timm.create_model(
            name, pretrained=pretrained, features_only=True, out_indices=(index,)
        )
        expected = timm.data.resolve_model_data_config(features)
    except (RuntimeError, OSError, AttributeError) as error:
        reason = " ".join(str(error).split())
        raise ModelError(f"timm cannot build {name} as a base network: {reason}.") from error
    red, green, blue = (255.0 * value for value in expected["mean"])
    red_std, green_std, blue_std = (255.0 * value for value in expected["std"])
    return BaseNetwork(
        _TimmMap(features),
        out_channels=features.feature_info.channels()[0],
        stride=_STRIDE,
        mean=(red, green, blue),
        std=(red_std, green_std, blue_std),
    )
