"""Phases: the spans between key events."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from inphase.data.collection import Video


def phases_of(
    video: Video, events: Sequence[str], indices: NDArray[np.int64]
) -> NDArray[np.int64] | None:
    """The phase that each frame is in: the number of key events at or before it.

    Args:
        video: the video with its labels.
        events: names of the key events in order; there is one more phase than events.
        indices: (n,) frame numbers of the video.

    Returns:
        (n,) phases from 0 to the number of events; None if the video lacks the label of an event,
        or there are no events.
    """
    if not events or any(event not in video.events for event in events):
        return None
    at = np.array([video.events[event] for event in events], dtype=np.int64)
    # The events are in order.
    return np.searchsorted(at, indices, side="right").astype(np.int64)
