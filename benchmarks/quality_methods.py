"""What the quality benchmark can fit: names of rows, and the options of load_config they mean."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from torch import Tensor, nn

from inphase.models import BaseNetwork, register_base_network
from inphase.models.efficientnet_lite import efficientnet_lite
from inphase.models.embedder import Embedder

_CLASSIFICATION = "objectives.tcc.loss=classification"


@dataclass(frozen=True)
class Method:
    """One way to fit an encoder.

    Attributes:
        overrides: of the preset, as ``--set`` takes them.
        objective: instead of the preset's; None: the preset's.
        trained: whether it is fitted at all.
        pooling: of POOLINGS.
    """

    overrides: tuple[str, ...] = ()
    objective: str | None = None
    trained: bool = True
    pooling: str = "max"


# Of an embedder's maps over time and space, (N, k, C, h, w) to (N, C). Only here is there a choice.
POOLINGS: dict[str, Callable[[Embedder, Tensor], Tensor]] = {
    "max": Embedder.pool,
    "mean": lambda _, maps: maps.mean(dim=(1, 3, 4)),
}


def _encoder(*overrides: str) -> Method:
    return Method(tuple(f"encoder.{one}" for one in overrides))


def _layer(name: str, *, blocks: int, channels: int, stride: int) -> None:
    """Register EfficientNet-Lite0 cut off after another block than its eleventh."""

    @register_base_network(name)
    def build(*, pretrained: bool, weights: Path | None) -> BaseNetwork:
        assert weights is None
        network = efficientnet_lite(0, pretrained=pretrained, classify=True)
        network.blocks = nn.Sequential(*list(network.blocks)[:blocks])
        network.classify = False
        del network.conv_head, network.bn1, network.fc
        mean, std = network.mean, network.std
        return BaseNetwork(network, out_channels=channels, stride=stride, mean=mean, std=std)


_layer("efficientnet_lite0_block8", blocks=8, channels=80, stride=16)
_layer("efficientnet_lite0_block15", blocks=15, channels=192, stride=32)


# Terms weigh the same, as in the released code.
OBJECTIVES = {
    "tcc": Method((_CLASSIFICATION,), "tcc"),
    "tcc regression": Method(("objectives.tcc.loss=regression",), "tcc"),
    "tcn": Method((), "tcn"),
    "sal": Method((), "sal"),
    "tcc+tcn": Method((_CLASSIFICATION,), "tcc+tcn"),
    "tcc+sal": Method((_CLASSIFICATION,), "tcc+sal"),
    "tcc+tcn+sal": Method((_CLASSIFICATION,), "tcc+tcn+sal"),
    "supervised 10 %": Method(("labelled_share=0.1",), "supervised"),
    "supervised 50 %": Method(("labelled_share=0.5",), "supervised"),
    "supervised 100 %": Method(("labelled_share=1.0",), "supervised"),
    "untrained encoder": Method(trained=False),
}
_BLOCK_15 = ("encoder.base_network=efficientnet_lite0_block15", "encoder.pool=1")
# One thing changed at a time.
STUDY = {
    "preset": Method(),
    "one frame, no context": _encoder("context_frames=1"),
    "two frames, the other before": _encoder("centred_context=false", "context_frames=2"),
    "three frames, the others before": _encoder("centred_context=false"),
    "context gap 0.15 s": _encoder("context_gap=0.15"),
    "context gap 0.4 s": _encoder("context_gap=0.4"),
    "context gap 0.5 s": _encoder("context_gap=0.5"),
    "five frames, 0.2 s apart": _encoder("context_frames=5", "context_gap=0.2"),
    "no smoothing": _encoder("smoothing=0"),
    "smoothing 0.04 s": _encoder("smoothing=0.04"),
    "smoothing 0.16 s": _encoder("smoothing=0.16"),
    "background kept": _encoder("subtract_background=false"),
    "background taken off": _encoder("subtract_background=true"),
    "no coordinates": _encoder("coordinates=false"),
    "no feature noise": _encoder("feature_noise=0"),
    "maps of 14×14": _encoder("pool=1"),
    "pictures of 160 pixels": _encoder("image_size=160"),
    "layer: block 8 of 16, 14×14": _encoder("base_network=efficientnet_lite0_block8"),
    "layer: block 15 of 16, 7×7": Method(_BLOCK_15),
    "layer: block 15, 2 videos a batch": Method((*_BLOCK_15, "videos_per_batch=2")),
    "EfficientNet-Lite1": _encoder("base_network=efficientnet_lite1"),
    "EfficientNet-Lite2": _encoder("base_network=efficientnet_lite2"),
    "embedder 32 wide": _encoder("conv_width=32"),
    "embedder 128 wide": _encoder("conv_width=128"),
    "mean-pool instead of max-pool": Method(pooling="mean"),
    "dropout 0.2": _encoder("dropout=0.2"),
    "tcc+tcn:0.1": Method((_CLASSIFICATION,), "tcc+tcn:0.1"),
    "tcc+sal": Method((_CLASSIFICATION,), "tcc+sal"),
    "regression": Method(("objectives.tcc.loss=regression",)),
    "cosine similarity": Method(("objectives.tcc.similarity=cosine",)),
    "temperature 0.03": Method(("objectives.tcc.temperature=0.03",)),
    "temperature 0.3": Method(("objectives.tcc.temperature=0.3",)),
    "10 frames a clip": Method(("frames_per_clip=10",)),
    "32 frames a clip": Method(("frames_per_clip=32",)),
    "2 videos a batch": Method(("videos_per_batch=2",)),
    "2 videos, no feature noise": Method(("videos_per_batch=2", "encoder.feature_noise=0")),
    "2 videos, 32 frames a clip": Method(("videos_per_batch=2", "frames_per_clip=32")),
    "2 videos, 32 frames a clip, no feature noise": Method(
        ("videos_per_batch=2", "frames_per_clip=32", "encoder.feature_noise=0")
    ),
    "8 videos a batch": Method(("videos_per_batch=8",)),
    "no augmentation": Method(("augment=false",)),
    "constant learning rate": Method(("schedule=constant",)),
    "50 steps": Method(("steps=50",)),
    "100 steps": Method(("steps=100",)),
    "200 steps": Method(("steps=200",)),
    "800 steps": Method(("steps=800",)),
}
GROUPS = {"preset": {"preset": Method()}, "objectives": OBJECTIVES, "study": STUDY}
