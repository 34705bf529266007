"""A collection of videos: from a folder, a glob, files, a list of them, or a labels.json."""

import difflib
import glob
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from inphase.data.labels import read_labels
from inphase.data.lerobot import is_robot_dataset, open_robot_dataset
from inphase.data.lerobot.cameras import chosen_camera
from inphase.data.lerobot.dataset import short_name
from inphase.data.lists import LIST_SUFFIXES, read_list
from inphase.data.searching import videos_in, videos_matching
from inphase.errors import CollectionError, Skipped, printable
from inphase.overwriting import place_of, protect
from inphase.video import IMAGE_SUFFIXES, VIDEO_SUFFIXES
from inphase.video.names import shortest_names
from inphase.video.rates import declare_rate
from inphase.video.sniffing import looks_like_video
from inphase.video.span import file_of, find_span
from inphase.video.unicode_forms import find_name, nfc, on_disk

LABELS_FILE = "labels.json"
# Of a file name that the shell has split.
_MOST_WORDS = 8


@dataclass(frozen=True)
class Video:
    """One video of a collection, not opened yet.

    Attributes:
        name: unique in its collection.
        path: the file, or the folder of numbered images.
        events: frame number of each key event: the first frame at or after the instant.
        split: the part of the data set it belongs to (train, test).
        group: what it shares with other videos (person, scene, performance).
        action: what is done in it.
        view: the camera it was filmed with.
        frames: number of frames, as labelled.
        fps: frames per second, as labelled; the times in the file take precedence. A folder of
            images has none, so these are its frames per second.
    """

    name: str
    path: Path
    events: Mapping[str, int] = field(default_factory=dict)
    split: str | None = None
    group: str | None = None
    action: str | None = None
    view: str | None = None
    frames: int | None = None
    fps: float | None = None


