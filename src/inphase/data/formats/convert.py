"""Convert marks in seconds to a labels.json of existing videos, reporting every mistake."""

import difflib
import itertools
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inphase.atomic import write_json
from inphase.data.collection import Collection, Video
from inphase.data.formats.labelled import Labelled
from inphase.data.formats.marks import Marks, Mistake, common_order
from inphase.data.formats.writing import PROGRAMS, write_labels_for
from inphase.errors import CollectionError, OutputError, VideoError
from inphase.overwriting import stamped
from inphase.video import VideoInfo, probe
from inphase.video.unicode_forms import nfc

# A time this close before a frame means that frame: files round their times.
_TIE = 1e-6


@dataclass(frozen=True)
class Conversion:
    """Labels that fit the videos, and what was wrong with the others.

    Attributes:
        events: names of the key events in order.
        videos: entries of labels.json by name, with absolute paths.
        mistakes: one sentence each; videos with a mistake are left out.
        published: for a published data set, its number of videos by action and split according to
            the paper.
    """

    events: tuple[str, ...]
    videos: Mapping[str, Mapping[str, Any]]
    mistakes: tuple[Mistake, ...]
    published: Mapping[tuple[str, str], int] = field(default_factory=dict)

    @property
    def counts(self) -> dict[tuple[str, str], int]:
        """Number of videos by (action, split); each an empty string if unknown."""
        return Counter(
            (entry.get("action") or "", entry.get("split") or "") for entry in self.videos.values()
        )

    def save(self, path: str | Path, *, about: Mapping[str, str] | None = None) -> Path:
        """Write a labels.json, with paths relative to its folder for videos inside it.

        With another suffix, the labels are written for another program: `.eaf` for ELAN and `.xml`
        for CVAT hold one video, `.boris` for BORIS holds all.

        Args:
            path: the file to write.
            about: additional keys of a labels.json for information, such as the set's name, source
                and licence.

        Raises:
            CollectionError: no video is left.
            OutputError: the suffix is unknown, the format holds one video and there are more, or
                the file cannot be written.
        """
        path = Path(path).expanduser().absolute()
        if not self.videos:
            first = f"; the first mistake: {self.mistakes[0].video}: {self.mistakes[0].sentence}"
            raise CollectionError(
                "No video has labels without mistakes" + (first if self.mistakes else ".")
            )
        if path.suffix.lower() in PROGRAMS:
            write_labels_for(path, [self._labelled(name) for name in self.videos])
            return path
        if path.suffix.lower() != ".json":
            raise OutputError(f"{path} must end in one of .json, {', '.join(PROGRAMS)}.")
        entries = {}
        for name, entry in self.videos.items():
            file = Path(entry["file"])
            if file.is_relative_to(path.parent):
                file = file.relative_to(path.parent)
            known = {key: value for key, value in entry.items() if value is not None}
            entries[name] = {**known, "file": file.as_posix()}
        content = {**(about or {}), "events": list(self.events), "videos": entries}
        write_json(path, stamped(content), indent=1)
        return path

    def _labelled(self, name: str) -> Labelled:
        entry = self.videos[name]
        return Labelled(name, probe(Path(entry["file"])), entry["events"])


def labelled_conversion(videos: Collection) -> Conversion:
    """The labels that a labels.json has, to be written for another program."""
    entries = {
        video.name: {
            "file": str(video.path.absolute()),
            "fps": video.fps,
            "frames": video.frames,
            "split": video.split,
            "group": video.group,
            "action": video.action,
            "view": video.view,
            "events": dict(video.events),
        }
        for video in videos
    }
    return Conversion(videos.events, entries, ())


