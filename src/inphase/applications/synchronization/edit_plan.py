"""A synchronization for editing programs: clips, their speeds and their cuts."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inphase.alignment.speed_segments import SpeedSegment, constant_speeds
from inphase.applications.synchronization.edit_rate import (
    FASTEST,
    TimeCode,
    nominal_rate,
    timeline_rate,
)
from inphase.errors import OutputError
from inphase.video import VideoInfo, frame_at, probe
from inphase.video.editing import editing_facts

DEFAULT_CUT_ERROR = 2
# An edit list writes speeds as frames per second, with one decimal, up to 999.9.
_SPEEDS_A_FRAME = 10
_FASTEST_STEPS = 9999


@dataclass(frozen=True)
class EditTrack:
    """One video on the timeline.

    Attributes:
        name: of the video.
        path: of its file.
        frames: its length, in frames at the timeline's rate.
        own_frames: (frames,) the video's own frame at each of them; the same number if the video
            has the same constant rate.
        segments: the pieces of constant speed.
        time_code: of its first frame.
    """

    name: str
    path: Path
    frames: int
    own_frames: NDArray[np.int64]
    segments: tuple[SpeedSegment, ...]
    time_code: TimeCode

    @property
    def is_conformed(self) -> bool:
        """Whether an editing program converts its frame rate to the timeline's."""
        return not np.array_equal(self.own_frames, np.arange(self.frames))

    def shown(self) -> NDArray[np.int64]:
        """(timeline frames,) the video's own frame shown at each timeline frame."""
        played = np.concatenate([segment.played() for segment in self.segments])
        frames: NDArray[np.int64] = self.own_frames[np.minimum(played, self.frames - 1)]
        return frames


@dataclass(frozen=True)
class EditPlan:
    """All videos on a timeline at the standard frame rate nearest to the reference's.

    Source frames are counted at that rate too, as editing programs convert other rates to it.

    Attributes:
        rate: frames per second.
        frames: length of the timeline.
        tracks: the reference, then the queries.
        has_audio: whether the reference has sound.
        error: maximum number of frames that a shown frame may be off.
    """

    rate: Fraction
    frames: int
    tracks: tuple[EditTrack, ...]
    has_audio: bool
    error: int

    @property
    def cuts(self) -> int:
        """Number of cuts between two pieces, over all queries."""
        return sum(len(track.segments) - 1 for track in self.tracks[1:])


def plan_edit(
    reference: tuple[str, Path],
    queries: Sequence[tuple[str, Path]],
    mappings: Sequence[NDArray[np.int64]],
    *,
    error: int = DEFAULT_CUT_ERROR,
) -> EditPlan:
    """Split each query into as few pieces of constant speed as possible.

    Args:
        reference: name and file of the video whose pace is kept.
        queries: name and file of each other video.
        mappings: for each query, (reference frames,) its frame at each reference frame.
        error: maximum number of frames (at the timeline's rate) that a shown frame may be off.

    Raises:
        AlignmentError: the error is negative.
        VideoError: a video can no longer be read.
    """
    info = probe(reference[1])
    rate = timeline_rate(_nominal(info))
    own, frames = _conformed(info, rate)
    whole = (SpeedSegment(0, frames, 0, Fraction(1)),)
    tracks = [EditTrack(*reference, frames, own, whole, _time_code(info, rate))]
    for (name, path), mapping in zip(queries, mappings, strict=True):
        known = probe(path)
        query_own, query_frames = _conformed(known, rate)
        # The first frame, at the timeline's rate, that shows or follows the wanted one.
        wanted = np.minimum(np.searchsorted(query_own, mapping[own]), query_frames - 1)
        segments = constant_speeds(
            wanted.astype(np.int64),
            error=error,
            steps=_SPEEDS_A_FRAME * round(rate),
            fastest=_FASTEST_STEPS,
        )
        code = _time_code(known, rate)
        tracks.append(EditTrack(name, path, query_frames, query_own, segments, code))
    return EditPlan(rate, frames, tuple(tracks), info.has_audio, error)


def check_edit_list(path: Path, references: Sequence[Path]) -> None:
    """Refuse an edit list that could not hold the frame rate of its reference.

    Args:
        path: of the edit list.
        references: the reference, or the videos of which one will be it.

    Raises:
        OutputError: all of them have more frames per second than an edit list counts.
        VideoError: one of them is not a readable video.
    """
    rates = [_nominal(probe(reference)) for reference in references]
    if min(rates) > FASTEST:
        raise OutputError(
            f"{path}: an edit list counts at most {FASTEST} frames per second, and "
            f"{references[0]} has {float(min(rates)):g}; write .otio."
        )


def _nominal(info: VideoInfo) -> Fraction:
    declared = editing_facts(info.path).rate
    return nominal_rate(info.times, declared=declared, average=info.fps)


def _time_code(info: VideoInfo, rate: Fraction) -> TimeCode:
    text = editing_facts(info.path).time_code
    return TimeCode.read(text, own=_nominal(info), rate=rate)


def _conformed(info: VideoInfo, rate: Fraction) -> tuple[NDArray[np.int64], int]:
    """A video's own frame at each frame of a constant rate, and the number of those frames."""
    times = info.times
    count = max(1, round((info.duration - times[0]) * float(rate)))
    even = len(times) == count and np.allclose(
        times - times[0], np.arange(count) / float(rate), atol=0.25 / float(rate)
    )
    if even:
        return np.arange(count), count
    instants = times[0] + (np.arange(count) + 0.5) / float(rate)
    return np.array([frame_at(times, instant) for instant in instants], dtype=np.int64), count
