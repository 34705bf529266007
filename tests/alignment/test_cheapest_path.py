"""Long videos are aligned in stretches: with the same result, in less memory."""

import itertools
import tracemalloc
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from inphase.alignment import (
    Alignment,
    AlignmentOptions,
    align,
    cheapest_path,
    distances,
    dtw,
    sources,
)
from inphase.errors import AlignmentError

OPTIONS: list[dict[str, Any]] = [
    {},
    {"distance": "cosine"},
    {"window": 2},
    {"window": 0.3},
    {"max_slope": 1},
    {"max_slope": 3},
    {"window": 0.5, "max_slope": 2},
    {"open_begin": True},
    {"open_end": True},
    {"open_begin": True, "open_end": True, "max_slope": 2},
    {"open_begin": True, "open_end": True, "open_in": "query"},
    {"open_end": True, "open_in": "query", "max_slope": 2},
    {"method": "nearest"},
]


def in_stretches(
    height: int, reference: NDArray[Any], query: NDArray[Any], **how: Any
) -> Alignment | str:
    """Align with distances that are not kept and stretches of this many strips."""
    with pytest.MonkeyPatch.context() as changed:
        changed.setattr(sources, "_KEPT", 0)
        changed.setattr(cheapest_path, "_height", lambda *_: height * distances.TILE)
        return aligned(reference, query, **how)


def aligned(reference: NDArray[Any], query: NDArray[Any], **how: Any) -> Alignment | str:
    """The alignment, or why there is none."""
    anchors = how.pop("anchors", ())
    try:
        return align(reference, query, AlignmentOptions(**how), anchors=anchors)
    except AlignmentError as problem:
        return str(problem)


def assert_same(found: Alignment | str, expected: Alignment | str) -> None:
    if isinstance(expected, str) or isinstance(found, str):
        assert found == expected
        return
    assert found.cost == expected.cost
    np.testing.assert_array_equal(found.path.reference, expected.path.reference)
    np.testing.assert_array_equal(found.path.query, expected.path.query)
    np.testing.assert_array_equal(found.query_frames, expected.query_frames)
    np.testing.assert_array_equal(found.confidence, expected.confidence)


@settings(max_examples=300, deadline=None)
@given(
    lengths=st.tuples(st.integers(1, 14), st.integers(1, 14)),
    options=st.sampled_from(OPTIONS),
    tile=st.integers(1, 4),
    height=st.integers(1, 3),
    anchored=st.booleans(),
    seed=st.integers(0, 1000),
)
def test_stretches_change_nothing(
    lengths: tuple[int, int],
    options: dict[str, Any],
    tile: int,
    height: int,
    anchored: bool,
    seed: int,
) -> None:
    generator = np.random.default_rng(seed)
    # Whole numbers, so that many paths cost the same.
    reference, query = (generator.integers(-1, 3, size=(length, 2)) for length in lengths)
    how = dict(options)
    if anchored and options.get("method") != "nearest":
        count = generator.integers(1, min(lengths) + 1)
        rows, columns = (
            np.sort(generator.permutation(length)[:count]).tolist() for length in lengths
        )
        how["anchors"] = list(zip(rows, columns, strict=True))
    with pytest.MonkeyPatch.context() as changed:
        changed.setattr(distances, "TILE", tile)
        assert_same(in_stretches(height, reference, query, **how), aligned(reference, query, **how))


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_several_tiles_change_nothing(options: dict[str, Any]) -> None:
    generator = np.random.default_rng(0)
    reference = generator.normal(size=(1300, 16)).astype(np.float32).cumsum(axis=0)
    query = generator.normal(size=(1100, 16)).astype(np.float32).cumsum(axis=0)
    assert_same(in_stretches(1, reference, query, **options), aligned(reference, query, **options))


def test_stretches_of_a_matrix_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    matrix = np.random.default_rng(0).random((60, 80))
    limits: list[dict[str, Any]] = [{}, {"max_slope": 2}, {"open_begin": True, "open_end": True}]
    for limit in limits:
        whole = dtw(matrix, **limit)
        for tile, height in itertools.product((1, 7, 59), (1, 2)):
            with monkeypatch.context() as changed:
                changed.setattr(distances, "TILE", tile)
                changed.setattr(cheapest_path, "_height", lambda *_, rows=tile * height: rows)
                path = dtw(matrix, **limit)
            assert path.cost == whole.cost
            np.testing.assert_array_equal(path.reference, whole.reference)
            np.testing.assert_array_equal(path.query, whole.query)


def peak(length: int, **options: Any) -> int:
    """Bytes that the alignment of two videos of this length needs at once."""
    video = np.random.default_rng(0).normal(size=(length, 4)).cumsum(axis=0)
    tracemalloc.start()
    try:
        align(video, video[::-1], AlignmentOptions(**options))
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_long_videos_need_less_memory_than_their_distances() -> None:
    length = 5000
    of_distances = 4 * length**2
    assert peak(length) < 0.7 * of_distances


@pytest.mark.parametrize("options", [{}, {"max_slope": 2}, {"method": "nearest"}], ids=str)
def test_memory_does_not_grow_with_the_product_of_the_lengths(
    options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "_KEPT", 0)
    monkeypatch.setattr(cheapest_path, "_STEPS", 0)
    monkeypatch.setattr(distances, "TILE", 64)
    assert peak(4 * 700, **options) < 8 * peak(700, **options)
