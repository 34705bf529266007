"""Files for editing programs: OpenTimelineIO, CMX 3600 edit lists, and an ffmpeg script."""

import re
import shlex
from fractions import Fraction
from pathlib import Path

from inphase.alignment.speed_segments import SpeedSegment
from inphase.applications.synchronization.edit_plan import (
    EditPlan,
    EditTrack,
    check_edit_list,
)
from inphase.applications.synchronization.edit_rate import TimeCode
from inphase.atomic import replacing, write_text


def write_otio(path: Path, plan: EditPlan) -> None:
    """Write one track per video and one clip per piece, each with a linear time warp."""
    import opentimelineio as otio  # imported here, as it takes a tenth of a second

    rate = float(plan.rate)

    def span(start: int, frames: int) -> "otio.opentime.TimeRange":
        return otio.opentime.TimeRange(
            otio.opentime.RationalTime(start, rate), otio.opentime.RationalTime(frames, rate)
        )

    def clip(track: EditTrack, segment: SpeedSegment) -> "otio.schema.Clip":
        begin = track.time_code.start
        media = otio.schema.ExternalReference(
            target_url=track.path.absolute().as_uri(), available_range=span(begin, track.frames)
        )
        made = otio.schema.Clip(
            name=track.name,
            media_reference=media,
            source_range=span(begin + segment.source, segment.frames),
        )
        if segment.speed != 1:
            made.effects.append(otio.schema.LinearTimeWarp(time_scalar=float(segment.speed)))
        return made

    timeline = otio.schema.Timeline(name=path.stem)
    timeline.metadata["inphase"] = {"cut_error_frames": plan.error, "cuts": plan.cuts}
    kinds = [(track, otio.schema.TrackKind.Video) for track in plan.tracks]
    if plan.has_audio:
        kinds.append((plan.tracks[0], otio.schema.TrackKind.Audio))
    for track, kind in kinds:
        made = otio.schema.Track(name=track.name, kind=kind)
        made.extend([clip(track, segment) for segment in track.segments])
        timeline.tracks.append(made)
    write_text(path, otio.adapters.write_to_string(timeline, "otio_json"))


def write_edl(path: Path, plan: EditPlan) -> None:
    """Write one query's pieces as events, each with its speed as an M2 line.

    An edit list has a single picture track: the first query's.
    """
    check_edit_list(path, [plan.tracks[0].path])
    track, record = plan.tracks[1], TimeCode(0, plan.rate)
    code = track.time_code.at
    lines = [f"TITLE: {_plain(path.stem)}", "FCM: NON-DROP FRAME", ""]
    for number, segment in enumerate(track.segments, start=1):
        used = max(1, -int(-(segment.frames * segment.speed) // 1))
        source = f"{code(segment.source)} {code(segment.source + used)}"
        place = f"{record.at(segment.first)} {record.at(segment.first + segment.frames)}"
        lines.append(f"{number:03d}  AX       V     C        {source} {place}")
        if segment.speed != 1:
            pace = float(segment.speed * round(plan.rate))
            lines.append(f"M2   AX       {pace:05.1f}                {code(segment.source)}")
        lines += [f"* FROM CLIP NAME: {_one_line(track.path.name)}", ""]
    write_text(path, "\n".join(lines))


def write_ffmpeg(path: Path, plan: EditPlan) -> None:
    """Write a shell script that writes each query, retimed, to `retimed_<name>.mp4`.

    The files go to the current folder, which may hold the videos: the script overwrites nothing.
    """
    lines = [
        "#!/bin/sh",
        "# Writes each video, retimed to the first, to the current folder. Needs ffmpeg.",
        "set -e",
    ]
    for track in plan.tracks[1:]:
        name = re.sub(r"[^\w.-]+", "_", track.name)
        lines += [
            f"ffmpeg -nostdin -v error -n -i {shlex.quote(str(track.path.absolute()))} -an \\",
            f"  -filter_complex {shlex.quote(_filters(track, plan.rate))} \\",
            f"  -map '[out]' -c:v libx264 -crf 18 -pix_fmt yuv420p retimed_{name}.mp4",
        ]
    with replacing(path) as beside:
        beside.write_text("\n".join([*lines, ""]), encoding="utf-8", errors="surrogateescape")
        beside.chmod(0o755)


def _filters(track: EditTrack, rate: Fraction) -> str:
    """The filter graph of one query.

    Source frame n of a piece is first shown at output frame ⌈n / speed⌉; the `fps` filter then
    repeats and drops frames as an editing program does.
    """
    count = len(track.segments)
    fps = f"{rate.numerator}/{rate.denominator}"
    tick = f"{rate.denominator}/{rate.numerator}"
    # In the middle of each interval, as in the plan.
    conform = f"fps=fps={fps}:round=near," if track.is_conformed else ""
    names = "".join(f"[s{index}]" for index in range(count))
    parts = [f"[0:v]{conform}split={count}{names}"]
    for index, segment in enumerate(track.segments):
        last = int(segment.played()[-1])
        speed = segment.speed
        shown = (
            f"ceil(N*{speed.denominator}/{speed.numerator})" if speed else "N"
        )  # a freeze is a single frame, repeated below
        parts.append(
            f"[s{index}]trim=start_frame={segment.source}:end_frame={last + 1},settb={tick},"
            f"setpts={shown},fps=fps={fps},tpad=stop_mode=clone:stop={segment.frames},"
            f"trim=end_frame={segment.frames},setpts=N[p{index}]"
        )
    joined = "".join(f"[p{index}]" for index in range(count))
    parts.append(f"{joined}concat=n={count}:v=1:a=0,fps=fps={fps}[out]")
    return ";\n".join(parts)


def _plain(text: str) -> str:
    return re.sub(r"[^\x20-\x7e]", "_", text)


def _one_line(text: str) -> str:
    """A name without what would end its line: what follows would be read as an event."""
    return "".join(letter if letter.isprintable() else "_" for letter in text)
