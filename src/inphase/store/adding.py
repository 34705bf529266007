"""Add videos to a store: embed what is new or changed, keep the rest."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rich.console import Console

from inphase.cache import cache_folder
from inphase.data import Collection, Video, content_hash
from inphase.errors import Skipped, VideoError, printable
from inphase.models import Encoder, FrameEmbedder
from inphase.overwriting import place_of
from inphase.progress import progress_bar
from inphase.store.catalogue import IndexReport, StoredModel
from inphase.store.commits import describe_video, write_video
from inphase.store.connection import store_errors, writing
from inphase.store.index import maintained_index
from inphase.store.table import StoredVideo
from inphase.store.tables import Tables
from inphase.video import probe, reading_apart

# Videos after which the small files of their commits are merged; also done at the end.
_TIDY_EVERY = 500


@dataclass(frozen=True)
class WantedVideo:
    """A video to add to the store.

    Attributes:
        name: desired name.
        path: of its file.
        metadata: to store with it.
    """

    name: str
    path: Path
    metadata: Mapping[str, str]


@dataclass(frozen=True)
class StoreChange:
    """What adding videos did.

    Attributes:
        embedded: names of videos that were embedded because video, content or model is new.
        described: names of videos whose name, path or metadata changed.
        unchanged: names of videos that were already there.
        skipped: videos that could not be used.
        index: the index of the embeddings, if there are enough of them to need one.
    """

    embedded: tuple[str, ...]
    described: tuple[str, ...]
    unchanged: tuple[str, ...]
    skipped: tuple[Skipped, ...]
    index: IndexReport | None


def wanted_videos(
    collection: Collection, metadata: Mapping[str, str] | None = None
) -> tuple[WantedVideo, ...]:
    """The videos of a collection, with what their labels say and other metadata."""
    return tuple(
        WantedVideo(video.name, video.path, {**_labelled(video), **(metadata or {})})
        for video in collection
    )


def _labelled(video: Video) -> dict[str, str]:
    labels = {key: getattr(video, key) for key in ("split", "group", "action", "view")}
    return {key: value for key, value in labels.items() if value is not None}


@reading_apart()
def add_videos(
    tables: Tables,
    wanted: Sequence[WantedVideo],
    encoder: Encoder,
    *,
    model_folder: str,
    console: Console | None = None,
) -> StoreChange:
    """Embed the videos that are not in the store, writing each as soon as it is embedded.

    Raises:
        StoreError: the store cannot be written.
    """
    model = StoredModel(
        fingerprint=encoder.fingerprint,
        folder=model_folder,
        dims=encoder.config.embedding_size,
    )
    skipped: list[Skipped] = []
    videos = _identified(wanted, model, skipped)
    with store_errors(tables.folder, "read"):
        known = next((m for m in tables.models() if m.fingerprint == model.fingerprint), None)
        there = tables.listed(known) if known else {}
    new = [video for video in videos if video.content not in there]
    embedded = []
    embedder = FrameEmbedder(encoder, cache=cache_folder())
    with progress_bar("Embedding", sum(v.frames for v in new), console=console) as bar:
        for video in new:
            end = bar.done + video.frames
            try:
                result = embedder.embed(video.path, name=video.name, advance=bar.advance)
            except VideoError as error:
                skipped.append(Skipped(video.name, str(error)))
            else:
                # Only the frames that could be decoded.
                video = replace(video, frames=len(result.times))
                name = write_video(tables, model, video, result.times, result.embeddings)
                embedded.append(name)
            bar.advance(end - bar.done)
            if len(embedded) % _TIDY_EVERY == _TIDY_EVERY - 1:
                keep_index(tables, model, console)
    kept = [video for video in videos if video.content in there]
    described = [video.name for video in kept if describe_video(tables, model, video)]
    return StoreChange(
        embedded=tuple(embedded),
        described=tuple(described),
        unchanged=tuple(video.name for video in kept if video.name not in described),
        skipped=tuple(skipped),
        index=keep_index(tables, model, console) if embedded or described else None,
    )


def _identified(
    wanted: Iterable[WantedVideo], model: StoredModel, skipped: list[Skipped]
) -> list[StoredVideo]:
    """The readable videos, with content hashes; of identical files only the first."""
    videos: dict[str, StoredVideo] = {}
    for video in wanted:
        try:
            found = identified(video, model.fingerprint)
        except VideoError as error:
            skipped.append(Skipped(video.name, str(error)))
        else:
            videos.setdefault(found.content, found)
    return list(videos.values())


def identified(video: WantedVideo, model: str) -> StoredVideo:
    """A video as a store holds it, with its content hash.

    Args:
        video: the video.
        model: fingerprint of the model.

    Raises:
        VideoError: it cannot be read, or its path cannot be stored.
    """
    place = place_of(video.path.expanduser())
    info = probe(video.path)
    content = content_hash(video.path)
    if str(place) != printable(str(place)):
        raise VideoError(
            f"{video.path} has a name that is not UTF-8, which no store can hold; rename it."
        )
    return StoredVideo(
        name=video.name,
        path=place,
        content=content,
        model=model,
        frames=info.frames,
        duration=info.duration,
        metadata=video.metadata,
    )


def keep_index(
    tables: Tables, model: StoredModel, console: Console | None = None
) -> IndexReport | None:
    """Merge small files and keep the index of a model up to date, after its videos changed."""
    with writing(tables.folder), store_errors(tables.folder, "indexed"):
        table = tables.register(model)
        if table.is_untidy:
            table.tidy()
        known = next(m for m in tables.models() if m.fingerprint == model.fingerprint)
        report = maintained_index(table, known, console=console)
        if report != known.index:
            tables.note(known.model_copy(update={"index": report}))
    return report
