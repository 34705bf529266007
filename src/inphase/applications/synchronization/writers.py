"""Write a synchronization as a video, for editing programs, or as one video per query."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console

from inphase.applications.synchronization import edit_files
from inphase.applications.synchronization.clip import Clip
from inphase.applications.synchronization.edit_plan import DEFAULT_CUT_ERROR, EditPlan, plan_edit
from inphase.applications.synchronization.picture.doubt_mark import marked_frames
from inphase.applications.synchronization.picture.retimed import write_retimed
from inphase.applications.synchronization.picture.writing import ClipVideo, write_clip
from inphase.applications.synchronization.result import Synchronization
from inphase.cache import cache_folder
from inphase.models.pose import PoseTracks
from inphase.results.places import check_folder, file_stems


def mp4(
    result: Synchronization,
    path: Path,
    *,
    width: int = 1920,
    flip: bool = False,
    mark_doubt: bool = False,
    clip: Clip | None = None,
    events: Mapping[str, int] | None = None,
    tracks: PoseTracks | None = None,
    console: Console | None = None,
) -> None:
    """Write all videos as one clip; the reference is first, framed.

    Args:
        result: to write.
        path: of the file.
        width: maximum width of the picture in pixels; with an aspect, 16:9 of this width has the
            same shorter side.
        flip: show mirrored performances the same way round as the reference; pictures that lie on
            each other always are.
        mark_doubt: mark queries where their match is doubtful.
        clip: layout, slow motion, trims and what is drawn; by default a grid, and nothing else.
        events: the reference's frame of each key event that the clip names.
        tracks: finds the people if the clip needs them; by default as for `inphase.embed`, with the
            user's cache.
        console: where progress bars go; by default nowhere.

    Raises:
        ConfigError: the clip cannot be made of these videos.
    """
    reference = result.reference
    matches = zip(result.queries, result.mappings(), _doubtful(result), strict=True)
    queries = [
        ClipVideo(query.path, query.name, mapping, query.mirrored, bad if mark_doubt else None)
        for query, mapping, bad in matches
    ]
    write_clip(
        path,
        [ClipVideo(reference.path, reference.name, np.arange(len(reference.times))), *queries],
        clip or Clip(),
        width=width,
        flip=flip,
        events=events,
        tracks=tracks or PoseTracks(cache_folder() / "landmarks"),
        console=console,
    )


mov = mp4


def otio(result: Synchronization, path: Path, *, cut_error: int = DEFAULT_CUT_ERROR) -> None:
    """Write a timeline of pieces of constant speed, off by at most `cut_error` frames."""
    edit_files.write_otio(path, edit_plan(result, error=cut_error))


def edl(result: Synchronization, path: Path, *, cut_error: int = DEFAULT_CUT_ERROR) -> None:
    """Write an edit list of one query."""
    edit_files.write_edl(path, edit_plan(result, error=cut_error))


def sh(result: Synchronization, path: Path, *, cut_error: int = DEFAULT_CUT_ERROR) -> None:
    """Write a script that makes ffmpeg retime each query."""
    edit_files.write_ffmpeg(path, edit_plan(result, error=cut_error))


def edit_plan(result: Synchronization, *, error: int = DEFAULT_CUT_ERROR) -> EditPlan:
    """Plan the pieces of constant speed; see `plan_edit`."""
    videos = [(video.name, video.path) for video in (result.reference, *result.queries)]
    return plan_edit(videos[0], videos[1:], result.mappings(), error=error)


def separate(
    result: Synchronization,
    folder: Path,
    *,
    flip: bool = False,
    mark_doubt: bool = False,
    console: Console | None = None,
) -> tuple[Path, ...]:
    """Write each query to `folder/<name>.mp4`, retimed to the reference.

    Raises:
        OutputError: the folder cannot be written.
        VideoError: a video can no longer be read.
    """
    check_folder(folder, result.input_files)
    paths = []
    stems = file_stems(query.name for query in result.queries)
    matches = zip(stems, result.queries, result.mappings(), _doubtful(result), strict=True)
    for stem, query, mapping, doubtful in matches:
        path = folder / f"{stem}.mp4"
        write_retimed(
            path,
            query.path,
            mapping,
            result.reference.times,
            flipped=flip and query.mirrored,
            doubtful=doubtful if mark_doubt else None,
            console=console,
        )
        paths.append(path)
    return tuple(paths)


def _doubtful(result: Synchronization) -> list[NDArray[np.bool_]]:
    """(reference frames,) where to mark each query."""
    return [marked_frames(verdict, result.reference.times) for verdict in result.verdicts()]
