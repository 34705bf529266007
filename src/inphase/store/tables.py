"""The tables of a store and the list of their contents, as currently on disk."""

from pathlib import Path
from typing import TYPE_CHECKING

from inphase.errors import StoreError
from inphase.store.catalogue import (
    CATALOGUE,
    Catalogue,
    StoredModel,
    read_catalogue,
    write_catalogue,
)
from inphase.store.connection import connect, store_errors
from inphase.store.table import FrameTable, StoredVideo

if TYPE_CHECKING:
    from lancedb.db import DBConnection


class Tables:
    """One table for each model whose embeddings the store holds.

    Args:
        folder: of the store.
        create: create the store with the first write, if it does not exist.

    Raises:
        StoreError: there is no store, the folder holds something else, or a newer inphase wrote it.
    """

    def __init__(self, folder: Path, *, create: bool) -> None:
        self.folder = folder
        self._create = create
        # Checked before the catalogue, which a process that creates the store writes first.
        # The hidden file is that process's lock.
        filled = folder.is_dir() and any(e.name[0] != "." for e in folder.iterdir())
        if not (folder / CATALOGUE).is_file():
            if filled or (folder.exists() and not folder.is_dir()):
                raise StoreError(f"{folder} is not a store of embeddings; choose another folder.")
            if not create:
                raise StoreError(
                    f"There is no store at {folder}; make one with "
                    "`inphase index add VIDEOS --model MODEL`."
                )
        self._catalogue()
        self._connected: DBConnection | None = None
        self._open: dict[str, FrameTable] = {}
        self._listed: dict[str, tuple[int, dict[str, StoredVideo]]] = {}

    def _catalogue(self) -> Catalogue:
        if self._create and not (self.folder / CATALOGUE).is_file():
            return Catalogue()
        return read_catalogue(self.folder)

    @property
    def _database(self) -> "DBConnection":
        if self._connected is None:
            self._connected = connect(self.folder)
        return self._connected

    def models(self) -> tuple[StoredModel, ...]:
        """The models that have embeddings here."""
        # A killed process may have left an entry without a table.
        models = self._catalogue().models
        return tuple(m for m in models if (self.folder / f"{m.table}.lance").is_dir())

    def table(self, model: StoredModel) -> FrameTable:
        """A model's table, for reading."""
        if model.table not in self._open:
            self._open[model.table] = FrameTable(self._database, model.table)
        return self._open[model.table]

    def listed(self, model: StoredModel) -> dict[str, StoredVideo]:
        """A model's videos by content hash, sorted by name."""
        table = self.table(model)
        version = table.version
        known = self._listed.get(model.table)
        if known is None or known[0] != version:
            known = version, {video.content: video for video in table.videos()}
            self._listed[model.table] = known
        return known[1]

    def all_videos(self) -> tuple[StoredVideo, ...]:
        """All videos of all models, sorted by name."""
        with store_errors(self.folder, "read"):
            videos = [video for model in self.models() for video in self.listed(model).values()]
        return tuple(sorted(videos, key=lambda video: video.name))

    def register(self, model: StoredModel) -> FrameTable:
        """A model's table, for writing; created if needed. Requires the lock."""
        catalogue = self._catalogue()
        known = catalogue.find(model.fingerprint)
        if known is not None:
            # The folder may have changed; keep the index report.
            folder = model.folder or known.folder
            model = model.model_copy(update={"folder": folder, "index": known.index})
        if known != model:
            write_catalogue(self.folder, catalogue.with_model(model))
        self._open[model.table] = FrameTable(self._database, model.table, dims=model.dims)
        return self._open[model.table]

    def note(self, model: StoredModel) -> None:
        """Update a model's entry in the catalogue. Requires the lock."""
        write_catalogue(self.folder, self._catalogue().with_model(model))

    def take_out(self, contents: set[str], *, but: str = "") -> None:
        """Remove videos from all models' tables. Requires the lock.

        Args:
            contents: content hashes of the videos.
            but: fingerprint of a model whose embeddings stay.
        """
        for model in self.models():
            if model.fingerprint == but:
                continue
            table = self.table(model)
            table.remove(sorted(contents & self.listed(model).keys()))
            if not len(table):
                self._open.pop(model.table)
                self._database.drop_table(model.table)
                catalogue = self._catalogue().without(model.fingerprint)
                write_catalogue(self.folder, catalogue)
