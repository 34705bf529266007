"""The base network's features as a floor, for benchmarks that do not use ``inphase.evaluate``."""

import torch

from inphase.data import Collection
from inphase.models import EmbeddedVideo, Embeddings, Encoder, FrameEmbedder
from inphase.training import TrainingConfig
from inphase.video import VideoReader


def untrained(test: Collection, config: TrainingConfig) -> Embeddings:
    """Embed each frame as the base network's features, averaged over the map."""
    embedder = FrameEmbedder(Encoder(config.encoder).eval())
    size = (config.encoder.image_size,) * 2
    videos = []
    for video in test:
        reader = VideoReader(video.path, size=size)
        maps = embedder.maps(frame for _, frame in reader)
        means = torch.stack([features.mean(dim=(1, 2)) for features in maps]).numpy()
        videos.append(EmbeddedVideo(video.name, video.path, reader.times, means))
    return Embeddings(tuple(videos))
