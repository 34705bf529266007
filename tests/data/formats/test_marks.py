"""Segments become key events."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inphase.data.formats import Marks, Segment, boundaries, common_order
from inphase.data.formats.marks import MistakeError


@given(
    cuts=st.lists(st.floats(0.1, 5), min_size=1, max_size=6),
    gap=st.floats(0, 0.05),
    shuffled=st.randoms(use_true_random=False),
)
def test_events_are_where_segments_meet_half_way_through_gaps(
    cuts: list[float], gap: float, shuffled: random.Random
) -> None:
    ends = [sum(cuts[: index + 1]) for index in range(len(cuts))]
    starts = [0.0, *(end + gap for end in ends[:-1])]
    segments = [Segment(s, e, str(i)) for i, (s, e) in enumerate(zip(starts, ends, strict=True))]
    shuffled.shuffle(segments)
    found = boundaries(segments)
    assert list(found) == [str(index) for index in range(1, len(cuts))]
    for event, end in zip(found.values(), ends, strict=False):
        assert event == pytest.approx(end + gap / 2)


def test_names_may_be_given() -> None:
    segments = [Segment(0, 1, "a"), Segment(1, 2, "b"), Segment(2, 3, "a")]
    assert boundaries(segments, names=["up", "down"]) == {"up": 1, "down": 2}


@pytest.mark.parametrize(
    ("segments", "names", "told"),
    [
        ([Segment(1, 0, "a")], None, "ends at 0 s, before it starts at 1 s"),
        ([Segment(0, 1, "x"), Segment(1, 2, "a"), Segment(2, 3, "a")], None, "`a` starts twice"),
        ([Segment(0, 9, "a"), Segment(1, 2, "b")], None, "`b` lies inside `a`"),
        ([Segment(0, 1, "a"), Segment(1, 2, "b")], ["x", "y"], "2 segments, so 1 key events"),
    ],
)
def test_mistakes_are_told(segments: list[Segment], names: list[str] | None, told: str) -> None:
    with pytest.raises(MistakeError, match=told):
        boundaries(segments, names=names)


def test_the_order_is_that_of_most_videos() -> None:
    marks = {
        "a": Marks({"end": 3, "start": 1, "middle": 2}),
        "b": Marks({"start": 0, "end": 9}),
        "odd": Marks({"end": 0, "start": 1, "middle": 2}),
        "c": Marks({"start": 1, "middle": 2, "end": 3}),
    }
    assert common_order(marks) == ("start", "middle", "end")
