"""Fine-grained retrieval: the frames of other videos that show the same moment (supplement, 4)."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from inphase.applications.retrieval.result import Query, Retrieval
from inphase.data import content_hash
from inphase.errors import ModelError, StoreError, VideoError, hint
from inphase.store import DEFAULT_STORE, Filter, Store, StoredModel, StoredVideo
from inphase.video import IMAGE_SUFFIXES, frame_at, probe
from inphase.video.unicode_forms import on_disk

if TYPE_CHECKING:
    from inphase.models import Encoder, FrameEmbedder


def retrieve(
    queries: str | Path | Sequence[str | Path],
    store: Store | str | Path = DEFAULT_STORE,
    *,
    k: int = 5,
    model: "Encoder | str | Path | None" = None,
    per_video: int | None = 1,
    same_video: bool = False,
    condition: Filter | None = None,
    exact: bool | None = None,
) -> Retrieval:
    """Find the frames nearest to query frames.

    Source: Dwibedi et al., "Temporal Cycle-Consistency Learning", supplement, section 4.

    Args:
        queries: one or more of `VIDEO@SECONDS` (a file, or the name of a video in the store)
            and picture files. A picture is embedded like the first frame of a video.
        store: a store that holds embeddings.
        k: number of frames to find for each query.
        model: the model that filled the store, to embed queries that are not in it; by default
            loaded from its original folder.
        per_video: maximum number of frames per video; None for no limit.
        same_video: also search the query's own video.
        condition: which frames to search.
        exact: compare with every frame; by default only if there are fewer than 100 000.

    Raises:
        StoreError: there is no store, it is empty, it holds no embeddings of this model, or
            nothing in it fits a query.
        VideoError: a query is neither a video nor a picture, or its time is outside the video.
        ModelError: the model folder cannot be used.
    """
    from inphase.models.encoder import ready_encoder

    store = store if isinstance(store, Store) else Store(store)
    asked = [queries] if isinstance(queries, (str, Path)) else list(queries)
    if not asked:
        raise StoreError("No query was given.")
    stored = store.model() if model is None else None
    encoder = None if model is None else ready_encoder(model)
    if encoder is not None:
        stored = store.model(encoder.fingerprint)
    assert stored is not None
    embedding = _Embedding(store, stored, encoder)
    answered = [embedding.query(str(one)) for one in asked]
    neighbours = []
    for query in answered:
        found = store.search(
            query.embedding,
            k=k,
            model=stored,
            per_video=per_video,
            without=[] if same_video else [query.content],
            condition=condition,
            exact=exact,
        )
        if not found:
            raise StoreError(_nothing(store, query, stored, condition))
        neighbours.append(found)
    return Retrieval(tuple(answered), tuple(neighbours), stored)


class _Embedding:
    """Embeds queries: from the store if it has them, otherwise with the encoder, loaded once."""

    def __init__(self, store: Store, model: StoredModel, encoder: "Encoder | None") -> None:
        self._store = store
        self._model = model
        self._encoder = encoder
        self._embedder: FrameEmbedder | None = None
        self._videos = {v.content: v for v in store.videos() if v.model == model.fingerprint}

    def query(self, text: str) -> Query:
        """Find the frame that a query names, and embed it."""
        path = on_disk(Path(text).expanduser())
        if path.is_file() and path.suffix.lower() in IMAGE_SUFFIXES:
            embedding = self._ready().embed_picture(path)
            return Query(path.stem, path, None, None, content_hash(path), embedding)
        source, seconds = _moment(text)
        path = on_disk(Path(source).expanduser())
        if path.exists():
            content = content_hash(path)
            if content not in self._videos:
                return self._fresh(path, content, seconds)
            return self._stored(self._videos[content], seconds, path)
        video = self._store.find(source)
        if video is None:
            names = [video.name for video in self._store.videos()]
            told = hint(source, names)
            raise VideoError(f"{source} is neither a file nor a video in the store; {told}")
        if video.model != self._model.fingerprint:
            raise StoreError(f"{source} is in the store with the embeddings of another model.")
        return self._stored(video, seconds, video.path)

    def _stored(self, video: StoredVideo, seconds: float, path: Path) -> Query:
        _check_time(video.name, seconds, video.duration)
        times = self._store.frame_times(video)
        frame = frame_at(times, seconds)
        embedding = self._store.frame_embedding(video, frame)
        return Query(video.name, path, frame, float(times[frame]), video.content, embedding)

    def _fresh(self, path: Path, content: str, seconds: float) -> Query:
        info = probe(path)
        _check_time(str(path), seconds, info.duration)
        frame = frame_at(info.times, seconds)
        (embedding,) = self._ready().embed_frames(path, [frame])
        return Query(path.stem, path, frame, float(info.times[frame]), content, embedding)

    def _ready(self) -> "FrameEmbedder":
        from inphase.cache import cache_folder
        from inphase.models import FrameEmbedder
        from inphase.models.encoder import ready_encoder

        if self._embedder is None:
            if self._encoder is None:
                folder = self._store.model_folder(self._model)
                self._encoder = ready_encoder(folder)
                if self._encoder.fingerprint != self._model.fingerprint:
                    raise ModelError(
                        f"The model in {folder} is no longer the one that filled the store "
                        f"{self._store.folder}; add the videos again with the new model."
                    )
            self._embedder = FrameEmbedder(self._encoder, cache=cache_folder())
        return self._embedder


def _moment(text: str) -> tuple[str, float]:
    """Split `VIDEO@SECONDS` in two; minutes may come before a colon."""
    source, at, time = text.rpartition("@")
    if not at or on_disk(Path(text)).exists():
        raise VideoError(
            f"{text} is not a picture file; for a video, add the moment in seconds: {text}@1.5."
        )
    try:
        *larger, seconds = (float(part) for part in time.split(":"))
    except ValueError as error:
        raise VideoError(f"{text}: `{time}` is not a time; write seconds, as in @1.5.") from error
    for power, value in enumerate(reversed(larger), start=1):
        seconds += value * 60**power
    return source, seconds


def _check_time(name: str, seconds: float, duration: float) -> None:
    if not 0 <= seconds <= duration:
        raise VideoError(f"{name} lasts {duration:.2f} s; there is no frame at {seconds:g} s.")


def _nothing(store: Store, query: Query, model: StoredModel, condition: Filter | None) -> str:
    others = [
        v for v in store.videos() if v.model == model.fingerprint and v.content != query.content
    ]
    if not others:
        return (
            f"The store {store.folder} holds no video other than {query.name} itself; add more, "
            "or allow frames of the same video."
        )
    told = f" ({condition.sql()})" if condition is not None and condition.sql() else ""
    return f"No frame in the store {store.folder} meets the conditions{told}."
