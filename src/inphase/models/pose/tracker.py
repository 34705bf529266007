"""Follow one person from frame to frame."""

import numpy as np
from numpy.typing import NDArray

from inphase.models.pose.landmarks import Landmarks
from inphase.models.pose.network import Network
from inphase.models.pose.region import Region

Image = NDArray[np.uint8]

# Hips this far from where they should be, as a share of the body, are somebody else's.
_REACH = 0.35


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

    def next(self, image: Image, known: Region | None = None) -> Landmarks | None:
        """The person in the next frame.

        Args:
            image: (height, width, 3) RGB.
            known: where the person is, if that is roughly known already: nobody elsewhere is
                followed.

        Returns:
            None if nobody is found.
        """
        found = None
        if self._region is not None:
            found = self._checked(self._network.landmarks(image, self._region), known)
        if found is not None and self._region is not None:
            self._region = self._region.followed_by(found.region)
            return found
        if known is not None:
            found = self._checked(self._network.landmarks(image, known), known)
        if found is None:
            found = self._search(image, known)
        self._region = found.region if found is not None else None
        return found

    def _search(self, image: Image, known: Region | None) -> Landmarks | None:
        """The most certain person in the whole picture whom both networks see."""
        for person in self._network.detect(image):
            found = self._checked(self._network.landmarks(image, person.region), known)
            if found is not None:
                return found
        return None

    @staticmethod
    def _checked(found: Landmarks | None, known: Region | None) -> Landmarks | None:
        """None if it is somebody else."""
        return None if found and known and known.apart(found.region) > _REACH else found
