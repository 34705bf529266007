"""Annotations of a video: key events, captions and sensor data, from files of any known format."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inphase.data.captions import CAPTION_SUFFIXES, Cue, read_captions
from inphase.data.collection import LABELS_FILE, Collection, Video
from inphase.data.csv_files import CsvRow, CsvTable, read_csv
from inphase.data.recordings import Recording, read_recording
from inphase.errors import CollectionError, hint
from inphase.overwriting import place_of, protect
from inphase.video import VIDEO_SUFFIXES, probe
from inphase.video.unicode_forms import nfc, on_disk

ANNOTATION_SUFFIXES = (".json", *CAPTION_SUFFIXES, ".csv")
_SPANS, _INSTANTS = {"video", "start", "end", "label"}, {"video", "event", "time"}


@dataclass(frozen=True)
class Annotations:
    """The annotations of one video.

    Attributes:
        events: time of each key event in seconds, in the order in which they happen.
        cues: texts for spans of the video: phases, subtitles.
        recording: sensor data recorded along with the video.
    """

    events: Mapping[str, float] = field(default_factory=dict)
    cues: tuple[Cue, ...] = ()
    recording: Recording | None = None


@dataclass(frozen=True)
class AnnotatedVideo:
    """A video and its annotations."""

    video: Video
    annotations: Annotations


def read_annotations(
    sources: str | Path | Sequence[str | Path], *, names: Sequence[str] = ()
) -> tuple[AnnotatedVideo, ...]:
    """Read annotations and find the videos they belong to.

    Args:
        sources: one of these, or a list of them:

            - a labels.json (or a folder with one): key events of its videos;
            - a `.vtt` or `.srt` file: captions of the video of the same name in the same folder
              (`me.vtt` or `me.en.vtt` for `me.mp4`), or of VIDEO in `VIDEO=FILE`;
            - a `.csv` with the columns video, start, end, label (spans, in seconds) or video,
              event, time (key events) of videos in the same folder;
            - any other `.csv`: a recording of the video of the same name;
            - a folder of such files.
        names: only these videos, by name.

    Returns:
        The annotated videos; annotations of one video from several files are merged.

    Raises:
        CollectionError: something cannot be read, a video is missing, two files give events or a
            recording for the same video, or there are no annotations.
        VideoError: a video cannot be read.
    """
    listed = [sources] if isinstance(sources, (str, Path)) else list(sources)
    found = _joined([one for source in listed for one in _read(source)])
    known = [one.video.name for one in found]
    for one in found:
        protect(one.video.path)
    told = ", ".join(str(source) for source in listed)
    names = [nfc(name) for name in names]
    for name in names:
        if name not in known:
            near = hint(name, known) if known else "there are no annotations in it."
            raise CollectionError(f"{told} has no annotations of a video {name}; {near}")
    chosen = tuple(one for one in found if not names or one.video.name in names)
    if not chosen:
        raise CollectionError(f"{told} has no annotations of any video.")
    return chosen


def event_seconds(
    events: Mapping[str, int], times: NDArray[np.float64], duration: float
) -> dict[str, float]:
    """Seconds of labelled frames; the frame number after the last one means the video's end."""
    ends = np.append(times, duration)
    return {name: float(ends[min(frame, len(times))]) for name, frame in events.items()}


def event_frames(events: Mapping[str, float], times: NDArray[np.float64]) -> dict[str, int]:
    """The first frame at or after each event; the number of frames if there is none."""
    # Frame times are rounded in files, some to a microsecond.
    return {name: int(np.searchsorted(times, seconds - 1e-6)) for name, seconds in events.items()}


def phases(events: Mapping[str, float], duration: float) -> tuple[Cue, ...]:
    """The spans before, between and after the key events, as cues; none without events."""
    if not events:
        return ()
    marks = [("start", 0.0), *events.items(), ("end", duration)]
    return tuple(
        Cue(start, end, f"{name} to {after}")
        for (name, start), (after, end) in itertools.pairwise(marks)
        if end > start
    )


def _joined(parts: Sequence[AnnotatedVideo]) -> list[AnnotatedVideo]:
    by_path: dict[Path, AnnotatedVideo] = {}
    for part in parts:
        path = place_of(part.video.path)
        known = by_path.get(path)
        if known is None:
            by_path[path] = part
            continue
        first, second = known.annotations, part.annotations
        if (first.events and second.events) or (first.recording and second.recording):
            raise CollectionError(
                f"Two files have annotations of the same kind for {part.video.path}; give one."
            )
        together = Annotations(
            events=first.events or second.events,
            cues=tuple(sorted((*first.cues, *second.cues), key=lambda cue: cue.start)),
            recording=first.recording or second.recording,
        )
        by_path[path] = replace(known, annotations=together)
    return list(by_path.values())


