"""Training: presets, the feature cache, the run."""

from inphase.training.config import TrainingConfig, dump_config, list_presets, load_config
from inphase.training.features import FeatureCache
from inphase.training.run import TrainedRun, fit_or_reuse, train

__all__ = [
    "FeatureCache",
    "TrainedRun",
    "TrainingConfig",
    "dump_config",
    "fit_or_reuse",
    "list_presets",
    "load_config",
    "train",
]
