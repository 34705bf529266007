"""Mirrored performances: a left-handed swing beside right-handed ones, a flipped video."""

from collections.abc import Sequence

from inphase.alignment import Alignment, AlignmentOptions, align
from inphase.models import EmbeddedVideo

# The mirror image is taken if it costs less than this share of what the video itself costs, per
# step. On push-ups, pitches and serves, as they are and with every query mirrored, this errs least
# (docs/studies/poses.md).
_CLEARLY = 0.9


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
        found = align(reference.embeddings, video.embeddings, options, anchors=anchors)
        return found, found.cost / len(found.path.reference)

    as_it_is, cost = aligned(query)
    if mirror_image is None:
        return query, as_it_is
    in_mirror, mirrored_cost = aligned(mirror_image)
    if mirrored_cost < _CLEARLY * cost:
        return mirror_image, in_mirror
    return query, as_it_is
