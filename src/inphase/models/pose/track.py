"""The landmarks of one person in a whole video."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inphase.data import frames_worth_seeing
from inphase.models.pose.landmarks import NAMES
from inphase.models.pose.network import Network, PoseNetwork
from inphase.models.pose.subject import Place, region_in, sightings_of_subject
from inphase.models.pose.track_smoothing import smooth_landmarks
from inphase.models.pose.tracker import PoseTracker
from inphase.video import VideoReader, ahead

# Larger frames are made smaller while decoding: the networks see 224 and 256 pixels.
_LONGER_SIDE = 720


@dataclass(frozen=True)
class PoseTrack:
    """The landmarks of one person in every frame of a video.

    Attributes:
        path: of the video.
        times: (frames,) seconds.
        landmarks: (frames, 33, 7) float32 as in
            [`Landmarks.values`][inphase.models.pose.Landmarks], in pixels of the video's own size;
            NaN where nobody was found.
        people: how many were seen in the video.
    """

    path: Path
    times: NDArray[np.float64]
    landmarks: NDArray[np.float32]
    people: int = 1

    @property
    def found(self) -> NDArray[np.bool_]:
        """(frames,) whether there is somebody."""
        return ~np.isnan(self.landmarks[:, 0, 0])


def video_landmarks(
    path: str | Path,
    *,
    network: Network | None = None,
    subject: Place | None = None,
    advance: Callable[[int], object] | None = None,
) -> PoseTrack:
    """Follow one person through a video; smoothed over time without lag.

    Args:
        path: a video file or a folder of numbered images.
        network: loaded already, if there are several videos.
        subject: where the person to follow is; by default whoever
            [acts][inphase.models.pose.subject].
        advance: called with the number of frames just processed.

    Raises:
        VideoError: the path is not a readable video.
        ModelError: the weights are missing or damaged.
    """
    with VideoReader(path) as video:
        native = video.size
    shrink = min(1.0, _LONGER_SIDE / max(native))
    size = (max(1, round(native[0] * shrink)), max(1, round(native[1] * shrink)))
    landmarks = np.full((len(video), len(NAMES), 7), np.nan, np.float32)
    network = network or PoseNetwork()
    tracker = PoseTracker(network)
    with VideoReader(path, size=size) as video:
        looked = frames_worth_seeing(video.times)
        seen, people = sightings_of_subject(video, network, subject)
        done = 0
        with closing(ahead(video.frames(looked.tolist()))) as frames:
            for index, frame in zip(looked.tolist(), frames, strict=True):
                person = tracker.next(frame, region_in(seen, index))
                if person is not None:
                    landmarks[index] = person.values
                if advance is not None:
                    advance(index + 1 - done)
                    done = index + 1
    wider, higher = native[0] / size[0], native[1] / size[1]
    landmarks[..., :3] *= np.array([wider, higher, wider], np.float32)
    smooth = smooth_landmarks(landmarks[looked], video.times[looked])
    return PoseTrack(Path(path), video.times, _between(smooth, looked, len(video)), people)


def _between(
    landmarks: NDArray[np.float32], numbers: NDArray[np.int64], count: int
) -> NDArray[np.float32]:
    """Landmarks of all frames, from those of some; NaN spreads to the frames beside it."""
    if len(numbers) == count:
        return landmarks
    place = np.interp(np.arange(count), numbers, np.arange(len(numbers)))
    before = np.floor(place).astype(np.int64)
    after = np.ceil(place).astype(np.int64)
    share = (place - before).astype(np.float32)[:, None, None]
    between: NDArray[np.float32] = landmarks[before] * (1 - share) + landmarks[after] * share
    return between
