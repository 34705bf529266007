"""Measure the people in synchronized videos."""

from collections.abc import Callable, Collection, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console

from inphase.applications.measurement.curves import LEAST_TYPICAL, MeasuredVideo, bands
from inphase.applications.measurement.quantities import ANGLES, measured, speeds, view_of
from inphase.applications.measurement.result import Measurements
from inphase.applications.measurement.tempo import KeyEvent, Tempo
from inphase.applications.synchronization.result import Synchronization
from inphase.applications.verdict import Verdict
from inphase.errors import AlignmentError
from inphase.models import EmbeddedVideo
from inphase.models.pose import PoseTracks
from inphase.progress import progress_bar

Array = NDArray[np.float64]

_NO_EVENTS: Mapping[str, Mapping[str, float]] = {}


def measure(
    synchronization: Synchronization,
    *,
    events: Mapping[str, Mapping[str, float]] = _NO_EVENTS,
    typical: Collection[str] = (),
    in_depth: bool = True,
    tracks: PoseTracks | None = None,
    console: Console | None = None,
) -> Measurements:
    """Measure joint angles, their speeds, distances and tempo, over the reference's time.

    What one camera can tell of them is in docs/studies/angles.md: landmarks that are hidden leave
    a gap, and differences are told with the error that they may have.

    Args:
        synchronization: of the videos, by an alignment or by marks.
        events: seconds of the key events of each video, by its name; where the reference has an
            event and another video does not, the alignment places it.
        typical: names of good videos among them, which give the bands of typical values (from a
            tenth to nine tenths) and are not measured by themselves.
        in_depth: measure landmarks in space; otherwise those in the picture, which is better if
            the camera looks squarely from the side, and misleading if it does not.
        tracks: where landmarks come from and are kept; by default they are not kept.
        console: where a progress bar goes; by default nowhere.

    Raises:
        AlignmentError: there are too few typical videos for a band.
        VideoError: a video cannot be read.
        ModelError: the weights of the pose network are missing or damaged.
    """
    check_typical(len(typical))
    tracks = tracks or PoseTracks()
    reference = synchronization.reference
    everything = [(reference, np.arange(len(reference.times)), Verdict(reference.name, True, ()))]
    everything += zip(
        synchronization.queries,
        (one.query_frames for one in synchronization.alignments),
        synchronization.verdicts(),
        strict=True,
    )
    found = []
    frames = sum(len(video.times) for video, _, _ in everything)
    with progress_bar("Measuring", frames, console=console) as bar:
        for video, mapping, verdict in everything:
            found.append(
                _measured(video, mapping, verdict, tracks, in_depth=in_depth, advance=bar.advance)
            )
        bar.advance(frames - bar.done)
    good = tuple(video for video in found if video.name in typical)
    videos = tuple(video for video in found[1:] if video.name not in typical)
    in_reference = dict(events.get(reference.name, {}))
    shown = (found[0], *videos)
    return Measurements(
        reference.times,
        shown,
        good,
        bands(good, reference.times) if good else {},
        in_reference,
        {
            video.name: _tempo(video, in_reference, events.get(video.name, {}), reference.times)
            for video in shown
            if len(in_reference) > 1
        },
        in_depth,
    )


def check_typical(count: int) -> None:
    """Refuse too few typical videos, before minutes of work; none is fine.

    Raises:
        AlignmentError: there are too few for a band.
    """
    if 0 < count < LEAST_TYPICAL:
        raise AlignmentError(
            f"A band of typical values takes at least {LEAST_TYPICAL} good videos, not {count}."
        )


def _measured(
    video: EmbeddedVideo,
    mapping: NDArray[np.int64],
    verdict: Verdict,
    tracks: PoseTracks,
    *,
    in_depth: bool,
    advance: Callable[[int], object],
) -> MeasuredVideo:
    landmarks = tracks.track(video.path, advance=advance).landmarks
    curves = measured(landmarks, in_depth=in_depth)
    changes = {name: speeds(curves[name], video.times) for name in ANGLES}

    def aligned(curve: Array) -> Array:
        return np.where(mapping < 0, np.nan, curve[np.maximum(mapping, 0)])

    return MeasuredVideo(
        video.name,
        Path(video.path),
        view_of(landmarks),
        video.mirrored,
        verdict,
        aligned(video.times),
        {name: aligned(curve) for name, curve in curves.items()},
        {name: aligned(curve) for name, curve in changes.items()},
    )


def _tempo(
    video: MeasuredVideo,
    in_reference: Mapping[str, float],
    marked: Mapping[str, float],
    seconds: Array,
) -> Tempo:
    return Tempo(
        {
            name: KeyEvent(marked[name], True)
            if name in marked
            else KeyEvent(_placed(video, at, seconds), False)
            for name, at in in_reference.items()
        }
    )


def _placed(video: MeasuredVideo, at: float, seconds: Array) -> float | None:
    """Where the alignment places an instant of the reference, in the video's own seconds."""
    own = float(video.times[int(np.abs(seconds - at).argmin())])
    if not video.verdict.reliable or video.verdict.doubts(at) or np.isnan(own):
        return None
    return own
