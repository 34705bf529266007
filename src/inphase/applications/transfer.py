"""Transfer of what is known of some videos to others: events, phases, captions, sensors.

Source: Dwibedi et al., "Temporal Cycle-Consistency Learning", CVPR 2019, section 5.3 ("other
meta-data or modalities that are synchronized with the frames").
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.console import Console

from inphase.alignment import Alignment, align
from inphase.applications.alignment_file import Anchors
from inphase.applications.transfer_files import save_transfer
from inphase.applications.voting import vote
from inphase.data import AnnotatedVideo, Annotations, Cue, Recording, event_frames
from inphase.errors import AlignmentError, CollectionError
from inphase.evaluation import event_alignment_error, time_stretch
from inphase.models import EmbeddedVideo, Embeddings
from inphase.progress import progress_bar

# Votes that are nearer than this share of the video's length, or this time, agree.
_AGREE_SHARE, _AGREE_SECONDS = 0.05, 0.1


@dataclass(frozen=True)
class TransferredEvent:
    """A key event in a target.

    Attributes:
        seconds: when it happens.
        frame: the first frame at or after it.
        confidence: in 0..1, see :func:`~inphase.applications.voting.vote`.
        votes: (sources,) seconds that each source says, NaN for none.
    """

    seconds: float
    frame: int
    confidence: float
    votes: NDArray[np.float64]


@dataclass(frozen=True)
class TransferredCue:
    """A text that belongs to a span of a target; ``confidence`` is that of its worse end."""

    cue: Cue
    confidence: float


@dataclass(frozen=True)
class TransferredVideo:
    """A target and what was transferred to it.

    Attributes:
        video: the target.
        duration: seconds.
        events: by name, in order.
        cues: in order of time.
        recording: one row for each frame of the target, None if no source has one.
        recording_confidence: (frames,) in 0..1, the mean over the sources.
    """

    video: EmbeddedVideo
    duration: float
    events: Mapping[str, TransferredEvent]
    cues: tuple[TransferredCue, ...]
    recording: Recording | None
    recording_confidence: NDArray[np.float64]


@dataclass(frozen=True)
class Transfer:
    """What is known of the sources, for each target.

    Attributes:
        sources: names of the videos that it comes from.
        events: names of the key events, in order.
        targets: the others.
    """

    sources: tuple[str, ...]
    events: tuple[str, ...]
    targets: tuple[TransferredVideo, ...]

    def save(
        self,
        path: str | Path,
        *,
        formats: Sequence[str] | None = None,
        console: Console | None = None,
    ) -> tuple[Path, ...]:
        """Write the annotations of the targets.

        A path with a suffix is one file: ``.json`` (a labels.json with the key events) and
        ``.csv`` (the events, or the captions) hold all targets; ``.vtt``, ``.srt`` (captions, or
        the phases between the events) and ``.mp4`` (a preview with all of it burned in) hold one.
        Any other path is a folder, which gets the files that ``formats`` name.

        Args:
            formats: of the files in a folder, some of json, csv, vtt, srt, mp4; by default json
                for events, vtt for captions, csv for recordings.
            console: where a progress bar goes; by default nowhere.

        Returns:
            The files.

        Raises:
            OutputError: the suffix or format is unknown, does not hold what there is, or the
                place cannot be written.
            VideoError: a video can no longer be read (for a preview).
        """
        return save_transfer(self, Path(path), formats=formats, console=console)

    def to_dict(self) -> dict[str, Any]:
        """The result as plain values: seconds and confidence of each event and cue."""
        return {
            "sources": list(self.sources),
            "targets": {
                target.video.name: {
                    "file": str(target.video.path),
                    "events": {
                        name: {
                            "seconds": round(event.seconds, 6),
                            "frame": event.frame,
                            "confidence": round(event.confidence, 4),
                        }
                        for name, event in target.events.items()
                    },
                    "cues": [
                        {
                            "start": round(one.cue.start, 6),
                            "end": round(one.cue.end, 6),
                            "text": one.cue.text,
                            "confidence": round(one.confidence, 4),
                        }
                        for one in target.cues
                    ],
                }
                for target in self.targets
            },
        }


@dataclass(frozen=True)
class TransferError:
    """How far transferred events are from where the targets' own labels have them.

    Attributes:
        videos: names of the targets that have labels.
        events: names of the key events.
        seconds: (videos, events) |transferred − labelled|.
        frames: (videos, events) the same in frames of the target.
        share: (videos, events) ``frames`` as a share of the target's frames.
        stretch_seconds: (videos, events) what stretching the sources evenly would give.
        confidence: (videos, events) in 0..1.
    """

    videos: tuple[str, ...]
    events: tuple[str, ...]
    seconds: NDArray[np.float64]
    frames: NDArray[np.int64]
    share: NDArray[np.float64]
    stretch_seconds: NDArray[np.float64]
    confidence: NDArray[np.float64]


def transfer(
    sources: Sequence[AnnotatedVideo],
    embeddings: Embeddings | Sequence[EmbeddedVideo],
    *,
    anchors: Anchors | None = None,
    console: Console | None = None,
    **options: Any,
) -> Transfer:
    """Carry over what is known of some videos to all others, by alignment.

    Each source is aligned with each target. An instant (an event, an end of a caption) goes to
    the matched time; where there are several sources they vote. Captions of several sources are
    the same when their text is, in order of time. A recording is read, for each frame of the
    target, at the matched times of the sources, and averaged by their confidence.

    Args:
        sources: videos of which something is known, as :func:`inphase.data.read_annotations`
            gives them.
        embeddings: of the sources and of the targets: all that are not sources, by their files.
        anchors: frames matched by hand that the alignments pass through.
        console: where a progress bar goes; by default nowhere.
        **options: as :func:`inphase.alignment.align` takes them.

    Raises:
        AlignmentError: no source or no target is among the embeddings, they cannot be aligned, or
            the anchors do not belong to these videos.
        CollectionError: an annotation is outside its video.
    """
    annotations = {one.video.path.resolve(): one.annotations for one in sources}
    from_, to = [], []
    for video in embeddings:
        known = annotations.get(video.path.resolve())
        if known is None:
            to.append(video)
        else:
            from_.append(_Source(video, known))
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
                matches.append(_Match(source, target, anchors, options))
                bar.advance(1)
            done.append(_transferred(target, matches, events))
    return Transfer(tuple(s.video.name for s in from_), events, tuple(done))


def transfer_error(
    result: Transfer,
    sources: Sequence[AnnotatedVideo],
    embeddings: Embeddings | Sequence[EmbeddedVideo],
    truth: Mapping[str, Mapping[str, int]],
) -> TransferError:
    """Compare transferred events with labels, and with stretching the sources evenly.

    Args:
        result: of :func:`transfer` for these sources and embeddings.
        truth: for each target that has labels, by name: the frame of each event.

    Raises:
        AlignmentError: no target has a label of every event.
    """
    known = {one.video.path.resolve(): one.annotations for one in sources}
    from_ = [
        _Source(video, known[video.path.resolve()])
        for video in embeddings
        if video.path.resolve() in known
    ]
    labelled = [
        target
        for target in result.targets
        if result.events and set(result.events) <= truth.get(target.video.name, {}).keys()
    ]
    if not labelled:
        raise AlignmentError("No target has labels of all of the events.")
    scores, stretches = [], []
    for target in labelled:
        times = target.video.times
        # A frame right after the last one is an end: the last one stands for it.
        true = [min(truth[target.video.name][name], len(times) - 1) for name in result.events]
        at = [min(target.events[name].frame, len(times) - 1) for name in result.events]
        order = np.arange(len(true))
        scores.append(event_alignment_error(at, order, query_events=true, query_times=times))
        stretches.append(np.abs(times[_stretched(from_, result.events, len(times))] - times[true]))
    return TransferError(
        videos=tuple(target.video.name for target in labelled),
        events=result.events,
        seconds=np.stack([score.seconds for score in scores]),
        frames=np.stack([score.frames for score in scores]),
        share=np.stack([score.share for score in scores]),
        stretch_seconds=np.stack(stretches),
        confidence=np.array(
            [[t.events[name].confidence for name in result.events] for t in labelled]
        ),
    )


class _Source:
    """A source whose annotations have been found to lie in the video."""

    def __init__(self, video: EmbeddedVideo, annotations: Annotations) -> None:
        self.video = video
        self.annotations = annotations
        self.duration = _duration(video)
        marks = [*annotations.events.values(), *(cue.start for cue in annotations.cues)]
        outside = next((s for s in marks if not 0 <= s <= self.duration + 1e-3), None)
        if outside is not None:
            raise CollectionError(
                f"The annotations of {video.path} do not fit: there is one at {outside:g} s, and "
                f"the video lasts {self.duration:.2f} s."
            )


class _Match:
    """A source aligned with a target, both ways."""

    def __init__(
        self,
        source: _Source,
        target: EmbeddedVideo,
        anchors: Anchors,
        options: Mapping[str, Any],
    ) -> None:
        self.source = source
        video = source.video
        pairs = anchors.between(video, target)
        forward = align(video.embeddings, target.embeddings, anchors=pairs, **options)
        mapped = np.flatnonzero(forward.query_frames >= 0)
        self._from = video.times[mapped]
        self._to = target.times[forward.query_frames[mapped]]
        self._confidence = forward.confidence[mapped].astype(np.float64)
        if len(mapped) and mapped[-1] == len(video.times) - 1:
            # What lasts to the end of the one lasts to the end of the other.
            self._from = np.append(self._from, source.duration)
            end = _duration(target) if self._to[-1] == target.times[-1] else self._to[-1]
            self._to = np.append(self._to, end)
            self._confidence = np.append(self._confidence, self._confidence[-1])
        self._target = target
        self._anchors = anchors
        self._options = options

    def instant(self, seconds: float) -> tuple[float, float]:
        """Where an instant of the source is in the target, in seconds, and the confidence."""
        # An open alignment leaves the begin or the end of the source without a place.
        first = self._from[0] if self._from[0] > self.source.video.times[0] else 0.0
        if not first <= seconds <= self._from[-1] + 1e-3:
            return float("nan"), 0.0
        return (
            float(np.interp(seconds, self._from, self._to)),
            float(np.interp(seconds, self._from, self._confidence)),
        )

    def recorded(self, recording: Recording) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """(frames, columns) values at the target's frames, and (frames,) confidence."""
        video = self.source.video
        back: Alignment = align(
            self._target.embeddings,
            video.embeddings,
            anchors=self._anchors.between(self._target, video),
            **_other_way(self._options),
        )
        values = recording.at(video.times[np.maximum(back.query_frames, 0)])
        values[back.query_frames < 0] = np.nan
        return values, back.confidence.astype(np.float64)


