"""`blazepose`: find people, place 33 landmarks on them, follow them through a video."""

from typing import TYPE_CHECKING

from inphase import lazy

if TYPE_CHECKING:
    from inphase.models.pose.detections import Detection as Detection
    from inphase.models.pose.landmarks import Landmarks as Landmarks
    from inphase.models.pose.network import PoseNetwork as PoseNetwork
    from inphase.models.pose.region import Region as Region
    from inphase.models.pose.subject import Place as Place
    from inphase.models.pose.track import PoseTrack as PoseTrack
    from inphase.models.pose.track import video_landmarks as video_landmarks
    from inphase.models.pose.tracker import PoseTracker as PoseTracker
    from inphase.models.pose.tracks import PoseTracks as PoseTracks

# Loaded when first used: numba is slow to import.
_HOMES = {
    "Detection": "detections",
    "Landmarks": "landmarks",
    "PoseNetwork": "network",
    "PoseTrack": "track",
    "PoseTracker": "tracker",
    "PoseTracks": "tracks",
    "Place": "subject",
    "Region": "region",
    "video_landmarks": "track",
}

__all__ = [*_HOMES]

__getattr__ = lazy.attributes(__name__, _HOMES)
