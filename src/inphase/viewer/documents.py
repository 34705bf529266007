"""The documents that the page is made of, the same from a server and in an exported folder."""

import json
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from inphase.alignment import Alignment, align
from inphase.alignment.deviation import TypicalCourse
from inphase.applications.alignment_file import Anchors, write_alignment_file
from inphase.applications.synchronize import Synchronization
from inphase.viewer.label_file import LabelFile
from inphase.viewer.media import THUMBNAIL_COLUMNS, THUMBNAIL_HEIGHT, thumbnail_step
from inphase.viewer.videos import ViewedCollection, ViewedVideo

# References whose alignments are kept; another is aligned again when it is asked for.
_KEPT_REFERENCES = 8
_MOST_COMPARED = 40


def anomaly_curves(videos: Sequence[ViewedVideo]) -> dict[str, list[float]]:
    """How odd each frame of each video is beside the others, 0..1, by the video's id.

    0.5 is what nine of ten of them stay below throughout. Of fewer than three videos none can be
    odd; more than forty, each compared with each, would keep the page waiting: then there are none.
    """
    if not 3 <= len(videos) <= _MOST_COMPARED:
        return {}
    course = TypicalCourse(
        [video.embedded.embeddings for video in videos],
        [video.embedded.frame_time for video in videos],
    )
    return {
        video.id: np.clip(curve / 2, 0, 1).round(3).tolist()
        for video, curve in zip(videos, course.own, strict=True)
    }


