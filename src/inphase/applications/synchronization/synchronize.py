"""Match many videos to one (paper, section 5.3; supplement)."""

import hashlib
import logging
from collections.abc import Sequence

import numpy as np
from rich.console import Console

from inphase.alignment import (
    Alignment,
    AlignmentOptions,
    WarpingPath,
    joint_align,
    medoid,
)
from inphase.alignment.mapping import confidence_in
from inphase.alignment.sources import distances_between
from inphase.applications.anchors import Anchors
from inphase.applications.synchronization.mirroring import better_match
from inphase.applications.synchronization.result import Synchronization
from inphase.errors import AlignmentError, Skipped, hint
from inphase.models import EmbeddedVideo, Embeddings
from inphase.progress import progress_bar
from inphase.video.unicode_forms import find_name

_ROUNDS = 10
_log = logging.getLogger(__name__)


def synchronize(
    embeddings: Embeddings | Sequence[EmbeddedVideo],
    *,
    reference: str | None = None,
    mirror_images: Embeddings | Sequence[EmbeddedVideo] = (),
    anchors: Anchors | None = None,
    joint: bool = False,
    options: AlignmentOptions = AlignmentOptions(),
    console: Console | None = None,
) -> Synchronization:
    """Match every video to a reference.

    Args:
        embeddings: of the videos, from `inphase.embed`.
        reference: name of the video whose pace is kept; by default the most typical one, which is
            the cheapest to align with the others ([`medoid`][inphase.alignment.medoid]; the first
            if there are two).
        mirror_images: the same videos embedded as seen in a mirror: each query is aligned as it is
            and mirrored, and the better alignment is kept.
        anchors: frames matched by hand, which the alignments pass through.
        joint: align all videos with their common barycentre
            ([`joint_align`][inphase.alignment.joint_align]) instead of with the reference; for many
            videos, or if the matches between any two must agree.
        options: of each alignment; with `joint`, only `distance`, `window` and `max_slope`, and no
            anchors.
        console: where a progress bar goes; by default nowhere.

    Raises:
        AlignmentError: the reference is not among the videos, there is no other video, an option
            cannot be combined with `joint`, or the anchors do not belong to these videos.
    """
    videos = list(embeddings)
    names = [video.name for video in videos]
    check_count(len(videos), embeddings.skipped if isinstance(embeddings, Embeddings) else ())
    _tell_of_copies(videos)
    start: int | None = None
    if reference is None:
        reference = most_typical(videos, options)
        start = 0  # also the start of a joint alignment, in which it comes first
        _log.info("The reference is %s, the most typical video.", reference)
    found = find_name(names, reference)
    chosen = [video for video in videos if video.name == found]
    if not chosen:
        raise AlignmentError(
            f"The reference {reference} is not among the videos; {hint(reference, names)}"
        )
    queries: tuple[EmbeddedVideo, ...] = tuple(video for video in videos if video is not chosen[0])
    images = {video.name: video for video in mirror_images}
    anchors = anchors or Anchors()
    anchors.check(names)
    if joint and anchors.all:
        raise AlignmentError(
            "A joint alignment follows the barycentre, not anchors: leave out joint or the "
            "alignment file."
        )
    alignments: tuple[Alignment, ...] = ()
    if images or not joint:
        matches = [
            better_match(
                chosen[0],
                query,
                images.get(query.name),
                options,
                anchors=anchors.between(chosen[0], query),
            )
            for query in queries
        ]
        queries = tuple(query for query, _ in matches)
        alignments = tuple(alignment for _, alignment in matches)
    if joint:
        alignments = _together(chosen[0], queries, start, options, console)
    for query, alignment in zip(queries, alignments, strict=True):
        _log.info(
            "%s: cost %.4g per step, median confidence %.2f.",
            query.name,
            alignment.cost / len(alignment.path.reference),
            np.median(alignment.confidence),
        )
    return Synchronization(chosen[0], queries, alignments, anchors)


def most_typical(videos: Sequence[EmbeddedVideo] | Embeddings, options: AlignmentOptions) -> str:
    """Name of the video that is the reference unless another is chosen.

    Args:
        videos: at least one.
        options: of each alignment; only the distance matters.
    """
    shown = list(videos)
    found = medoid([video.embeddings for video in shown], distance=options.distance)
    return shown[found.index].name


def check_count(videos: int, skipped: Sequence[Skipped]) -> None:
    """Refuse a single video, if possible before minutes of work.

    Args:
        videos: how many there are.
        skipped: what is left out, to name the first.

    Raises:
        AlignmentError: there are fewer than two.
    """
    if videos < 2:
        told = f"; the first that is left out: {skipped[0].reason}" if skipped else ""
        raise AlignmentError(
            f"Synchronizing needs at least two videos that can be read, not {videos}"
            f"{told or ': give another one, such as a better try or that of a coach.'}"
        )


def _tell_of_copies(videos: Sequence[EmbeddedVideo]) -> None:
    same: dict[bytes, list[str]] = {}
    for video in videos:
        same.setdefault(hashlib.sha256(video.embeddings.tobytes()).digest(), []).append(video.name)
    copies = max(same.values(), key=len)
    if len(copies) > 1:
        names = ", ".join(copies[:3]) + (", …" if len(copies) > 3 else "")
        told = "%d videos show exactly the same (%s): if they are copies, leave out all but one."
        _log.warning(told, len(copies), names)


def _together(
    reference: EmbeddedVideo,
    queries: Sequence[EmbeddedVideo],
    start: int | None,
    options: AlignmentOptions,
    console: Console | None,
) -> tuple[Alignment, ...]:
    """Match each query to the reference by way of the common barycentre."""
    unfit = sorted(options.changed().keys() - {"distance", "window", "max_slope"})
    if unfit:
        raise AlignmentError(
            f"A joint alignment uses whole videos, in order: {unfit[0]} cannot be used with joint."
        )
    videos = [reference, *queries]
    with progress_bar("Aligning together", _ROUNDS, console=console) as bar:
        result = joint_align(
            [video.embeddings for video in videos],
            start=start,
            rounds=_ROUNDS,
            distance=options.distance,
            window=options.window,
            max_slope=options.max_slope,
            advance=bar.advance,
        )
        bar.advance(_ROUNDS - bar.done)
    alignments = []
    for index, query in enumerate(queries, start=1):
        frames = result.mapping(0, index)
        distances = distances_between(options.distance, reference.embeddings, query.embeddings)
        here = np.arange(len(frames))
        cost = float(distances.at(here, frames).sum(dtype=np.float64))
        confidence = confidence_in(distances, frames)
        alignments.append(Alignment(frames, confidence, cost, WarpingPath(here, frames, cost)))
    return tuple(alignments)
