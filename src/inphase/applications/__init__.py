"""What embeddings are good for: each takes them and returns a result that renders itself."""

from inphase.applications.retrieve import Retrieval, retrieve
from inphase.applications.synchronize import Synchronization, synchronize

__all__ = ["Retrieval", "Synchronization", "retrieve", "synchronize"]
