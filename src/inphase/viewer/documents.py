"""The documents behind the page, the same from a server and in an exported folder."""

import shlex
import threading
from collections.abc import Container, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from inphase.applications.anchors import (
    Anchors,
    read_alignment_file,
)
from inphase.applications.synchronization.result import Synchronization
from inphase.atomic import write_json
from inphase.errors import ConfigError, InphaseError, VideoError
from inphase.models.pose import Place
from inphase.viewer.aligned_pairs import AlignedPairs
from inphase.viewer.anomalies import anomaly_curves
from inphase.viewer.background import Background
from inphase.viewer.embedding_map import map_document
from inphase.viewer.label_file import LabelFile
from inphase.viewer.label_merging import LabelState, Marks, merged_labels
from inphase.viewer.media import THUMBNAIL_COLUMNS, THUMBNAIL_HEIGHT, thumbnail_step
from inphase.viewer.people import People
from inphase.viewer.videos import ViewedCollection


class Documents:
    """The documents of a collection, made on demand; thread-safe.

    Args:
        viewed: the collection.
        anchors: frames matched by hand.
        alignment_file: where anchors are saved.
        labels: where key events are saved.
        people: follows other people in the videos; None if they are not compared by poses.

    Attributes:
        viewed: the collection as it is now.
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
        people: People | None = None,
    ) -> None:
        self.alignment_file = alignment_file
        self.labels = labels
        self._people = people
        self._anchors = anchors
        self._events: tuple[str, ...] = viewed.events
        self._marks: dict[str, Mapping[str, int]] = dict(viewed.marks)
        self._saving = threading.Lock()
        self._choosing = threading.Lock()
        self._chosen: dict[str, tuple[Place, Background[dict[str, Any]]]] = {}
        self._subjects: dict[str, str] = {}
        self._show(viewed)

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
            "follows_people": editable and self._people is not None,
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
                    "subject": self._subjects.get(video.id, ""),
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

    def mirrored_embeddings(self, video: str) -> bytes | None:
        """`mirrored/{id}.bin`: those of the video as seen in a mirror, None if there are none."""
        image = self.viewed[video].mirror_image
        return None if image is None else image.embeddings.astype("<f4").tobytes()

    def alignments(self, reference: str) -> bytes:
        """`alignments/{id}.json`: every other video aligned with this one.

        Raises:
            AlignmentError: a video cannot be aligned with these options or through the anchors.
        """
        anchors, pairs = self._anchors, self._pairs
        told = b",".join(
            b'"%s":%s' % (video.id.encode(), pairs.pair(reference, video.id, anchors).told)
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
            content = self._synchronization(anchors).to_dict()
            write_json(self.alignment_file, content, in_place=True)
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
        self,
        events: Sequence[str],
        marks: Marks,
        *,
        before: LabelState | None = None,
        insist: bool = False,
    ) -> dict[str, Any]:
        """Replace the key events of all videos, and save them.

        Args:
            events: names, in order.
            marks: the frame of each event, by the video's id.
            before: the labels before this change, so that what another window or program has saved
                since then is kept. None replaces everything.
            insist: whether this change prevails where both changed the same mark.

        Returns:
            The saved document.

        Raises:
            LabelConflictError: both changed the same mark; nothing is saved.
            CollectionError: a video or event is unknown, a frame is outside its video, or the
                order is wrong.
            OutputError: the file cannot be written; then nothing has changed.
        """
        with self._saving:
            if before is not None:
                known = self.labels.state(LabelState(self._events, self._marks))
                names = {video.id: video.name for video in self.viewed.videos}
                change = LabelState(events, marks)
                events, marks = merged_labels(known, before, change, names=names, insist=insist)
            saved = self.labels.save(events, marks)
            self._events = tuple(events)
            self._marks = {video: dict(marked) for video, marked in marks.items() if marked}
            return saved

    def follow(self, video: str, *, x: float, y: float, frame: int) -> dict[str, Any] | None:
        """Follow the person at a place in a video from now on, and align everything again.

        It takes a while: ask again with the same place until it is done.

        Args:
            video: its id.
            x: pixels from the left.
            y: pixels from the top.
            frame: in which the person is there.

        Returns:
            `subject`, the same choice as an option of a command; None while it is being computed.

        Raises:
            ConfigError: nobody is there, or the videos are not compared by poses.
            VideoError: the frame is outside the video, or nobody is seen in it.
        """
        times = self.viewed[video].times
        if frame >= len(times):
            raise VideoError(f"The video has {len(times)} frames, not {frame + 1}.")
        # The middle of the frame's time: what is printed means this frame when it is read again.
        until = times[min(frame + 1, len(times) - 1)]
        place = Place(round(x), round(y), round(float(times[frame] + until) / 2, 3))
        with self._choosing:
            known = self._chosen.get(video)
            if known is None or known[0] != place:
                known = place, Background("The person", lambda: self._follow(video, place))
                self._chosen[video] = known
        return known[1].result()

    def _follow(self, video: str, place: Place) -> dict[str, Any]:
        if self._people is None:
            raise ConfigError("These videos are not compared by the poses of people.")
        name, path = self.viewed[video].name, self.viewed[video].path
        try:
            plain, image = self._people.embed(name, place)
        except InphaseError as error:
            # The page never sees a path.
            raise type(error)(str(error).replace(str(path), name)) from error
        with self._saving:
            shown = replace(self.viewed[video], embedded=plain, mirror_image=image)
            self._show(self.viewed.with_video(shown))
            self._subjects[video] = f"--subject {shlex.quote(name)}={place}"
            return {"subject": self._subjects[video]}

    def _show(self, viewed: ViewedCollection) -> None:
        """Make all documents of this collection from now on."""
        self.viewed = viewed
        self.map = Background("The map", lambda: map_document(viewed))
        self.anomalies = Background("The anomaly curves", lambda: anomaly_curves(viewed.videos))
        self._pairs = AlignedPairs(viewed)

    def _synchronization(self, anchors: Anchors) -> Synchronization:
        reference = self.viewed[self.viewed.reference]
        pairs = [
            self._pairs.pair(reference.id, video.id, anchors)
            for video in self.viewed.videos
            if video is not reference
        ]
        return Synchronization(
            reference.embedded,
            tuple(pair.query for pair in pairs),
            tuple(pair.alignment for pair in pairs),
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
