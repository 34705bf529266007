"""Training batches that an encoder was not fitted to, of any videos."""

from fitted import FEATURES
from rich.console import Console

from inphase.data import Collection
from inphase.models import Encoder
from inphase.training import TrainingConfig
from inphase.training.clips import ClipBatch, Clips
from inphase.training.sources import feature_sources
from inphase.video import probe

BATCHES = 40


def unseen_clips(
    videos: Collection, encoder: Encoder, config: TrainingConfig, console: Console
) -> list[ClipBatch]:
    """``BATCHES`` batches as training would draw them after its last step.

    Args:
        videos: to draw from.
        encoder: whose base network makes the features.
        config: of the fit.
        console: for progress.
    """
    sources, _ = feature_sources(
        [(video, probe(video.path)) for video in videos],
        encoder,
        config,
        phases=lambda *_: None,
        folder=FEATURES,
        console=console,
    )
    clips = Clips(sources, config)
    return [clips[step] for step in range(config.steps, config.steps + BATCHES)]
