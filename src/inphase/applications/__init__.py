"""What embeddings are good for: each takes them and returns a result that renders itself."""

from inphase.applications.cut import Cuts, cut
from inphase.applications.retrieve import Retrieval, retrieve
from inphase.applications.sound import SoundTransfer, transfer_sound
from inphase.applications.synchronize import Synchronization, synchronize
from inphase.applications.trajectories import Trajectories, trajectories
from inphase.applications.transfer import Transfer, transfer, transfer_error

__all__ = [
    "Cuts",
    "Retrieval",
    "SoundTransfer",
    "Synchronization",
    "Trajectories",
    "Transfer",
    "cut",
    "retrieve",
    "synchronize",
    "trajectories",
    "transfer",
    "transfer_error",
    "transfer_sound",
]
