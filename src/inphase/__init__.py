"""Line up videos of the same action: temporal cycle-consistency embeddings put to work.

run = inphase.train("swings/", "runs/swing")
embeddings = inphase.embed("swings/", run.encoder)
inphase.synchronize(embeddings, reference="me").save("together.mp4")
"""

from typing import TYPE_CHECKING

from inphase import lazy

if TYPE_CHECKING:
    from inphase.alignment import AlignmentOptions as AlignmentOptions
    from inphase.alignment import align as align
    from inphase.applications.anomalies.find_anomalies import find_anomalies as find_anomalies
    from inphase.applications.following import follow as follow
    from inphase.applications.label_transfer.transfer import transfer as transfer
    from inphase.applications.marks import read_marks as read_marks
    from inphase.applications.measurement.measure import measure as measure
    from inphase.applications.progress_signal.measure import ProgressSignal as ProgressSignal
    from inphase.applications.progress_signal.measure import measure_progress as measure_progress
    from inphase.applications.repetitions.cut import cut as cut
    from inphase.applications.repetitions.cut import cut_videos as cut_videos
    from inphase.applications.retrieval.retrieve import retrieve as retrieve
    from inphase.applications.sound_transfer.transfer_sound import transfer_sound as transfer_sound
    from inphase.applications.synchronization.by_marks import (
        synchronize_by_marks as synchronize_by_marks,
    )
    from inphase.applications.synchronization.synchronize import synchronize as synchronize
    from inphase.applications.trajectory.trajectories import trajectories as trajectories
    from inphase.data import Collection as Collection
    from inphase.data import read_annotations as read_annotations
    from inphase.evaluation import compare as compare
    from inphase.evaluation import evaluate as evaluate
    from inphase.models import Encoder as Encoder
    from inphase.models import embed as embed
    from inphase.models import export as export
    from inphase.models import list_base_networks as list_base_networks
    from inphase.objectives import list_objectives as list_objectives
    from inphase.store import Store as Store
    from inphase.training import train as train
    from inphase.training.choosing import choose_model as choose_model
    from inphase.viewer.view import view as view

__version__ = "0.1.0"

# Loaded when first used: `import inphase` stays quick.
_HOMES = {
    "AlignmentOptions": "alignment",
    "Collection": "data",
    "Encoder": "models",
    "ProgressSignal": "applications.progress_signal.measure",
    "Store": "store",
    "align": "alignment",
    "choose_model": "training.choosing",
    "compare": "evaluation",
    "cut": "applications.repetitions.cut",
    "cut_videos": "applications.repetitions.cut",
    "embed": "models",
    "evaluate": "evaluation",
    "export": "models",
    "find_anomalies": "applications.anomalies.find_anomalies",
    "follow": "applications.following",
    "list_base_networks": "models",
    "list_objectives": "objectives",
    "measure": "applications.measurement.measure",
    "measure_progress": "applications.progress_signal.measure",
    "read_annotations": "data",
    "read_marks": "applications.marks",
    "retrieve": "applications.retrieval.retrieve",
    "synchronize": "applications.synchronization.synchronize",
    "synchronize_by_marks": "applications.synchronization.by_marks",
    "train": "training",
    "trajectories": "applications.trajectory.trajectories",
    "transfer": "applications.label_transfer.transfer",
    "transfer_sound": "applications.sound_transfer.transfer_sound",
    "view": "viewer.view",
}

__all__ = [*_HOMES, "__version__"]


__getattr__ = lazy.attributes(__name__, _HOMES)


def __dir__() -> list[str]:
    return sorted(__all__)
