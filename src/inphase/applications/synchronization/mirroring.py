"""Mirrored performances: a left-handed swing beside right-handed ones, a flipped video."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from rich.console import Console

from inphase.alignment import Alignment, AlignmentOptions, align
from inphase.data import Collection, resample
from inphase.models import EmbeddedVideo, Embeddings, embed
from inphase.models.model_folder import sees_poses

if TYPE_CHECKING:
    from inphase.models import Encoder
    from inphase.models.pose.subject import Place

# The mirror image is taken if it costs less than this share of what the video itself costs, per
# step. On push-ups, pitches and serves, as they are and with every query mirrored, this errs least
# (docs/studies/poses.md).
_CLEARLY = 0.9
# So many frames per second of the mirror images tell which of them are wanted, for a third of the
# time; then only those are embedded. Each is compared with so many of the other videos.
_GLANCE, _OTHERS = 10.0, 32


def mirror_images(
    collection: Collection,
    embeddings: Embeddings,
    model: "Encoder | str | Path",
    *,
    subjects: "Mapping[str, Place] | None" = None,
    cache: str | Path | None = None,
    console: Console | None = None,
) -> Embeddings | tuple[()]:
    """Embed the videos as seen in a mirror, if one of them matches another clearly better so.

    Poses are turned without looking again, so that their mirror images are always embedded. Of
    other models it takes a look at a few frames of each video.

    Args:
        collection: the videos.
        embeddings: of the videos as they are, all frames.
        model: that made them, or its folder.
        subjects: by name of the video, whom to follow, if the model looks at poses.
        cache: as for [`embed`][inphase.embed].
        console: where to show progress bars; by default nowhere.

    Returns:
        Those that may be needed.

    Raises:
        ModelError: the model folder cannot be used.
        VideoError: none of the videos can be read any more.
    """
    readable = replace(collection, videos=tuple(collection[video.name] for video in embeddings))
    if not looks_at_poses(model):
        glances = embed(readable, model, mirrored=True, fps=_GLANCE, cache=cache, console=console)
        wanted = _wanted(list(embeddings), list(glances))
        if not wanted:
            return ()
        readable = replace(readable, videos=tuple(collection[name] for name in wanted))
    return embed(readable, model, mirrored=True, subjects=subjects, cache=cache, console=console)


def looks_at_poses(model: "Encoder | str | Path") -> bool:
    """Whether a model compares poses."""
    if isinstance(model, (str, Path)):
        return sees_poses(Path(model))
    return model.base.sees_poses


def _wanted(videos: Sequence[EmbeddedVideo], glances: Sequence[EmbeddedVideo]) -> list[str]:
    """Names of the videos whose mirror images match another video clearly better."""
    few = {video.name: _few(video) for video in videos}
    images = [image for image in glances if len(image.times) == len(few[image.name].times)]
    spread = np.linspace(0, len(videos) - 1, min(len(videos), _OTHERS)).round().astype(int)
    others = [few[videos[index].name] for index in spread]
    return [
        image.name
        for image in images
        if any(
            better_match(other, few[image.name], image, AlignmentOptions())[0] is image
            for other in others
            if other.name != image.name
        )
    ]


def _few(video: EmbeddedVideo) -> EmbeddedVideo:
    """The frames of a video that a glance shows, too."""
    frames = resample(video.times, fps=_GLANCE)
    return replace(video, times=video.times[frames], embeddings=video.embeddings[frames])


def better_match(
    reference: EmbeddedVideo,
    query: EmbeddedVideo,
    mirror_image: EmbeddedVideo | None,
    options: AlignmentOptions,
    *,
    anchors: Sequence[tuple[int, int]] = (),
) -> tuple[EmbeddedVideo, Alignment]:
    """Align a query, or its mirror image if that matches the reference clearly better.

    Args:
        reference: what it is matched to.
        query: the video as it is.
        mirror_image: the same video as seen in a mirror, if it may be taken.
        options: of the alignments.
        anchors: pairs (reference frame, query frame) that they pass through.

    Returns:
        The query or its mirror image, and its alignment.

    Raises:
        AlignmentError: they cannot be aligned with these options or through the anchors.
    """

    def aligned(video: EmbeddedVideo) -> tuple[Alignment, float]:
        pace = reference.frame_time / video.frame_time
        found = align(reference.embeddings, video.embeddings, options, anchors=anchors, pace=pace)
        return found, found.cost / len(found.path.reference)

    as_it_is, cost = aligned(query)
    if mirror_image is None:
        return query, as_it_is
    in_mirror, mirrored_cost = aligned(mirror_image)
    if mirrored_cost < _CLEARLY * cost:
        return mirror_image, in_mirror
    return query, as_it_is
