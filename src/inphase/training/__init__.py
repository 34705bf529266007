"""Training: presets, the feature cache, the run."""

from typing import TYPE_CHECKING

from inphase import lazy

if TYPE_CHECKING:
    from inphase.training.config import TrainingConfig as TrainingConfig
    from inphase.training.config import dump_config as dump_config
    from inphase.training.config import list_presets as list_presets
    from inphase.training.config import load_config as load_config
    from inphase.training.features import FeatureCache as FeatureCache
    from inphase.training.run import TrainedRun as TrainedRun
    from inphase.training.run import fit_or_reuse as fit_or_reuse
    from inphase.training.run import train as train

# Loaded when first used: torch is slow to import, and poses need none of this.
_HOMES = {
    "FeatureCache": "features",
    "TrainedRun": "run",
    "TrainingConfig": "config",
    "dump_config": "config",
    "fit_or_reuse": "run",
    "list_presets": "config",
    "load_config": "config",
    "train": "run",
}

__all__ = [*_HOMES]

__getattr__ = lazy.attributes(__name__, _HOMES)
