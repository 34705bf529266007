"""Follow one person from frame to frame."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from inphase.models.pose.detections import Detection
from inphase.models.pose.landmarks import Landmarks
from inphase.models.pose.region import Region


class Network(Protocol):
    """What a tracker asks of a [`PoseNetwork`][inphase.models.pose.PoseNetwork]."""

    def detect(self, image: NDArray[np.uint8]) -> Sequence[Detection]:
        """The people in a picture, the most certain first."""

    def landmarks(self, image: NDArray[np.uint8], region: Region) -> Landmarks | None:
        """The landmarks of the person in a region; None if nobody is there."""


class PoseTracker:
    """Landmarks of one person, frame after frame, as they come.

    It looks where the person was in the frame before, and searches the whole picture only if nobody
    is there, in the same frame. Landmarks are those of each frame alone: nothing is smoothed, so
    nothing lags.

    Args:
        network: finds and follows; one network may serve several trackers.
    """

    def __init__(self, network: Network) -> None:
        self._network = network
        self._region: Region | None = None

    def next(self, image: NDArray[np.uint8]) -> Landmarks | None:
        """The person in the next frame, (height, width, 3) RGB; None if nobody is found."""
        found = None
        if self._region is not None:
            found = self._network.landmarks(image, self._region)
        if found is not None and self._region is not None:
            self._region = self._region.followed_by(found.region)
            return found
        found = self._search(image)
        self._region = found.region if found is not None else None
        return found

    def _search(self, image: NDArray[np.uint8]) -> Landmarks | None:
        """The most certain person in the whole picture whom both networks see."""
        for person in self._network.detect(image):
            found = self._network.landmarks(image, person.region)
            if found is not None:
                return found
        return None
