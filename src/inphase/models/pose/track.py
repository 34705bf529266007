"""The landmarks of one person in a whole video."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inphase.models.pose.landmarks import NAMES
from inphase.models.pose.network import PoseNetwork
from inphase.models.pose.track_smoothing import smooth_landmarks
from inphase.models.pose.tracker import Network, PoseTracker
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
    """

    path: Path
    times: NDArray[np.float64]
    landmarks: NDArray[np.float32]

    @property
    def found(self) -> NDArray[np.bool_]:
        """(frames,) whether there is somebody."""
        return ~np.isnan(self.landmarks[:, 0, 0])


def video_landmarks(
    path: str | Path,
    *,
    network: Network | None = None,
    advance: Callable[[int], object] | None = None,
) -> PoseTrack:
    """Follow one person through a video; smoothed over time without lag.

    Args:
        path: a video file or a folder of numbered images.
        network: loaded already, if there are several videos.
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
    tracker = PoseTracker(network or PoseNetwork())
    with VideoReader(path, size=size) as video, closing(ahead(video)) as frames:
        for index, (_, frame) in enumerate(frames):
            person = tracker.next(frame)
            if person is not None:
                landmarks[index] = person.values
            if advance is not None:
                advance(1)
    wider, higher = native[0] / size[0], native[1] / size[1]
    landmarks[..., :3] *= np.array([wider, higher, wider], np.float32)
    return PoseTrack(Path(path), video.times, smooth_landmarks(landmarks, video.times))
