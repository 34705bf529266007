"""Where the person is in the pictures of a video."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from inphase.models.pose.landmarks import NAMES
from inphase.models.pose.track import PoseTrack

Array = NDArray[np.float64]

# A landmark is taken to be where it is said to be if it is as visible as this.
VISIBLE = 0.3
_SHOULDERS, _HIPS = slice(11, 13), slice(23, 25)
# In the middle of left and right, so that a mirror changes nothing but their side.
_MIDDLES = (slice(0, 1), _SHOULDERS, _HIPS, slice(25, 27), slice(27, 29))
# People are followed well enough to place a picture by them.
_FOUND = 0.5


@dataclass(frozen=True)
class Body:
    """One person in every frame of a video.

    Attributes:
        places: (frames, 33, 2) pixels of the video's own size; NaN where nobody is seen.
        visible: (frames, 33) whether each landmark is seen.
        times: (frames,) seconds.
    """

    places: Array
    visible: NDArray[np.bool_]
    times: Array

    @classmethod
    def of(cls, track: PoseTrack) -> "Body | None":
        """The person of a track; None if nobody is seen in half of the frames."""
        if track.found.mean() < _FOUND:
            return None
        values = track.landmarks.astype(np.float64)
        seen = values[..., 3] >= VISIBLE
        return cls(values[..., :2], seen, track.times)

    def flipped(self, width: float) -> "Body":
        """The same in a mirror image of a video of this width."""
        return replace(self, places=np.array([width, 0]) + self.places * np.array([-1, 1]))

    def landmark(self, name: str) -> Array:
        """(frames, 2) the places of a landmark."""
        found: Array = self.places[:, NAMES.index(name)]
        return found

    def middles(self) -> Array:
        """(frames, 5, 2) nose, and the middle of shoulders, hips, knees and ankles."""
        return np.stack([self.places[:, one].mean(axis=1) for one in _MIDDLES], axis=1)

    def torsos(self) -> Array:
        """(frames, 2) the middle between shoulders and hips."""
        found: Array = self.middles()[:, 1:3].mean(axis=1)
        return found

    def boxes(self) -> Array:
        """(frames, 4) left, top, right and bottom of what is visible; NaN where nobody is."""
        shown = np.where(self.visible[..., None], self.places, np.nan)
        nobody = ~self.visible.any(axis=1)
        shown[nobody] = 0  # no warning of empty frames
        boxes = np.concatenate([np.nanmin(shown, axis=1), np.nanmax(shown, axis=1)], axis=1)
        boxes[nobody] = np.nan
        return boxes


def filled_in(values: Array) -> Array:
    """(frames, n) with every NaN row interpolated between its neighbours."""
    known = np.flatnonzero(~np.isnan(values).any(axis=1))
    every = np.arange(len(values))
    columns = [np.interp(every, known, column[known]) for column in values.T]
    return np.stack(columns, axis=1)
