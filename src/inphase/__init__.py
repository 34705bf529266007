"""Line up videos of the same action: temporal cycle-consistency embeddings put to work.

run = inphase.train("swings/", "runs/swing")
embeddings = inphase.embed("swings/", run.encoder)
inphase.synchronize(embeddings, reference="me").save("together.mp4")
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from inphase.alignment import align as align
    from inphase.applications.anomaly import find_anomalies as find_anomalies
    from inphase.applications.cut import cut as cut
    from inphase.applications.cut import cut_videos as cut_videos
    from inphase.applications.progress_signal import ProgressSignal as ProgressSignal
    from inphase.applications.retrieve import retrieve as retrieve
    from inphase.applications.sound import transfer_sound as transfer_sound
    from inphase.applications.synchronize import synchronize as synchronize
    from inphase.applications.trajectories import trajectories as trajectories
    from inphase.applications.transfer import transfer as transfer
    from inphase.data import Collection as Collection
    from inphase.data import read_annotations as read_annotations
    from inphase.evaluation import evaluate as evaluate
    from inphase.models import Encoder as Encoder
    from inphase.models import embed as embed
    from inphase.models import list_base_networks as list_base_networks
    from inphase.objectives import list_objectives as list_objectives
    from inphase.store import Store as Store
    from inphase.training import train as train

__version__ = "0.1.0"

# Loaded when first used: `import inphase` stays quick.
_HOMES = {
    "Collection": "inphase.data",
    "Encoder": "inphase.models",
    "ProgressSignal": "inphase.applications",
    "Store": "inphase.store",
    "align": "inphase.alignment",
    "cut": "inphase.applications",
    "cut_videos": "inphase.applications",
    "embed": "inphase.models",
    "evaluate": "inphase.evaluation",
    "find_anomalies": "inphase.applications",
    "list_base_networks": "inphase.models",
    "list_objectives": "inphase.objectives",
    "read_annotations": "inphase.data",
    "retrieve": "inphase.applications",
    "synchronize": "inphase.applications",
    "train": "inphase.training",
    "trajectories": "inphase.applications",
    "transfer": "inphase.applications",
    "transfer_sound": "inphase.applications",
}

__all__ = [*_HOMES, "__version__"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'inphase' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
