"""The clips of the repetitions, with their times and a picture, in a folder."""

import json
import re
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from rich.console import Console

from inphase.applications.repetitions.picture import draw_cuts
from inphase.applications.repetitions.result import Cuts, CutVideos
from inphase.atomic import replacing
from inphase.data import Collection
from inphase.errors import OutputError, Skipped, VideoError
from inphase.progress import progress_bar
from inphase.results import writers
from inphase.results.places import check_folder, file_stems
from inphase.video import SoundCursor, VideoReader, VideoWriter, sound_of


def folder(
    result: Cuts | CutVideos,
    place: Path,
    *,
    on_failure: Callable[[Skipped], object] | None = None,
    console: Console | None = None,
) -> tuple[Path, ...]:
    """Write each clip with its sound, and a table and a picture of the cuts.

    Clips are named `<name>_01.mp4` and so on; they are cut at the exact frame, and therefore
    encoded again. A video that does not repeat itself is copied unchanged. `<name>.json` and
    `<name>.csv` hold the times, `<name>.png` the self-similarity of the video with its cuts. If
    clips of two videos would get the same name, a number is added to the video's name.

    Args:
        result: what to write.
        place: the folder.
        on_failure: called with a video that can no longer be read, whose clips are then left out;
            by default that is an error.
        console: where a progress bar goes; by default nowhere.

    Returns:
        The clips.

    Raises:
        OutputError: the folder holds clips of another video of one of these names.
        VideoError: a video can no longer be read, and there is no `on_failure`.
    """
    videos = result.cuts if isinstance(result, CutVideos) else (result,)
    stems = file_stems((cuts.video.name for cuts in videos), numbered=True)
    written: list[Path] = []
    for stem, cuts in zip(stems, videos, strict=True):
        _check_place(place, {stem: cuts.video.path})
        try:
            clips = _write_clips(cuts, place, stem, console)
        except VideoError as error:
            if on_failure is None:
                raise
            on_failure(Skipped(cuts.video.name, str(error)))
            continue
        written += clips
        writers.json(cuts, place / f"{stem}.json")
        writers.csv(cuts, place / f"{stem}.csv")
        spans = cuts.spans if cuts.count else cuts.spans[:0]
        draw_cuts(place / f"{stem}.png", cuts.video, spans)
    return tuple(written)


def check_clips_folder(folder: str | Path, collection: Collection) -> None:
    """Refuse a folder in which clips or videos would be lost, before minutes of work.

    Raises:
        OutputError: it is a file, holds one of the videos, or clips of another video of that name.
    """
    stems = file_stems(collection.names, numbered=True)
    paths = [video.path for video in collection]
    _check_place(Path(folder), dict(zip(stems, paths, strict=True)))


def _check_place(folder: Path, sources: Mapping[str, Path]) -> None:
    check_folder(folder, sources.values())
    there = [path.name for path in folder.iterdir()] if folder.is_dir() else []
    for stem, path in sources.items():
        clip = re.compile(rf"{re.escape(stem)}(_\d+\.mp4|\.csv|\.png|{re.escape(path.suffix)})")
        strange = next((name for name in there if clip.fullmatch(name)), None)
        if strange is not None and f"{stem}.json" not in there:
            raise OutputError(
                f"{folder} holds {strange}, which is not from an earlier cut and might be lost; "
                "give another folder."
            )
        if f"{stem}.json" not in there:
            continue
        try:
            told = json.loads((folder / f"{stem}.json").read_text(encoding="utf-8"))
            before = Path(told["file"])
        except (OSError, ValueError, TypeError, KeyError):
            raise OutputError(
                f"{folder} holds {stem}.json, which is not from an earlier cut and might be lost; "
                "give another folder."
            ) from None
        if before.absolute() != path.absolute():
            raise OutputError(
                f"{folder} holds clips of another {stem}, {before}; give another folder."
            )


def _write_clips(cuts: Cuts, folder: Path, stem: str, console: Console | None) -> tuple[Path, ...]:
    source = cuts.video.path
    if not cuts.count:
        whole = folder / f"{stem}{source.suffix}"
        with replacing(whole) as beside:
            if source.is_dir():
                shutil.copytree(source, beside)
            else:
                shutil.copy(source, beside)
        return (whole,)
    reader = VideoReader(source)
    sound = sound_of(source, what="each clip")
    cursor = SoundCursor(sound) if sound is not None else None
    digits = max(2, len(str(cuts.count)))
    paths = []
    total = int((cuts.frames[:, 1] - cuts.frames[:, 0]).sum())
    with progress_bar(f"Cutting {cuts.video.name}", total, console=console) as bar:
        for number, (first, after) in enumerate(cuts.frames, start=1):
            path = folder / f"{stem}_{number:0{digits}d}.mp4"
            begin, end = cuts.spans[number - 1]
            audio = cursor.cut(begin, end) if cursor is not None else None
            with VideoWriter(path, fps=reader.info.fps, size=reader.size, audio=audio) as out:
                indices = range(first, after)
                for index, frame in zip(indices, reader.frames(indices), strict=True):
                    out.write(frame, time=float(reader.times[index] - begin))
                    bar.advance(1)
            paths.append(path)
    return tuple(paths)
