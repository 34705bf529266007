"""Distances in tiles: against scipy, at the limits of float32, and on bad input."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

from inphase.alignment import cosine, distances, squared_euclidean
from inphase.errors import AlignmentError


@pytest.fixture
def embeddings() -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    generator = np.random.default_rng(0)
    return (
        generator.normal(size=(37, 16)).astype(np.float32),
        generator.normal(size=(23, 16)).astype(np.float32),
    )


@pytest.mark.parametrize("tile", [1, 10, 512])
def test_squared_euclidean_is_scipys(
    embeddings: tuple[NDArray[np.float32], NDArray[np.float32]],
    tile: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(distances, "TILE", tile)
    result = squared_euclidean(*embeddings)
    assert result.dtype == np.float32
    np.testing.assert_allclose(result, cdist(*embeddings, "sqeuclidean"), rtol=1e-6)


@pytest.mark.parametrize("tile", [1, 10, 512])
def test_cosine_is_scipys(
    embeddings: tuple[NDArray[np.float32], NDArray[np.float32]],
    tile: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(distances, "TILE", tile)
    result = cosine(*embeddings)
    assert result.dtype == np.float32
    np.testing.assert_allclose(result, cdist(*embeddings, "cosine"), rtol=1e-6, atol=1e-7)


def test_near_frames_far_from_zero_keep_their_order() -> None:
    query = 1000.0 + 1e-2 * np.arange(50.0)[:, None] * np.ones(128)
    np.testing.assert_array_equal(squared_euclidean(query, query).argmin(axis=1), np.arange(50))


def test_equal_frames_have_no_negative_distance() -> None:
    same = 1000 * np.random.default_rng(0).normal(size=(50, 37))
    for distance in (squared_euclidean, cosine):
        result = distance(same, same)
        assert (result >= 0).all()
        np.testing.assert_allclose(np.diag(result), 0, atol=1e-6)


def test_cosine_of_extreme_rows() -> None:
    rows = np.array([[0.0, 0.0], [1e200, 0.0], [0.0, 1e-200], [-3.0, 0.0]])
    expected = [[1, 1, 1, 1], [1, 0, 1, 2], [1, 1, 0, 1], [1, 2, 1, 0]]
    np.testing.assert_allclose(cosine(rows, rows), expected)


@pytest.mark.parametrize("distance", [squared_euclidean, cosine])
def test_bad_embeddings_are_refused(distance: Callable[..., NDArray[np.float32]]) -> None:
    good = np.ones((3, 4))
    with pytest.raises(AlignmentError, match="reference has no frames"):
        distance(np.empty((0, 4)), good)
    with pytest.raises(AlignmentError, match="query has no frames"):
        distance(good, np.empty((0, 4)))
    with pytest.raises(AlignmentError, match="query's embeddings must be"):
        distance(good, np.ones(4))
    with pytest.raises(AlignmentError, match="reference's embeddings are not all finite"):
        distance(np.full((3, 4), np.nan), good)
    with pytest.raises(AlignmentError, match="4 dimensions and the query's 5"):
        distance(good, np.ones((3, 5)))


def test_distances_beyond_float32_are_refused() -> None:
    with pytest.raises(AlignmentError, match="too large"):
        squared_euclidean(np.full((2, 2), 1e30), np.zeros((2, 2)))
