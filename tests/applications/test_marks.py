"""Marks from labels and from words, and what is wrong with them."""

import json
from pathlib import Path

import pytest

from inphase.applications.marks import as_anchors, marked_seconds, read_marks
from inphase.data import Collection
from inphase.errors import AlignmentError, CollectionError, ConfigError, InphaseError


@pytest.fixture(scope="module")
def two(pouring: Collection) -> Collection:
    return Collection.open([str(video.path) for video in pouring.videos[:2]])


def test_a_key_event_is_read_from_the_labels(pouring: Collection) -> None:
    event = pouring.events[1]
    (mark,) = read_marks([event], pouring)
    assert mark.name == event
    assert mark.seconds == {
        name: pytest.approx(events[event]) for name, events in marked_seconds(pouring).items()
    }


def test_videos_that_are_named_one_by_one_have_the_labels_beside_them(
    tmp_path: Path, two: Collection
) -> None:
    for video in two:
        (tmp_path / video.path.name).write_bytes(video.path.read_bytes())
    entries = {
        video.name: {"file": video.path.name, "events": {"full": 3 + n}}
        for n, video in enumerate(two)
    }
    labels = {"events": ["full"], "videos": entries}
    (tmp_path / "labels.json").write_text(json.dumps(labels))
    alone = Collection.open([str(tmp_path / video.path.name) for video in two])
    assert not alone.events
    (mark,) = read_marks(["full"], alone)
    assert list(mark.seconds) == list(two.names)
    earlier, later = mark.seconds.values()
    assert earlier < later


def test_marks_can_be_seconds_and_come_in_the_order_of_time(two: Collection) -> None:
    one, other = two.names
    marks = read_marks([f"{one}=0.9,{other}=1.0", f"{one}=0.2,{other}=0.3"], two)
    assert [mark.seconds[other] for mark in marks] == [0.3, 1.0]
    anchors = as_anchors(marks, two.names)
    assert [(a.reference_time, a.query_time) for a in anchors.all] == [(0.2, 0.3), (0.9, 1.0)]


@pytest.mark.parametrize(
    ("words", "error", "told"),
    [
        (["impact"], AlignmentError, "{0} has no mark `impact`; its marks are: "),
        (["{0}=0.5"], AlignmentError, "says nothing of {1}: add {1}=SECONDS"),
        (["{0}=0.5,{1}=99"], AlignmentError, "outside {1}, which lasts"),
        (["{0}=0.5,{1}=x"], ConfigError, "`{1}=x` is no mark"),
        (["{0}=0.5,{1}=-1"], ConfigError, "`{1}=-1` is no mark"),
        (["{0}=0.5,nobody=1"], CollectionError, "no video nobody"),
        (["{0}=0.2,{1}=0.9", "{0}=0.6,{1}=0.3"], AlignmentError, "in another order.* {1}"),
    ],
)
def test_wrong_marks_are_one_sentence(
    two: Collection, words: list[str], error: type[InphaseError], told: str
) -> None:
    with pytest.raises(error, match=told.format(*two.names)):
        read_marks([word.format(*two.names) for word in words], two)


def test_a_missing_mark_names_the_video_and_the_marks_that_it_has(pouring: Collection) -> None:
    with pytest.raises(AlignmentError) as found:
        read_marks(["impact"], pouring)
    assert f"{pouring.names[0]} has no mark `impact`" in str(found.value)
    assert all(event in str(found.value) for event in pouring.videos[0].events)


def test_a_video_without_any_marks_says_so(two: Collection, tmp_path: Path) -> None:
    (tmp_path / "videos").mkdir()
    copies = [tmp_path / "videos" / video.path.name for video in two]
    for video, copy in zip(two, copies, strict=True):
        copy.write_bytes(video.path.read_bytes())
    with pytest.raises(AlignmentError, match="has no mark `impact`; it has no marks"):
        read_marks(["impact"], Collection.open(copies))
