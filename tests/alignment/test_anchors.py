"""Paths through anchors: against all paths of small grids, with every option, and on bad input."""

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from inphase.alignment import AlignmentOptions, align, dtw
from inphase.errors import AlignmentError

STEPS = ((1, 1), (1, 0), (0, 1))
OPTIONS: list[dict[str, Any]] = [
    {},
    {"max_slope": 1},
    {"max_slope": 2},
    {"open_begin": True},
    {"open_end": True},
    {"open_begin": True, "open_end": True},
    {"open_begin": True, "open_end": True, "open_in": "query"},
    {"open_end": True, "open_in": "query", "max_slope": 2},
    {"open_begin": True, "open_end": True, "max_slope": 1},
]
Cells = list[tuple[int, int]]


def paths(start: tuple[int, int], end: tuple[int, int]) -> list[Cells]:
    if start == end:
        return [[start]]
    found: list[Cells] = []
    for down, right in STEPS:
        after = (start[0] + down, start[1] + right)
        if after[0] <= end[0] and after[1] <= end[1]:
            found += [[start, *rest] for rest in paths(after, end)]
    return found


def twin(distances: NDArray[np.float64], anchors: Cells, options: dict[str, Any]) -> float:
    """The cost of the cheapest path through the anchors, by trying all paths."""
    n, m = distances.shape
    starts, ends = [(0, 0)], [(n - 1, m - 1)]
    in_query = options.get("open_in") == "query"
    if options.get("open_begin"):
        starts = [(0, j) for j in range(m)] if in_query else [(i, 0) for i in range(n)]
    if options.get("open_end"):
        ends = [(n - 1, j) for j in range(m)] if in_query else [(i, m - 1) for i in range(n)]
    limit = options.get("max_slope", n + m)
    cheapest = np.inf
    for start, end in itertools.product(starts, ends):
        for cells in paths(start, end):
            steps = [(b[0] - a[0], b[1] - a[1]) for a, b in itertools.pairwise(cells)]
            runs = [len(list(run)) for step, run in itertools.groupby(steps) if step != (1, 1)]
            if set(anchors) <= set(cells) and max(runs, default=0) <= limit:
                cheapest = min(cheapest, sum(distances[cell] for cell in cells))
    return float(cheapest)


@settings(max_examples=150)
@given(
    shape=st.tuples(st.integers(1, 5), st.integers(1, 5)),
    options=st.sampled_from(OPTIONS),
    data=st.data(),
)
def test_the_path_is_the_cheapest_of_those_through_the_anchors(
    shape: tuple[int, int], options: dict[str, Any], data: st.DataObject
) -> None:
    n, m = shape
    count = data.draw(st.integers(0, min(n, m)))
    rows = sorted(data.draw(st.sets(st.integers(0, n - 1), min_size=count, max_size=count)))
    columns = sorted(data.draw(st.sets(st.integers(0, m - 1), min_size=count, max_size=count)))
    anchors = list(zip(rows, columns, strict=True))
    values = data.draw(st.lists(st.integers(-1, 4), min_size=n * m, max_size=n * m))
    dtype = data.draw(st.sampled_from([np.float32, np.float64]))
    distances = np.array(values, dtype=dtype).reshape(shape)
    cost = twin(distances.astype(np.float64), anchors, options)
    if cost == np.inf:
        with pytest.raises(AlignmentError, match="cannot be aligned"):
            dtw(distances, anchors=anchors, **options)
        return
    path = dtw(distances, anchors=anchors, **options)
    cells = list(zip(path.reference.tolist(), path.query.tolist(), strict=True))
    assert set(anchors) <= set(cells)
    assert path.cost == cost == sum(distances[cell] for cell in cells)
    assert all((b[0] - a[0], b[1] - a[1]) in STEPS for a, b in itertools.pairwise(cells))


def test_pieces_between_anchors_are_warped_by_themselves() -> None:
    distances = np.random.default_rng(0).random((80, 120))
    anchors = [(20, 50), (50, 60)]
    path = dtw(distances, anchors=anchors)
    corners = [(0, 0), *anchors, (79, 119)]
    alone = sum(
        dtw(distances[a : c + 1, b : d + 1]).cost for (a, b), (c, d) in itertools.pairwise(corners)
    )
    # Each piece counts both of its ends.
    assert path.cost == pytest.approx(alone - sum(distances[pair] for pair in anchors), rel=1e-12)


