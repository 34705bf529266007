"""Writes of one video, each under the lock of the store."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inphase.store.catalogue import StoredModel
from inphase.store.connection import store_errors, writing
from inphase.store.table import StoredVideo
from inphase.store.tables import Tables


def write_video(
    tables: Tables,
    model: StoredModel,
    video: StoredVideo,
    times: NDArray[np.float64],
    embeddings: NDArray[np.float32],
) -> str:
    """Write a video's embeddings, replacing those of its older content or of another model.

    Args:
        times: (frames,) seconds.
        embeddings: (frames, dims).

    Returns:
        The name of the video in the store.

    Raises:
        StoreError: the store cannot be written.
    """
    with writing(tables.folder), store_errors(tables.folder, "written"):
        table = tables.register(model)
        listed = tables.listed(model)
        others = tables.all_videos()
        # The same file with older contents, which are now obsolete.
        older = {other.content for other in others if other.path == video.path} - {video.content}
        video = replace(video, name=free_name(video, {o.name: o for o in others}))
        if video.content not in listed:  # unless another process was faster
            table.put(video, times, embeddings, instead_of=sorted(older & listed.keys()))
        tables.take_out(older | {video.content}, but=model.fingerprint)
    return video.name


def describe_video(tables: Tables, model: StoredModel, video: StoredVideo) -> bool:
    """Update the name, path and metadata of a stored video; return whether anything changed.

    Raises:
        StoreError: the store cannot be written.
    """
    with writing(tables.folder), store_errors(tables.folder, "written"):
        table = tables.register(model)
        # A killed process may have left it in another model's table too.
        tables.take_out({video.content}, but=model.fingerprint)
        known = tables.listed(model).get(video.content)
        others = {other.name: other for other in tables.all_videos()}
        now = replace(video, name=free_name(video, others))
        if known is None or is_described(now, known):
            return False
        table.describe(now)
    return True


def is_described(video: StoredVideo, known: StoredVideo) -> bool:
    """Whether a stored video already has this name, path and metadata."""
    return _told(video) == _told(known)


def free_name(video: StoredVideo, others: Mapping[str, StoredVideo]) -> str:
    """The video's name, prefixed with folders if another video already has it.

    Args:
        others: the videos of the store, by name.
    """

    def is_taken(name: str) -> bool:
        other = others.get(name)
        return other is not None and other.content != video.content and other.path != video.path

    name = video.name
    for folder in (part for part in reversed(video.path.parent.parts) if part != "/"):
        if not is_taken(name):
            break
        name = f"{folder}/{name}"
    return f"{name} ({video.content[:8]})" if is_taken(name) else name


def _told(video: StoredVideo) -> tuple[str, Path, Mapping[str, str]]:
    return video.name, video.path, dict(video.metadata)
