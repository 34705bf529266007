"""Projects of BORIS (.boris): observations of many videos in one JSON file.

Source: the program's own code. An event's time is in seconds from the start of the first player's
video, with the observation's time offset added; a state has an event where it starts and one where
it stops.
"""

import itertools
import re
import string
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from inphase.atomic import json_text
from inphase.data.formats.labelled import Labelled, whole_milliseconds
from inphase.data.formats.marks import (
    Marks,
    Mistake,
    MistakeError,
    Segment,
    boundaries,
    instants,
)
from inphase.data.json_files import read_json
from inphase.errors import CollectionError
from inphase.overwriting import stamped_project

_MILLISECOND = 0.001
_MOST_BYTES = 32_000_000
_PLAYERS = 8


def read_boris(
    path: Path, *, events: Sequence[str] | None = None, instants_only: bool = False
) -> tuple[dict[str, Marks], list[Mistake]]:
    """Read the observations of a project.

    Point events are key events, named by their behaviour. In an observation without any, state
    events are segments, and the key events lie where one ends and the next begins.

    Args:
        path: the project.
        events: names of the key events; other point events are left out.
        instants_only: whether the start of each state event is a key event.

    Returns:
        The marks of each video that has no mistake, and the mistakes.

    Raises:
        CollectionError: the file cannot be read or is not a project.
    """
    project = read_json(path, most=_MOST_BYTES)
    observations, ethogram = project.get("observations"), project.get("behaviors_conf")
    if not isinstance(observations, dict) or not isinstance(ethogram, dict):
        raise CollectionError(f"{path} is not a BORIS project: it has no observations.")
    states = {
        one.get("code")
        for one in ethogram.values()
        if isinstance(one, dict) and str(one.get("type", "")).lower().startswith("state")
    }
    marks: dict[str, Marks] = {}
    mistakes: list[Mistake] = []
    observed = Counter(_video(one) for one in observations.values())
    for name, observation in observations.items():
        video = _video(observation)
        if video is None:
            mistakes.append(Mistake(name, "this observation is not of one video."))
            continue
        try:
            if observed[video] > 1:
                raise MistakeError(f"{observed[video]} observations are of it; keep one.")
            found = _marked(observation, states, events, instants_only=instants_only)
            marks[video] = Marks(found, precision=_MILLISECOND)
        except MistakeError as mistake:
            mistakes.append(Mistake(video, str(mistake)))
    return marks, list(dict.fromkeys(mistakes))


def _video(observation: Any) -> str | None:
    """File name of the only video in the first player."""
    files = observation.get("file") if isinstance(observation, dict) else None
    first = files.get("1") if isinstance(files, dict) else None
    if not isinstance(first, list) or len(first) != 1 or not isinstance(first[0], str):
        return None
    return re.split(r"[\\/]", first[0])[-1]


def _marked(
    observation: Mapping[str, Any],
    states: set[Any],
    wanted: Sequence[str] | None,
    *,
    instants_only: bool,
) -> dict[str, float]:
    if observation.get("media_creation_date_as_offset"):
        raise MistakeError("its times are those of a clock, not of the video; undo this in BORIS.")
    offset = _number(observation.get("time offset", 0))
    rows = [_row(row, offset) for row in observation.get("events") or []]
    points = [(code, time) for time, _, code in rows if code not in states]
    segments = _segments(row for row in rows if row[2] in states)
    if not points and not instants_only:
        return boundaries(segments, names=wanted)
    if instants_only:
        points += [(one.label, one.start) for one in segments]
    return instants(one for one in points if wanted is None or one[0] in wanted)


def _row(row: Any, offset: float) -> tuple[float, str, str]:
    """Time, subject and behaviour of an event."""
    if not isinstance(row, list) or len(row) < 3:
        raise MistakeError("one of its events is not a list of time, subject and behaviour.")
    return _number(row[0]) - offset, str(row[1]), " ".join(str(row[2]).split())


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) < 1e9:
        raise MistakeError(f"`{str(value)[:40]}` is not a time in seconds.")
    return float(value)


def _segments(rows: Iterable[tuple[float, str, str]]) -> list[Segment]:
    by_state: dict[tuple[str, str], list[float]] = {}
    for time, subject, code in sorted(rows):
        by_state.setdefault((subject, code), []).append(time)
    segments = []
    for (_, code), times in by_state.items():
        if len(times) % 2:
            raise MistakeError(f"its state `{code}` starts and does not stop, or the other way.")
        for start, end in zip(times[::2], times[1::2], strict=True):
            segments.append(Segment(start, end, code))
    return segments


def boris_project(videos: Sequence[Labelled], *, name: str) -> str:
    """A project with an observation for each video: key events are points, captions are states."""
    points = dict.fromkeys(event for video in videos for event in video.events)
    states = dict.fromkeys(text for video in videos for *_, text in video.cues_as_spans())
    behaviours = [("Point event", code) for code in points]
    behaviours += [("State event", code) for code in states if code not in points]
    keys = itertools.chain(string.ascii_lowercase + string.digits, itertools.repeat(""))
    now = datetime.now().isoformat(timespec="seconds")
    project = {
        "time_format": "hh:mm:ss",
        "project_date": now,
        "project_name": name,
        "project_description": "",
        "project_format_version": "7.0",
        "subjects_conf": {},
        "behaviors_conf": {
            str(number): {
                "type": kind,
                "key": key,
                "code": code,
                "description": "",
                "category": "",
                "modifiers": "",
                "excluded": "",
                "coding map": "",
            }
            for number, ((kind, code), key) in enumerate(zip(behaviours, keys, strict=False))
        },
        "observations": {video.name: _observation(video, set(points), now) for video in videos},
        "behavioral_categories": [],
        "independent_variables": {},
        "coding_map": {},
        "behaviors_coding_map": [],
        "converters": {},
    }
    return json_text(stamped_project(project), indent=1) + "\n"


def _observation(video: Labelled, points: set[str], now: str) -> dict[str, Any]:
    file = str(video.info.path.absolute())
    rows = [(whole_milliseconds(video.start(frame)), name) for name, frame in video.events.items()]
    for start, end, text in video.cues_as_spans():
        if text not in points:
            rows += [(start, text), (end, text)]
    players: dict[str, list[str]] = {str(number): [] for number in range(1, _PLAYERS + 1)}
    return {
        "file": {**players, "1": [file]},
        "type": "MEDIA",
        "date": now,
        "description": "",
        "time offset": 0.0,
        "events": [[time / 1000, "", code, "", ""] for time, code in sorted(rows)],
        "observation time interval": [0, 0],
        "independent_variables": {},
        "close_behaviors_between_videos": False,
        "visualize_spectrogram": False,
        "visualize_waveform": False,
        "media_info": {
            "length": {file: round(video.info.duration, 3)},
            "fps": {file: round(video.info.fps, 6)},
            "hasVideo": {file: True},
            "hasAudio": {file: video.info.has_audio},
            "offset": {"1": 0.0},
        },
    }
