"""Save key events set in the viewer to a labels.json, keeping its other content."""

import itertools
import os
from collections.abc import Container, Mapping, Sequence
from pathlib import Path
from typing import Any

from inphase.atomic import write_json
from inphase.data.json_files import read_json
from inphase.data.labels import parse_labels
from inphase.errors import CollectionError
from inphase.overwriting import place_of
from inphase.video.names import shortest_names
from inphase.video.unicode_forms import on_disk
from inphase.viewer.label_merging import LabelState
from inphase.viewer.videos import ViewedVideo


class LabelFile:
    """A labels.json that stores the key events of some videos.

    Entries of other videos, and other fields of these (split, group, …), are kept.

    Args:
        path: of the file, which need not exist.
        videos: those whose events are stored.
    """

    def __init__(self, path: Path, videos: Sequence[ViewedVideo]) -> None:
        self.path = path
        self._videos = videos

    def content(
        self, events: Sequence[str], marks: Mapping[str, Mapping[str, int]]
    ) -> dict[str, Any]:
        """The new content of the file.

        Args:
            events: names of the key events, in order.
            marks: the frame of each event, by the video's id.

        Raises:
            CollectionError: the existing file cannot be read, or the content would be wrong: an
                unknown event, a frame outside its video, a wrong order.
        """
        known, entries = self._read()
        names = self._names(entries)
        for video in self._videos:
            name = names[video.id]
            marked = marks.get(video.id, {})
            entry = entries[name] if isinstance(entries.get(name), dict) else {}
            entries[name] = {
                "file": self._file(video),
                "fps": round(video.info.fps, 6),
                **entry,
                "frames": video.info.frames,
                "events": {event: marked[event] for event in events if event in marked}
                | {event: frame for event, frame in marked.items() if event not in events},
            }
        content = {**known, "events": list(events), "videos": entries}
        parse_labels(content, source=str(self.path))
        return content

    def names(self) -> dict[str, str]:
        """Each video's name in the file, now or once saved, by its id.

        Raises:
            CollectionError: the existing file cannot be read.
        """
        return self._names(self._read()[1])

    def state(self, fallback: LabelState) -> LabelState:
        """The key events of the videos as they are in the file now.

        Args:
            fallback: what holds for the videos that are not in the file.

        Raises:
            CollectionError: the file cannot be read.
        """
        known, entries = self._read()
        events = known.get("events")
        names = self._names(entries)
        marks: dict[str, Mapping[str, int]] = {}
        for video in self._videos:
            entry = entries.get(names[video.id])
            found = entry.get("events") if isinstance(entry, dict) else None
            if isinstance(found, dict):
                marks[video.id] = {k: v for k, v in found.items() if isinstance(v, int)}
            else:
                marks[video.id] = fallback.marks.get(video.id, {})
        return LabelState(events if isinstance(events, list) else fallback.events, marks)

    def published(
        self, events: Sequence[str], marks: Mapping[str, Mapping[str, int]]
    ) -> dict[str, Any]:
        """The content for publishing: only these videos, without their folders.

        Raises:
            CollectionError: see `content`.
        """
        content = self.content(events, marks)
        names = self._names(content["videos"])
        files = shortest_names([video.path.absolute().parts[1:] for video in self._videos])
        told = {
            names[video.id]: {**content["videos"][names[video.id]], "file": file}
            for video, file in zip(self._videos, files, strict=True)
        }
        return {**content, "videos": told}

    def _file(self, video: ViewedVideo) -> str:
        """The video's path relative to the folder of the file."""
        path = video.path.absolute()
        try:
            return Path(os.path.relpath(path, self.path.absolute().parent)).as_posix()
        except ValueError:
            return path.as_posix()  # no relative path leads to another drive

    def _read(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """The content of the file, and its entries."""
        known = read_json(self.path) if self.path.is_file() else {}
        entries = known.get("videos", {})
        if not isinstance(entries, dict):
            raise CollectionError(f"{self.path}: `videos` must be a JSON object.")
        return known, dict(entries)

    def _names(self, entries: Mapping[str, Any]) -> dict[str, str]:
        """The name of each video's entry: that of the entry with its file, or an unused one."""
        by_path: dict[Path, list[str]] = {}
        for name, entry in entries.items():
            if isinstance(entry, dict) and isinstance(entry.get("file"), str):
                file = place_of(on_disk(self.path.parent / entry["file"]))
                by_path.setdefault(file, []).append(name)
        found: dict[str, str] = {}
        for video in self._videos:
            own = by_path.get(place_of(video.path), [])
            if own:
                found[video.id] = video.name if video.name in own else own[0]
        taken = {*entries, *found.values()}
        for video in self._videos:
            if video.id not in found:
                found[video.id] = _free(video, taken)
                taken.add(found[video.id])
        return found

    def save(self, events: Sequence[str], marks: Mapping[str, Mapping[str, int]]) -> dict[str, Any]:
        """Write the file, whole or not at all.

        Raises:
            CollectionError: see `content`.
            OutputError: the file cannot be written.
        """
        content = self.content(events, marks)
        write_json(self.path, content, indent=1, in_place=True)
        return content


def _free(video: ViewedVideo, taken: Container[str]) -> str:
    """The video's name, preceded by as many folders as make it unused."""
    name = video.name
    for parent in video.path.absolute().parents:
        if name not in taken:
            return name
        name = f"{parent.name}/{name}"
    numbered = (f"{video.name} ({number})" for number in itertools.count(2))
    return next(one for one in numbered if one not in taken)
