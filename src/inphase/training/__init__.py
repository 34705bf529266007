"""Training: presets, the feature cache, the run."""

from inphase.training.config import TrainingConfig, dump_config, list_presets, load_config
from inphase.training.features import FeatureCache
from inphase.training.run import TrainedRun, train

__all__ = [
    "FeatureCache",
    "TrainedRun",
    "TrainingConfig",
    "dump_config",
    "list_presets",
    "load_config",
    "train",
]
