"""The files that a transfer is written as."""

import csv
import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from inphase.applications.caption_video import write_captioned
from inphase.applications.output_folder import file_stems
from inphase.atomic import replacing
from inphase.data import LABELS_FILE, Cue, phases, write_captions, write_recording
from inphase.errors import OutputError

if TYPE_CHECKING:
    from inphase.applications.transferred import Transfer, TransferredVideo

FORMATS = ("json", "csv", "vtt", "srt", "mp4")
_EVENTS_FILE, _SPANS_FILE = "events.csv", "segments.csv"
_OF_ONE = (".vtt", ".srt", ".mp4")


def save_transfer(
    result: "Transfer", path: Path, *, formats: Sequence[str] | None, console: Console | None
) -> tuple[Path, ...]:
    """Write a transfer as one file, or as files in a folder; see ``Transfer.save``."""
    check_output(path, targets=len(result.targets), formats=formats)
    if path.suffix:
        _save_one(result, path, console)
        return (path,)
    chosen = formats or _fitting(result)
    written: list[Path] = []
    if "json" in chosen:
        written.append(_labels(result, path / LABELS_FILE))
    if "csv" in chosen and result.events:
        written.append(_events_table(result, path / _EVENTS_FILE))
    if "csv" in chosen and _has_cues(result):
        written.append(_spans_table(result, path / _SPANS_FILE))
    stems = file_stems(target.video.name for target in result.targets)
    for stem, target in zip(stems, result.targets, strict=True):
        for kind in chosen:
            write = _OF_TARGET.get(kind)
            if write is not None and not (kind == "csv" and target.recording is None):
                file = path / f"{stem}.{kind}"
                write(target, file, console)
                written.append(file)
    return tuple(written)


def check_output(path: Path, *, targets: int, formats: Sequence[str] | None = None) -> None:
    """Refuse a place or format that cannot be written, before minutes of work.

    Raises:
        OutputError: the suffix or a format is unknown, or a file can hold one target only.
    """
    odd = next((one for one in formats or () if one not in FORMATS), None)
    if odd is not None:
        raise OutputError(f"There is no format {odd}; there are: {', '.join(FORMATS)}.")
    if path.suffix and path.suffix[1:] not in FORMATS:
        raise OutputError(f"{path} must be a folder or end in one of .{', .'.join(FORMATS)}.")
    if path.suffix and formats:
        raise OutputError(f"{path} is one file; give a folder to write formats of your choice.")
    if path.suffix in _OF_ONE and targets != 1:
        raise OutputError(f"{path} can hold one video, and there are {targets}; give a folder.")


def _fitting(result: "Transfer") -> list[str]:
    fitting = []
    if result.events:
        fitting.append("json")
    if _has_cues(result):
        fitting.append("vtt")
    if any(target.recording is not None for target in result.targets):
        fitting.append("csv")
    return fitting


def _has_cues(result: "Transfer") -> bool:
    return any(target.cues for target in result.targets)


def _save_one(result: "Transfer", path: Path, console: Console | None) -> None:
    if path.suffix == ".json":
        _labels(result, path)
    elif path.suffix == ".csv":
        recorded = any(target.recording is not None for target in result.targets)
        kinds = [bool(result.events), _has_cues(result), recorded]
        if sum(kinds) != 1 or (recorded and len(result.targets) != 1):
            raise OutputError(
                f"{path} can hold the events of all videos, or their captions, or the recording "
                "of one; give a folder."
            )
        if result.events:
            _events_table(result, path)
        elif recorded:
            _recording(result.targets[0], path, console)
        else:
            _spans_table(result, path)
    else:
        _OF_TARGET[path.suffix[1:]](result.targets[0], path, console)


def _labels(result: "Transfer", path: Path) -> Path:
    """A labels.json that this package reads, with the confidences beside."""
    if not result.events:
        raise OutputError(f"{path}: labels.json holds key events, and the sources have none.")
    folder = path.absolute().parent
    videos, confidence = {}, {}
    for target in result.targets:
        video = target.video
        file = os.path.relpath(video.path.absolute(), folder)
        # The first frame at or after the instant; right after the last one at most.
        events = {name: min(e.frame, len(video.times)) for name, e in target.events.items()}
        frames = len(video.times)
        rate = frames / target.duration if target.duration > 0 else 0
        entry = {"file": Path(file).as_posix(), "frames": frames, "events": events}
        videos[video.name] = {**entry, "fps": round(rate, 4)} if rate else entry
        confidence[video.name] = {n: round(e.confidence, 4) for n, e in target.events.items()}
    content = {
        "source": f"transferred from {', '.join(result.sources)}",
        "events": list(result.events),
        "confidence": confidence,
        "videos": videos,
    }
    with replacing(path) as beside:
        text = json.dumps(content, ensure_ascii=False, indent=1)
        beside.write_text(text + "\n", encoding="utf-8")
    return path


def _events_table(result: "Transfer", path: Path) -> Path:
    rows = [
        [target.video.name, name, f"{at.seconds:.6f}", at.frame, f"{at.confidence:.4f}"]
        for target in result.targets
        for name, at in target.events.items()
    ]
    return _table(path, ["video", "event", "time", "frame", "confidence"], rows)


def _spans_table(result: "Transfer", path: Path) -> Path:
    rows = [
        [
            target.video.name,
            f"{one.cue.start:.6f}",
            f"{one.cue.end:.6f}",
            one.cue.text,
            f"{one.confidence:.4f}",
        ]
        for target in result.targets
        for one in target.cues
    ]
    return _table(path, ["video", "start", "end", "label", "confidence"], rows)


def _table(path: Path, header: list[str], rows: Sequence[Sequence[object]]) -> Path:
    with replacing(path) as beside, beside.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)
    return path


def _recording(target: "TransferredVideo", path: Path, _console: Console | None) -> None:
    assert target.recording is not None
    write_recording(path, target.recording, confidence=target.recording_confidence)


def _captions(target: "TransferredVideo", path: Path, _console: Console | None) -> None:
    cues, confidence = _shown(target)
    if not cues:
        raise OutputError(f"{path}: there are no captions and no events to write.")
    notes = [f"confidence {value:.2f}" for value in confidence]
    write_captions(path, cues, notes=notes)


def _preview(target: "TransferredVideo", path: Path, console: Console | None) -> None:
    cues, confidence = _shown(target)
    write_captioned(
        path,
        target.video.path,
        cues,
        confidence=confidence,
        events={name: event.seconds for name, event in target.events.items()},
        recording=target.recording,
        console=console,
    )


def _shown(target: "TransferredVideo") -> tuple[tuple[Cue, ...], list[float]]:
    """The captions, or the phases between the events where there are none."""
    if target.cues:
        return tuple(one.cue for one in target.cues), [one.confidence for one in target.cues]
    spans = phases({name: event.seconds for name, event in target.events.items()}, target.duration)
    # A phase is as sure as the event that it begins with, the first as that which ends it.
    events = list(target.events.values())
    begun = [max(sum(e.seconds <= span.start for e in events) - 1, 0) for span in spans]
    return spans, [events[index].confidence for index in begun]


_OF_TARGET: dict[str, Callable[["TransferredVideo", Path, Console | None], None]] = {
    "csv": _recording,
    "vtt": _captions,
    "srt": _captions,
    "mp4": _preview,
}