@dataclass(frozen=True)
class Collection:
    """Videos with unique names, and the names of their key events in order.

    Attributes:
        videos: at least one.
        events: names of the key events, in the order in which they happen; empty without labels.
        source: where the videos came from, for messages.
        passed_over: files in a searched folder that are of no known type but hold a video.
        repeated: files that are another name (a link) of a video, with the name that is used.
    """

    videos: tuple[Video, ...]
    events: tuple[str, ...] = ()
    source: str = ""
    passed_over: tuple[Path, ...] = ()
    repeated: tuple[tuple[Path, Path], ...] = ()

    def __post_init__(self) -> None:
        for video in self.videos:
            if video.fps is not None:
                declare_rate(video.path, video.fps)

    @classmethod
    def open(
        cls, source: str | Path | Sequence[str | Path], *, split: str | None = None
    ) -> "Collection":
        """Find videos without opening them; what looks like one by its content is listed.

        Args:
            source: one of, or a list of: a video file, or a span of one such as
                `long.mp4#t=12.5,17.2`; a folder, searched with its subfolders, where a folder of
                numbered images is one video; a labels.json or a folder with one; a LeRobot
                dataset; a list (.txt with a path on each line, or .csv with a column `file`); a
                glob. Files that are given twice are used once.
            split: keep only the videos of this split of a labelled set.

        Returns:
            The collection. Without labels, the names are the file names without suffix, with as
            many parent folders as it takes to tell them apart.

        Raises:
            CollectionError: something does not exist or cannot be read, there are no videos, the
                labels are wrong or have different key events, or there is no such split.
        """
        sources = [source] if isinstance(source, (str, Path)) else list(source)
        if not sources:
            raise CollectionError("No videos were given; name at least one file or folder.")
        _check_spaces([str(one) for one in sources])
        parts = [_open_one(one) for one in sources]
        collection = parts[0] if len(parts) == 1 else _join(parts)
        for video in collection:
            protect(file_of(video.path), whole=video.path.is_dir())
        return collection if split is None else collection.split(split)

    def __len__(self) -> int:
        return len(self.videos)

    def __iter__(self) -> Iterator[Video]:
        return iter(self.videos)

    def __getitem__(self, name: str) -> Video:
        """Find a video by its name, or by the path of its file.

        Raises:
            CollectionError: there is none; the message suggests the nearest name.
        """
        found = find_name(self.names, name)
        for video in self.videos:
            if video.name == found:
                return video
        by_file = [video for video in self.videos if _same_file(video.path, name)]
        if len(by_file) == 1:
            return by_file[0]
        # A collection may have hundreds of names: too many for a message.
        nearest = difflib.get_close_matches(name, self.names, n=1, cutoff=0.5)
        if nearest:
            hint = f"did you mean {nearest[0]}?"
        else:
            hint = f"it has {len(self)} videos, the first is {self.names[0]}."
        raise CollectionError(f"There is no video {name} in {self.source}; {hint}")

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the videos, in order."""
        return tuple(video.name for video in self.videos)

    @property
    def skipped(self) -> tuple[Skipped, ...]:
        """The files that were passed over, each with what to do."""
        return self.unknown + self.links

    @property
    def unknown(self) -> tuple[Skipped, ...]:
        """Of the files passed over, those of no known type."""
        told = "is a video of no known type, which is not looked for; name it itself to use it."
        return tuple(_skipped(one, f"{one} {told}") for one in self.passed_over)

    @property
    def links(self) -> tuple[Skipped, ...]:
        """Of the files passed over, those that are another name of a video."""
        return tuple(
            _skipped(link, f"{link} is the same file as {used}, which is used once.")
            for link, used in self.repeated
        )

    def split(self, name: str) -> "Collection":
        """Keep the videos of one split of a labelled set.

        Raises:
            CollectionError: there is no such split; the message lists the existing ones.
        """
        chosen = tuple(video for video in self.videos if video.split == name)
        if chosen:
            return replace(self, videos=chosen)
        splits = sorted({video.split for video in self.videos if video.split is not None})
        known = f"its splits are: {', '.join(splits)}" if splits else "its videos have no splits"
        raise CollectionError(f"{self.source} has no split `{name}`; {known}.")


def _skipped(path: Path, reason: str) -> Skipped:
    return Skipped(printable(path.name), printable(reason))


def _open_one(source: str | Path) -> Collection:
    path = on_disk(Path(source).expanduser())
    odd: list[Path] = []
    try:
        if path.is_dir():
            if (path / LABELS_FILE).is_file():
                return _from_labels(path / LABELS_FILE)
            if is_robot_dataset(path):
                return _from_robot_dataset(path)
            found = videos_in(path, odd)
        elif find_span(path) is not None:
            found = [path]
        elif path.exists():
            if path.suffix.lower() == ".json" and path.is_file():
                return _from_labels(path)
            if path.suffix.lower() in IMAGE_SUFFIXES:
                raise CollectionError(
                    f"{source} is a picture, not a video: leave it out. (A folder of numbered "
                    "pictures is a video.)"
                )
            if path.suffix.lower() in LIST_SUFFIXES and path.is_file():
                return _from_list(path)
            found = [path]
        elif glob.has_magic(str(path)):
            found = videos_matching(str(path), odd)
        else:
            raise CollectionError(f"{source} does not exist.")
    except OSError as error:
        raise CollectionError(f"{source} cannot be read: {error.strerror}.") from error
    if not found:
        kinds = ", ".join(sorted(VIDEO_SUFFIXES))
        videos = [one for one in odd if looks_like_video(one)]
        told = f" {videos[0]} looks like a video: name it itself to use it." if videos else ""
        raise CollectionError(
            f"{source} has no videos: neither files of a known type ({kinds}) nor folders of"
            f" numbered images.{told}"
        )
    passed_over = tuple(one for one in odd if looks_like_video(one))
    used, repeated = _without_links(found)
    return Collection(
        videos=_named(used),
        source=printable(str(source)),
        passed_over=passed_over,
        repeated=repeated,
    )


def _check_spaces(words: Sequence[str]) -> None:
    """Tell of a file whose name the shell has split at its spaces.

    Raises:
        CollectionError: a word is no file, but some neighbouring words together are one.
    """
    for start, word in enumerate(words):
        if glob.has_magic(word) or find_span(Path(word)) or _exists(word):
            continue
        for end in range(start + 2, min(start + _MOST_WORDS, len(words)) + 1):
            whole = " ".join(words[start:end])
            if _exists(whole):
                raise CollectionError(
                    f'{word} does not exist, but "{whole}" does: put a name with spaces in quotes.'
                )


def _exists(name: str) -> bool:
    try:
        return Path(name).expanduser().exists()
    except (OSError, ValueError, RuntimeError):  # such as a name that is too long
        return False


def _without_links(paths: Sequence[Path]) -> tuple[list[Path], tuple[tuple[Path, Path], ...]]:
    """The paths without links to others of them, and those links with what they lead to."""
    used: dict[Path, Path] = {}
    # A link comes last, so that the file's own name is kept.
    for path in sorted(paths, key=Path.is_symlink):
        used.setdefault(place_of(path), path)
    kept = set(used.values())
    links = tuple((path, used[place_of(path)]) for path in paths if path not in kept)
    return [path for path in paths if path in kept], links


def _from_labels(path: Path) -> Collection:
    labels = read_labels(path)
    videos = tuple(
        Video(
            name=printable(name),
            path=on_disk(path.parent / entry.file),
            events=dict(entry.events),
            split=entry.split,
            group=None if entry.group is None else str(entry.group),
            action=entry.action,
            view=entry.view,
            frames=entry.frames,
            fps=entry.fps,
        )
        for name, entry in labels.videos.items()
    )
    return Collection(videos=videos, events=labels.events, source=printable(str(path)))


def _from_robot_dataset(folder: Path) -> Collection:
    """The episodes of a robot; its cameras are views of one event, unless one was chosen."""
    dataset = open_robot_dataset(folder)
    chosen = chosen_camera()
    cameras = dataset.cameras if chosen is None else (dataset.camera(chosen),)
    videos = tuple(
        Video(
            name=episode.name if len(cameras) == 1 else f"{episode.name}_{short_name(camera)}",
            path=episode.videos[camera],
            split=dataset.split(episode),
            group=episode.name,
            action=printable("; ".join(episode.tasks)) or None,
            view=short_name(camera),
            frames=episode.length,
            fps=dataset.fps,
        )
        for episode in dataset.episodes
        for camera in cameras
    )
    return Collection(videos=videos, source=printable(str(folder)))


def _from_list(path: Path) -> Collection:
    listed = {video.path: video for video in read_list(path)}
    used, repeated = _without_links(list(listed))
    return Collection(
        videos=tuple(
            replace(
                video,
                split=listed[video.path].split,
                group=listed[video.path].group,
                action=listed[video.path].action,
                view=listed[video.path].view,
            )
            for video in _named(used)
        ),
        source=printable(str(path)),
        repeated=repeated,
    )


def _join(parts: Sequence[Collection]) -> Collection:
    labelled = {part.events: part for part in parts if part.events}
    if len(labelled) > 1:
        first, second = list(labelled.values())[:2]
        raise CollectionError(
            f"{first.source} and {second.source} cannot be combined: their key events differ"
            f" ({', '.join(first.events)}; {', '.join(second.events)})."
        )
    distinct: dict[Path, Video] = {}
    links: dict[Path, Path] = {}
    for video in (video for part in parts for video in part):
        known = distinct.setdefault(place_of(video.path), video)
        # A file may be given both alone and in a labelled set: keep the labels.
        if video.events and not known.events:
            distinct[place_of(video.path)] = video
        if known.path.absolute() != video.path.absolute():
            links[video.path] = known.path
    videos = tuple(distinct.values())
    if len({video.name for video in videos}) < len(videos):
        names = [video.name for video in _named(video.path for video in videos)]
        videos = tuple(replace(v, name=n) for v, n in zip(videos, names, strict=True))
    return Collection(
        videos=videos,
        events=next(iter(labelled), ()),
        source=", ".join(part.source for part in parts[:3]) + (", …" if len(parts) > 3 else ""),
        passed_over=tuple(
            one for part in parts for one in part.passed_over if place_of(one) not in distinct
        ),
        repeated=(*(pair for part in parts for pair in part.repeated), *links.items()),
    )


def _named(paths: Iterable[Path]) -> tuple[Video, ...]:
    paths = list(paths)
    # A folder's name has no suffix to drop, even if it contains a dot.
    parts = [(*path.absolute().parts[:-1], _own_name(path)) for path in paths]
    counts = Counter(parts)
    # If only the suffix tells them apart (a.mp4 and a.mov in one folder), keep it.
    names = shortest_names(
        [
            (*part[:-1], path.name) if counts[part] > 1 else part
            for part, path in zip(parts, paths, strict=True)
        ]
    )
    forms = [nfc(name) for name in names]
    if len(set(forms)) == len(forms):
        names = forms  # otherwise two names differ in nothing else
    return tuple(
        Video(name=printable(name), path=path) for name, path in zip(names, paths, strict=True)
    )


def _own_name(path: Path) -> str:
    span = find_span(path)
    if span is not None:
        return span.name
    return path.absolute().name if path.is_dir() else path.stem


def _same_file(path: Path, name: str) -> bool:
    same = nfc(str(path.absolute())) == nfc(str(Path(name).expanduser().absolute()))
    return same or nfc(path.name) == nfc(name)
