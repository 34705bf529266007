"""A folder with the embeddings of many videos: add, list, remove, search."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray
from rich.console import Console

from inphase.data import Collection
from inphase.errors import Skipped, StoreError, hint
from inphase.overwriting import place_of
from inphase.store.catalogue import StoredModel
from inphase.store.connection import store_errors, writing
from inphase.store.search import Filter, Neighbour, nearest_frames
from inphase.store.table import StoredVideo
from inphase.store.tables import Tables
from inphase.video.unicode_forms import find_name, nfc, on_disk

if TYPE_CHECKING:
    from inphase.models import Encoder
    from inphase.store.adding import StoreChange
    from inphase.store.compacting import Compacted
    from inphase.store.merging import MergeReport

# Default on the command line: in the working directory, like a run.
DEFAULT_STORE = Path("inphase-store")


class Store:
    """Embeddings of many videos on disk (LanceDB), and their nearest neighbours.

    A video is identified by its content, so it may be renamed or moved. Each model's embeddings
    have their own table; a video is only in that of the model with which it was last added.

    Several processes may read and write at once. Each write is one commit: if a process is killed,
    the store stays as it was before the write.

    Example:
        >>> store = Store("inphase-store", create=True)
        >>> store.add("swings/", "runs/swing/model")
        >>> store.search(embedding, k=5)  # (dims,) of a query frame
    """

    def __init__(self, folder: str | Path = DEFAULT_STORE, *, create: bool = False) -> None:
        """
        Args:
            folder: of the store.
            create: create the store with the first video added, if it does not exist.

        Raises:
            StoreError: there is no store, the folder holds something else, or a newer inphase
                wrote it.
        """
        self.folder = Path(folder).expanduser()
        self._tables = Tables(self.folder, create=create)

    @property
    def models(self) -> tuple[StoredModel, ...]:
        """The models whose embeddings are here."""
        return self._tables.models()

    def model(self, fingerprint: str | None = None) -> StoredModel:
        """One of the models.

        Args:
            fingerprint: of the model; None for the only one.

        Raises:
            StoreError: there is no such model, no model at all, or more than one to choose from.
        """
        models = self.models
        if not models:
            raise StoreError(
                f"The store {self.folder} is empty; fill it with "
                "`inphase index add VIDEOS --model MODEL`."
            )
        told = "; ".join(map(str, models))
        if fingerprint is None:
            if len(models) > 1:
                raise StoreError(
                    f"The store {self.folder} holds embeddings of {len(models)} models ({told}); "
                    "choose one with --model."
                )
            return models[0]
        for model in models:
            if model.fingerprint == fingerprint:
                return model
        raise StoreError(
            f"The store {self.folder} holds no embeddings of this model ({fingerprint[:8]}), only "
            f"of {told}; search with one of those, or add the videos again with this model."
        )

    def videos(self) -> tuple[StoredVideo, ...]:
        """All videos, sorted by name.

        Raises:
            StoreError: the store cannot be read.
        """
        return self._tables.all_videos()

    def find(self, name: str) -> StoredVideo | None:
        """The video with this name or file, if it is in the store."""
        path = place_of(on_disk(Path(name).expanduser()))
        videos = self.videos()
        found = find_name((video.name for video in videos), name)
        by_name = (video for video in videos if video.name == found)
        return next(by_name, next((video for video in videos if video.path == path), None))

    def frame_embedding(self, video: StoredVideo, frame: int) -> NDArray[np.float32]:
        """(dims,) embedding of a stored frame."""
        with store_errors(self.folder, "read"):
            return self._tables.table(self.model(video.model)).embedding(video.content, frame)

    def frame_times(self, video: StoredVideo) -> NDArray[np.float64]:
        """(frames,) seconds of a stored video's frames."""
        with store_errors(self.folder, "read"):
            return self._tables.table(self.model(video.model)).times(video.content)

    def add(
        self,
        videos: Collection | str | Path | Sequence[str | Path],
        model: "Encoder | str | Path",
        *,
        metadata: Mapping[str, str] | None = None,
        console: Console | None = None,
    ) -> "StoreChange":
        """Embed videos into the store; those already there with this content and model are kept.

        Each video is written as soon as it is embedded: a killed run can continue from there.

        Args:
            videos: a collection, or what [`Collection.open`][inphase.data.Collection.open] takes.
            model: a trained encoder, or its model folder.
            metadata: added to all these videos, besides what their labels say (split, group,
                action, view).
            console: shows progress; by default there is none.

        Raises:
            CollectionError: the videos cannot be found.
            ModelError: the model folder cannot be used.
            StoreError: the store cannot be written, or the metadata is invalid.
        """
        from inphase.store.adding import add_videos, wanted_videos

        collection = videos if isinstance(videos, Collection) else Collection.open(videos)
        given = dict(metadata or {})
        odd = next((key for key in given if not key or "=" in key), None)
        if odd is not None:
            raise StoreError(f"`{odd}` cannot be a metadata key.")
        wanted = wanted_videos(collection, given)
        encoder, folder = _loaded(model)
        change = add_videos(self._tables, wanted, encoder, model_folder=folder, console=console)
        return replace(change, skipped=(*collection.skipped, *change.skipped))

    def refresh(
        self, model: "Encoder | str | Path | None" = None, *, console: Console | None = None
    ) -> "StoreChange":
        """Embed again the videos whose file changed or that another model embedded.

        Videos whose file is gone stay in the store and are listed as skipped.

        Args:
            model: by default the one that the store was filled with.

        Raises:
            StoreError: as `add`, or the store is empty.
        """
        from inphase.store.adding import WantedVideo, add_videos

        if model is None:
            model = self.model_folder(self.model())
        elif not self.models:
            self.model()
        gone, wanted = [], []
        for video in self.videos():
            if video.path.exists():
                wanted.append(WantedVideo(video.name, video.path, video.metadata))
            else:
                reason = f"{video.path} is gone; `inphase index remove {video.name}` removes it."
                gone.append(Skipped(video.name, reason))
        encoder, folder = _loaded(model)
        change = add_videos(self._tables, wanted, encoder, model_folder=folder, console=console)
        return replace(change, skipped=(*gone, *change.skipped))

    def merge(
        self, shards: Sequence[str | Path], *, console: Console | None = None
    ) -> "MergeReport":
        """Add the videos that shards hold; those already there with this content and model stay.

        One process reads all shards and writes large commits, so that the store has few files.
        Merged again, the same shards change nothing.

        Args:
            shards: folders that `inphase embed --shard` wrote.
            console: shows progress; by default there is none.

        Raises:
            StoreError: there are no shards, a part is damaged, or the store cannot be written.
        """
        from inphase.store.merging import merge_shards

        folders = [Path(one).expanduser() for one in shards]
        return merge_shards(self._tables, folders, console=console)

    def compact(self) -> "tuple[Compacted, ...]":
        """Merge small files and delete old versions, for each model.

        A search that runs meanwhile may lose its files and fail.

        Raises:
            StoreError: the store cannot be written.
        """
        from inphase.store.compacting import compact

        return compact(self._tables)

    def model_folder(self, model: StoredModel) -> Path:
        """The folder that a model of the store was loaded from.

        Raises:
            StoreError: the folder is unknown, or no longer exists.
        """
        if not model.folder or not Path(model.folder).is_dir():
            told = f"is no longer at {model.folder}" if model.folder else "was given as an object"
            raise StoreError(
                f"The model that filled the store {self.folder} {told}; specify it with --model."
            )
        return Path(model.folder)

    def remove(self, names: Sequence[str]) -> tuple[str, ...]:
        """Remove videos from the store, by name or file; the files are not touched.

        Returns:
            The names of the videos.

        Raises:
            StoreError: one of them is not in the store (then none is removed), or the store
                cannot be written.
        """
        found: list[StoredVideo] = []
        for name in names:
            video = self.find(name)
            if video is None:
                known = [video.name for video in self.videos()]
                told = hint(name, known) if known else "it is empty."
                raise StoreError(f"The store {self.folder} has no video {name}; {told}")
            found.append(video)
        with writing(self.folder), store_errors(self.folder, "written"):
            self._tables.take_out({video.content for video in found})
        return tuple(video.name for video in found)

    def search(
        self,
        embedding: ArrayLike,
        *,
        k: int = 5,
        model: StoredModel | None = None,
        per_video: int | None = 1,
        without: Sequence[str] = (),
        condition: Filter | None = None,
        exact: bool | None = None,
    ) -> tuple[Neighbour, ...]:
        """Find the k frames nearest to an embedding.

        Args:
            embedding: (dims,) of the query.
            model: that computed it; by default the store's only model.
            per_video: maximum number of frames per video; None for no limit.
            without: content hashes of videos to exclude.
            condition: which frames may be found.
            exact: compare with every frame; by default only if fewer than 100 000 may be found or
                there is no index.

        Returns:
            Nearest first; fewer than k if there are not enough.

        Raises:
            StoreError: the store is empty or cannot be read, or an argument is invalid.
        """
        model = model or self.model()
        with store_errors(self.folder, "searched"):
            listed = self._tables.listed(model)
            if condition is not None and condition.videos:
                wanted = {nfc(name) for name in condition.videos}
                as_stored = [one.name for one in listed.values() if nfc(one.name) in wanted]
                condition = replace(condition, videos=as_stored or condition.videos)
            return nearest_frames(
                self._tables.table(model),
                model,
                listed,
                embedding,
                k=k,
                per_video=per_video,
                without=without,
                condition=condition,
                exact=exact,
            )


def _loaded(model: "Encoder | str | Path") -> tuple["Encoder", str]:
    from inphase.models import Encoder
    from inphase.models.encoder import ready_encoder

    if isinstance(model, Encoder):
        return model, ""
    return ready_encoder(model), str(place_of(Path(model).expanduser()))
