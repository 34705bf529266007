"""The files of a transfer."""

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from rich.console import Console

from inphase.applications.label_transfer.caption_video import write_captioned
from inphase.applications.label_transfer.result import Transfer, TransferredVideo
from inphase.atomic import write_csv, write_json
from inphase.data import LABELS_FILE, Cue, phases, write_captions, write_recording
from inphase.data.formats import Labelled, write_labels_for
from inphase.errors import OutputError
from inphase.overwriting import stamped
from inphase.results.places import file_stems
from inphase.video import probe

_EVENTS_FILE, _SPANS_FILE, _BORIS_FILE = "events.csv", "segments.csv", "labels.boris"
# Whether a target's match looks right as a whole (0 or 1), and whether it is doubtful here.
_VERDICT = ["reliable", "doubtful"]


def folder(
    result: Transfer,
    place: Path,
    *,
    formats: Sequence[str] | None = None,
    console: Console | None = None,
) -> tuple[Path, ...]:
    """Write the files named by `formats`; by default those that fit the annotations."""
    chosen = formats or _fitting(result)
    written: list[Path] = []
    if "json" in chosen:
        written.append(place / LABELS_FILE)
        json(result, written[-1])
    if "csv" in chosen and result.events:
        written.append(place / _EVENTS_FILE)
        _write_events(result, written[-1])
    if "csv" in chosen and _has_cues(result):
        written.append(place / _SPANS_FILE)
        _write_spans(result, written[-1])
    if "boris" in chosen:
        written.append(place / _BORIS_FILE)
        boris(result, written[-1])
    stems = file_stems(target.video.name for target in result.targets)
    for stem, target in zip(stems, result.targets, strict=True):
        for kind in chosen:
            write = _OF_TARGET.get(kind)
            if write is not None and not (kind == "csv" and target.recording is None):
                file = place / f"{stem}.{kind}"
                write(target, file, console)
                written.append(file)
    return tuple(written)


def json(result: Transfer, path: Path) -> None:
    """Write a labels.json that this package can read, with confidences."""
    if not result.events:
        raise OutputError(f"{path}: labels.json holds key events, but the sources have none.")
    folder = path.absolute().parent
    videos, confidence, verdicts = {}, {}, {}
    for target in result.targets:
        video = target.video
        file = os.path.relpath(video.path.absolute(), folder)
        # The first frame at or after the instant, or the one right after the last.
        events = {name: min(e.frame, len(video.times)) for name, e in target.events.items()}
        frames = len(video.times)
        rate = frames / target.duration if target.duration > 0 else 0
        entry = {"file": Path(file).as_posix(), "frames": frames, "events": events}
        videos[video.name] = {**entry, "fps": round(rate, 4)} if rate else entry
        confidence[video.name] = {n: round(e.confidence, 4) for n, e in target.events.items()}
        verdicts[video.name] = target.verdict.to_dict()
    content = {
        "source": f"transferred from {', '.join(result.sources)}",
        "events": list(result.events),
        "confidence": confidence,
        "verdicts": verdicts,
        "videos": videos,
    }
    write_json(path, stamped(content), indent=1)


def csv(result: Transfer, path: Path) -> None:
    """Write the events or the captions of all videos, or the recording of one."""
    recorded = any(target.recording is not None for target in result.targets)
    kinds = [bool(result.events), _has_cues(result), recorded]
    if sum(kinds) != 1 or (recorded and len(result.targets) != 1):
        raise OutputError(
            f"{path} can hold only the events of all videos, their captions, or the recording of "
            "one; give a folder."
        )
    if result.events:
        _write_events(result, path)
    elif recorded:
        _write_recording(result.targets[0], path, None)
    else:
        _write_spans(result, path)


def vtt(result: Transfer, path: Path) -> None:
    """Write the captions, or the phases between the events, of the only target."""
    _write_captions(result.targets[0], path, None)


srt = vtt


def eaf(result: Transfer, path: Path) -> None:
    """Write the only target's events and captions for ELAN."""
    _write_for_program(result.targets[0], path, None)


