"""What an encoder is made of: the part of a configuration that a model folder keeps."""

from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationInfo, field_validator

from inphase.settings import Settings


class EncoderConfig(Settings):
    """Configuration of an [`Encoder`][inphase.Encoder].

    The defaults are Table 1 of TCC (Dwibedi et al., CVPR 2019) on EfficientNet-Lite0, with the
    context of the supplement's Table 2 for Penn Action: two frames, 15 frames apart at 20 fps.
    """

    base_network: str = Field(
        "efficientnet_lite0",
        description="A name of `list_base_networks()`, or `timm:NAME`; `blazepose` looks at poses.",
    )
    image_size: int = Field(
        224, ge=32, le=1024, description="Height and width of a frame, in pixels."
    )
    train_base: Literal["frozen", "batch_norm", "all"] = Field(
        "frozen", description="Which parameters of the base network learn."
    )
    pool: int = Field(
        1,
        ge=1,
        le=64,
        description="Average-pool the base network's map by this factor before stacking.",
    )
    context_frames: int = Field(2, ge=1, le=64, description="Frames stacked to embed one frame, k.")
    context_gap: float = Field(0.75, gt=0, le=60, description="Seconds between two context frames.")
    centred_context: bool = Field(
        False, description="Context on both sides of the frame; by default before it (the paper)."
    )
    subtract_background: bool = Field(
        False, description="Subtract each video's static background from its maps."
    )
    coordinates: bool = Field(
        False, description="Add position channels to the maps: height and distance from the middle."
    )
    conv_width: int = Field(512, ge=1, le=2048, description="Channels of the two 3-D convolutions.")
    fc_width: int = Field(
        512, ge=1, le=8192, description="Width of the two fully connected layers."
    )
    dropout: float = Field(
        0.0, ge=0, lt=1, description="Dropout before each fully connected layer, in training."
    )
    feature_noise: float = Field(
        0.0,
        ge=0,
        le=100,
        description="Gaussian noise on training maps, as a fraction of their deviation.",
    )
    smoothing: float = Field(
        0.0,
        ge=0,
        le=10,
        description="Average a video's embeddings over time: a Gaussian's deviation in seconds.",
    )
    embedder: Literal["convolutions", "transformer", "none"] = Field(
        "convolutions",
        description="`transformer`: attention over all frames of a clip follows the convolutions; "
        "`none`: the base network's features, averaged over the map, embed a frame.",
    )
    transformer_layers: int = Field(3, ge=1, le=24, description="Layers of the transformer.")
    transformer_width: int = Field(
        256, ge=8, le=2048, description="Numbers per frame in the transformer."
    )
    attention_heads: int = Field(
        8, ge=1, le=64, description="Heads of its attention; they divide its width."
    )
    positions: bool = Field(
        False, description="Tell the transformer each frame's place in the clip: a shortcut."
    )
    unit_length: bool = Field(False, description="Scale embeddings to unit length.")
    embedding_size: int = Field(128, ge=1, le=8192, description="Length of an embedding.")
    pretrained: bool = Field(True, description="Start the base network from ImageNet weights.")
    weights: Path | None = Field(
        None, description="A torchvision weights file for `resnet50`; by default downloaded once."
    )

    @field_validator("centred_context")
    @classmethod
    def _has_a_centre(cls, value: bool, others: ValidationInfo) -> bool:
        frames = others.data.get("context_frames", 1)
        if value and frames % 2 == 0:
            raise ValueError(f"needs an odd number of context_frames, not {frames}")
        return value

    @field_validator("attention_heads")
    @classmethod
    def _divide_the_width(cls, value: int, others: ValidationInfo) -> int:
        width = others.data.get("transformer_width", value)
        if width % value:
            raise ValueError(f"must divide transformer_width, {width}")
        return value
