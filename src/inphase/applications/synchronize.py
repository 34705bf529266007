"""Synchronous playback: many videos at the pace of one (paper, section 5.3; supplement)."""

import csv
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.console import Console

from inphase.alignment import (
    Alignment,
    WarpingPath,
    align,
    joint_align,
    match_confidence,
    medoid,
)
from inphase.alignment.distances import distance_named
from inphase.alignment.mapping import filled
from inphase.applications.alignment_file import Anchors, write_alignment_file
from inphase.applications.edit_files import EDIT_WRITERS, write_edit
from inphase.applications.edit_plan import DEFAULT_CUT_ERROR, plan_edit
from inphase.applications.grid import write_grid, write_retimed
from inphase.applications.output_file import check_output_file
from inphase.applications.output_folder import check_output_folder, file_stems
from inphase.atomic import replacing
from inphase.errors import AlignmentError, OutputError, hint
from inphase.models import EmbeddedVideo, Embeddings
from inphase.progress import progress_bar

AUTO = "auto"
_ROUNDS = 10
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Synchronization:
    """A reference and the videos matched to it.

    Attributes:
        reference: the video whose pace is kept.
        queries: the others.
        alignments: one a query: for each reference frame its query frame.
        anchors: frames that were matched by hand, of these and any other videos.
    """

    reference: EmbeddedVideo
    queries: tuple[EmbeddedVideo, ...]
    alignments: tuple[Alignment, ...]
    anchors: Anchors = field(default_factory=Anchors)

    def query_times(self, index: int) -> NDArray[np.float64]:
        """(reference frames,) seconds in query ``index`` that match each reference frame.

        NaN where an open alignment leaves a reference frame without a match.
        """
        frames = self.alignments[index].query_frames
        times = self.queries[index].times[np.maximum(frames, 0)]
        return np.where(frames < 0, np.nan, times)

    def save(
        self,
        path: str | Path,
        *,
        width: int = 1920,
        cut_error: int = DEFAULT_CUT_ERROR,
        console: Console | None = None,
    ) -> None:
        """Write the synchronization, in the form that the suffix asks for, whole or not at all.

        ``.mp4``: all videos in a grid at the reference's pace, with its sound; the reference
        comes first and is framed. ``.json`` and ``.csv``: the mapping, in frames and in seconds;
        the JSON keeps the anchors, too, and is read again by
        :func:`~inphase.applications.alignment_file.read_alignment_file`.
        For editing programs, in pieces of constant speed with as few cuts as can be: ``.otio``
        (OpenTimelineIO), ``.edl`` (CMX 3600; one query only) and ``.sh``, a script for ffmpeg.

        Args:
            width: of the grid in pixels, at most.
            cut_error: frames that a piece of constant speed may be off by.
            console: where a progress bar goes; by default nowhere.

        Raises:
            OutputError: another suffix, or the place cannot be written.
            VideoError: a video can no longer be read.
        """
        path = Path(path)
        check_output(path, self._files)
        if path.suffix == ".mp4":
            write_grid(
                path,
                self._files,
                titles=[self.reference.name, *(query.name for query in self.queries)],
                mappings=[np.arange(len(self.reference.times)), *self.mappings()],
                width=width,
                console=console,
            )
        elif path.suffix in EDIT_WRITERS:
            write_edit(path, plan_edit(self, error=cut_error))
        else:
            with replacing(path) as beside:
                _WRITERS[path.suffix](beside, self)

    def save_separate(
        self, folder: str | Path, *, console: Console | None = None
    ) -> tuple[Path, ...]:
        """Write each query alone, retimed to the reference, as ``folder/<name>.mp4``.

        Raises:
            OutputError: the folder cannot be written.
            VideoError: a video can no longer be read.
        """
        folder = Path(folder)
        check_output_folder(folder, self._files)
        paths = []
        stems = file_stems(query.name for query in self.queries)
        for stem, query, mapping in zip(stems, self.queries, self.mappings(), strict=True):
            path = folder / f"{stem}.mp4"
            write_retimed(path, query.path, mapping, self.reference.times, console=console)
            paths.append(path)
        return tuple(paths)

    def mappings(self) -> list[NDArray[np.int64]]:
        """Query frames to show, one array a query; one without a match shows the nearest that has.

        Each is (reference frames,).
        """
        return [filled(alignment.query_frames) for alignment in self.alignments]

    def to_dict(self) -> dict[str, Any]:
        """The mapping as plain values, as the JSON file holds it.

        A query's ``frames``, ``times`` (seconds) and ``confidence`` (0..1) have one entry for
        each reference frame; an entry without a match has frame −1 and time None.
        """
        queries = []
        for index, (query, alignment) in enumerate(zip(self.queries, self.alignments, strict=True)):
            seconds = self.query_times(index)
            queries.append(
                {
                    "name": query.name,
                    "file": str(query.path),
                    "cost": float(alignment.cost),
                    "frames": alignment.query_frames.tolist(),
                    "times": [None if np.isnan(t) else round(float(t), 6) for t in seconds],
                    "confidence": [round(float(c), 4) for c in alignment.confidence],
                }
            )
        reference = {
            "name": self.reference.name,
            "file": str(self.reference.path),
            "times": [round(float(t), 6) for t in self.reference.times],
        }
        return {
            "reference": reference,
            "queries": queries,
            "anchors": self.anchors.to_list(),
        }

    @property
    def _files(self) -> list[Path]:
        return [self.reference.path, *(query.path for query in self.queries)]


