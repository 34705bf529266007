"""How far transferred events are from labels, compared with stretching the sources evenly."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inphase.applications.label_transfer.result import Transfer
from inphase.applications.label_transfer.source_match import AnnotatedSource
from inphase.data import AnnotatedVideo, event_frames
from inphase.errors import AlignmentError
from inphase.evaluation.metrics import event_alignment_error, time_stretch
from inphase.models import EmbeddedVideo, Embeddings
from inphase.overwriting import place_of


@dataclass(frozen=True)
class TransferError:
    """How far transferred events are from the targets' own labels.

    Attributes:
        videos: names of the targets that have labels.
        events: names of the key events.
        seconds: (videos, events) |transferred − labelled|.
        frames: (videos, events) the same in frames of the target.
        share: (videos, events) `frames` as a fraction of the target's frames.
        stretch_seconds: (videos, events) the error, in seconds, of stretching the sources evenly.
        confidence: (videos, events) in 0..1.
    """

    videos: tuple[str, ...]
    events: tuple[str, ...]
    seconds: NDArray[np.float64]
    frames: NDArray[np.int64]
    share: NDArray[np.float64]
    stretch_seconds: NDArray[np.float64]
    confidence: NDArray[np.float64]


def transfer_error(
    result: Transfer,
    sources: Sequence[AnnotatedVideo],
    embeddings: Embeddings | Sequence[EmbeddedVideo],
    truth: Mapping[str, Mapping[str, int]],
) -> TransferError:
    """Compare transferred events with labels, and with stretching the sources evenly.

    Args:
        result: of `transfer` for these sources and embeddings.
        truth: the frame of each event, for each target that has labels, by name.

    Raises:
        AlignmentError: no target has labels of all events.
    """
    known = {place_of(one.video.path): one.annotations for one in sources}
    from_ = [
        AnnotatedSource(video, known[place_of(video.path)])
        for video in embeddings
        if place_of(video.path) in known
    ]
    labelled = [
        target
        for target in result.targets
        if result.events and set(result.events) <= truth.get(target.video.name, {}).keys()
    ]
    if not labelled:
        raise AlignmentError("No target has labels of all events.")
    scores, stretches = [], []
    for target in labelled:
        times = target.video.times
        # A frame right after the last one marks an end; use the last one instead.
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


def _stretched(
    sources: Sequence[AnnotatedSource], events: Sequence[str], frames: int
) -> NDArray[np.int64]:
    """(events,) target frames if the sources were stretched evenly; the median over sources."""
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
