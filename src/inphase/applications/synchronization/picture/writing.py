"""Write a clip: plan it, and stream its pictures and sound into a file."""

import logging
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console

from inphase.applications.synchronization.clip import Clip, trail_landmarks
from inphase.applications.synchronization.picture.bodies import Body
from inphase.applications.synchronization.picture.composing import (
    COLORS,
    REFERENCE_COLOR,
    pictures,
)
from inphase.applications.synchronization.picture.marks import Marker
from inphase.applications.synchronization.picture.page import Page, plan_page, tightened
from inphase.applications.synchronization.picture.sound import TimelineSound
from inphase.applications.synchronization.picture.timeline import Timeline, plan_timeline
from inphase.applications.synchronization.picture.track import Track
from inphase.applications.synchronization.picture.windows import (
    Crop,
    crop_around,
    crop_windows,
    is_mirrored,
    whole,
    windows_on,
)
from inphase.models.pose import PoseTracks
from inphase.progress import progress_bar
from inphase.video import VideoInfo, VideoWriter, ahead, probe, sound_of

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ClipVideo:
    """A video to show in a clip.

    Attributes:
        path: of the video.
        title: below its picture.
        mapping: (reference frames,) its frame at each, never decreasing.
        mirrored: whether it was matched by its mirror image.
        doubtful: (reference frames,) where it is marked as doubtful; None for nowhere.
    """

    path: Path
    title: str
    mapping: NDArray[np.int64]
    mirrored: bool = False
    doubtful: NDArray[np.bool_] | None = None


def write_clip(
    path: Path,
    videos: Sequence[ClipVideo],
    clip: Clip,
    *,
    width: int,
    flip: bool = False,
    events: Mapping[str, int] | None = None,
    tracks: PoseTracks | None = None,
    console: Console | None = None,
) -> None:
    """Write videos as one clip, at the pace of the first and with its sound.

    In slow motion the reference's frames are repeated, and the others show all of theirs; its sound
    is slowed at the same pitch, and silent where a picture is held.

    Args:
        path: `.mp4` or `.mov`.
        videos: the reference, then the queries.
        clip: what it shows.
        width: maximum width of the picture in pixels; see `plan_page`.
        flip: show mirrored performances the same way round as the reference.
        events: the reference's frame of each key event.
        tracks: finds the people, if the clip needs them.
        console: where progress bars go; by default nowhere.

    Raises:
        ConfigError: the clip cannot be made of these videos.
        OutputError: the file cannot be written.
        VideoError: a video cannot be read.
    """
    events = events or {}
    clip.check(events=events, videos=len(videos))
    infos = [probe(video.path) for video in videos]
    timeline = plan_timeline(clip, infos[0], events, videos[0].title)
    views = [
        _View(video, info, flip and video.mirrored)
        for video, info in zip(videos, infos, strict=True)
    ]
    if clip.needs_bodies:
        views = _with_bodies(views, tracks or PoseTracks(), console)
    page, shown = _planned(views, clip, timeline, width)
    sound = sound_of(videos[0].path, what="the clip")
    with (
        VideoWriter(
            path,
            fps=timeline.rate,
            size=page.size,
            audio=None if sound is None else TimelineSound(sound, timeline),
        ) as writer,
        progress_bar("Writing the clip", len(timeline.times), console=console) as bar,
        # Encoding here, drawing in a thread, decoding in more.
        closing(ahead(pictures(shown, page, timeline, clip.layout))) as drawn,
    ):
        for time, picture in zip(timeline.times, drawn, strict=True):
            writer.write(picture, time=float(time))
            bar.advance(1)


@dataclass(frozen=True)
class _View:
    """A video and the person in it, before it is known where it lies."""

    video: ClipVideo
    info: VideoInfo
    flipped: bool
    body: Body | None = None
    size: tuple[int, int] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "size", (self.info.width, self.info.height))

    def turned(self, flipped: bool) -> "_View":
        """Shown as in a mirror, or not."""
        if flipped == self.flipped:
            return self
        body = None if self.body is None else self.body.flipped(self.info.width)
        return replace(self, flipped=flipped, body=body)


