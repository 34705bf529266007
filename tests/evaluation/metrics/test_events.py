"""Event alignment error and time-stretching, by hand and by their definition."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inphase.errors import AlignmentError
from inphase.evaluation.metrics import event_alignment_error, time_stretch


def test_event_errors_by_hand() -> None:
    error = event_alignment_error(
        [0, 1, 1, 4],
        [0, 2, 3],
        query_events=[1, 4, 4],
        query_times=[0.0, 0.1, 0.3, 0.6, 1.0],
    )
    np.testing.assert_array_equal(error.frames, [1, 3, 0])
    np.testing.assert_allclose(error.seconds, [0.1, 0.9, 0.0])
    np.testing.assert_allclose(error.share, [0.2, 0.6, 0.0])


def test_no_events_give_no_errors() -> None:
    error = event_alignment_error([0], [], query_events=[], query_times=[0.0])
    assert len(error.frames) == len(error.seconds) == len(error.share) == 0


def test_time_stretch_goes_evenly_from_first_to_last() -> None:
    np.testing.assert_array_equal(time_stretch(5, 9), [0, 2, 4, 6, 8])
    np.testing.assert_array_equal(time_stretch(5, 3), [0, 1, 1, 2, 2])
    np.testing.assert_array_equal(time_stretch(4, 1), [0, 0, 0, 0])
    np.testing.assert_array_equal(time_stretch(1, 7), [0])


@given(n=st.integers(2, 300), m=st.integers(1, 300))
def test_time_stretch_stays_within_half_a_frame(n: int, m: int) -> None:
    mapping = time_stretch(n, m)
    assert np.abs(mapping - np.arange(n) * (m - 1) / (n - 1)).max() <= 0.5 + 1e-9
    assert (mapping[0], mapping[-1]) == (0, m - 1)


@pytest.mark.parametrize(
    ("mapping", "reference", "query", "message"),
    [
        ([0, 1], [0], [0, 1], "1 events and the query 2"),
        ([0, 1], [2], [0], "reference's event at frame 2 lies outside 0..1"),
        ([0, 1], [-1], [0], "reference's event at frame -1"),
        ([0, 1], [0], [3], "query's event at frame 3 lies outside 0..2"),
        ([-1, 1], [0], [0], "reference frame 0 has no match"),
        ([5, 1], [0], [0], "match of an event at frame 5"),
        ([[0, 1]], [0], [0], "plain lists"),
    ],
)
def test_events_that_do_not_fit_are_refused(
    mapping: list[int], reference: list[int], query: list[int], message: str
) -> None:
    with pytest.raises(AlignmentError, match=message):
        event_alignment_error(mapping, reference, query_events=query, query_times=[0.0, 0.1, 0.2])


def test_nothing_to_stretch_is_one_sentence() -> None:
    with pytest.raises(AlignmentError, match="no frames to align"):
        time_stretch(0, 3)
