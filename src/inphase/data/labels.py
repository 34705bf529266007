"""labels.json: the videos of a data set with their splits and key events."""

import itertools
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import ConfigDict, Field, StrictInt

from inphase.data.json_files import read_json
from inphase.errors import CollectionError, ConfigError
from inphase.settings import Settings, parse_settings
from inphase.video.unicode_forms import on_disk

S = TypeVar("S", bound=Settings)
_MOST_FRAMES = 10**9
Number = Annotated[StrictInt, Field(ge=-_MOST_FRAMES, le=_MOST_FRAMES)]


class VideoLabels(Settings):
    """One entry of `videos`.

    Attributes:
        file: path of the video, relative to the folder of labels.json.
        fps: frames per second of a folder of images or a raw stream; otherwise for information
            only: the times in the video file count.
        frames: number of frames.
        split: the part of the data set the video belongs to (train, test).
        group: what the video shares with others (person, scene, event).
        action: what is done in the video.
        view: the camera it was filmed with.
        events: frame number of each key event, counted from 0: the first frame at or after the
            instant. A frame number equal to `frames` means right after the last frame.
    """

    file: str
    fps: float | None = Field(default=None, gt=0, le=1e7)
    frames: StrictInt | None = Field(default=None, ge=1, le=_MOST_FRAMES)
    split: str | None = None
    group: str | Number | None = None
    action: str | None = None
    view: str | None = None
    events: dict[str, Number] = Field(default_factory=dict)


class Labels(Settings):
    """A labels.json file. Other keys (source, licence, …) are allowed and ignored.

    Attributes:
        events: names of the key events, in the order in which they happen.
        videos: the entries by name; the names are the videos' names.
    """

    model_config = ConfigDict(extra="ignore")

    events: tuple[str, ...] = ()
    videos: dict[str, VideoLabels]


def read_labels(path: str | Path) -> Labels:
    """Read and check a labels.json file.

    Raises:
        CollectionError: the file is missing or not JSON, or an entry is wrong: an unknown key or
            event, a frame number that is not an integer or is outside the video, events out of
            order, a missing video file.
    """
    path = Path(path)
    labels = parse_labels(read_json(path), source=str(path))
    for name, video in labels.videos.items():
        if not on_disk(path.parent / video.file).exists():
            raise CollectionError(
                f"{path}, video {name}: its file {path.parent / video.file} does not exist."
            )
    return labels


def parse_labels(content: Mapping[str, object], *, source: str) -> Labels:
    """Check the content of a labels.json file, read or to be written.

    Args:
        source: the file, for messages.

    Raises:
        CollectionError: as in `read_labels`, except that the video files may be missing.
    """
    entries = content.get("videos")
    if not isinstance(entries, dict):
        raise CollectionError(
            f"{source} has no `videos`; it must be an object of names and entries with a `file`."
        )
    if not entries:
        raise CollectionError(f"{source} lists no videos.")
    # Each entry separately, so that the message can say which video and which key.
    videos = {
        name: _parse(VideoLabels, entry, f"{source}, video {name}")
        for name, entry in entries.items()
    }
    labels = _parse(Labels, {**content, "videos": videos}, source)
    if len(set(labels.events)) < len(labels.events):
        raise CollectionError(f"{source} names an event twice in `events`.")
    for name, video in labels.videos.items():
        _check_events(video, labels.events, f"{source}, video {name}")
    return labels


def _parse(model: type[S], values: object, source: str) -> S:
    if not isinstance(values, Mapping):
        raise CollectionError(f"{source}: the entry must be a JSON object, not {values!r}.")
    try:
        return parse_settings(model, values, source=source)
    except ConfigError as error:
        raise CollectionError(str(error)) from error


def _check_events(video: VideoLabels, order: tuple[str, ...], source: str) -> None:
    known = ", ".join(order) if order else "none"
    for event, frame in video.events.items():
        if event not in order:
            raise CollectionError(
                f"{source}: unknown event `{event}`; the file's `events` are: {known}."
            )
        if frame < 0 or (video.frames is not None and frame > video.frames):
            last = "" if video.frames is None else f", which has {video.frames} frames"
            raise CollectionError(
                f"{source}: event `{event}` at frame {frame} is outside the video{last}."
            )
    marked = [event for event in order if event in video.events]
    for earlier, later in itertools.pairwise(marked):
        if video.events[later] < video.events[earlier]:
            raise CollectionError(
                f"{source}: event `{later}` (frame {video.events[later]}) comes before `{earlier}`"
                f" (frame {video.events[earlier]}), against the order in `events`."
            )
