"""Store embeddings of many videos on disk and find nearest neighbours."""

from inphase.store.catalogue import IndexReport, StoredModel
from inphase.store.search import Filter, Neighbour
from inphase.store.store import DEFAULT_STORE, Store
from inphase.store.table import StoredVideo

__all__ = [
    "DEFAULT_STORE",
    "Filter",
    "IndexReport",
    "Neighbour",
    "Store",
    "StoredModel",
    "StoredVideo",
]
