"""Dynamic time warping: against all paths of small grids, against librosa, and on bad input."""

import itertools
from collections.abc import Iterator
from typing import Any

import librosa
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from inphase.alignment import WarpingPath, dtw
from inphase.errors import AlignmentError

Cells = list[tuple[int, int]]
STEPS = ((1, 1), (1, 0), (0, 1))
OPTIONS: list[dict[str, Any]] = [
    {},
    {"window": 0},
    {"window": 1},
    {"window": 2},
    {"window": 0.1},
    {"window": 0.3},
    {"max_slope": 1},
    {"max_slope": 2},
    {"max_slope": 3},
    {"window": 1, "max_slope": 1},
    {"window": 0.5, "max_slope": 2},
    {"open_begin": True},
    {"open_end": True},
    {"open_begin": True, "open_end": True},
    {"open_begin": True, "open_end": True, "max_slope": 1},
    {"open_begin": True, "max_slope": 2},
    {"open_end": True, "max_slope": 2},
    {"open_begin": True, "open_in": "query"},
    {"open_end": True, "open_in": "query"},
    {"open_begin": True, "open_end": True, "open_in": "query"},
    {"open_begin": True, "open_end": True, "open_in": "query", "max_slope": 1},
]
SHAPES = [*itertools.product((1, 2, 3, 5), repeat=2), (4, 6), (6, 4), (2, 7), (7, 2), (1, 4)]


def all_paths(start: tuple[int, int], end: tuple[int, int]) -> Iterator[Cells]:
    if start == end:
        yield [start]
        return
    for down, right in STEPS:
        after = (start[0] + down, start[1] + right)
        if after[0] <= end[0] and after[1] <= end[1]:
            for rest in all_paths(after, end):
                yield [start, *rest]


def allowed(cells: Cells, shape: tuple[int, int], options: dict[str, Any]) -> bool:
    n, m = shape
    window, limit = options.get("window"), options.get("max_slope")
    if window is not None:
        short = min(n, m)
        width = window * (short - 1) if isinstance(window, float) else window
        for i, j in cells:
            # Distance from the diagonal in frames of the shorter sequence; a single frame has no
            # diagonal to leave.
            away = abs(i / max(n - 1, 1) - j / max(m - 1, 1)) * (short - 1)
            if away > width + 1e-9:
                return False
    if limit is not None:
        steps = [(b[0] - a[0], b[1] - a[1]) for a, b in itertools.pairwise(cells)]
        for step, run in itertools.groupby(steps):
            if step != (1, 1) and len(list(run)) > limit:
                return False
    return True


def twin(distances: NDArray[np.float64], options: dict[str, Any]) -> tuple[float, Cells]:
    """The cheapest path, by trying all of them."""
    n, m = distances.shape
    starts, ends = [(0, 0)], [(n - 1, m - 1)]
    in_query = options.get("open_in") == "query"
    if options.get("open_begin"):
        starts = [(0, j) for j in range(m)] if in_query else [(i, 0) for i in range(n)]
    if options.get("open_end"):
        ends = [(n - 1, j) for j in range(m)] if in_query else [(i, m - 1) for i in range(n)]
    found = [
        (sum(distances[cell] for cell in cells), cells)
        for start in starts
        for end in ends
        for cells in all_paths(start, end)
        if allowed(cells, (n, m), options)
    ]
    return min(found, default=(np.inf, []))


def cells_of(path: WarpingPath) -> Cells:
    return list(zip(path.reference.tolist(), path.query.tolist(), strict=True))


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_no_path_is_cheaper(options: dict[str, Any]) -> None:
    generator = np.random.default_rng(0)
    for shape, dtype in itertools.product(SHAPES, (np.float32, np.float64)):
        for _ in range(3):
            distances = generator.random(shape).astype(dtype)
            cost, cells = twin(distances.astype(np.float64), options)
            if not cells:
                with pytest.raises(AlignmentError, match="cannot be aligned within"):
                    dtw(distances, **options)
                continue
            path = dtw(distances, **options)
            assert path.cost == pytest.approx(cost, rel=1e-12)
            assert cells_of(path) == cells


@settings(max_examples=100)
@given(
    shape=st.tuples(st.integers(1, 5), st.integers(1, 5)),
    options=st.sampled_from(OPTIONS),
    data=st.data(),
)
def test_paths_are_valid_and_cheapest_among_ties(
    shape: tuple[int, int], options: dict[str, Any], data: st.DataObject
) -> None:
    cells = shape[0] * shape[1]
    values = data.draw(st.lists(st.integers(-1, 3), min_size=cells, max_size=cells))
    distances = np.array(values, dtype=np.float64).reshape(shape)
    cost, cheapest = twin(distances, options)
    if not cheapest:
        return
    path = dtw(distances, **options)
    found = cells_of(path)
    assert path.cost == cost
    assert sum(distances[cell] for cell in found) == cost
    assert all((b[0] - a[0], b[1] - a[1]) in STEPS for a, b in itertools.pairwise(found))
    assert allowed(found, shape, options)


@pytest.mark.parametrize("shape", [(1, 1), (1, 50), (40, 1), (30, 30), (50, 20), (20, 50)])
@pytest.mark.parametrize("seed", range(4))
def test_librosa_finds_the_same(shape: tuple[int, int], seed: int) -> None:
    distances = np.random.default_rng(seed).random(shape)
    accumulated, cells = librosa.sequence.dtw(C=distances)
    path = dtw(distances)
    assert path.cost == pytest.approx(accumulated[-1, -1], rel=1e-12)
    np.testing.assert_array_equal(np.stack([path.reference, path.query], axis=1), cells[::-1])


