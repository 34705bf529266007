"""Match videos by marks alone: nothing is embedded, compared or aligned."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from inphase.alignment import Alignment, WarpingPath
from inphase.alignment.straight import straight
from inphase.applications.marks import Mark
from inphase.applications.synchronization.result import Synchronization
from inphase.data import Collection, Video
from inphase.errors import AlignmentError
from inphase.models import EmbeddedVideo
from inphase.video import probe


def synchronize_by_marks(
    collection: Collection, marks: Sequence[Mark], *, reference: str | None = None
) -> Synchronization:
    """Match every video to a reference by moments that a person marked.

    With one mark, each video plays at its own speed, shifted so that the mark coincides. With
    more, a query is stretched evenly between marks, and plays at its own speed before the first
    and after the last. Nothing is known of how well it matches in between.

    Args:
        collection: the videos.
        marks: at least one, from [`read_marks`][inphase.applications.marks.read_marks].
        reference: name of the video whose pace is kept; by default the first.

    Returns:
        A synchronization whose embeddings are empty, whose confidence is NaN, and whose verdicts
        say what it rests on.

    Raises:
        AlignmentError: there is no mark or no other video.
        CollectionError: there is no such reference.
        VideoError: a video cannot be read.
    """
    if not marks:
        raise AlignmentError("There is no mark to synchronize at: give at least one.")
    if len(collection) < 2:
        raise AlignmentError("Synchronizing takes at least two videos.")
    name = collection.names[0] if reference is None else collection[reference].name
    kept = _plain(collection[name])
    queries = tuple(_plain(video) for video in collection if video.name != name)
    alignments = tuple(
        _alignment(kept, query, [(m.seconds[name], m.seconds[query.name]) for m in marks])
        for query in queries
    )
    return Synchronization(kept, queries, alignments, rests_on=rests_on(marks))


def alone(video: Video) -> Synchronization:
    """A single video, with nothing matched to it.

    Raises:
        VideoError: it cannot be read.
    """
    return Synchronization(_plain(video), (), ())


def rests_on(marks: Sequence[Mark]) -> str:
    """What a synchronization by these marks rests on, in words."""
    if len(marks) == 1:
        return (
            f"The match rests on one mark, {marks[0].name}: each video plays at its own speed, and "
            "nothing else was compared."
        )
    names = ", ".join(mark.name for mark in marks)
    return (
        f"The match rests on {len(marks)} marks, {names}: between them it is stretched evenly, "
        "beyond them each video plays at its own speed, and nothing else was compared."
    )


def _plain(video: Video) -> EmbeddedVideo:
    times = probe(video.path).times
    return EmbeddedVideo(video.name, video.path, times, np.empty((len(times), 0), np.float32))


def _alignment(
    reference: EmbeddedVideo, query: EmbeddedVideo, marks: list[tuple[float, float]]
) -> Alignment:
    frames = _shown(query, straight(reference.times, marks))
    rows = np.flatnonzero(frames >= 0)
    if not len(rows):
        raise AlignmentError(
            f"By these marks, no frame of {query.name} is shown with one of {reference.name}."
        )
    return Alignment(
        frames,
        np.full(len(frames), np.nan, np.float32),
        0.0,
        WarpingPath(reference=rows, query=frames[rows], cost=0.0),
    )


def _shown(video: EmbeddedVideo, seconds: NDArray[np.float64]) -> NDArray[np.int64]:
    """The frame nearest to each instant; −1 before the video starts and after it ends."""
    times = video.times
    after = np.searchsorted(times, seconds).clip(1, max(len(times) - 1, 1))
    before = after - 1
    after = after.clip(max=len(times) - 1)
    nearer = np.abs(times[before] - seconds) <= np.abs(times[after] - seconds)
    frames = np.where(nearer, before, after)
    reach = video.frame_time / 2
    outside = (seconds < times[0] - reach) | (seconds > times[-1] + reach)
    return np.where(outside, -1, frames).astype(np.int64)
