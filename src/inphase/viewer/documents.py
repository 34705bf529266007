"""The documents behind the page, the same from a server and in an exported folder."""

import threading
from collections.abc import Container, Mapping, Sequence
from pathlib import Path
from typing import Any

from inphase.applications.anchors import (
    Anchors,
    read_alignment_file,
)
from inphase.applications.synchronization.result import Synchronization
from inphase.atomic import write_json
from inphase.viewer.aligned_pairs import AlignedPairs
from inphase.viewer.anomalies import anomaly_curves
from inphase.viewer.background import Background
from inphase.viewer.embedding_map import map_document
from inphase.viewer.label_file import LabelFile
from inphase.viewer.media import THUMBNAIL_COLUMNS, THUMBNAIL_HEIGHT, thumbnail_step
from inphase.viewer.videos import ViewedCollection


class Documents:
    """The documents of a collection, made on demand; thread-safe.

    Args:
        viewed: the collection.
        anchors: frames matched by hand.
        alignment_file: where anchors are saved.
        labels: where key events are saved.

    Attributes:
        map: `map.json`.
        anomalies: `anomalies.json`, the curves by the videos' ids.
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
        self.map = Background("The map", lambda: map_document(viewed))
        self.anomalies = Background("The anomaly curves", lambda: anomaly_curves(viewed.videos))
        self._anchors = anchors
        self._events: tuple[str, ...] = viewed.events
        self._marks: dict[str, Mapping[str, int]] = dict(viewed.marks)
        self._pairs = AlignedPairs(viewed)
        self._saving = threading.Lock()

    def collection(
        self, *, editable: bool, ready: Container[str], quick: Container[str]
    ) -> dict[str, Any]:
        """`collection.json`.

        Args:
            editable: whether anything can be saved.
            ready: ids of the videos that can be played now.
            quick: ids of the videos with a proxy that seeks faster.

        Raises:
            CollectionError: the labels can no longer be read.
        """
        labels = self.labels.names()
        return {
            "title": self.viewed.title,
            "editable": editable,
            "events": list(self._events),
            "reference": self.viewed.reference,
            "distance": self.viewed.options.distance,
            "videos": [
                {
                    "id": video.id,
                    "name": video.name,
                    "label": labels[video.id],
                    "frames": video.info.frames,
                    "fps": round(video.info.fps, 6),
                    "duration": round(video.info.duration, 6),
                    "width": video.info.width,
                    "height": video.info.height,
                    "times": [round(float(time), 6) for time in video.times],
                    "has_sound": video.info.has_audio,
                    "events": dict(self._marks.get(video.id, {})),
                    "ready": video.id in ready,
                    "quick": video.id in quick,
                    "thumbnail_step": thumbnail_step(video.info.frames),
                }
                for video in self.viewed.videos
            ],
            "thumbnails": {"height": THUMBNAIL_HEIGHT, "columns": THUMBNAIL_COLUMNS},
        }

    def embeddings(self, video: str) -> bytes:
        """`embeddings/{id}.bin`: little-endian float32, in row order."""
        return self.viewed[video].embedded.embeddings.astype("<f4").tobytes()

    def alignments(self, reference: str) -> bytes:
        """`alignments/{id}.json`: every other video aligned with this one.

        Raises:
            AlignmentError: a video cannot be aligned with these options or through the anchors.
        """
        anchors = self._anchors
        told = b",".join(
            b'"%s":%s' % (video.id.encode(), self._pairs.pair(reference, video.id, anchors).told)
            for video in self.viewed.videos
            if video.id != reference
        )
        return b'{"reference":"%s","queries":{%s}}' % (reference.encode(), told)

    def set_anchors(
        self,
        reference: str,
        query: str,
        frames: Sequence[tuple[int, int]],
        *,
        before: Sequence[tuple[int, int]] | None = None,
    ) -> bytes:
        """Match frames of two videos by hand, save the matches, and align the videos again.

        Args:
            reference: id of the first video.
            query: id of the second video.
            frames: pairs (reference frame, query frame).
            before: the pairs before this change, so that changes made in another window since then
                are kept. None replaces all pairs of the two videos.

        Returns:
            The pair's entry, as in `alignments/{id}.json`.

        Raises:
            AlignmentError: the frames are outside the videos or do not increase in both, no path
                with these options passes through them, or the file is no longer an alignment file.
            OutputError: the alignment file cannot be written; then nothing has changed.
        """
        one, other = self.viewed[reference].embedded, self.viewed[query].embedded
        with self._saving:
            # Keep what another program has saved since.
            saved = self.alignment_file.is_file()
            known = read_alignment_file(self.alignment_file) if saved else self._anchors
            if before is not None:
                frames = _merged(known.between(one, other), before, frames)
            # Align before making the anchors: this refuses frames outside the videos.
            self._pairs.through(reference, query, frames)
            anchors = known.with_pair(one, other, frames)
            write_json(self.alignment_file, self._synchronization(anchors).to_dict())
            self._anchors = anchors
            return self._pairs.pair(reference, query, anchors).told

    def label_document(self) -> dict[str, Any]:
        """`labels.json` in the project's own format."""
        with self._saving:
            return self.labels.content(self._events, self._marks)

    def published_labels(self) -> dict[str, Any]:
        """`labels.json` for publishing: only these videos, without names of folders."""
        with self._saving:
            return self.labels.published(self._events, self._marks)

    def set_labels(
        self, events: Sequence[str], marks: Mapping[str, Mapping[str, int]]
    ) -> dict[str, Any]:
        """Replace the key events of all videos, and save them.

        Args:
            events: names, in order.
            marks: the frame of each event, by the video's id.

        Returns:
            The saved document.

        Raises:
            CollectionError: a video or event is unknown, a frame is outside its video, or the
                order is wrong.
            OutputError: the file cannot be written; then nothing has changed.
        """
        with self._saving:
            saved = self.labels.save(events, marks)
            self._events = tuple(events)
            self._marks = {video: dict(marked) for video, marked in marks.items() if marked}
            return saved

    def _synchronization(self, anchors: Anchors) -> Synchronization:
        reference = self.viewed[self.viewed.reference]
        queries = [video for video in self.viewed.videos if video is not reference]
        return Synchronization(
            reference.embedded,
            tuple(query.embedded for query in queries),
            tuple(self._pairs.pair(reference.id, query.id, anchors).alignment for query in queries),
            anchors,
        )


def _merged(
    known: Sequence[tuple[int, int]],
    before: Sequence[tuple[int, int]],
    after: Sequence[tuple[int, int]],
) -> list[tuple[int, int]]:
    """The known pairs, with the change from `before` to `after` applied."""
    gone = set(before) - set(after)
    kept = set(known) - gone
    return sorted(kept | (set(after) - set(before)))
