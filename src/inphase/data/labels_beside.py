"""The labels.json that belongs to videos which were named in another way."""

import logging
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from inphase.data.collection import LABELS_FILE, Collection
from inphase.errors import CollectionError
from inphase.overwriting import place_of

_log = logging.getLogger(__name__)


def home_of(collection: Collection) -> Path:
    """The folder of the collection's labels, or the one that holds its videos.

    It is the working directory if the videos have no common folder.
    """
    source = Path(collection.source).expanduser()
    if source.is_file() and source.suffix.lower() == ".json":
        return source.absolute().parent
    if source.is_dir() and all(place_of(source) != place_of(v.path) for v in collection):
        return source.absolute()
    folders = {video.path.absolute().parent for video in collection}
    try:
        common = Path(os.path.commonpath(folders))
    except ValueError:
        return Path.cwd()  # on several drives
    # The common parent of separate trees is no place to keep files.
    apart = len(folders) > 1 and not os.access(common, os.W_OK)
    return Path.cwd() if apart or common == Path(common.anchor) else common


def with_labels(collection: Collection, labels: Path) -> Collection:
    """The collection with the key events of a labels.json, if it exists.

    Raises:
        CollectionError: the labels cannot be read.
    """
    if not labels.is_file() or Path(collection.source).absolute() == labels.absolute():
        return collection
    known = Collection.open(labels)
    events: dict[Path, dict[str, Mapping[str, int]]] = {}
    for video in known:
        events.setdefault(place_of(video.path), {})[video.name] = video.events
    return replace(
        collection,
        events=known.events,
        videos=tuple(
            replace(video, events=_own(events.get(place_of(video.path), {}), video.name))
            for video in collection
        ),
    )


def with_labels_beside(collection: Collection) -> Collection:
    """The collection with its key events; if it has none, with those of a labels.json beside it.

    `inphase view` saves key events beside the videos. A collection has them one folder up. Labels
    that cannot be read are left out, with a warning in the log.
    """
    if collection.events:
        return collection
    home = home_of(collection)
    folders = [home, home.parent]
    for video in collection:
        folders += [video.path.absolute().parent, video.path.absolute().parent.parent]
    for folder in dict.fromkeys(folders):
        try:
            labelled = with_labels(collection, folder / LABELS_FILE)
        except CollectionError as error:  # Nobody has named this file.
            _log.warning("%s", error)
            continue
        if labelled is not collection:
            collection = _joined(collection, labelled)
    return collection


def _joined(collection: Collection, labelled: Collection) -> Collection:
    """The collection, with key events from the other where a video has none."""
    videos = tuple(
        video if video.events else other for video, other in zip(collection, labelled, strict=True)
    )
    if not any(video.events for video in labelled):
        return collection
    events = tuple(dict.fromkeys((*collection.events, *labelled.events)))
    return replace(collection, events=events, videos=videos)


def _own(by_name: Mapping[str, Mapping[str, int]], name: str) -> Mapping[str, int]:
    """The events of the entry with this name; a file may have several entries."""
    return by_name[name] if name in by_name else next(iter(by_name.values()), {})
