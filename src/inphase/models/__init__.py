"""Base networks, embedder, encoder, model folder, and embedding whole videos."""

from inphase.models.base_networks import (
    BaseNetwork,
    create_base_network,
    list_base_networks,
    register_base_network,
)
from inphase.models.config import EncoderConfig
from inphase.models.efficientnet_lite import efficientnet_lite
from inphase.models.embedder import Embedder
from inphase.models.embedding import EmbeddedVideo, Embeddings, FrameEmbedder, embed
from inphase.models.encoder import Encoder

__all__ = [
    "BaseNetwork",
    "EmbeddedVideo",
    "Embedder",
    "Embeddings",
    "Encoder",
    "EncoderConfig",
    "FrameEmbedder",
    "create_base_network",
    "efficientnet_lite",
    "embed",
    "list_base_networks",
    "register_base_network",
]
