"""From a path to one query frame per reference frame, and its confidence."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inphase.alignment import (
    WarpingPath,
    dtw,
    frame_mapping,
    match_confidence,
    nearest_neighbours,
)
from inphase.alignment.mapping import filled
from inphase.errors import AlignmentError


def path_of(*cells: tuple[int, int]) -> WarpingPath:
    reference, query = np.array(cells, dtype=np.int64).T
    return WarpingPath(reference=reference, query=query, cost=0.0)


@st.composite
def paths(draw: st.DrawFn) -> WarpingPath:
    steps = draw(st.lists(st.sampled_from([(1, 1), (1, 0), (0, 1)]), max_size=40))
    begin = draw(st.tuples(st.integers(0, 5), st.integers(0, 5)))
    cells = np.cumsum(np.array([begin, *steps]), axis=0)
    return WarpingPath(reference=cells[:, 0], query=cells[:, 1], cost=0.0)


def test_the_middle_of_the_matched_frames_counts() -> None:
    path = path_of((0, 0), (0, 1), (0, 2), (1, 3), (2, 3), (2, 4), (3, 5))
    np.testing.assert_array_equal(frame_mapping(path, 4), [1, 3, 3, 5])


def test_frames_outside_an_open_path_have_none() -> None:
    path = path_of((2, 0), (3, 1), (4, 1))
    np.testing.assert_array_equal(frame_mapping(path, 7), [-1, -1, 0, 1, 1, -1, -1])


@given(path=paths(), after=st.integers(0, 3))
def test_the_mapping_is_the_monotone_median(path: WarpingPath, after: int) -> None:
    n = int(path.reference[-1]) + 1 + after
    mapping = frame_mapping(path, n)
    inside = mapping[mapping >= 0]
    assert (np.diff(inside) >= 0).all()
    for frame in range(n):
        matched = path.query[path.reference == frame]
        expected = int(np.floor(np.median(matched))) if len(matched) else -1
        assert mapping[frame] == expected


@given(seed=st.integers(0, 1000), n=st.integers(1, 30), m=st.integers(1, 30))
def test_alignments_of_random_distances_are_monotone(seed: int, n: int, m: int) -> None:
    path = dtw(np.random.default_rng(seed).random((n, m)))
    mapping = frame_mapping(path, n)
    assert (np.diff(mapping) >= 0).all()
    assert mapping.min() >= 0
    assert mapping.max() < m


def test_what_is_no_warping_path_is_refused() -> None:
    for path in (path_of((0, 1), (1, 0)), path_of((0, 0), (2, 1))):
        with pytest.raises(AlignmentError, match="goes forward"):
            frame_mapping(path, 3)
    with pytest.raises(AlignmentError, match="frame 5 of 3"):
        frame_mapping(path_of((5, 0)), 3)
    with pytest.raises(AlignmentError, match="frame 3 of 3"):
        frame_mapping(path_of((1, 0), (2, 1), (3, 1)), 3)


def test_nearest_neighbours_are_the_smallest_of_each_row() -> None:
    distances = np.array([[3.0, 1.0, 2.0], [0.0, 0.0, 5.0]])
    np.testing.assert_array_equal(nearest_neighbours(distances), [1, 0])
    with pytest.raises(AlignmentError, match="must be"):
        nearest_neighbours(np.empty((0, 3)))
    with pytest.raises(AlignmentError, match="finite"):
        nearest_neighbours([[np.nan]])


def test_confidence_compares_the_match_with_the_whole_row() -> None:
    distances = np.array(
        [
            [0.0, 4.0, 4.0, 4.0],  # a sure match
            [2.0, 4.0, 4.0, 6.0],  # half the mean
            [8.0, 8.0, 8.0, 8.0],  # all alike
            [9.0, 1.0, 1.0, 1.0],  # forced onto the worst
            [0.0, 0.0, 0.0, 0.0],  # all the same
            [0.0, 4.0, 4.0, 4.0],  # not matched
        ],
        dtype=np.float32,
    )
    mapping = np.array([0, 0, 0, 0, 0, -1])
    confidence = match_confidence(distances, mapping)
    assert confidence.dtype == np.float32
    np.testing.assert_allclose(confidence, [1, 0.5, 0, 0, 0, 0])
    np.testing.assert_allclose(match_confidence(distances * np.float32(1e-9), mapping), confidence)


def test_frames_without_a_match_get_that_of_the_nearest_with_one() -> None:
    mapping = np.array([-1, -1, 5, 6, -1, -1, -1, 9, -1])
    assert filled(mapping).tolist() == [5, 5, 5, 6, 6, 6, 9, 9, 9]
    assert filled(np.array([-1, -1])).tolist() == [-1, -1]
    assert filled(np.array([-1, 4, -1])).tolist() == [4, 4, 4]
