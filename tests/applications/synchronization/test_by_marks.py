"""Videos matched by marks alone: real speed, no model, and no claim beyond the marks."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from inphase.applications.marks import Mark, marked_seconds, read_marks
from inphase.applications.synchronization.by_marks import synchronize_by_marks
from inphase.data import Collection
from inphase.errors import AlignmentError, CollectionError
from inphase.video import probe


@pytest.fixture(scope="module")
def two(pouring: Collection) -> Collection:
    return Collection.open([str(video.path) for video in pouring.videos[:2]])


def test_with_one_mark_both_play_at_their_own_speed_and_the_mark_coincides(
    two: Collection,
) -> None:
    one, other = two.names
    result = synchronize_by_marks(two, [Mark("full", {one: 1.0, other: 1.2})])
    assert result.reference.name == one
    seconds = result.query_times(0)
    step = result.queries[0].frame_time
    inside = np.isfinite(seconds)
    assert np.abs(seconds[inside] - (result.reference.times[inside] + 0.2)).max() <= step / 2 + 1e-9
    # What lies before the query's start or after its end has no match.
    last = probe(result.queries[0].path).times[-1]
    assert np.array_equal(inside, result.reference.times + 0.2 <= last + step / 2)


def test_the_labelled_events_coincide_and_between_them_it_is_even(pouring: Collection) -> None:
    names = pouring.events[:2]
    result = synchronize_by_marks(pouring, read_marks(names, pouring), reference=pouring.names[1])
    marked = marked_seconds(pouring)
    for index, query in enumerate(result.queries):
        seconds = result.query_times(index)
        for name in names:
            frame = int(np.abs(result.reference.times - marked[pouring.names[1]][name]).argmin())
            slack = query.frame_time + result.reference.frame_time
            assert abs(seconds[frame] - marked[query.name][name]) <= slack


def test_it_says_what_it_rests_on_and_claims_no_confidence(two: Collection, tmp_path: Path) -> None:
    one, other = two.names
    result = synchronize_by_marks(two, [Mark("full", {one: 1.0, other: 1.2})])
    (verdict,) = result.verdicts()
    assert "one mark, full" in verdict.sentence
    assert "nothing else was compared" in verdict.sentence
    result.save(tmp_path / "marks.json")
    told = json.loads((tmp_path / "marks.json").read_text())["queries"][0]
    assert told["rests_on"] == verdict.sentence
    assert set(told["confidence"]) == {None}
    result.save(tmp_path / "marks.csv")
    rows = list(csv.DictReader((tmp_path / "marks.csv").open(newline="")))
    assert {row["reliable"] for row in rows} == {""}
    assert told["reliable"] is None


def test_what_cannot_be_synchronized_is_one_sentence(two: Collection) -> None:
    mark = Mark("full", dict.fromkeys(two.names, 0.5))
    with pytest.raises(AlignmentError, match="no mark"):
        synchronize_by_marks(two, [])
    with pytest.raises(AlignmentError, match="at least two videos"):
        synchronize_by_marks(Collection((two.videos[0],)), [mark])
    with pytest.raises(CollectionError, match="no video nobody"):
        synchronize_by_marks(two, [mark], reference="nobody")
    one, other = two.names
    with pytest.raises(AlignmentError, match=f"no frame of {other} is shown with one of {one}"):
        synchronize_by_marks(two, [Mark("full", {one: 60.0, other: 0.0})])
