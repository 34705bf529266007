"""Features of a person's poses while they are being filmed."""

from collections import deque

import numpy as np
from numpy.typing import NDArray

from inphase.models.pose.features import body, features
from inphase.models.pose.landmarks import NAMES
from inphase.models.pose.network import Network
from inphase.models.pose.tracker import PoseTracker

# Frames that are remembered: half a minute at 30 frames per second. The size of the person, the
# side they show and their pace are those of this time.
_REMEMBERED = 900


class PoseStream:
    """Follows one person, frame by frame; nothing is smoothed, which would need future frames.

    Args:
        network: finds and follows.

    Attributes:
        sees_somebody: whether somebody was seen in the last frame.
    """

    def __init__(self, network: Network) -> None:
        self._network = network
        self.restart()

    def restart(self) -> None:
        """Begin a new video."""
        self.sees_somebody = False
        self._tracker = PoseTracker(self._network)
        self._landmarks: deque[NDArray[np.float32]] = deque(maxlen=_REMEMBERED)
        self._times: deque[float] = deque(maxlen=_REMEMBERED)

    def push(self, frame: NDArray[np.uint8], time: float) -> NDArray[np.float32]:
        """The features of the next frame.

        Args:
            frame: (height, width, 3) RGB, of any size.
            time: seconds, later than the previous frame's.

        Returns:
            (SIZE,) as [`features`][inphase.models.pose.features.features] has them. Where nobody is
            seen, the last pose counts.
        """
        person = self._tracker.next(frame)
        self.sees_somebody = person is not None
        nobody = np.full((len(NAMES), 7), np.nan, np.float32)
        self._landmarks.append(nobody if person is None else person.values)
        self._times.append(time)
        places = body(np.stack(self._landmarks))
        last: NDArray[np.float32] = features(places, np.array(self._times))[-1]
        return last
