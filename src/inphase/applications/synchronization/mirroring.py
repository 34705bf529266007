"""Mirrored performances: a left-handed swing beside right-handed ones, a flipped video."""

from collections.abc import Sequence

from inphase.alignment import AlignmentOptions, align
from inphase.models import EmbeddedVideo

# The mirror image is taken if it costs less than this share of what the video itself costs, per
# step. On push-ups, pitches and serves, as they are and with every query mirrored, this errs least
# (docs/studies/poses.md).
_CLEARLY = 0.9


def better_of_both(
    reference: EmbeddedVideo,
    queries: Sequence[EmbeddedVideo],
    mirror_images: Sequence[EmbeddedVideo],
    options: AlignmentOptions,
) -> tuple[EmbeddedVideo, ...]:
    """Each query, or its mirror image if that matches the reference clearly better.

    Args:
        reference: what they are matched to.
        queries: videos as they are.
        mirror_images: of at least the queries, found by name.
        options: of the alignments that are compared.
    """
    mirrored = {video.name: video for video in mirror_images}
    chosen = []
    for query in queries:
        image = mirrored.get(query.name)
        chosen.append(query)
        if image is not None:
            as_it_is, in_mirror = (_cost(reference, one, options) for one in (query, image))
            if in_mirror < _CLEARLY * as_it_is:
                chosen[-1] = image
    return tuple(chosen)


def _cost(reference: EmbeddedVideo, query: EmbeddedVideo, options: AlignmentOptions) -> float:
    """Mean distance along the path."""
    alignment = align(reference.embeddings, query.embeddings, options)
    return alignment.cost / len(alignment.path.reference)
