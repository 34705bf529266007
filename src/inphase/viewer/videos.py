"""The fixed list of videos that the viewer shows: these files, and no others."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inphase.alignment import AlignmentOptions
from inphase.data import Collection
from inphase.errors import AlignmentError, VideoError, hint
from inphase.models import EmbeddedVideo, Embeddings
from inphase.video import VideoInfo, probe
from inphase.video.browser import Playback, browser_playback

# If a seek decodes at most this many frames, nine videos side by side still follow the hand.
MOST_KEY_DISTANCE = 24


@dataclass(frozen=True)
class ViewedVideo:
    """A video under the short id that the page uses.

    Attributes:
        id: `v0`, `v1`, …; the page never sees or sends a path.
        embedded: its name, file, times and embeddings.
        info: of its file.
        playback: how browsers play the file, None if they need a proxy.
        mirror_image: the same video embedded as seen in a mirror, if a query may be matched by it.
    """

    id: str
    embedded: EmbeddedVideo
    info: VideoInfo
    playback: Playback | None
    mirror_image: EmbeddedVideo | None = None

    @property
    def is_slow_to_seek(self) -> bool:
        """Whether a proxy with more key frames would seek faster."""
        return self.playback is not None and self.playback.key_distance > MOST_KEY_DISTANCE

    @property
    def name(self) -> str:
        """The video's name."""
        return self.embedded.name

    @property
    def path(self) -> Path:
        """Its file."""
        return self.embedded.path

    @property
    def times(self) -> NDArray[np.float64]:
        """(frames,) seconds on the clock of the played file, the video or its proxy."""
        return self.embedded.times


@dataclass(frozen=True)
class ViewedCollection:
    """What the viewer shows.

    Attributes:
        title: of the page.
        videos: at least one.
        reference: id of the video whose pace is kept at the start.
        events: names of the key events, in order.
        marks: the frame of each event, by the video's id.
        options: of each alignment.
    """

    title: str
    videos: tuple[ViewedVideo, ...]
    reference: str
    events: tuple[str, ...] = ()
    marks: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    options: AlignmentOptions = AlignmentOptions()

    def __getitem__(self, identifier: str) -> ViewedVideo:
        """The video with this id.

        Raises:
            KeyError: there is none.
        """
        return self._by_id[identifier]

    def with_video(self, video: ViewedVideo) -> "ViewedCollection":
        """The same, with another version of one video."""
        videos = tuple(video if one.id == video.id else one for one in self.videos)
        return replace(self, videos=videos)

    @cached_property
    def _by_id(self) -> dict[str, ViewedVideo]:
        return {video.id: video for video in self.videos}


def viewed(
    embeddings: Embeddings,
    collection: Collection,
    *,
    mirror_images: Iterable[EmbeddedVideo] = (),
    reference: str | None = None,
    title: str = "",
    options: AlignmentOptions = AlignmentOptions(),
) -> ViewedCollection:
    """Describe a collection for the viewer.

    Args:
        embeddings: of the collection's videos that can be read.
        collection: of the embedded videos; it holds the key events.
        mirror_images: the same videos embedded as seen in a mirror, if queries may be matched by
            them.
        reference: name of the video whose pace is kept at the start; by default the first.
        title: of the page.
        options: of each alignment.

    Raises:
        AlignmentError: the reference is not among the videos.
        VideoError: a video can no longer be read.
    """
    images = {image.name: image for image in mirror_images}
    videos = tuple(
        ViewedVideo(
            f"v{index}", one, probe(one.path), browser_playback(one.path), images.get(one.name)
        )
        for index, one in enumerate(embeddings)
    )
    for video in videos:
        if video.info.frames != len(video.times):
            raise VideoError(f"{video.path} has changed since it was embedded; run it again.")
    names = {video.name: video.id for video in videos}
    if reference is not None and reference not in names:
        raise AlignmentError(
            f"The reference {reference} is not among the videos; {hint(reference, names)}"
        )
    marks = {
        names[video.name]: dict(video.events)
        for video in collection
        if video.name in names and video.events
    }
    return ViewedCollection(
        title=title,
        videos=videos,
        reference=names[reference] if reference is not None else videos[0].id,
        events=collection.events,
        marks=marks,
        options=options,
    )
