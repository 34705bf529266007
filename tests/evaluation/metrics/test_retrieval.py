"""AP@K in its three definitions against scikit-learn's neighbours and loops."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score
from sklearn.neighbors import NearestNeighbors

from inphase.errors import EvaluationError
from inphase.evaluation.metrics import (
    Retrieval,
    retrieval_other_videos,
    retrieval_ranked_list,
    retrieval_same_video,
)

Videos = tuple[list[NDArray[np.float64]], list[NDArray[np.int64]]]
DEFINITIONS = [retrieval_other_videos, retrieval_same_video, retrieval_ranked_list]


def videos(seed: int, count: int = 4) -> Videos:
    generator = np.random.default_rng(seed)
    lengths = generator.integers(6, 15, size=count)
    embeddings = [generator.normal(size=(n, 3)) for n in lengths]
    return embeddings, [np.sort(generator.integers(0, 3, size=n)) for n in lengths]


@settings(max_examples=40)
@given(seed=st.integers(0, 10_000), k=st.integers(1, 5))
def test_other_videos_is_the_mean_precision_among_their_frames(seed: int, k: int) -> None:
    embeddings, labels = videos(seed)
    per_video = []
    for i, (video, own) in enumerate(zip(embeddings, labels, strict=True)):
        rest = [j for j in range(len(labels)) if j != i]
        pool = np.concatenate([embeddings[j] for j in rest])
        phases = np.concatenate([labels[j] for j in rest])
        nearest = NearestNeighbors(n_neighbors=k).fit(pool).kneighbors(video)[1]
        per_video.append(
            np.mean([np.mean(phases[n] == o) for n, o in zip(nearest, own, strict=True)])
        )
    (result,) = retrieval_other_videos(embeddings, labels, ks=[k])
    np.testing.assert_allclose(result.per_video, per_video)
    assert result.ap == pytest.approx(np.mean(per_video))
    assert result.k == k


@settings(max_examples=40)
@given(seed=st.integers(0, 10_000), k=st.integers(1, 5))
def test_same_video_counts_the_frame_itself_as_its_nearest(seed: int, k: int) -> None:
    embeddings, labels = videos(seed)
    per_video = []
    for video, own in zip(embeddings, labels, strict=True):
        nearest = NearestNeighbors(n_neighbors=k).fit(video).kneighbors(video)[1]
        per_video.append(np.mean(own[nearest] == own[:, None]))
    (result,) = retrieval_same_video(embeddings, labels, ks=[k])
    np.testing.assert_allclose(result.per_video, per_video)
    assert result.ap == pytest.approx(np.mean(per_video))
    if k == 1:
        assert result.ap == 1.0


@settings(max_examples=40)
@given(seed=st.integers(0, 10_000), k=st.integers(1, 5))
def test_ranked_list_is_scikit_learns_average_precision_of_each_list(seed: int, k: int) -> None:
    embeddings, labels = videos(seed)
    scores = []
    for i, (video, own) in enumerate(zip(embeddings, labels, strict=True)):
        rest = [j for j in range(len(labels)) if j != i]
        pool = np.concatenate([embeddings[j] for j in rest])
        phases = np.concatenate([labels[j] for j in rest])
        nearest = NearestNeighbors(n_neighbors=k).fit(pool).kneighbors(video)[1]
        for row, phase in zip(nearest, own, strict=True):
            right = phases[row] == phase
            ranks = np.arange(k, 0, -1)
            scores.append(average_precision_score(right, ranks) if right.any() else 0.0)
    (result,) = retrieval_ranked_list(embeddings, labels, ks=[k])
    assert result.ap == pytest.approx(np.mean(scores))
    assert result.ap == pytest.approx(np.average(result.per_video, weights=result.frames))


def test_the_definitions_differ_where_they_should() -> None:
    # Two videos; frame 1 of the first lies nearest to a wrong frame, then to a right one.
    embeddings = [np.array([[0.0], [5.0]]), np.array([[0.1], [5.6], [5.2]])]
    labels = [np.array([0, 1]), np.array([0, 1, 0])]
    other = retrieval_other_videos(embeddings, labels, ks=[2])[0]
    ranked = retrieval_ranked_list(embeddings, labels, ks=[2])[0]
    same = retrieval_same_video(embeddings, labels, ks=[2])[0]
    np.testing.assert_allclose(other.per_video, [(1.0 + 0.5) / 2, 0.5])
    # Frame 0 of the first: right at ranks 1 and 2, 1.0; frame 1: right at rank 2 only, ½.
    assert ranked.per_video[0] == pytest.approx((1.0 + 0.5) / 2)
    np.testing.assert_allclose(ranked.per_video[1], (1.0 + 1.0 + 0.5) / 3)
    np.testing.assert_allclose(same.per_video, [0.5, (1.0 + 0.5 + 0.5) / 3])


@pytest.mark.parametrize("definition", DEFINITIONS)
def test_one_call_gives_what_single_calls_give(
    definition: Callable[..., Sequence[Retrieval]],
) -> None:
    embeddings, labels = videos(0)
    together = definition(embeddings, labels, ks=(3, 1, 2))
    alone = [definition(embeddings, labels, ks=(k,))[0] for k in (3, 1, 2)]
    assert [one.ap for one in together] == [one.ap for one in alone]


@pytest.mark.parametrize("definition", DEFINITIONS)
def test_fewer_frames_than_k_are_all_taken(definition: Callable[..., Sequence[Retrieval]]) -> None:
    embeddings, labels = videos(1, count=2)
    one_phase = [np.zeros_like(phases) for phases in labels]
    assert definition(embeddings, one_phase, ks=(100,))[0].ap == pytest.approx(1.0)


@pytest.mark.parametrize("definition", DEFINITIONS)
def test_what_does_not_fit_is_one_sentence(definition: Callable[..., Sequence[Retrieval]]) -> None:
    embeddings, labels = videos(0)
    with pytest.raises(EvaluationError, match="labels of 1"):
        definition(embeddings, labels[:1])
    with pytest.raises(EvaluationError, match="K of at least 1"):
        definition(embeddings, labels, ks=(0,))
    with pytest.raises(EvaluationError, match="do not fit"):
        definition(embeddings, [phases[:-1] for phases in labels])
