"""Which part of each video is seen: all of it, around the person, or with the bodies in one place.

A window is left, top, width and height in the video's own pixels, and fills the cell's picture.
Where it can stand still, it does; otherwise it moves as a person's hand would move a camera.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from inphase.applications.synchronization.picture.bodies import Body, filled_in
from inphase.models.smoothing import smooth_over_time

Array = NDArray[np.float64]

# Standard deviation in seconds of the average over which a window follows.
_CALM = 0.5
# It stands still if it then is only so much larger, or so far off in torso lengths.
_LARGER, _OFF = 1.3, 0.25
# Around the body, as a share of it: heads and hands reach beyond their landmarks.
_AROUND = 0.25
# The share of frames in which all of the body has to be seen.
_SEEN = 0.98
# Of a crop, so that a lying person is no ribbon.
_NARROWEST, _WIDEST = 9 / 16, 16 / 9
# A mirror image is shown if the bodies then are so much nearer.
_CLEARLY = 0.8


def whole(size: tuple[int, int], frames: int) -> Array:
    """(frames, 4) windows that show all of a picture of (width, height)."""
    return np.tile(np.array([0.0, 0.0, *size]), (frames, 1))


def fitted(aspect: float, room: tuple[int, int]) -> tuple[int, int]:
    """The largest (width, height) with this aspect in a room."""
    width = min(float(room[0]), room[1] * aspect)
    return max(2, round(width)), max(2, round(width / aspect))


class Crop(NamedTuple):
    """Around a person: (frames, 2) middles, and the width and height that are needed."""

    middles: Array
    width: float
    height: float

    @property
    def aspect(self) -> float:
        """Width / height, no ribbon."""
        return min(max(self.width / self.height, _NARROWEST), _WIDEST)


def crop_around(body: Body, frames: NDArray[np.int64]) -> Crop:
    """What has to be seen of a person in some frames of a video.

    Args:
        body: the person.
        frames: that are shown, ascending.
    """
    first, last = int(frames.min()), int(frames.max()) + 1
    boxes = body.boxes()
    if np.isnan(boxes[first:last]).all():
        first, last = 0, len(boxes)
    known = filled_in(boxes)
    middles = (known[:, :2] + known[:, 2:]) / 2
    shown = known[first:last]
    still = np.concatenate([shown[:, :2].min(axis=0), shown[:, 2:].max(axis=0)])
    moving = _smooth(middles, body.times)
    reach = np.maximum(shown[:, 2:] - moving[first:last], moving[first:last] - shown[:, :2])
    needed = 2 * np.quantile(reach, _SEEN, axis=0)
    standing = still[2:] - still[:2]
    margin = _AROUND * float(max(np.median(shown[:, 2:] - shown[:, :2], axis=0).max(), 8.0))
    if (standing <= _LARGER * (needed + margin)).all():
        moving, needed = np.tile((still[:2] + still[2:]) / 2, (len(boxes), 1)), standing
    width, height = needed + margin
    return Crop(moving, float(width), float(height))


def crop_windows(crop: Crop, aspect: float, size: tuple[int, int]) -> Array:
    """(frames, 4) windows of one size and this aspect, inside a picture of (width, height)."""
    width, height = crop.width, crop.height
    if width < height * aspect:
        width = height * aspect
    else:
        height = width / aspect
    shape = np.minimum([width, height], size)
    corners = np.clip(crop.middles - shape / 2, 0, np.array(size) - shape)
    return np.concatenate([corners, np.tile(shape, (len(corners), 1))], axis=1)


def is_mirrored(reference: Body, query: Body, mapping: NDArray[np.int64]) -> bool | None:
    """Whether the query's mirror image lies better on the reference; None if it is all the same."""
    theirs, own = reference.middles(), query.middles()[mapping]
    if _never_together(theirs, own):
        return None

    def apart(turn: int) -> float:
        turned = own * np.array([turn, 1])
        shapes = [one - one[:, 2:3] for one in (theirs, turned)]
        units = [_size(one) for one in shapes]
        return float(np.nanmean(np.abs(shapes[0] / units[0] - shapes[1] / units[1])))

    straight, turned = apart(1), apart(-1)
    if min(straight, turned) >= _CLEARLY * max(straight, turned):
        return None
    return turned < straight


def _never_together(theirs: Array, own: Array) -> bool:
    """Whether two people are never seen at the same moment."""
    return bool(np.isnan(theirs + own).any(axis=(1, 2)).all())


def windows_on(reference: Body, windows: Array, query: Body, mapping: NDArray[np.int64]) -> Array:
    """(reference frames, 4) windows of a query in which its body lies on the reference's.

    Its picture is made larger or smaller by one factor for the whole clip, by the bodies' median
    size, so that people do not swell and shrink.

    Args:
        reference: the person whose pictures stay.
        windows: (reference frames, 4) what is seen of them.
        query: the person whose pictures are placed.
        mapping: (reference frames,) the query's frame at each.
    """
    theirs, own = reference.middles(), query.middles()[mapping]
    if _never_together(theirs, own):
        return windows
    scale = _size(theirs) / _size(own)
    # Where the query's corner lies on the reference.
    corners = reference.torsos() - scale * query.torsos()[mapping]
    known = filled_in(corners)
    still = np.median(known, axis=0)
    torso = np.nanmedian(np.linalg.norm(theirs[:, 1] - theirs[:, 2], axis=1))
    calm = _smooth(known, reference.times)
    is_still = float(np.sqrt(((calm - still) ** 2).sum(axis=1).mean())) <= _OFF * torso
    placed = np.tile(still, (len(known), 1)) if is_still else calm
    return np.concatenate([windows[:, :2] - placed, windows[:, 2:]], axis=1) / scale


def _size(middles: Array) -> float:
    """Of a body, (frames, 5, 2): the median length from nose over shoulders, hips and knees."""
    steps = np.linalg.norm(np.diff(middles[:, :4], axis=1), axis=-1).sum(axis=1)
    return max(float(np.nanmedian(steps)), 1e-6)


def _smooth(values: Array, times: Array) -> Array:
    if len(times) < 2:
        return values
    # Turned about both ends, so that it does not lag there.
    before = np.concatenate([2 * values[0] - values[:0:-1], values])
    padded = np.concatenate([before, 2 * values[-1] - values[-2::-1]])
    apart = np.concatenate([2 * times[0] - times[:0:-1], times, 2 * times[-1] - times[-2::-1]])
    own = slice(len(times) - 1, 2 * len(times) - 1)
    smooth = smooth_over_time(padded.astype(np.float32), apart, _CALM)
    return smooth[own].astype(np.float64)