def _read(source: str | Path) -> list[AnnotatedVideo]:
    video, given, file = str(source).rpartition("=")
    if given and not Path(source).exists():
        file_path, video_path = (on_disk(Path(one).expanduser()) for one in (file, video))
        return [_beside(file_path, video_path)]
    return _read_file(on_disk(Path(source).expanduser()))


def _read_file(path: Path) -> list[AnnotatedVideo]:
    if path.is_dir() and not (path / LABELS_FILE).is_file():
        files = sorted(
            file for file in path.iterdir()
            if file.suffix.lower() in ANNOTATION_SUFFIXES and not file.name.startswith(".")
        )  # fmt: skip
        if not files:
            kinds = ", ".join(ANNOTATION_SUFFIXES)
            raise CollectionError(f"{path} has no annotation files ({kinds}).")
        return [one for file in files for one in _read_file(file)]
    if path.is_dir() or path.suffix.lower() == ".json":
        return _from_labels(path)
    if path.suffix.lower() not in ANNOTATION_SUFFIXES:
        raise CollectionError(
            f"{path} is not an annotation file; annotations are read from "
            f"{', '.join(ANNOTATION_SUFFIXES)} files."
        )
    if not path.exists():
        raise CollectionError(f"{path} does not exist.")
    if path.suffix.lower() == ".csv":
        table = read_csv(path)
        if set(table.columns) >= _SPANS or set(table.columns) >= _INSTANTS:
            return _from_table(table, instants=set(table.columns) >= _INSTANTS)
    return [_beside(path, _video_of(path))]


def _from_labels(path: Path) -> list[AnnotatedVideo]:
    collection = Collection.open(path)
    annotated = []
    for video in collection:
        if not video.events:
            continue
        info = probe(video.path)
        in_order = {name: video.events[name] for name in collection.events if name in video.events}
        events = event_seconds(in_order, info.times, info.duration)
        annotated.append(AnnotatedVideo(video, Annotations(events=events)))
    return annotated


def _from_table(table: CsvTable, *, instants: bool) -> list[AnnotatedVideo]:
    path = table.path
    told: dict[str, list[Cue]] = {}
    for row in table.rows:
        start, end = (
            _seconds(table, row, column)
            for column in (("time", "time") if instants else ("start", "end"))
        )
        if not instants and end <= start:
            raise CollectionError(f"{path}, line {row.line}: end must come after start.")
        label = table.cell(row, "event" if instants else "label")
        told.setdefault(table.cell(row, "video"), []).append(Cue(start, end, label))
    annotated = []
    for name, cues in told.items():
        file = _find(path.parent, name)
        if file is None:
            raise CollectionError(f"{path}: there is no video {name} in the same folder.")
        cues.sort(key=lambda cue: cue.start)
        if instants and len({cue.text for cue in cues}) < len(cues):
            raise CollectionError(
                f"{path} marks an event of {name} twice; each needs its own name."
            )
        if instants:
            annotations = Annotations(events={cue.text: cue.start for cue in cues})
        else:
            annotations = Annotations(cues=tuple(cues))
        annotated.append(AnnotatedVideo(_named(file), annotations))
    return annotated


def _seconds(table: CsvTable, row: CsvRow, column: str) -> float:
    cell = table.cell(row, column)
    try:
        seconds = table.number(cell)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < float("inf"):
        raise CollectionError(
            f"{table.path}, line {row.line}: `{cell}` is not a number of seconds."
        )
    return seconds


def _beside(path: Path, video: Path) -> AnnotatedVideo:
    if not video.exists():
        raise CollectionError(f"{video} does not exist.")
    if path.suffix.lower() == ".csv":
        return AnnotatedVideo(_named(video), Annotations(recording=read_recording(path)))
    return AnnotatedVideo(_named(video), Annotations(cues=read_captions(path)))


def _video_of(path: Path) -> Path:
    """The video that an annotation file is named after."""
    stem = path.stem
    while True:
        file = _find(path.parent, stem)
        if file is not None:
            return file
        if "." not in stem:
            raise CollectionError(
                f"There is no video {path.stem} in the folder of {path}; give its video as "
                f"VIDEO={path}."
            )
        stem = stem.rpartition(".")[0]


def _find(folder: Path, name: str) -> Path | None:
    exact = on_disk(folder / name)
    if exact.is_file() and exact.suffix.lower() in VIDEO_SUFFIXES:
        return exact
    candidates = (on_disk(folder / f"{name}{suffix}") for suffix in sorted(VIDEO_SUFFIXES))
    return next((file for file in candidates if file.is_file()), None)


def _named(path: Path) -> Video:
    return Video(name=nfc(path.stem), path=path)
