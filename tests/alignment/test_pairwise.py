"""From the embeddings of two videos to an alignment."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from inphase.alignment import AlignmentOptions, align, cosine, dtw, squared_euclidean
from inphase.errors import AlignmentError


def performance(states: NDArray[np.float64]) -> NDArray[np.float32]:
    """A curve in 8 dimensions that never returns, at the given states in 0..1."""
    turns = states[:, None] * np.arange(1, 5)
    return np.concatenate([np.cos(turns), np.sin(turns)], axis=1).astype(np.float32)


REFERENCE = np.linspace(0, 1, 60)
QUERY = np.linspace(0, 1, 90) ** 2
TRUE = np.abs(QUERY - REFERENCE[:, None]).argmin(axis=1)


@pytest.mark.parametrize("distance", ["squared_euclidean", "cosine"])
@pytest.mark.parametrize("method", ["dtw", "nearest"])
def test_the_known_warp_is_found(distance: Any, method: Any) -> None:
    result = align(
        performance(REFERENCE),
        performance(QUERY),
        AlignmentOptions(distance=distance, method=method),
    )
    # The query is slow at first: many of its frames there look like one of the reference.
    assert np.abs(result.query_frames - TRUE)[5:].max() <= 1
    assert np.abs(QUERY[result.query_frames] - REFERENCE).max() < 1 / 60
    assert result.query_frames.dtype == np.int64
    assert result.confidence.dtype == np.float32
    assert result.confidence.min() > 0.9


def test_a_piece_of_the_action_is_found_in_the_whole() -> None:
    piece = QUERY[(QUERY > 0.3) & (QUERY < 0.6)]
    options = AlignmentOptions(open_begin=True, open_end=True)
    inside = align(performance(REFERENCE), performance(piece), options)
    matched = np.flatnonzero(inside.query_frames >= 0)
    assert REFERENCE[matched[[0, -1]]] == pytest.approx([0.3, 0.6], abs=0.03)
    assert (inside.confidence[inside.query_frames < 0] == 0).all()
    whole = align(performance(piece), performance(REFERENCE), options.swapped())
    assert (np.abs(REFERENCE[whole.query_frames] - piece) < 0.03).all()


def test_what_is_not_in_the_query_has_low_confidence() -> None:
    reference = performance(REFERENCE)
    reference[20:25] = -reference[20:25]
    confidence = align(reference, performance(QUERY)).confidence
    assert confidence[20:25].max() < 0.5
    assert np.delete(confidence, slice(20, 25)).min() > 0.7


def test_options_reach_the_warping() -> None:
    a, b = performance(REFERENCE), performance(QUERY)
    for limit in ({"window": 5}, {"max_slope": 2}):
        expected = dtw(cosine(a, b), **limit)  # type: ignore[arg-type]
        result = align(a, b, AlignmentOptions(distance="cosine", **limit))  # type: ignore[arg-type]
        np.testing.assert_array_equal(result.path.query, expected.query)
        assert result.cost == expected.cost
        assert result.cost > align(a, b, AlignmentOptions(distance="cosine")).cost


def test_nearest_neighbours_need_not_be_in_order() -> None:
    a = performance(REFERENCE)
    result = align(a[::-1], a, AlignmentOptions(method="nearest"))
    np.testing.assert_array_equal(result.query_frames, np.arange(60)[::-1])
    np.testing.assert_array_equal(result.path.query, result.query_frames)
    assert result.cost == pytest.approx(np.diag(squared_euclidean(a, a)).sum(), abs=1e-5)


def test_bad_options_are_one_sentence() -> None:
    good = performance(REFERENCE)
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"distance": "other"}, "distance must be one of squared_euclidean, cosine"),
        ({"method": "other"}, "method must be dtw or nearest"),
        ({"method": "nearest", "window": 3}, "Nearest neighbours take no window"),
        ({"method": "nearest", "open_end": True}, "Nearest neighbours take no window"),
    ]
    for options, message in wrong:
        with pytest.raises(AlignmentError, match=message):
            align(good, good, AlignmentOptions(**options))
    with pytest.raises(AlignmentError, match="query has no frames"):
        align(good, good[:0])