def _other_way(options: Mapping[str, Any]) -> dict[str, Any]:
    """The same alignment with reference and query exchanged."""
    turned = dict(options)
    if "open_in" in turned:
        turned["open_in"] = "query" if turned["open_in"] == "reference" else "reference"
    elif turned.get("open_begin") or turned.get("open_end"):
        turned["open_in"] = "query"
    return turned


def _transferred(
    target: EmbeddedVideo, matches: Sequence[_Match], order: Sequence[str]
) -> TransferredVideo:
    duration = _duration(target)
    tolerance = max(_AGREE_SHARE * duration, _AGREE_SECONDS)
    recording, confidence = _recording(target, matches)
    return TransferredVideo(
        video=target,
        duration=duration,
        events=_events(target, matches, order, tolerance),
        cues=_cues(target, matches, duration, tolerance),
        recording=recording,
        recording_confidence=confidence,
    )


def _events(
    target: EmbeddedVideo, matches: Sequence[_Match], order: Sequence[str], tolerance: float
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
        # Each source keeps the order; medians of several need not.
        latest = max(latest, seconds)
        frame = event_frames({name: latest}, target.times)[name]
        found[name] = TransferredEvent(latest, frame, confidence, times)
    return found


def _cues(
    target: EmbeddedVideo, matches: Sequence[_Match], duration: float, tolerance: float
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
        # A caption that is shown for no time at all is none.
        start = min(start, duration - frame)
        cue = Cue(start, max(end, start + frame), key[0])
        found.append(TransferredCue(cue, min(sure, sure_too)))
    return tuple(sorted(found, key=lambda one: one.cue.start))


def _recording(
    target: EmbeddedVideo, matches: Sequence[_Match]
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
                # A match without any confidence still says more than nothing.
                weights[row] = np.where(np.isfinite(told[row]), np.maximum(trust, 1e-6), 0.0)
        total = weights.sum(axis=0)
        summed = (weights * np.nan_to_num(told)).sum(axis=0)
        values[:, index] = np.divide(summed, total, out=np.full(frames, np.nan), where=total > 0)
    confidence = np.mean([trust for _, _, trust in read], axis=0)
    return Recording(target.times, columns, values), confidence


def _stretched(sources: Sequence[_Source], events: Sequence[str], frames: int) -> NDArray[np.int64]:
    """(events,) target frames if the sources were stretched evenly: the median over them."""
    told = []
    for source in sources:
        count = len(source.video.times)
        at = event_frames(source.annotations.events, source.video.times)
        mapping = time_stretch(count, frames)
        told.append([mapping[min(at[name], count - 1)] if name in at else -1 for name in events])
    known = np.array(told)
    return np.array(
        [np.median(column[column >= 0]) for column in known.T], dtype=np.float64
    ).astype(np.int64)


def _in_order(mappings: Iterable[Mapping[str, float]]) -> tuple[str, ...]:
    """All keys, each where the first mapping that has it puts it."""
    order: dict[str, None] = {}
    for mapping in mappings:
        order.update(dict.fromkeys(mapping))
    return tuple(order)


def _duration(video: EmbeddedVideo) -> float:
    """Seconds to the end of the last frame, which lasts as long as one does on average."""
    times = video.times
    step = (times[-1] - times[0]) / (len(times) - 1) if len(times) > 1 else 0.04
    return float(times[-1] + step)
