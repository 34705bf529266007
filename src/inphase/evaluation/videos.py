"""The videos to score a model on: embeddings and labels, in two separate splits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inphase.data import Collection, Video
from inphase.errors import CollectionError
from inphase.evaluation.metrics import phase_labels
from inphase.overwriting import place_of


@dataclass(frozen=True)
class ScoredVideo:
    """A video's embeddings and labels.

    Attributes:
        name: of the video.
        times: (frames,) seconds.
        embeddings: (frames, dims).
        events: (events,) frame of each key event of its action, NaN if it has no such event. An
            event right after the last frame has the number of frames.
        phases: (frames,) phase of each frame; None if an event is missing.
        action: that it shows; empty if the labels do not say.
        group: person or scene that it shares with other videos.
        view: camera.
    """

    name: str
    times: NDArray[np.float64]
    embeddings: NDArray[np.floating]
    events: NDArray[np.float64]
    phases: NDArray[np.int64] | None
    action: str = ""
    group: str | None = None
    view: str | None = None

    @property
    def drawn_with(self) -> str:
        """What it shares with the videos that are not independent of it; its name without a group.

        The words keep a video apart from a group of the same name.
        """
        return f"video {self.name}" if self.group is None else f"group {self.group}"

    @property
    def event_frames(self) -> NDArray[np.int64]:
        """(events,) frames for alignment, −1 for none; an event after the last frame is on it."""
        last = len(self.times) - 1
        known = np.nan_to_num(self.events, nan=-1.0)
        return np.where(known >= 0, np.minimum(known, last), -1).astype(np.int64)


@dataclass(frozen=True)
class Action:
    """The videos of one action, in both splits.

    Attributes:
        name: empty if the labels name no actions.
        events: names of its key events, in order.
        train: videos to train classifiers on.
        test: videos to score.
    """

    name: str
    events: tuple[str, ...]
    train: tuple[ScoredVideo, ...]
    test: tuple[ScoredVideo, ...]


def labelled(
    video: Video,
    events: Sequence[str],
    *,
    times: NDArray[np.float64],
    embeddings: NDArray[np.floating],
) -> ScoredVideo:
    """Combine a video's embeddings and labels.

    Args:
        video: with its key events.
        events: names of the key events of its action, in order.
        times: (frames,) seconds.
        embeddings: (frames, dims).

    Raises:
        CollectionError: an event lies outside the video's frames.
    """
    frames = len(times)
    marks = np.array([video.events.get(event, np.nan) for event in events], dtype=np.float64)
    for event, mark in zip(events, marks, strict=True):
        if mark > frames:
            raise CollectionError(
                f"{video.name}: event `{event}` at frame {int(mark)} lies outside the video "
                f"{video.path}, which has {frames} frames; correct its label."
            )
    phases = phase_labels(marks, frames) if np.isfinite(marks).all() and len(marks) else None
    return ScoredVideo(
        name=video.name,
        times=times,
        embeddings=embeddings,
        events=marks,
        phases=phases,
        action=video.action or "",
        group=video.group,
        view=video.view,
    )


def clean_splits(
    collection: Collection,
    *,
    train: str = "train",
    test: str = "test",
    shared_groups: bool = False,
) -> tuple[tuple[Video, ...], tuple[Video, ...]]:
    """Training and test videos of a labelled set; without splits, all videos are test videos.

    Args:
        shared_groups: allow a group in both splits.

    Returns:
        Training videos (possibly none) and test videos.

    Raises:
        CollectionError: there are no test videos or labels, or a group (person, scene, performance)
            or a file is in both splits, so that the model would be tested on what it has seen.
    """
    if not collection.events:
        raise CollectionError(
            f"{collection.source} has no key events to score by; evaluation needs a labels.json "
            "with `events`."
        )
    if all(video.split is None for video in collection):
        return (), collection.videos
    tests = collection.split(test).videos
    trains = tuple(video for video in collection if video.split == train)
    seen: dict[object, str] = {}
    for video in trains:
        seen[place_of(video.path)] = video.name
        if video.group is not None:
            seen[video.group] = video.name
    for video in tests:
        if video.group is not None and video.group in seen and not shared_groups:
            raise CollectionError(
                f"{collection.source}: group {video.group} is in both splits ({seen[video.group]} "
                f"in {train}, {video.name} in {test}), so it would be tested on what was trained "
                "on; move all videos of a group to one split, or allow shared groups."
            )
        if place_of(video.path) in seen:
            raise CollectionError(
                f"{collection.source}: the file {video.path} is in both splits; remove it from one."
            )
    return trains, tests


def events_of(videos: Sequence[Video], events: Sequence[str]) -> tuple[str, ...]:
    """The key events, in order, of at least one of these videos of an action."""
    return tuple(event for event in events if any(event in video.events for video in videos))


def actions_of(
    train: Sequence[ScoredVideo],
    test: Sequence[ScoredVideo],
    events: Mapping[str, tuple[str, ...]],
) -> tuple[Action, ...]:
    """Sort videos by action.

    Args:
        train: of all actions.
        test: of all actions.
        events: names of the key events, by action.
    """
    names = list(dict.fromkeys(video.action for video in test))
    return tuple(
        Action(
            name=name,
            events=events[name],
            train=tuple(video for video in train if video.action == name),
            test=tuple(video for video in test if video.action == name),
        )
        for name in names
    )