def test_anchors_on_the_cheapest_path_change_nothing() -> None:
    distances = np.random.default_rng(1).random((60, 40)).astype(np.float32)
    free = dtw(distances)
    held = dtw(distances, anchors=[(0, 0), (int(free.reference[30]), int(free.query[30]))])
    np.testing.assert_array_equal(held.reference, free.reference)
    np.testing.assert_array_equal(held.query, free.query)
    assert held.cost == pytest.approx(free.cost)


@pytest.mark.parametrize("shape", [(60, 60), (60, 30), (30, 60)])
def test_a_window_follows_the_line_through_the_anchors(shape: tuple[int, int]) -> None:
    n, m = shape
    anchor = (n // 4, 3 * m // 4)
    width = 3
    path = dtw(np.random.default_rng(0).random(shape), anchors=[anchor], window=width)
    line = np.interp(path.reference, [0, anchor[0], n - 1], [0, anchor[1], m - 1])
    back = np.interp(path.query, [0, anchor[1], m - 1], [0, anchor[0], n - 1])
    off = np.abs(path.query - line) if m <= n else np.abs(path.reference - back)
    assert off.max() <= width + 1e-6
    # Far from the straight line, where the window would be without the anchor.
    assert np.abs(path.query / (m - 1) - path.reference / (n - 1)).max() > 0.4


@pytest.mark.parametrize("anchor", [(0, 5), (5, 0), (29, 20), (20, 29)])
def test_a_window_has_room_for_an_anchor_at_an_edge(anchor: tuple[int, int]) -> None:
    assert np.isfinite(dtw(np.ones((30, 30)), anchors=[anchor], window=1).cost)


def test_what_a_person_matched_is_matched_and_trusted() -> None:
    turns = np.linspace(0, 6, 50)[:, None] * np.arange(1, 4)
    video = np.concatenate([np.cos(turns), np.sin(turns)], axis=1)
    result = align(video, video, anchors=[(10, 25), (30, 31)])
    assert result.query_frames[[10, 30]].tolist() == [25, 31]
    assert result.confidence[[10, 30]].tolist() == [1, 1]
    assert (np.diff(result.query_frames) >= 0).all()
    backwards = align(video, video, anchors=[(25, 10), (31, 30)])
    assert backwards.query_frames[[25, 31]].tolist() == [10, 30]
    assert backwards.cost == pytest.approx(result.cost)


def test_anchors_hold_where_all_frames_look_alike() -> None:
    still = np.zeros((6, 6), dtype=np.float32)
    path = dtw(still, anchors=[(1, 4)])
    assert (1, 4) in set(zip(path.reference.tolist(), path.query.tolist(), strict=True))


def test_large_distances_leave_room_for_anchors() -> None:
    distances = np.full((3, 3), 3e38, dtype=np.float32)
    path = dtw(distances, anchors=[(0, 1)])
    assert list(zip(path.reference, path.query, strict=True))[:2] == [(0, 0), (0, 1)]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"anchors": [(10, 3)]}, r"\(10, 3\) is outside: the reference has 10 frames"),
        ({"anchors": [(3, -1)]}, "outside: the query has 20 frames"),
        ({"anchors": [(3, 4), (3, 9)]}, r"increase in both videos: \(3, 9\) does not come after"),
        ({"anchors": [(3, 4), (5, 4)]}, "increase in both"),
        ({"anchors": [(5, 9), (2, 3)]}, "increase in both"),
        ({"anchors": [(1, 1)], "method": "nearest"}, "use dtw"),
        ({"anchors": [(1, 15)], "max_slope": 2}, "through the 1 anchors within max_slope=2"),
    ],
)
def test_bad_anchors_are_one_sentence(options: dict[str, Any], told: str) -> None:
    generator = np.random.default_rng(0)
    anchors = options.pop("anchors")
    how = AlignmentOptions(**options)
    with pytest.raises(AlignmentError, match=told) as caught:
        align(generator.random((10, 4)), generator.random((20, 4)), how, anchors=anchors)
    assert str(caught.value).count(". ") == 0