def _with_bodies(
    views: Sequence[_View], tracks: PoseTracks, console: Console | None
) -> list[_View]:
    found = []
    total = sum(view.info.frames for view in views)
    with progress_bar("Looking for people", total, console=console) as bar:
        for view in views:
            end = bar.done + view.info.frames
            body = Body.of(tracks.track(view.video.path, advance=bar.advance))
            bar.advance(end - bar.done)
            if body is None:
                _log.warning(
                    "%s: nobody is seen in most of its frames, so it is shown as it is.",
                    view.video.title,
                )
            elif view.flipped:
                body = body.flipped(view.info.width)
            found.append(replace(view, body=body))
    return found


def _planned(
    views: Sequence[_View], clip: Clip, timeline: Timeline, width: int
) -> tuple[Page, list[Track]]:
    """Where each video lies, and which part of it is seen when."""
    if clip.is_stacked:
        views = [views[0], *(_same_way_round(views[0], view) for view in views[1:])]
    frames = [_frames(view, timeline) for view in views]
    crops = [
        crop_around(view.body, some) if clip.crop and view.body is not None else None
        for view, some in zip(views, frames, strict=True)
    ]
    aspects = [
        view.size[0] / view.size[1] if crop is None else crop.aspect
        for view, crop in zip(views, crops, strict=True)
    ]
    page = plan_page(clip, aspects[:1] if clip.is_stacked else aspects, width=width)
    room = page.cells[0].room
    windows = [
        _windows(view, crop, some, room)
        for view, crop, some in zip(views, crops, frames, strict=True)
    ]
    if clip.is_stacked:
        windows[1:] = [_on(views[0], crops[0], view, timeline, room) for view in views[1:]]
    shown = [
        _track(view, clip, timeline, index, frames[index], windows[index])
        for index, view in enumerate(views)
    ]
    return tightened(page, max(track.size_in(room)[1] for track in shown)), shown


def _frames(view: _View, timeline: Timeline) -> NDArray[np.int64]:
    return timeline.query_frames(view.video.mapping, view.info.times)


def _same_way_round(reference: _View, view: _View) -> _View:
    """Mirrored if the bodies then lie on each other."""
    unclear = view.turned(view.video.mirrored)
    if reference.body is None or view.body is None:
        return unclear
    straight = view.turned(False)
    assert straight.body is not None
    mirrored = is_mirrored(reference.body, straight.body, view.video.mapping)
    return unclear if mirrored is None else view.turned(mirrored)


def _windows(
    view: _View, crop: Crop | None, frames: NDArray[np.int64], room: tuple[int, int]
) -> NDArray[np.float64]:
    if crop is None:
        return whole(view.size, len(frames))
    return crop_windows(crop, room[0] / room[1], view.size)[frames]


def _on(
    reference: _View,
    crop: Crop | None,
    view: _View,
    timeline: Timeline,
    room: tuple[int, int],
) -> NDArray[np.float64]:
    """Windows of a query, whose pictures lie on the reference's."""
    every = np.arange(reference.info.frames)
    shown = _windows(reference, crop, every, room)
    if reference.body is None or view.body is None:
        # As it is: as large as fits, in the middle.
        larger = max(view.size[0] / reference.size[0], view.size[1] / reference.size[1])
        middle = (np.array(view.size) - np.array(reference.size) * larger) / 2
        placed = shown * larger + np.array([*middle, 0, 0])
    else:
        placed = windows_on(reference.body, shown, view.body, view.video.mapping)
    shown_windows: NDArray[np.float64] = placed[timeline.frames]
    return shown_windows


def _track(
    view: _View,
    clip: Clip,
    timeline: Timeline,
    index: int,
    frames: NDArray[np.int64],
    windows: NDArray[np.float64],
) -> Track:
    color = COLORS[(index - 1) % len(COLORS)] if index else REFERENCE_COLOR
    trail = trail_landmarks(clip.trail)
    marker = None
    if view.body is not None and (clip.skeleton or trail):
        first = int(frames[0])
        marker = Marker(view.body, color, skeleton=clip.skeleton, trail=trail, first=first)
    doubtful = view.video.doubtful
    return Track(
        info=view.info,
        title=view.video.title,
        color=color,
        frames=frames,
        windows=windows,
        flipped=view.flipped,
        doubtful=np.zeros(len(frames), np.bool_) if doubtful is None else doubtful[timeline.frames],
        marker=marker,
        is_reference=index == 0,
    )