xml = eaf


def boris(result: Transfer, path: Path) -> None:
    """Write a project of BORIS with the events and captions of all targets."""
    write_labels_for(path, [_labelled(target) for target in result.targets])


def mp4(result: Transfer, path: Path, *, console: Console | None = None) -> None:
    """Write a preview of the only target, with everything burned in."""
    _write_preview(result.targets[0], path, console)


def _fitting(result: Transfer) -> list[str]:
    fitting = []
    if result.events:
        fitting.append("json")
    if _has_cues(result):
        fitting.append("vtt")
    if any(target.recording is not None for target in result.targets):
        fitting.append("csv")
    return fitting


def _has_cues(result: Transfer) -> bool:
    return any(target.cues for target in result.targets)


def _write_events(result: Transfer, path: Path) -> None:
    rows = (
        [
            target.video.name,
            name,
            f"{at.seconds:.6f}",
            at.frame,
            f"{at.confidence:.4f}",
            *_verdict(target, at.seconds, at.seconds),
        ]
        for target in result.targets
        for name, at in target.events.items()
    )
    write_csv(path, ["video", "event", "time", "frame", "confidence", *_VERDICT], rows)


def _write_spans(result: Transfer, path: Path) -> None:
    rows = (
        [
            target.video.name,
            f"{one.cue.start:.6f}",
            f"{one.cue.end:.6f}",
            one.cue.text,
            f"{one.confidence:.4f}",
            *_verdict(target, one.cue.start, one.cue.end),
        ]
        for target in result.targets
        for one in target.cues
    )
    write_csv(path, ["video", "start", "end", "label", "confidence", *_VERDICT], rows)


def _verdict(target: TransferredVideo, start: float, end: float) -> list[int]:
    """The columns `_VERDICT` of a span of a target."""
    return [int(target.verdict.reliable), int(target.verdict.doubts(start, end))]


def _write_recording(target: TransferredVideo, path: Path, _console: Console | None) -> None:
    assert target.recording is not None
    verdict = [_verdict(target, time, time) for time in target.video.times.tolist()]
    judged = replace(
        target.recording,
        columns=(*target.recording.columns, *_VERDICT),
        values=np.column_stack([target.recording.values, verdict]),
    )
    write_recording(path, judged, confidence=target.recording_confidence)


def _write_captions(target: TransferredVideo, path: Path, _console: Console | None) -> None:
    cues, confidence = _shown(target)
    if not cues:
        raise OutputError(f"{path}: there are no captions or events to write.")
    notes = [f"confidence {value:.2f}" for value in confidence]
    write_captions(path, cues, notes=notes)


def _write_preview(target: TransferredVideo, path: Path, console: Console | None) -> None:
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


def _write_for_program(target: TransferredVideo, path: Path, _console: Console | None) -> None:
    write_labels_for(path, [_labelled(target)])


def _labelled(target: TransferredVideo) -> Labelled:
    info = probe(target.video.path)
    # The first frame at or after the instant, or the one right after the last.
    events = {name: min(at.frame, info.frames) for name, at in target.events.items()}
    return Labelled(target.video.name, info, events, [one.cue for one in target.cues])


def _shown(target: TransferredVideo) -> tuple[tuple[Cue, ...], list[float]]:
    """The captions, or the phases between the events if there are none."""
    if target.cues:
        return tuple(one.cue for one in target.cues), [one.confidence for one in target.cues]
    spans = phases({name: event.seconds for name, event in target.events.items()}, target.duration)
    # A phase has the confidence of the event that starts it; the first, of the one that ends it.
    events = list(target.events.values())
    begun = [max(sum(e.seconds <= span.start for e in events) - 1, 0) for span in spans]
    return spans, [events[index].confidence for index in begun]


_OF_TARGET: dict[str, Callable[[TransferredVideo, Path, Console | None], None]] = {
    "csv": _write_recording,
    "vtt": _write_captions,
    "srt": _write_captions,
    "eaf": _write_for_program,
    "xml": _write_for_program,
    "mp4": _write_preview,
}
