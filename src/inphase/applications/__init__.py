"""What embeddings are good for: each takes them and returns a result that renders itself."""

from inphase.applications.retrieve import Retrieval, retrieve
from inphase.applications.sound import SoundTransfer, transfer_sound
from inphase.applications.synchronize import Synchronization, synchronize
from inphase.applications.trajectories import Trajectories, trajectories
from inphase.applications.transfer import transfer
from inphase.applications.transfer_error import transfer_error
from inphase.applications.transferred import Transfer

__all__ = [
    "Retrieval",
    "SoundTransfer",
    "Synchronization",
    "Trajectories",
    "Transfer",
    "retrieve",
    "synchronize",
    "trajectories",
    "transfer",
    "transfer_error",
    "transfer_sound",
]
