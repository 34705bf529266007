"""The landmarks of one person in a whole video."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inphase.data import frames_worth_seeing
from inphase.errors import ConfigError
from inphase.models.pose.landmarks import NAMES, Landmarks
from inphase.models.pose.network import Network, PoseNetwork
from inphase.models.pose.subject import Place, Sighting, region_in, sightings_of_subject
from inphase.models.pose.track_smoothing import smooth_landmarks
from inphase.models.pose.tracker import PoseTracker
from inphase.video import VideoReader, ahead

# Larger frames are made smaller while decoding: the networks see 224 and 256 pixels.
_LONGER_SIDE = 720
_STEADY = [11, 12, 23, 24, 25, 26]

SEEN, SHAKE = 0.8, 1.4
"""Poses are looked at if a person is followed in this share of the frames, and moves rather than
shakes: depth cameras and drawings give a shake of 1.5 and more, filmed people 0.5 to 1.2
(docs/studies/poses.md)."""


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
        rival: where somebody else is who might be the person to follow, in pixels of the video's
            own size; None if the choice was clear or made by hand.
    """

    path: Path
    times: NDArray[np.float64]
    landmarks: NDArray[np.float32]
    people: int = 1
    rival: Place | None = None

    @property
    def found(self) -> NDArray[np.bool_]:
        """(frames,) whether there is somebody."""
        return ~np.isnan(self.landmarks[:, 0, 0])

    @property
    def clear(self) -> bool:
        """Whether a person is followed well enough for poses to be of use."""
        return float(self.found.mean()) >= SEEN and self.shake < SHAKE

    @property
    def shake(self) -> float:
        """How much of the movement goes to and fro: 0 for a steady motion, 1.7 for mere noise.

        It is the mean change of the velocity of shoulders, hips and knees, divided by their mean
        velocity; NaN if nobody is seen in three frames that differ.
        """
        # Between the frames that were looked at, landmarks are interpolated, which hides the shake.
        looked = self.landmarks[frames_worth_seeing(self.times)]
        looked = looked[~np.isnan(looked[:, 0, 0])]
        seen = looked[:, _STEADY, :2].astype(np.float64)
        moved = np.abs(np.diff(seen, axis=0)).max(axis=(1, 2), initial=0.0) > 0
        # Slow motion repeats frames: what stands still says nothing.
        seen = seen[np.concatenate([[True], moved])] if len(seen) else seen
        if len(seen) < 3:
            return float("nan")
        velocity = np.diff(seen, axis=0)
        change = np.diff(velocity, axis=0)
        fast, changed = (np.linalg.norm(one, axis=-1).mean() for one in (velocity, change))
        return float(changed / max(fast, 1e-9))


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
        subject: where the person to follow is, in the video's own pixels; by default whoever
            acts (`inphase.models.pose.subject`).
        advance: called with the number of frames just processed.

    Raises:
        VideoError: the path is not a readable video.
        ModelError: the weights are missing or damaged.
        ConfigError: nobody is at the place of the subject.
    """
    with VideoReader(path) as video:
        native = video.size
    shrink = min(1.0, _LONGER_SIDE / max(native))
    size = (max(1, round(native[0] * shrink)), max(1, round(native[1] * shrink)))
    landmarks = np.full((len(video), len(NAMES), 7), np.nan, np.float32)
    network = network or PoseNetwork()
    with VideoReader(path, size=size) as video:
        looked = frames_worth_seeing(video.times)
        if subject is not None:
            _check_place(subject, Path(path), native, float(video.times[-1]))
            subject = replace(
                subject, x=subject.x * size[0] / native[0], y=subject.y * size[1] / native[1]
            )
        seen, people, rival = sightings_of_subject(video, network, subject)
        if seen:  # Otherwise, nobody is looked for in the other frames.
            done = 0
            for index, person in _followed(video, looked.tolist(), network, seen):
                if person is not None:
                    landmarks[index] = person.values
                if advance is not None:
                    advance(index + 1 - done)
                    done = index + 1
    wider, higher = native[0] / size[0], native[1] / size[1]
    landmarks[..., :3] *= np.array([wider, higher, wider], np.float32)
    smooth = smooth_landmarks(landmarks[looked], video.times[looked])
    if rival is not None:
        rival = replace(rival, x=round(rival.x * wider), y=round(rival.y * higher))
    return PoseTrack(Path(path), video.times, _between(smooth, looked, len(video)), people, rival)


def _check_place(place: Place, path: Path, size: tuple[int, int], last: float) -> None:
    """Refuse a place at which nobody can be.

    Raises:
        ConfigError: it is outside the picture, or after the last frame.
    """
    if not (0 <= place.x < size[0] and 0 <= place.y < size[1]):
        raise ConfigError(
            f"The subject of {path} is outside the picture, which has {size[0]}×{size[1]} pixels: "
            f"{place.x:g},{place.y:g}."
        )
    if place.seconds > last + 1:
        raise ConfigError(
            f"The subject of {path} is wanted at {place.seconds:g} s, but the video ends at "
            f"{last:.1f} s."
        )


def _followed(
    video: VideoReader, numbers: Sequence[int], network: Network, seen: Sequence[Sighting]
) -> Iterator[tuple[int, Landmarks | None]]:
    """The person of the sightings in some frames of a video."""
    tracker = PoseTracker(network)
    with closing(ahead(video.frames(numbers))) as frames:
        for index, frame in zip(numbers, frames, strict=True):
            yield index, tracker.next(frame, region_in(seen, index))


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