@pytest.mark.parametrize("seed", range(4))
def test_librosa_finds_the_same_subsequence(seed: int) -> None:
    distances = np.random.default_rng(seed).random((12, 60))
    # In librosa the columns are the long sequence.
    accumulated, cells = librosa.sequence.dtw(C=distances, subseq=True)
    for matrix, open_in, order in (
        (distances, "query", ("reference", "query")),
        (distances.T, "reference", ("query", "reference")),
    ):
        path = dtw(matrix, open_begin=True, open_end=True, open_in=open_in)  # type: ignore[arg-type]
        assert path.cost == pytest.approx(accumulated[-1].min(), rel=1e-12)
        found = np.stack([getattr(path, name) for name in order], axis=1)
        np.testing.assert_array_equal(found, cells[::-1])


def test_a_sequence_matches_itself_frame_by_frame() -> None:
    frames = np.random.default_rng(0).random((40, 3))
    distances = np.abs(frames[:, None] - frames).sum(axis=2)
    path = dtw(distances, window=0)
    assert path.cost == 0
    assert cells_of(path) == [(i, i) for i in range(40)]


@pytest.mark.parametrize("max_slope", [None, 2])
def test_a_piece_is_found_where_it_was_cut(max_slope: int | None) -> None:
    whole = np.random.default_rng(0).random((60, 3))
    distances = np.abs(whole[:, None] - whole[20:35]).sum(axis=2)
    options: dict[str, Any] = {"open_begin": True, "open_end": True, "max_slope": max_slope}
    expected = [(20 + j, j) for j in range(15)]
    assert cells_of(dtw(distances, **options)) == expected
    reverse = dtw(distances.T, open_in="query", **options)
    assert cells_of(reverse) == [(j, i) for i, j in expected]


def test_a_wide_window_changes_nothing() -> None:
    distances = np.random.default_rng(0).random((30, 70))
    free = dtw(distances)
    for window in (1.0, 29, 1000):
        assert cells_of(dtw(distances, window=window)) == cells_of(free)


def test_the_edge_belongs_to_the_window() -> None:
    cells = [(i, max(0, i - 29)) for i in range(101)] + [(100, j) for j in range(72, 101)]
    distances = np.ones((101, 101))
    distances[tuple(np.transpose(cells))] = 0
    # As a float, 0.29 of 100 frames is slightly less than 29.
    assert dtw(distances, window=0.29).cost == dtw(distances, window=29).cost == 0
    assert dtw(distances, window=0.28).cost > 0


@pytest.mark.parametrize("shape", [(9, 100), (100, 9), (50, 51), (1, 20), (20, 1)])
def test_a_window_of_one_frame_always_leaves_a_path(shape: tuple[int, int]) -> None:
    assert np.isfinite(dtw(np.ones(shape), window=1).cost)


def test_input_layout_does_not_matter_and_is_left_alone() -> None:
    distances = np.random.default_rng(0).random((20, 30))
    before = distances.copy()
    expected = dtw(distances)
    for other in (np.asfortranarray(distances), np.repeat(distances, 2, axis=1)[:, ::2]):
        assert cells_of(dtw(other)) == cells_of(expected)
    assert cells_of(dtw(distances.tolist())) == cells_of(expected)
    distances.setflags(write=False)
    assert cells_of(dtw(distances)) == cells_of(expected)
    np.testing.assert_array_equal(distances, before)


def test_whole_numbers_count_as_distances() -> None:
    assert dtw(np.array([[1, 2], [3, 4]])).cost == 5.0


def test_long_sums_stay_exact() -> None:
    distances = np.full((4000, 4000), 1000.1, dtype=np.float32)
    assert dtw(distances).cost == pytest.approx(4000 * float(np.float32(1000.1)), rel=1e-9)


def test_large_finite_distances_are_accepted() -> None:
    distances = np.full((3, 3), 3e38, dtype=np.float32)
    assert dtw(distances).cost == pytest.approx(9e38, rel=1e-6)


def test_bad_input_is_one_sentence() -> None:
    good = np.ones((10, 4))
    wrong: list[tuple[Any, dict[str, Any], str]] = [
        (np.ones(3), {}, "Distances must be"),
        (np.empty((0, 4)), {}, "no frames to align: 0 in the reference, 4 in the query"),
        (np.full((2, 2), np.nan), {}, "not all finite"),
        (np.array([[np.inf, -np.inf], [0, 0]]), {}, "not all finite"),
        (good, {"window": -1}, "at least 0"),
        (good, {"window": 1.5}, "must be in 0..1"),
        (good, {"window": float("nan")}, "must be in 0..1"),
        (good, {"window": 3, "open_end": True}, "cannot be used with an open"),
        (good, {"max_slope": 0}, "max_slope must be in 1..127"),
        (good, {"max_slope": 128}, "max_slope must be in 1..127"),
        (good, {"open_begin": True, "open_in": "both"}, "open_in must be"),
        (good, {"max_slope": 1}, "10 reference frames and 4 query frames cannot be aligned"),
        (good, {"window": 0, "max_slope": 2}, "within window=0 and max_slope=2"),
        (
            good.T,
            {"open_end": True, "max_slope": 1, "open_in": "reference"},
            "4 reference frames and 10 query",
        ),
    ]
    for distances, options, message in wrong:
        with pytest.raises(AlignmentError, match=message):
            dtw(distances, **options)
