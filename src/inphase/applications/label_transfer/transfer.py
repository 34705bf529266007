"""Transfer annotations from some videos to others: events, phases, captions, sensor data.

Source: Dwibedi et al., "Temporal Cycle-Consistency Learning", CVPR 2019, section 5.3 ("other
meta-data or modalities that are synchronized with the frames").
"""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from rich.console import Console

from inphase.alignment import AlignmentOptions
from inphase.applications.anchors import Anchors
from inphase.applications.label_transfer.result import (
    Transfer,
    TransferredCue,
    TransferredEvent,
    TransferredVideo,
)
from inphase.applications.label_transfer.source_match import AnnotatedSource, SourceMatch
from inphase.applications.label_transfer.voting import vote
from inphase.data import AnnotatedVideo, Cue, Recording, event_frames
from inphase.errors import AlignmentError
from inphase.models import EmbeddedVideo, Embeddings
from inphase.overwriting import place_of
from inphase.progress import progress_bar

# Votes agree if they are closer than this fraction of the video's length, or than this time.
_AGREE_SHARE, _AGREE_SECONDS = 0.05, 0.1


def transfer(
    sources: Sequence[AnnotatedVideo],
    embeddings: Embeddings | Sequence[EmbeddedVideo],
    *,
    anchors: Anchors | None = None,
    options: AlignmentOptions = AlignmentOptions(),
    console: Console | None = None,
) -> Transfer:
    """Transfer annotations from some videos to all others, by alignment.

    Each source is aligned with each target. An instant (an event, the start or end of a caption)
    moves to the matched time; several sources vote. Captions of several sources count as the same
    if they have the same text, in order of time. A recording is read, for each frame of the target,
    at the matched times of the sources, and averaged by their confidence.

    Args:
        sources: annotated videos, from
            [`read_annotations`][inphase.data.read_annotations].
        embeddings: of the sources and the targets. Every video whose file is not a source's is a
            target.
        anchors: frames matched by hand, which the alignments pass through.
        options: of each alignment; a source is the reference and a target the query.
        console: where a progress bar goes; by default nowhere.

    Raises:
        AlignmentError: no source or no target is among the embeddings, they cannot be aligned, or
            the anchors do not belong to these videos.
        CollectionError: an annotation is outside its video.
    """
    annotations = {place_of(one.video.path): one.annotations for one in sources}
    from_, to = [], []
    for video in embeddings:
        known = annotations.get(place_of(video.path))
        if known is None:
            to.append(video)
        else:
            from_.append(AnnotatedSource(video, known))
    if not from_:
        raise AlignmentError("None of the videos with annotations could be embedded.")
    if not to:
        raise AlignmentError("There is no video to transfer to: all of them are sources.")
    events = _in_order(source.annotations.events for source in from_)
    anchors = anchors or Anchors()
    anchors.check([video.name for video in embeddings])
    done = []
    with progress_bar("Transferring", len(to) * len(from_), console=console) as bar:
        for target in to:
            matches = []
            for source in from_:
                matches.append(SourceMatch(source, target, anchors, options))
                bar.advance(1)
            done.append(_transferred(target, matches, events))
    return Transfer(tuple(s.video.name for s in from_), events, tuple(done))


def _transferred(
    target: EmbeddedVideo, matches: Sequence[SourceMatch], order: Sequence[str]
) -> TransferredVideo:
    duration = target.duration
    tolerance = max(_AGREE_SHARE * duration, _AGREE_SECONDS)
    recording, confidence = _recording(target, matches)
    return TransferredVideo(
        video=target,
        duration=duration,
        events=_events(target, matches, order, tolerance),
        cues=_cues(target, matches, duration, tolerance),
        confidence=np.mean([match.confidence() for match in matches], axis=0),
        recording=recording,
        recording_confidence=confidence,
    )


def _events(
    target: EmbeddedVideo, matches: Sequence[SourceMatch], order: Sequence[str], tolerance: float
) -> dict[str, TransferredEvent]:
    voters = [match for match in matches if match.source.annotations.events]
    found: dict[str, TransferredEvent] = {}
    latest = 0.0
    for name in order:
        votes = [
            match.instant(match.source.annotations.events[name])
            if name in match.source.annotations.events
            else (float("nan"), 0.0)
            for match in voters
        ]
        times = np.array([seconds for seconds, _ in votes])
        seconds, confidence = vote(times, [trust for _, trust in votes], tolerance=tolerance)
        if np.isnan(seconds):
            continue
        # Each source keeps the order; medians of several may not.
        latest = max(latest, seconds)
        frame = event_frames({name: latest}, target.times)[name]
        found[name] = TransferredEvent(latest, frame, confidence, times)
    return found


def _cues(
    target: EmbeddedVideo, matches: Sequence[SourceMatch], duration: float, tolerance: float
) -> tuple[TransferredCue, ...]:
    voters = [match for match in matches if match.source.annotations.cues]
    starts: dict[tuple[str, int], list[tuple[float, float]]] = {}
    ends: dict[tuple[str, int], list[tuple[float, float]]] = {}
    nothing = (float("nan"), 0.0)
    for index, match in enumerate(voters):
        seen: dict[str, int] = {}
        for cue in match.source.annotations.cues:
            key = cue.text, seen.get(cue.text, 0)
            seen[cue.text] = key[1] + 1
            end = min(cue.end, match.source.duration)
            for told, instant in ((starts, cue.start), (ends, end)):
                told.setdefault(key, [nothing] * len(voters))[index] = match.instant(instant)
    frame = duration / len(target.times)
    found = []
    for key, votes in starts.items():
        start, sure = vote(*zip(*votes, strict=True), tolerance=tolerance)
        end, sure_too = vote(*zip(*ends[key], strict=True), tolerance=tolerance)
        if np.isnan(start) or np.isnan(end):
            continue
        # Leave out captions of no duration.
        start = min(start, duration - frame)
        cue = Cue(start, max(end, start + frame), key[0])
        found.append(TransferredCue(cue, min(sure, sure_too)))
    return tuple(sorted(found, key=lambda one: one.cue.start))


def _recording(
    target: EmbeddedVideo, matches: Sequence[SourceMatch]
) -> tuple[Recording | None, NDArray[np.float64]]:
    frames = len(target.times)
    read = [
        (match.source.annotations.recording, *match.recorded(match.source.annotations.recording))
        for match in matches
        if match.source.annotations.recording is not None
    ]
    if not read:
        return None, np.zeros(frames)
    columns = _in_order(dict.fromkeys(recording.columns, 0.0) for recording, _, _ in read)
    values = np.full((frames, len(columns)), np.nan)
    for index, column in enumerate(columns):
        told = np.full((len(read), frames), np.nan)
        weights = np.zeros((len(read), frames))
        for row, (recording, found, trust) in enumerate(read):
            if column in recording.columns:
                told[row] = found[:, recording.columns.index(column)]
                # A match without any confidence is still better than none.
                weights[row] = np.where(np.isfinite(told[row]), np.maximum(trust, 1e-6), 0.0)
        total = weights.sum(axis=0)
        summed = (weights * np.nan_to_num(told)).sum(axis=0)
        values[:, index] = np.divide(summed, total, out=np.full(frames, np.nan), where=total > 0)
    confidence = np.mean([trust for _, _, trust in read], axis=0)
    return Recording(target.times, columns, values), confidence


def _in_order(mappings: Iterable[Mapping[str, float]]) -> tuple[str, ...]:
    """All keys, in the order of the first mapping that has each."""
    order: dict[str, None] = {}
    for mapping in mappings:
        order.update(dict.fromkeys(mapping))
    return tuple(order)
