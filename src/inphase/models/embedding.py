"""Embeddings of whole videos, made by an encoder or found in the cache.

Torch and the weights are loaded only when a video has to be embedded.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from rich.console import Console

from inphase.cache import cache_folder, shrink
from inphase.data import Collection, Video, resample
from inphase.errors import OutputError, Skipped, VideoError
from inphase.models.embedding_cache import EmbeddingCache
from inphase.models.embeddings import EmbeddedVideo, Embeddings
from inphase.models.model_folder import embedding_fingerprint, read_model_folder
from inphase.progress import progress_bar
from inphase.video import probe

if TYPE_CHECKING:
    from inphase.models.encoder import Encoder
    from inphase.models.pose.subject import Place

_log = logging.getLogger(__name__)


class VideoEmbedder(Protocol):
    """What embeds a video: a fitted encoder, or the base network alone."""

    def embed(
        self, path: str | Path, *, name: str = "", advance: Callable[[int], object] | None = None
    ) -> EmbeddedVideo:
        """Embed a video; `advance` is called with the number of its frames just processed."""


def embed(
    videos: Collection | str | Path | Sequence[str | Path],
    model: "Encoder | str | Path",
    *,
    mirrored: bool = False,
    fps: float | None = None,
    subjects: Mapping[str, "Place"] | None = None,
    cache: str | Path | None = None,
    console: Console | None = None,
) -> Embeddings:
    """Embed every frame of every video; one that cannot be read is skipped and listed.

    Args:
        videos: a collection, or what [`Collection.open`][inphase.data.Collection.open] takes.
        model: a trained encoder, or its model folder.
        mirrored: embed the videos as seen in a mirror.
        fps: embed only so many frames per second, as `inphase.data.resample` picks them; by default
            all.
        subjects: by name of the video, the person to follow, if the model looks at poses; by
            default the largest one who moves.
        cache: folder that keeps embeddings, by content, for reuse, and has what training kept in
            the same `cache`; by default none.
        console: where to show a progress bar; by default nowhere.

    Raises:
        CollectionError: the videos cannot be found.
        ModelError: the model folder cannot be used.
        VideoError: none of the videos can be read.
    """
    collection = videos if isinstance(videos, Collection) else Collection.open(videos)
    places = {collection[name].path: place for name, place in (subjects or {}).items()}
    folder = Path(cache) if cache is not None else None
    kept = None
    if folder is not None:
        fingerprint = _fingerprint(model) + (" mirrored" if mirrored else "")
        fingerprint += f" {fps:g} frames/s" if fps is not None else ""
        kept = EmbeddingCache(folder / "embeddings", fingerprint, settings=places)
    embeddings = embed_with(
        lambda: _embedder(model, folder, places, mirrored, fps),
        collection,
        fps=fps,
        kept=kept,
        console=console,
    )
    if mirrored:
        videos_mirrored = tuple(replace(video, mirrored=True) for video in embeddings)
        embeddings = Embeddings(videos_mirrored, embeddings.skipped)
    if kept is not None and kept.added and kept.folder == cache_folder() / "embeddings":
        shrink()
    return embeddings


def embed_with(
    embedder: Callable[[], VideoEmbedder],
    collection: Collection,
    *,
    fps: float | None = None,
    kept: EmbeddingCache | None = None,
    console: Console | None = None,
) -> Embeddings:
    """Like `embed`, with any video embedder and a cache of its embeddings.

    Args:
        embedder: makes the embedder; called only if a video is not in the cache.
        collection: the videos.
        fps: how many frames per second the embedder embeds; by default all.
        kept: the cache, if there is one.
        console: where to show a progress bar; by default nowhere.

    Raises:
        VideoError: none of the videos can be read.
    """
    done: dict[str, EmbeddedVideo] = {}
    skipped: list[Skipped] = []
    missing: list[tuple[Video, int]] = []
    for video in collection:
        try:
            times = probe(video.path).times
            times = times if fps is None else times[resample(times, fps=fps)]
            found = kept.find(video.path, len(times)) if kept is not None else None
        except VideoError as error:
            skipped.append(Skipped(video.name, str(error)))
            continue
        if found is not None:
            done[video.name] = EmbeddedVideo(video.name, video.path, times, found)
        else:
            missing.append((video, len(times)))
    if missing:
        ready = embedder()
        total = sum(frames for _, frames in missing)
        with progress_bar("Embedding", total, console=console) as bar:
            for video, frames in missing:
                end = bar.done + frames
                try:
                    made = ready.embed(video.path, name=video.name, advance=bar.advance)
                    done[video.name] = made
                    _keep(made, kept)
                except VideoError as error:
                    skipped.append(Skipped(video.name, str(error)))
                bar.advance(end - bar.done)
    if not done:
        raise VideoError(f"None of the videos can be read; the first: {skipped[0].reason}")
    reasons = {one.name: one for one in skipped}
    names = [video.name for video in collection]
    return Embeddings(
        tuple(done[name] for name in names if name in done),
        (*collection.skipped, *(reasons[name] for name in names if name in reasons)),
    )


def _keep(video: EmbeddedVideo, kept: EmbeddingCache | None) -> None:
    if kept is None:
        return
    try:
        kept.keep(video.path, video.embeddings)
    except OutputError as error:  # they are computed again next time
        _log.warning("Cannot cache the embeddings of %s: %s", video.name, error)


def _embedder(
    model: "Encoder | str | Path",
    cache: Path | None,
    subjects: Mapping[Path, "Place"],
    mirrored: bool,
    fps: float | None,
) -> VideoEmbedder:
    from inphase.models.encoder import ready_encoder
    from inphase.models.frame_embedder import FrameEmbedder

    encoder = ready_encoder(model)
    return FrameEmbedder(encoder, cache=cache, subjects=subjects, mirrored=mirrored, fps=fps)


def _fingerprint(model: "Encoder | str | Path") -> str:
    if isinstance(model, (str, Path)):
        return embedding_fingerprint(*read_model_folder(Path(model)))
    return model.fingerprint
