"""Convert labels of other programs and data sets to a labels.json."""

import glob
from collections.abc import Sequence
from pathlib import Path

from inphase.data.collection import LABELS_FILE, Collection
from inphase.data.formats.boris import read_boris
from inphase.data.formats.convert import Conversion, convert_marks, labelled_conversion
from inphase.data.formats.cvat import read_cvat
from inphase.data.formats.elan import read_elan
from inphase.data.formats.labelled import Labelled
from inphase.data.formats.marks import Marks, Mistake, Segment, boundaries, common_order
from inphase.data.formats.penn_action import (
    TCC_COUNTS,
    is_penn_action,
    read_joint_file,
    read_penn_action,
)
from inphase.data.formats.penn_events import events_from_joints
from inphase.data.formats.pouring import (
    POURING_COUNTS,
    POURING_EVENTS,
    is_pouring,
    read_pouring,
)
from inphase.data.formats.segments_csv import read_segments_csv
from inphase.data.formats.tcc_json import read_tcc_json
from inphase.data.formats.webvtt import read_webvtt
from inphase.data.formats.writing import PROGRAMS, write_labels_for
from inphase.data.json_files import read_json
from inphase.errors import CollectionError
from inphase.video.unicode_forms import nfc, on_disk

__all__ = [
    "POURING_COUNTS",
    "POURING_EVENTS",
    "PROGRAMS",
    "TCC_COUNTS",
    "Conversion",
    "Labelled",
    "Marks",
    "Mistake",
    "Segment",
    "boundaries",
    "common_order",
    "convert_labels",
    "convert_marks",
    "events_from_joints",
    "is_penn_action",
    "is_pouring",
    "read_boris",
    "read_cvat",
    "read_elan",
    "read_joint_file",
    "read_penn_action",
    "read_pouring",
    "read_segments_csv",
    "read_tcc_json",
    "read_webvtt",
    "write_labels_for",
]


def convert_labels(
    labels: str | Path,
    videos: str | Path | Sequence[str | Path] | None = None,
    *,
    events: Sequence[str] | None = None,
    instants: bool = False,
    tier: str | None = None,
    actions: Sequence[str] | None = None,
) -> Conversion:
    """Convert labels of any known format, recognized by suffix or layout.

    Args:
        labels: a `labels.json`, a `.json` file of segments in microseconds (TCC), a `.csv` file
            of segments or instants, a `.vtt` or `.eaf` (ELAN) file or a folder of them, a `.boris`
            project, CVAT's `.xml`, or the folder of Penn Action or of the pouring set.
        videos: anything [`Collection.open`][inphase.data.Collection.open] takes; not needed for a
            whole data set or a labels.json.
        events: names of the key events, in order.
        instants: whether each cue, annotation or state is an instant, at its start, rather than a
            segment.
        tier: the tier to read of ELAN's files.
        actions: convert only these actions of Penn Action.

    Raises:
        CollectionError: the format is unknown, or something is missing or cannot be read.
    """
    path = on_disk(Path(labels))
    events = None if events is None else [nfc(event) for event in events]
    if not path.exists():
        raise CollectionError(f"{path} does not exist.")
    if path.is_dir() and is_penn_action(path):
        return read_penn_action(path, actions=actions)
    if path.is_dir() and is_pouring(path):
        return read_pouring(path)
    suffix = path.suffix.lower()
    if suffix == ".eaf" or (path.is_dir() and any(path.rglob("*.eaf"))):
        marks, mistakes = read_elan(path, events=events, instants_only=instants, tier=tier)
    elif suffix == ".boris":
        marks, mistakes = read_boris(path, events=events, instants_only=instants)
    elif suffix == ".xml":
        marks, mistakes = read_cvat(path, events=events)
    elif path.is_dir() or suffix == ".vtt":
        marks, mistakes = read_webvtt(path, events=events, instants=instants)
    elif suffix in (".csv", ".tsv", ".txt"):
        marks, mistakes = read_segments_csv(path, events=events)
    elif suffix == ".json" and videos is None and "videos" in read_json(path):
        return labelled_conversion(Collection.open(path))
    elif suffix == ".json":
        marks, mistakes = read_tcc_json(path, events=events)
    else:
        raise CollectionError(
            f"{path} has no known format; give .json (segments in microseconds), .csv, .vtt, .eaf "
            "(ELAN), .boris, .xml (CVAT), or the folder of Penn Action or of the pouring set."
        )
    if videos is None:
        raise CollectionError(f"{path} does not include any video files; give the videos as well.")
    collection = Collection.open(_files(videos))
    return convert_marks(marks, collection, events=events, mistakes=mistakes)


def _files(videos: str | Path | Sequence[str | Path]) -> list[str | Path]:
    """The video files themselves: a labels.json among them may be from an earlier conversion."""
    sources = [videos] if isinstance(videos, (str, Path)) else list(videos)
    return [
        f"{glob.escape(str(source))}/*" if (Path(source) / LABELS_FILE).is_file() else source
        for source in sources
    ]
