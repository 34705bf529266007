"""Landmarks of whole videos, kept between runs."""

import functools
import hashlib
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import asdict, astuple
from pathlib import Path

import numpy as np

from inphase.atomic import replacing
from inphase.cache import touch
from inphase.data import content_hash
from inphase.errors import OutputError
from inphase.models.kept_arrays import read_array, write_array
from inphase.models.pose.landmarks import NAMES
from inphase.models.pose.network import Network, PoseNetwork
from inphase.models.pose.subject import Place
from inphase.models.pose.track import PoseTrack, video_landmarks
from inphase.models.pose.weight_files import pose_version
from inphase.video import probe

_log = logging.getLogger(__name__)
# Increased whenever frames of the same video look different than before.
_READING = 2
_NO_SUBJECTS: Mapping[Path, Place] = {}


class PoseTracks:
    """Follows one person through each of many videos, once: landmarks are kept on disk.

    Args:
        folder: keeps landmarks, by the video's content; by default they are not kept.
        subjects: by video, whom to follow; by default whoever
            acts (`inphase.models.pose.subject`).
        network: loaded when first needed.
    """

    def __init__(
        self,
        folder: Path | None = None,
        *,
        subjects: Mapping[Path, Place] = _NO_SUBJECTS,
        network: Network | None = None,
    ) -> None:
        self._folder = folder
        self._subjects = subjects
        self._network = network
        self._last: PoseTrack | None = None

    def track(
        self, path: str | Path, *, advance: Callable[[int], object] | None = None
    ) -> PoseTrack:
        """The landmarks of a video, found or computed.

        Args:
            path: the video.
            advance: called with the number of frames just processed.

        Raises:
            VideoError: the video cannot be read.
            ModelError: the weights are missing or damaged.
        """
        path = Path(path)
        if self._last is not None and self._last.path == path:
            return self._last
        subject = self._subjects.get(path)
        file = self._file(path, subject)
        found = _read(file, path) if file is not None else None
        if found is None:
            self._network = self._network or PoseNetwork()
            found = video_landmarks(path, network=self._network, subject=subject, advance=advance)
            if file is not None:
                try:
                    with replacing(file) as beside:
                        _write(beside, found)
                except OutputError as error:  # They are computed again next time.
                    _log.warning("Cannot keep the landmarks of %s: %s", path, error)
        self._last = found
        if found.rival is not None:
            _warn_once(
                f"{path.stem}: a near tie between two people; "
                f"--subject {path.stem}={found.rival} follows the other."
            )
        return found

    def network(self) -> Network:
        """The network that finds people."""
        self._network = self._network or PoseNetwork()
        return self._network

    def _file(self, path: Path, subject: Place | None) -> Path | None:
        if self._folder is None:
            return None
        who = None if subject is None else asdict(subject)
        told = json.dumps([_READING, pose_version(), content_hash(path), who])
        return self._folder / f"{hashlib.sha256(told.encode()).hexdigest()[:32]}.npy"


@functools.cache  # so that it is said once
def _warn_once(sentence: str) -> None:
    """A video is asked for several times in a run: to look for people, as it is, in a mirror."""
    _log.warning("%s", sentence)


def _read(file: Path, path: Path) -> PoseTrack | None:
    """The landmarks in a file; None if there are none for this video."""
    times = probe(path).times
    kept = read_array(file)
    if kept is None:
        return None
    # The number of people seen and the rival are in rows of their own, below the frames.
    shape = (len(times) + 2, len(NAMES), 7)
    if kept.shape != shape or kept.dtype != np.float32:
        return None
    people, rival = kept[-2, 0, 0], kept[-1, 0, :3]
    if not np.isfinite(people):
        return None
    touch(file)
    known = np.isfinite(rival).all()
    place = Place(*(round(value, 2) for value in rival.tolist())) if known else None
    return PoseTrack(path, times, kept[:-2], int(people), place)


def _write(file: Path, track: PoseTrack) -> None:
    last = np.full((2, *track.landmarks.shape[1:]), np.nan, np.float32)
    last[0] = track.people
    if track.rival is not None:
        last[1, 0, :3] = astuple(track.rival)
    write_array(file, np.concatenate([track.landmarks, last]))
