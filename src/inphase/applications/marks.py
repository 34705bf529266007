"""Moments that a person marked in each of several videos: impact, the top of a swing."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from inphase.applications.anchors import Anchor, Anchors
from inphase.data import Collection, Video
from inphase.data.annotations import event_seconds
from inphase.data.labels_beside import with_labels_beside
from inphase.errors import AlignmentError, ConfigError
from inphase.video import VideoInfo, probe


@dataclass(frozen=True)
class Mark:
    """One moment, marked in each of several videos.

    Attributes:
        name: such as `impact`.
        seconds: its time in each video, by the video's name.
    """

    name: str
    seconds: Mapping[str, float]


def read_marks(words: Sequence[str], collection: Collection) -> tuple[Mark, ...]:
    """The moments that words name, in the order of time.

    Args:
        words: each a key event that all videos have (`impact`), from their labels.json or one
            next to them, or the seconds in each video (`me=1.84,pro=2.1`).
        collection: the videos.

    Raises:
        AlignmentError: a video lacks the mark, a mark is outside its video, or the marks come in
            another order in one video than in another.
        CollectionError: a labels.json cannot be read, or there is no such video.
        ConfigError: a word has another form.
        VideoError: a video cannot be read.
    """
    labelled = with_labels_beside(collection)
    infos = {video.name: probe(video.path) for video in collection}
    marks = [
        _of_seconds(word, collection, infos) if "=" in word else _of_event(word, labelled, infos)
        for word in words
    ]
    first = collection.names[0]
    marks.sort(key=lambda mark: mark.seconds[first])
    for earlier, later in itertools.pairwise(marks):
        for name in collection.names:
            if not earlier.seconds[name] < later.seconds[name]:
                raise AlignmentError(
                    f"The marks {earlier.name} and {later.name} come in another order, or at the "
                    f"same time, in {name} ({earlier.seconds[name]:.2f} s and "
                    f"{later.seconds[name]:.2f} s) than in {first}."
                )
    return tuple(marks)


def marked_seconds(collection: Collection) -> dict[str, dict[str, float]]:
    """Seconds of the key events of each video, in order; of a labels.json beside them if need be.

    Raises:
        CollectionError: the labels cannot be read.
        VideoError: a video cannot be read.
    """
    labelled = with_labels_beside(collection)
    found = {}
    for video in labelled:
        if video.events:
            info = probe(video.path)
            in_order = {name: video.events[name] for name in labelled.events
                        if name in video.events}  # fmt: skip
            found[video.name] = event_seconds(in_order, info.times, info.duration)
    return found


def as_anchors(marks: Sequence[Mark], names: Sequence[str]) -> Anchors:
    """The marks as anchors between any two videos, for an alignment to pass through."""
    return Anchors(
        tuple(
            Anchor(
                reference=one,
                query=other,
                reference_time=mark.seconds[one],
                query_time=mark.seconds[other],
            )
            for mark in marks
            for one, other in itertools.combinations(names, 2)
        ),
        "The marks",
    )


def _of_event(event: str, labelled: Collection, infos: Mapping[str, VideoInfo]) -> Mark:
    lacking = next((video for video in labelled if event not in video.events), None)
    if lacking is not None:
        raise AlignmentError(_lacks(lacking, event))
    seconds = {
        video.name: event_seconds(
            {event: video.events[event]}, infos[video.name].times, infos[video.name].duration
        )[event]
        for video in labelled
    }
    return Mark(event, seconds)


def _lacks(video: Video, event: str) -> str:
    has = f"its marks are: {', '.join(video.events)}" if video.events else "it has no marks"
    return (
        f"{video.name} has no mark `{event}`; {has}. Mark it in `inphase view`, or give the "
        f"seconds in each video, such as {video.name}=1.84."
    )


def _of_seconds(word: str, collection: Collection, infos: Mapping[str, VideoInfo]) -> Mark:
    seconds: dict[str, float] = {}
    for part in word.split(","):
        name, _, told = part.rpartition("=")
        try:
            at = float(told)
        except ValueError:
            at = -1.0
        if not name or not 0 <= at < float("inf"):
            raise ConfigError(
                f"`{part}` is no mark: give a key event, or the seconds in each video, such as "
                f"{'=1.84,'.join(collection.names[:2])}=2.1."
            )
        video = collection[name]
        if at > infos[video.name].duration:
            raise AlignmentError(
                f"The mark {part} is outside {video.name}, which lasts "
                f"{infos[video.name].duration:.2f} s."
            )
        seconds[video.name] = at
    lacking = [name for name in collection.names if name not in seconds]
    if lacking:
        raise AlignmentError(
            f"The mark {word} says nothing of {', '.join(lacking)}: add {lacking[0]}=SECONDS."
        )
    return Mark(word.split(",")[0], seconds)
