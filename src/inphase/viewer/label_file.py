"""Key events that people set in the viewer, in a labels.json that keeps what else it holds."""

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from inphase.atomic import replacing
from inphase.data.json_files import read_json
from inphase.data.labels import parse_labels
from inphase.errors import CollectionError
from inphase.viewer.videos import ViewedVideo


class LabelFile:
    """A labels.json in which the key events of some videos are kept.

    Entries of other videos, and what else is known of these (split, group, …), stay.

    Args:
        path: of the file, which need not exist.
        videos: those whose events are kept.
    """

    def __init__(self, path: Path, videos: Sequence[ViewedVideo]) -> None:
        self.path = path
        self._videos = videos

    def content(
        self, events: Sequence[str], marks: Mapping[str, Mapping[str, int]]
    ) -> dict[str, Any]:
        """What the file is to hold.

        Args:
            events: names of the key events, in order.
            marks: for each video's id the frame of each of its events.

        Raises:
            CollectionError: the file there cannot be read, or the whole would not be right: an
                unknown event, a frame outside, a wrong order.
        """
        known = read_json(self.path) if self.path.is_file() else {}
        entries = known.get("videos", {})
        if not isinstance(entries, dict):
            raise CollectionError(f"{self.path}: `videos` must be a JSON object.")
        entries = dict(entries)
        by_path = {
            (self.path.parent / entry["file"]).resolve(): name
            for name, entry in entries.items()
            if isinstance(entry, dict) and isinstance(entry.get("file"), str)
        }
        folder = self.path.absolute().parent
        for video in self._videos:
            name = by_path.get(video.path.resolve(), video.name)
            file = Path(os.path.relpath(video.path.absolute(), folder)).as_posix()
            marked = marks.get(video.id, {})
            entry = entries[name] if isinstance(entries.get(name), dict) else {}
            entries[name] = {
                "file": file,
                "fps": round(video.info.fps, 6),
                **entry,
                "frames": video.info.frames,
                "events": {event: marked[event] for event in events if event in marked}
                | {event: frame for event, frame in marked.items() if event not in events},
            }
        content = {**known, "events": list(events), "videos": entries}
        parse_labels(content, source=str(self.path))
        return content

    def published(
        self, events: Sequence[str], marks: Mapping[str, Mapping[str, int]]
    ) -> dict[str, Any]:
        """The content for others: these videos alone, without the folders that they lie in.

        Raises:
            CollectionError: as :meth:`content`.
        """
        content = self.content(events, marks)
        ours = {video.path.resolve() for video in self._videos}
        told = {
            name: {**entry, "file": Path(entry["file"]).name}
            for name, entry in content["videos"].items()
            if (self.path.parent / entry["file"]).resolve() in ours
        }
        return {**content, "videos": told}

    def save(self, events: Sequence[str], marks: Mapping[str, Mapping[str, int]]) -> dict[str, Any]:
        """Write the file, whole or not at all.

        Raises:
            CollectionError: as :meth:`content`.
            OutputError: the place cannot be written.
        """
        content = self.content(events, marks)
        with replacing(self.path) as beside:
            text = json.dumps(content, ensure_ascii=False, indent=1)
            beside.write_text(text + "\n", encoding="utf-8")
        return content
