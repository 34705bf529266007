"""Key events transferred from one video to another, by alignment or plain time-stretching."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from inphase.errors import AlignmentError


@dataclass(frozen=True)
class EventAlignmentError:
    """How far each key event placed by an alignment is from the true one in the query.

    Attributes:
        frames: (events,) |predicted − true| in frames of the query.
        seconds: (events,) the same in seconds.
        share: (events,) `frames` divided by the query's number of frames.
    """

    frames: NDArray[np.int64]
    seconds: NDArray[np.float64]
    share: NDArray[np.float64]


def event_alignment_error(
    mapping: ArrayLike,
    reference_events: ArrayLike,
    *,
    query_events: ArrayLike,
    query_times: ArrayLike,
) -> EventAlignmentError:
    """Compare the reference's key events, transferred by an alignment, with the query's own.

    Args:
        mapping: (reference frames,) the query frame of each reference frame.
        reference_events: (events,) reference frames.
        query_events: (events,) query frames of the same events, in the same order.
        query_times: (query frames,) seconds.

    Raises:
        AlignmentError: the shapes do not fit, an event or a match lies outside its video, or an
            event's frame has no match (an alignment with open ends leaves some without).
    """
    frames = np.asarray(mapping, dtype=np.int64)
    times = np.asarray(query_times, dtype=np.float64)
    events = np.asarray(reference_events, dtype=np.int64)
    true = np.asarray(query_events, dtype=np.int64)
    if any(array.ndim != 1 for array in (frames, times, events, true)):
        raise AlignmentError("The mapping, the events and the times must be plain lists.")
    if events.shape != true.shape:
        raise AlignmentError(
            f"The reference has {len(events)} events and the query {len(true)}; "
            "both need the same, in the same order."
        )
    _check_inside(events, len(frames), "The reference's event")
    _check_inside(true, len(times), "The query's event")
    predicted = frames[events]
    if (predicted < 0).any():
        missing = events[predicted < 0][0]
        raise AlignmentError(
            f"The event at reference frame {missing} has no match in the query; "
            "align without open ends to score events."
        )
    _check_inside(predicted, len(times), "The match of an event")
    error = np.abs(predicted - true)
    return EventAlignmentError(
        frames=error,
        seconds=np.abs(times[predicted] - times[true]),
        share=error / max(len(times), 1),
    )


def time_stretch(n_reference: int, n_query: int) -> NDArray[np.int64]:
    """Mapping that plays the query evenly from first to last frame: the baseline to beat.

    Args:
        n_reference: number of reference frames.
        n_query: number of query frames.

    Returns:
        (n_reference,) query frames, never decreasing.

    Raises:
        AlignmentError: a video has no frames.
    """
    if n_reference < 1 or n_query < 1:
        raise AlignmentError(
            f"There are no frames to align: {n_reference} in the reference, {n_query} in the query."
        )
    # In integers, so that a half always rounds up.
    steps, last = max(n_reference - 1, 1), n_query - 1
    frames = np.arange(n_reference, dtype=np.int64)
    return (2 * frames * last + steps) // (2 * steps)


def _check_inside(frames: NDArray[np.int64], count: int, what: str) -> None:
    outside = frames[(frames < 0) | (frames >= count)]
    if len(outside):
        raise AlignmentError(f"{what} at frame {outside[0]} lies outside 0..{count - 1}.")