def synchronize(
    embeddings: Embeddings | Sequence[EmbeddedVideo],
    *,
    reference: str | None = None,
    anchors: Anchors | None = None,
    joint: bool = False,
    console: Console | None = None,
    **options: Any,
) -> Synchronization:
    """Match every video to a reference.

    Args:
        embeddings: of the videos, as :func:`inphase.embed` gives them.
        reference: name of the video whose pace is kept; by default, and for ``"auto"``, the most
            typical one: the video that is cheapest to align with the others
            (:func:`inphase.alignment.medoid`; of two videos the first).
        anchors: frames matched by hand that the alignments pass through.
        joint: align all together, each with their common barycentre
            (:func:`inphase.alignment.joint_align`), instead of each with the reference: for many
            videos, and where their matches must agree with each other too.
        console: where a progress bar goes; by default nowhere.
        **options: as :func:`inphase.alignment.align` takes them; with ``joint`` only ``distance``,
            ``window`` and ``max_slope``, and no anchors.

    Raises:
        AlignmentError: the reference is not among the videos, there is no other video, an option
            does not go with ``joint``, or the anchors do not belong to these videos.
    """
    videos = list(embeddings)
    names = [video.name for video in videos]
    if len(videos) < 2:
        skipped = embeddings.skipped if isinstance(embeddings, Embeddings) else ()
        told = f"; the first that cannot: {skipped[0].reason}" if skipped else "."
        raise AlignmentError(
            f"Synchronizing needs at least two videos that can be read, not {len(videos)}{told}"
        )
    start: int | None = None
    if reference is None or (reference == AUTO and AUTO not in names):
        distance = options.get("distance", "squared_euclidean")
        reference = names[medoid([video.embeddings for video in videos], distance=distance).index]
        start = 0  # it begins a joint alignment, too, in which it comes first
        _log.info("The reference is %s, the most typical video.", reference)
    chosen = [video for video in videos if video.name == reference]
    if not chosen:
        raise AlignmentError(
            f"The reference {reference} is not among the videos; {hint(reference, names)}"
        )
    queries = tuple(video for video in videos if video is not chosen[0])
    anchors = anchors or Anchors()
    anchors.check(names)
    if joint:
        if anchors.all:
            raise AlignmentError(
                "Videos that are aligned together follow their barycentre, not anchors: leave out "
                "joint, or the alignment file."
            )
        alignments = _together(chosen[0], queries, start, options, console)
    else:
        alignments = tuple(
            align(
                chosen[0].embeddings,
                query.embeddings,
                anchors=anchors.between(chosen[0], query),
                **options,
            )
            for query in queries
        )
    for query, alignment in zip(queries, alignments, strict=True):
        _log.info(
            "%s: cost %.4g a step, median confidence %.2f.",
            query.name,
            alignment.cost / len(alignment.path.reference),
            np.median(alignment.confidence),
        )
    return Synchronization(chosen[0], queries, alignments, anchors)


def _together(
    reference: EmbeddedVideo,
    queries: Sequence[EmbeddedVideo],
    start: int | None,
    options: dict[str, Any],
    console: Console | None,
) -> tuple[Alignment, ...]:
    """Each query matched to the reference by way of the barycentre of all."""
    allowed = {"distance": "squared_euclidean", "window": None, "max_slope": None}
    # What is asked for by its default, as the command line does, is not asked for.
    idle = {"method": "dtw", "open_begin": False, "open_end": False, "open_in": "reference"}
    for name, value in options.items():
        if name not in allowed and idle.get(name) != value:
            raise AlignmentError(
                f"Videos that are aligned together are used whole and in order: {name} cannot be "
                "used with joint."
            )
    used = {**allowed, **{name: options[name] for name in allowed if name in options}}
    videos = [reference, *queries]
    with progress_bar("Aligning together", _ROUNDS, console=console) as bar:
        result = joint_align(
            [video.embeddings for video in videos],
            start=start,
            rounds=_ROUNDS,
            advance=bar.advance,
            **used,
        )
        bar.advance(_ROUNDS - bar.done)
    measure = distance_named(str(used["distance"]))
    alignments = []
    for index, query in enumerate(queries, start=1):
        frames = result.mapping(0, index)
        distances = measure(reference.embeddings, query.embeddings)
        here = np.arange(len(frames))
        cost = float(distances[here, frames].sum(dtype=np.float64))
        confidence = match_confidence(distances, frames)
        alignments.append(Alignment(frames, confidence, cost, WarpingPath(here, frames, cost)))
    return tuple(alignments)


def check_output(path: str | Path, sources: Iterable[Path], *, pictures: bool = True) -> None:
    """Refuse what :meth:`Synchronization.save` cannot or must not write, before minutes of work.

    Args:
        sources: the videos.
        pictures: whether .mp4 and files of editing programs count.

    Raises:
        OutputError: another suffix, one that cannot hold so many videos, or one of the videos would
            be lost.
    """
    sources = list(sources)
    valid = [".mp4", *_WRITERS, *EDIT_WRITERS] if pictures else list(_WRITERS)
    check_output_file(path, sources, suffixes=valid)
    if Path(path).suffix == ".edl" and len(sources) > 2:
        raise OutputError(
            f"{path}: an edit list holds one track, and there are {len(sources) - 1} queries; give "
            "the reference and one query, or write .otio."
        )


def _write_json(path: Path, result: Synchronization) -> None:
    write_alignment_file(path, result.to_dict())


def _write_csv(path: Path, result: Synchronization) -> None:
    columns = ["query", "reference_frame", "reference_time", "query_frame", "query_time"]
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow([*columns, "confidence"])
        told = result.to_dict()
        for query in told["queries"]:
            rows = zip(
                told["reference"]["times"],
                query["frames"],
                query["times"],
                query["confidence"],
                strict=True,
            )
            for index, (time, *match) in enumerate(rows):
                writer.writerow([query["name"], index, time, *match])


_WRITERS: dict[str, Callable[[Path, Synchronization], None]] = {
    ".json": _write_json,
    ".csv": _write_csv,
}
