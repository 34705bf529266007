"""What embeddings are good for: each takes them and returns a result that renders itself."""

from inphase.applications.anomaly import Anomalies, find_anomalies
from inphase.applications.cut import Cuts, cut, cut_videos
from inphase.applications.progress_signal import (
    Goal,
    ProgressCurve,
    ProgressSignal,
    Signal,
    measure_progress,
)
from inphase.applications.retrieve import Retrieval, retrieve
from inphase.applications.sound import SoundTransfer, transfer_sound
from inphase.applications.synchronize import Synchronization, synchronize
from inphase.applications.trajectories import Trajectories, trajectories
from inphase.applications.transfer import transfer
from inphase.applications.transfer_error import transfer_error
from inphase.applications.transferred import Transfer

__all__ = [
    "Anomalies",
    "Cuts",
    "Goal",
    "ProgressCurve",
    "ProgressSignal",
    "Retrieval",
    "Signal",
    "SoundTransfer",
    "Synchronization",
    "Trajectories",
    "Transfer",
    "cut",
    "cut_videos",
    "find_anomalies",
    "measure_progress",
    "retrieve",
    "synchronize",
    "trajectories",
    "transfer",
    "transfer_error",
    "transfer_sound",
]
