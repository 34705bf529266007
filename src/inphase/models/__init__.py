"""Base networks, embedder, encoder, model folder, and embedding whole videos."""

from typing import TYPE_CHECKING

from inphase import lazy

if TYPE_CHECKING:
    from inphase.models.base_networks import BaseNetwork as BaseNetwork
    from inphase.models.base_networks import create_base_network as create_base_network
    from inphase.models.base_networks import list_base_networks as list_base_networks
    from inphase.models.base_networks import register_base_network as register_base_network
    from inphase.models.config import EncoderConfig as EncoderConfig
    from inphase.models.embedder import Embedder as Embedder
    from inphase.models.embedding import embed as embed
    from inphase.models.embeddings import EmbeddedVideo as EmbeddedVideo
    from inphase.models.embeddings import Embeddings as Embeddings
    from inphase.models.encoder import Encoder as Encoder
    from inphase.models.exporting import export as export
    from inphase.models.frame_embedder import FrameEmbedder as FrameEmbedder

# Loaded when first used: torch is slow to import.
_HOMES = {
    "BaseNetwork": "base_networks",
    "EmbeddedVideo": "embeddings",
    "Embedder": "embedder",
    "Embeddings": "embeddings",
    "Encoder": "encoder",
    "EncoderConfig": "config",
    "FrameEmbedder": "frame_embedder",
    "create_base_network": "base_networks",
    "embed": "embedding",
    "export": "exporting",
    "list_base_networks": "base_networks",
    "register_base_network": "base_networks",
}

__all__ = [*_HOMES]

__getattr__ = lazy.attributes(__name__, _HOMES)
