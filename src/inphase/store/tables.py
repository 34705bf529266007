"""The tables of a store and the list of what is in them, as they are now on disk."""

from pathlib import Path

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


class Tables:
    """One table for each model whose embeddings the store holds.

    Args:
        folder: of the store.
        create: make it if it is not there.

    Raises:
        StoreError: there is no store, the folder holds something else, or a newer inphase wrote it.
        OutputError: the folder cannot be made.
    """

    def __init__(self, folder: Path, *, create: bool) -> None:
        self.folder = folder
        if not (folder / CATALOGUE).is_file():
            if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
                raise StoreError(f"{folder} is not a store of embeddings; choose another folder.")
            if not create:
                raise StoreError(
                    f"There is no store at {folder}; make one with "
                    "`inphase index add VIDEOS --model MODEL`."
                )
            write_catalogue(folder, Catalogue())
        read_catalogue(folder)
        with store_errors(folder, "opened"):
            self._database = connect(folder)
        self._open: dict[str, FrameTable] = {}
        self._listed: dict[str, tuple[int, dict[str, StoredVideo]]] = {}

    def models(self) -> tuple[StoredModel, ...]:
        """The models that have embeddings here."""
        # A process that was killed may have left an entry without a table.
        models = read_catalogue(self.folder).models
        return tuple(m for m in models if (self.folder / f"{m.table}.lance").is_dir())

    def table(self, model: StoredModel) -> FrameTable:
        """A model's table, for reading."""
        if model.table not in self._open:
            self._open[model.table] = FrameTable(self._database, model.table)
        return self._open[model.table]

    def listed(self, model: StoredModel) -> dict[str, StoredVideo]:
        """A model's videos by content, by name."""
        table = self.table(model)
        version = table.version
        known = self._listed.get(model.table)
        if known is None or known[0] != version:
            known = version, {video.content: video for video in table.videos()}
            self._listed[model.table] = known
        return known[1]

    def all_videos(self) -> tuple[StoredVideo, ...]:
        """All videos of all models, by name."""
        with store_errors(self.folder, "read"):
            videos = [video for model in self.models() for video in self.listed(model).values()]
        return tuple(sorted(videos, key=lambda video: video.name))

    def register(self, model: StoredModel) -> FrameTable:
        """A model's table, for writing; made if need be. Only while the store is held."""
        catalogue = read_catalogue(self.folder)
        known = catalogue.find(model.fingerprint)
        if known is not None:
            # The folder may be another one now; what is known of the index stays.
            folder = model.folder or known.folder
            model = model.model_copy(update={"folder": folder, "index": known.index})
        if known != model:
            write_catalogue(self.folder, catalogue.with_model(model))
        self._open[model.table] = FrameTable(self._database, model.table, dims=model.dims)
        return self._open[model.table]

    def note(self, model: StoredModel) -> None:
        """Change a model's entry in the catalogue. Only while the store is held."""
        write_catalogue(self.folder, read_catalogue(self.folder).with_model(model))

    def take_out(self, contents: set[str], *, but: str = "") -> None:
        """Remove videos from all models' tables. Only while the store is held.

        Args:
            contents: of the videos.
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
                catalogue = read_catalogue(self.folder).without(model.fingerprint)
                write_catalogue(self.folder, catalogue)
