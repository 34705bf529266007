"""A query is mirrored if its mirror image matches the reference clearly better, and else is not."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import ArrayLike

from inphase.alignment import Alignment, AlignmentOptions, align
from inphase.applications.synchronization.mirroring import better_match, mirror_images
from inphase.applications.synchronization.synchronize import synchronize
from inphase.data import Collection, Video
from inphase.models import EmbeddedVideo, Embeddings

RIGHT = np.linspace(1, 5, 20)
LEFT = -RIGHT


def video(name: str, side: ArrayLike, *, mirrored: bool = False) -> EmbeddedVideo:
    """A video whose embeddings are the side on which the hand is, and how far it got."""
    side = np.asarray(side)
    embeddings = np.stack([side, np.linspace(0, 3, len(side))], axis=1).astype(np.float32)
    times = np.arange(len(side)) / 10
    return EmbeddedVideo(name, Path(f"{name}.mp4"), times, embeddings, mirrored)


def in_mirror(one: EmbeddedVideo) -> EmbeddedVideo:
    """What the encoder would make of the flipped video."""
    return replace(one, embeddings=one.embeddings * np.array([-1, 1], np.float32), mirrored=True)


REFERENCE = video("reference", RIGHT)


def chosen(
    queries: Sequence[EmbeddedVideo], options: AlignmentOptions = AlignmentOptions()
) -> list[bool]:
    """Whether each query is taken mirrored."""
    found = [better(REFERENCE, query, in_mirror(query), options) for query in queries]
    assert [one.name for one in found] == [query.name for query in queries]
    return [one.mirrored for one in found]


def better(
    reference: EmbeddedVideo,
    query: EmbeddedVideo,
    image: EmbeddedVideo,
    options: AlignmentOptions = AlignmentOptions(),
) -> EmbeddedVideo:
    """The one that is taken."""
    return better_match(reference, query, image, options)[0]


@pytest.mark.parametrize(
    "options",
    [
        AlignmentOptions(),
        AlignmentOptions(distance="cosine"),
        AlignmentOptions(method="nearest"),
        AlignmentOptions(open_begin=True, open_end=True),
    ],
)
def test_who_uses_the_other_hand_is_mirrored_and_nobody_else(options: AlignmentOptions) -> None:
    queries = [video("same", RIGHT[::2] + 0.1), video("other", LEFT[2:]), video("slow", RIGHT)]
    assert chosen(queries, options) == [False, True, False]


def test_the_embeddings_chosen_are_those_that_match() -> None:
    query = video("other", LEFT)
    found = better(REFERENCE, query, in_mirror(query))
    np.testing.assert_array_equal(found.embeddings, REFERENCE.embeddings)


def test_a_mirror_image_that_is_hardly_better_is_not_taken() -> None:
    # Squared distances from 1: of -0.01 a little more than of 0.01, of -0.2 clearly more.
    reference = video("reference", np.ones(20))
    for side, expected in ((-0.01, False), (-0.2, True), (0.0, False)):
        query = video("query", np.full(20, side))
        found = better(reference, query, in_mirror(query))
        assert found.mirrored == expected


def test_the_distance_that_is_asked_for_decides() -> None:
    reference = video("reference", np.ones(20))
    # Of the same direction, but far away; the mirror image is close in another direction.
    query = replace(reference, name="query", embeddings=5 * reference.embeddings)
    aside = reference.embeddings * np.array([0, 1], np.float32)
    image = replace(query, embeddings=aside, mirrored=True)
    by_length, by_direction = AlignmentOptions(), AlignmentOptions(distance="cosine")
    for options, expected in ((by_length, True), (by_direction, False)):
        found = better(reference, query, image, options)
        assert found.mirrored == expected


def test_the_length_of_the_path_does_not_decide() -> None:
    # Twice as many steps at two thirds of the distance: the sum is larger, each step is cheaper.
    reference = video("reference", np.zeros(10))
    query = video("query", np.full(10, 1.2))
    image = replace(video("query", np.full(20, 0.98)), mirrored=True)
    found = better(reference, query, image)
    assert found.mirrored


def test_mirror_images_are_found_by_name_and_may_be_of_more_or_fewer() -> None:
    queries = [video(name, LEFT) for name in ("a", "b", "c")]
    images = [in_mirror(video(name, LEFT)) for name in ("reference", "c", "a")]
    found = synchronize([REFERENCE, *queries], reference="reference", mirror_images=images)
    assert [(one.name, one.mirrored) for one in found.queries] == [
        ("a", True),
        ("b", False),
        ("c", True),
    ]


@pytest.mark.parametrize("side", [RIGHT, LEFT])
def test_the_alignment_is_that_of_the_one_taken_through_the_anchors(side: ArrayLike) -> None:
    query = video("query", side)
    taken, found = better_match(
        REFERENCE, query, in_mirror(query), AlignmentOptions(), anchors=[(5, 9)]
    )
    wanted = align(REFERENCE.embeddings, taken.embeddings, anchors=[(5, 9)])
    assert found.query_frames[5] == 9
    np.testing.assert_array_equal(found.query_frames, wanted.query_frames)
    assert found.cost == wanted.cost


def test_each_query_and_its_mirror_image_are_aligned_once(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []

    def count(*given: Any, **named: Any) -> Alignment:
        seen.append(1)
        return align(*given, **named)

    monkeypatch.setattr("inphase.applications.synchronization.mirroring.align", count)
    videos = [REFERENCE, video("left", LEFT), video("right", RIGHT)]
    synchronize(videos, reference="reference", mirror_images=[in_mirror(one) for one in videos])
    assert len(seen) == 4


def test_videos_aligned_together_are_mirrored_first() -> None:
    videos = [REFERENCE, video("left", LEFT), video("right", RIGHT)]
    images = [in_mirror(one) for one in videos]
    result = synchronize(videos, reference="reference", mirror_images=images, joint=True)
    assert [query.mirrored for query in result.queries] == [True, False]
    left, right = (alignment.query_frames for alignment in result.alignments)
    np.testing.assert_array_equal(left, right)


def test_synchronize_matches_by_the_better_of_both_and_never_mirrors_the_reference() -> None:
    videos = [REFERENCE, video("left", LEFT[::2]), video("right", RIGHT[::2])]
    images = [in_mirror(one) for one in videos]
    result = synchronize(videos, reference="reference", mirror_images=images)
    assert not result.reference.mirrored
    assert [query.mirrored for query in result.queries] == [True, False]
    left, right = (alignment.query_frames for alignment in result.alignments)
    np.testing.assert_array_equal(left, right)
    without = synchronize(videos, reference="reference")
    assert not any(query.mirrored for query in without.queries)


def test_a_tie_stays_as_it_is() -> None:
    def still(name: str, *, mirrored: bool = False) -> EmbeddedVideo:
        times = np.arange(10) / 10
        return EmbeddedVideo(name, Path(name), times, np.ones((10, 3), np.float32), mirrored)

    assert not better(still("r"), still("q"), still("q", mirrored=True)).mirrored


def looked_at(
    videos: Sequence[EmbeddedVideo], monkeypatch: pytest.MonkeyPatch, *, poses: bool = False
) -> tuple[list[str], list[tuple[float | None, list[str]]]]:
    """Whose mirror images are offered, and at how many frames per second which were embedded."""
    calls: list[tuple[float | None, list[str]]] = []
    known = {one.name: one for one in videos}

    def embed(
        collection: Collection, *_: object, mirrored: bool, fps: float | None = None, **__: object
    ) -> Embeddings:
        assert mirrored
        calls.append((fps, list(collection.names)))
        return Embeddings(tuple(in_mirror(known[name]) for name in collection.names))

    home = "inphase.applications.synchronization.mirroring"
    monkeypatch.setattr(f"{home}.embed", embed)
    monkeypatch.setattr(f"{home}.looks_at_poses", lambda _: poses)
    collection = Collection(tuple(Video(one.name, one.path) for one in videos))
    images = mirror_images(collection, Embeddings(tuple(videos)), "model")
    return [image.name for image in images], calls


def test_a_glance_tells_whose_mirror_images_are_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    # The middle of the road matches neither side better in the mirror.
    videos = [REFERENCE, video("left", LEFT), video("middle", np.zeros(20))]
    names, calls = looked_at(videos, monkeypatch)
    assert names == ["reference", "left"]
    assert [wanted for _, wanted in calls] == [["reference", "left", "middle"], names]
    assert calls[0][0] is not None
    assert calls[1][0] is None


def test_if_all_are_the_same_way_round_a_glance_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    names, calls = looked_at([REFERENCE, video("right", RIGHT + 0.1)], monkeypatch)
    assert names == []
    assert len(calls) == 1


def test_poses_are_turned_without_a_glance(monkeypatch: pytest.MonkeyPatch) -> None:
    names, calls = looked_at([REFERENCE, video("right", RIGHT)], monkeypatch, poses=True)
    assert names == ["reference", "right"]
    assert calls == [(None, names)]