def convert_marks(
    marks: Mapping[str, Marks],
    videos: Collection,
    *,
    events: Sequence[str] | None = None,
    mistakes: Sequence[Mistake] = (),
) -> Conversion:
    """Find the frame of each key event in the videos, and everything that does not fit.

    An event's frame is the first frame at or after its instant, by the times in the video file.

    Args:
        marks: by video: its name, its file name, or its file name without suffix.
        videos: the existing videos.
        events: the key events in order; by default the order that most videos have.
        mistakes: mistakes found earlier, to list with the others.

    Returns:
        The labels of the videos without a mistake, and all mistakes.
    """
    marks = {nfc(name): marked for name, marked in marks.items()}
    order = tuple(map(nfc, events)) if events is not None else common_order(marks)
    found: list[Mistake] = list(mistakes)
    entries: dict[str, dict[str, Any]] = {}
    by_name = _names(videos)
    called: dict[str, list[str]] = {}
    for name in dict.fromkeys([*(nfc(mistake.video) for mistake in mistakes), *marks]):
        if name in by_name:
            called.setdefault(by_name[name].name, []).append(name)
    for name, several in called.items():
        if len(several) > 1:
            told = " and ".join(f"`{other}`" for other in several)
            found.append(Mistake(name, f"it is labelled more than once, as {told}; keep one."))
    for name, marked in marks.items():
        video = by_name.get(name)
        if video is None:
            near = difflib.get_close_matches(name, by_name, n=1)
            told = f"; did you mean {near[0]}?" if near else "."
            found.append(Mistake(name, f"there is no such video in {videos.source}{told}"))
            continue
        if len(called[video.name]) > 1:
            continue
        try:
            info = probe(video.path)
        except VideoError as error:
            found.append(Mistake(name, str(error)))
            continue
        frames, wrong = _frames(marked, info, order)
        if wrong:
            found += [Mistake(name, sentence) for sentence in wrong]
            continue
        entries[video.name] = {
            "file": str(video.path.absolute()),
            "fps": round(info.fps, 6),
            "frames": info.frames,
            "split": marked.split,
            "group": marked.group,
            "action": marked.action,
            "view": marked.view,
            "events": frames,
        }
    told_of = {nfc(mistake.video) for mistake in found}
    for video in videos:
        names = {video.name, nfc(video.path.name), nfc(video.path.stem)}
        if video.name not in entries and not names & told_of:
            found.append(Mistake(video.name, "it has no labels."))
    return Conversion(order, entries, tuple(found))


def _names(videos: Collection) -> dict[str, Video]:
    names: dict[str, Video] = {}
    ambiguous: set[str] = set()
    for video in videos:
        for name in {nfc(video.path.stem), nfc(video.path.name)} - {video.name}:
            if names.setdefault(name, video) is not video:
                ambiguous.add(name)
    for name in ambiguous:
        del names[name]
    return {**names, **{nfc(video.name): video for video in videos}}


def _frames(
    marks: Marks, info: VideoInfo, order: Sequence[str]
) -> tuple[dict[str, int], list[str]]:
    """The frame of each event in order, and a sentence for each that does not fit."""
    wrong = [
        f"unknown event `{event}`; the events are: {', '.join(order) or 'none'}."
        for event in marks.events
        if event not in order
    ]
    frames: dict[str, int] = {}
    for event in order:
        if event not in marks.events:
            continue
        instant = marks.events[event]
        if marks.unit == "frames":
            frame, inside = int(instant), 0 <= instant <= info.frames
        else:
            frame, inside = _frame_at(instant, info.times, marks.precision)
        if not inside and marks.unit == "frames":
            wrong.append(
                f"event `{event}` at frame {int(instant)} is outside the video, which has "
                f"{info.frames} frames."
            )
        elif not inside:
            wrong.append(
                f"event `{event}` at {instant:g} s is outside the video, whose last frame is at "
                f"{info.times[-1]:.3f} s."
            )
        frames[event] = frame
    for earlier, later in itertools.pairwise(frames):
        if marks.events[later] < marks.events[earlier]:
            wrong.append(
                f"event `{later}` ({marks.events[later]:g}) comes before `{earlier}` "
                f"({marks.events[earlier]:g}); they are out of order."
            )
    return frames, wrong


def _frame_at(instant: float, times: NDArray[np.float64], precision: float) -> tuple[int, bool]:
    tie = max(_TIE, precision)
    frame = int(np.searchsorted(times, instant - tie, side="left"))
    # The last frame is shown for a while: an instant within that time counts as right after it.
    span = float(times[-1] - times[-2]) if len(times) > 1 else 0.0
    return frame, -tie <= instant <= times[-1] + span + tie