class Documents:
    """The documents of a collection, made when they are asked for; for any number of threads.

    Args:
        viewed: the collection.
        anchors: frames that were matched by hand.
        alignment_file: where anchors are saved.
        labels: where key events are saved.
    """

    def __init__(
        self,
        viewed: ViewedCollection,
        *,
        anchors: Anchors,
        alignment_file: Path,
        labels: LabelFile,
    ) -> None:
        self.viewed = viewed
        self.alignment_file = alignment_file
        self.labels = labels
        self._anchors = anchors
        self._events: tuple[str, ...] = viewed.events
        self._marks: dict[str, Mapping[str, int]] = dict(viewed.marks)
        self._entries: OrderedDict[str, dict[str, bytes]] = OrderedDict()
        # One for what people change, one for what is only computed.
        self._saving = threading.Lock()
        self._aligning = threading.Lock()

    @cached_property
    def _anomalies(self) -> dict[str, list[float]]:
        return anomaly_curves(self.viewed.videos)

    def collection(self, *, editable: bool, ready: Mapping[str, bool]) -> dict[str, Any]:
        """``collection.json``.

        Args:
            editable: whether anything can be saved.
            ready: for each video's id, whether it can be played now.
        """
        return {
            "title": self.viewed.title,
            "editable": editable,
            "events": list(self._events),
            "reference": self.viewed.reference,
            "videos": [
                {
                    "id": video.id,
                    "name": video.name,
                    "frames": video.info.frames,
                    "fps": round(video.info.fps, 6),
                    "duration": round(video.info.duration, 6),
                    "width": video.info.width,
                    "height": video.info.height,
                    "times": [round(float(time), 6) for time in video.times],
                    "has_sound": video.info.has_audio,
                    "events": dict(self._marks.get(video.id, {})),
                    "ready": ready[video.id],
                    "anomaly": self._anomalies.get(video.id),
                    "thumbnail_step": thumbnail_step(video.info.frames),
                }
                for video in self.viewed.videos
            ],
            "thumbnails": {"height": THUMBNAIL_HEIGHT, "columns": THUMBNAIL_COLUMNS},
        }

    def embeddings(self, video: str) -> bytes:
        """``embeddings/{id}.bin``: little-endian float32, row by row."""
        return self.viewed[video].embedded.embeddings.astype("<f4").tobytes()

    def alignments(self, reference: str) -> bytes:
        """``alignments/{id}.json``: every other video aligned with this one.

        Raises:
            AlignmentError: a video cannot be aligned within the options, or through the anchors.
        """
        with self._aligning:
            entries = self._entries.get(reference)
            if entries is None:
                entries = {
                    video.id: self._entry(reference, video.id)
                    for video in self.viewed.videos
                    if video.id != reference
                }
                self._entries[reference] = entries
            self._entries.move_to_end(reference)
            while len(self._entries) > _KEPT_REFERENCES:
                self._entries.popitem(last=False)
            told = b",".join(b'"%s":%s' % (query.encode(), e) for query, e in entries.items())
        return b'{"reference":"%s","queries":{%s}}' % (reference.encode(), told)

    def set_anchors(self, reference: str, query: str, frames: Sequence[tuple[int, int]]) -> bytes:
        """Match frames of two videos by hand, save that, and align the two anew.

        Returns:
            The pair's entry, as in ``alignments/{id}.json``.

        Raises:
            AlignmentError: the frames are outside of the videos or do not increase in both, or no
                path within the options passes through them.
            OutputError: the alignment file cannot be written; nothing has changed then.
        """
        one, other = self.viewed[reference], self.viewed[query]
        with self._saving:
            # Through before the anchors are made: they refuse what is outside, with a sentence.
            align(
                one.embedded.embeddings,
                other.embedded.embeddings,
                anchors=frames,
                **self._options,
            )
            anchors = self._anchors.with_pair(one.embedded, other.embedded, frames)
            write_alignment_file(self.alignment_file, self._synchronization(anchors).to_dict())
            with self._aligning:
                self._anchors = anchors
                for first, second in ((reference, query), (query, reference)):
                    if first in self._entries:
                        self._entries[first][second] = self._entry(first, second)
                return self._entry(reference, query)

    def label_document(self) -> dict[str, Any]:
        """``labels.json`` in the project's own form."""
        with self._saving:
            return self.labels.content(self._events, self._marks)

    def published_labels(self) -> dict[str, Any]:
        """``labels.json`` for others: of these videos alone, and without any folder's name."""
        with self._saving:
            return self.labels.published(self._events, self._marks)

    def set_labels(
        self, events: Sequence[str], marks: Mapping[str, Mapping[str, int]]
    ) -> dict[str, Any]:
        """Replace the key events of all videos, and save them.

        Args:
            events: names, in order.
            marks: for each video's id the frame of each of its events.

        Returns:
            The saved document.

        Raises:
            CollectionError: a video or event is unknown, a frame is outside, or the order is
                wrong.
            OutputError: the file cannot be written; nothing has changed then.
        """
        with self._saving:
            saved = self.labels.save(events, marks)
            self._events = tuple(events)
            self._marks = {video: dict(marked) for video, marked in marks.items() if marked}
            return saved

    @property
    def _options(self) -> dict[str, Any]:
        return dict(self.viewed.options)

    def _alignment(self, reference: ViewedVideo, query: ViewedVideo, anchors: Anchors) -> Alignment:
        return align(
            reference.embedded.embeddings,
            query.embedded.embeddings,
            anchors=anchors.between(reference.embedded, query.embedded),
            **self._options,
        )

    def _entry(self, reference: str, query: str) -> bytes:
        one, other = self.viewed[reference], self.viewed[query]
        found = self._alignment(one, other, self._anchors)
        path = np.stack([found.path.reference, found.path.query], axis=1)
        entry = {
            "frames": found.query_frames.tolist(),
            "confidence": [round(float(value), 4) for value in found.confidence],
            "path": path.tolist(),
            "cost": float(found.cost),
            "anchors": [list(pair) for pair in self._anchors.between(one.embedded, other.embedded)],
        }
        return json.dumps(entry, separators=(",", ":")).encode()

    def _synchronization(self, anchors: Anchors) -> Synchronization:
        reference = self.viewed[self.viewed.reference]
        queries = [video for video in self.viewed.videos if video is not reference]
        return Synchronization(
            reference.embedded,
            tuple(query.embedded for query in queries),
            tuple(self._alignment(reference, query, anchors) for query in queries),
            anchors,
        )
