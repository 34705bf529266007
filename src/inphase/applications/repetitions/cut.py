"""Find the repetitions of a video."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from rich.console import Console

from inphase.alignment.repetitions import find_repetitions
from inphase.applications.repetitions.result import Cuts, CutVideos
from inphase.data import Collection, resample
from inphase.errors import AlignmentError, Skipped, VideoError
from inphase.models import EmbeddedVideo, Encoder, embed
from inphase.models.embedding import embed_with
from inphase.models.pose import Place, PoseTracks
from inphase.models.within_video import Features, WithinVideoEmbedder
from inphase.video import average_fps, frame_at, probe
from inphase.video.opening import reading_errors

# Frames per second searched for repetitions, and of them those at which the whole picture is looked
# at: a repetition of 0.3 s has nine, or four.
_SEARCH_FPS, _PICTURE_FPS = 30.0, 15.0
SHORTEST = 0.3


def cut(
    video: EmbeddedVideo,
    *,
    shortest: float = SHORTEST,
    longest: float | None = None,
    least_confidence: float = 0.45,
) -> Cuts:
    """Find the repetitions in an embedded video.

    The encoder should be fitted to the action; without one, use `cut_videos`.

    Args:
        video: from `inphase.embed` or `WithinVideoEmbedder.embed`.
        shortest: shortest repetition, in seconds.
        longest: longest repetition, in seconds; by default half of the video.
        least_confidence: confidence (0..1) below which the video is not cut.

    Raises:
        AlignmentError: an option is out of range.
        VideoError: the video can no longer be read.
    """
    check_options(shortest=shortest, longest=longest, least_confidence=least_confidence)
    chosen = resample(video.times, fps=_SEARCH_FPS)
    searched = EmbeddedVideo(video.name, video.path, video.times[chosen], video.embeddings[chosen])
    times = searched.times
    rate = average_fps(times, default=_SEARCH_FPS)
    repetitions = find_repetitions(
        searched.embeddings,
        shortest=max(4, round(shortest * rate)),
        longest=None if longest is None else round(longest * rate),
        least_confidence=least_confidence,
    )
    info = probe(video.path)
    ends = np.append(info.times, info.duration)
    if not repetitions.count:
        frames = np.array([[0, info.frames]], dtype=np.int64)
    else:
        own = np.array([frame_at(info.times, time) for time in times] + [info.frames])
        frames = np.stack([own[repetitions.starts], own[repetitions.ends]], axis=1)
    return Cuts(searched, repetitions, frames, ends[frames])


def check_options(
    *, shortest: float = SHORTEST, longest: float | None = None, least_confidence: float = 0.45
) -> None:
    """Refuse options that `cut` cannot use, before minutes of work.

    Raises:
        AlignmentError: an option is out of range.
    """
    if not 0 < shortest < math.inf:
        raise AlignmentError(f"The shortest repetition must be above 0 seconds, not {shortest:g}.")
    if longest is not None and not shortest <= longest < math.inf:
        raise AlignmentError(
            f"The longest repetition must be at least the shortest ({shortest:g} s), not "
            f"{longest:g} s."
        )
    if not 0 <= least_confidence <= 1:
        raise AlignmentError(f"least_confidence must be in 0..1, not {least_confidence:g}.")


def cut_videos(
    videos: Collection | str | Path | Sequence[str | Path],
    *,
    model: "Encoder | str | Path | None" = None,
    features: Features = "auto",
    subjects: Mapping[str, Place] | None = None,
    cache: str | Path | None = None,
    shortest: float = SHORTEST,
    longest: float | None = None,
    least_confidence: float = 0.45,
    console: Console | None = None,
) -> CutVideos:
    """Embed videos and find the repetitions of each.

    Args:
        videos: a collection, or what [`Collection.open`][inphase.data.Collection.open] takes.
        model: folder of an encoder fitted to this action; by default, the frames of each video are
            compared without fitting.
        features: without a model, whether to compare the postures of a person or the whole
            picture; by default, postures where somebody is followed clearly.
        subjects: by name of the video, the person to follow; by default the largest who moves.
        cache: keeps landmarks, and what an encoder embedded, as for [`embed`][inphase.embed]; by
            default they are not kept.
        shortest: see `cut`.
        longest: see `cut`.
        least_confidence: see `cut`.
        console: where a progress bar goes; by default nowhere.

    Raises:
        CollectionError: the videos cannot be found.
        ModelError: the model folder cannot be used.
        VideoError: none of the videos can be read or cut.
        AlignmentError: an option is out of range.
        ConfigError: nobody is at the place of a subject.
    """
    check_options(shortest=shortest, longest=longest, least_confidence=least_confidence)
    collection = videos if isinstance(videos, Collection) else Collection.open(videos)
    by_poses: set[Path] = set()
    if model is None:
        places = {collection[name].path: place for name, place in (subjects or {}).items()}
        folder = None if cache is None else Path(cache) / "landmarks"
        within = WithinVideoEmbedder(
            PoseTracks(folder, subjects=places), features=features, fps=_PICTURE_FPS
        )
        embeddings = embed_with(lambda: within, collection, console=console)
        by_poses = within.by_poses
    else:
        embeddings = embed(collection, model, subjects=subjects, cache=cache, console=console)
    found: list[Cuts] = []
    skipped = list(embeddings.skipped)
    for video in embeddings:
        try:
            with reading_errors(video.path):
                cuts = cut(
                    video, shortest=shortest, longest=longest, least_confidence=least_confidence
                )
        except VideoError as error:
            skipped.append(Skipped(video.name, str(error)))
        else:
            found.append(replace(cuts, by_poses=video.path in by_poses))
    if not found:
        raise VideoError(f"None of the videos can be cut; the first: {skipped[0].reason}")
    return CutVideos(tuple(found), tuple(skipped))
