"""Phase classification and few-shot against scikit-learn by hand, and by their definition."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats
from sklearn.linear_model import LogisticRegression
from sklearn.svm import SVC

from inphase.errors import EvaluationError
from inphase.evaluation.metrics import classify_phases, few_shot, phase_labels
from inphase.evaluation.metrics.phases import Classifier

Videos = tuple[list[NDArray[np.float64]], list[NDArray[np.int64]]]


def videos(count: int, *, seed: int, noise: float = 0.5) -> Videos:
    """Embeddings near one point per phase; three phases of different lengths."""
    generator = np.random.default_rng(seed)
    embeddings, labels = [], []
    for _ in range(count):
        frames = int(generator.integers(8, 25))
        phases = np.sort(generator.integers(0, 3, size=frames))
        centres = np.eye(3)[phases]
        embeddings.append(centres + noise * generator.normal(size=(frames, 3)))
        labels.append(phases)
    return embeddings, labels


@given(
    frames=st.integers(1, 30),
    events=st.lists(st.integers(0, 30), max_size=4).map(sorted),
)
def test_a_phase_is_the_number_of_events_so_far(frames: int, events: list[int]) -> None:
    events = [min(event, frames) for event in events]
    expected = [sum(event <= frame for event in events) for frame in range(frames)]
    np.testing.assert_array_equal(phase_labels(events, frames), expected)


@pytest.mark.parametrize("classifier", ["svc", "logistic"])
def test_accuracy_is_that_of_scikit_learn_on_the_first_videos(classifier: Classifier) -> None:
    train, train_labels = videos(9, seed=0)
    test, test_labels = videos(4, seed=1)
    results = classify_phases(
        train,
        train_labels,
        test_embeddings=test,
        test_labels=test_labels,
        shares=(0.3, 1.0),
        classifier=classifier,
    )
    for result, used in zip(results, (2, 9), strict=True):
        model = SVC(kernel="rbf", gamma="scale") if classifier == "svc" else LogisticRegression()
        model.fit(np.concatenate(train[:used]), np.concatenate(train_labels[:used]))
        expected = model.score(np.concatenate(test), np.concatenate(test_labels))
        assert 0.4 < expected < 1.0
        assert result.videos == used
        assert result.accuracy == pytest.approx(expected)
        per_video = [model.score(e, p) for e, p in zip(test, test_labels, strict=True)]
        np.testing.assert_allclose(result.correct / result.frames, per_video)


def test_one_video_at_least_is_used() -> None:
    train, labels = videos(3, seed=0)
    (result,) = classify_phases(
        train, labels, test_embeddings=train, test_labels=labels, shares=(0.1,)
    )
    assert result.videos == 1


def test_one_phase_in_training_is_the_answer_for_every_frame() -> None:
    frames = np.arange(6.0)[:, None]
    (result,) = classify_phases(
        [frames],
        [[1] * 6],
        test_embeddings=[frames],
        test_labels=[[0, 0, 1, 1, 1, 2]],
        shares=(1.0,),
    )
    assert result.accuracy == pytest.approx(0.5)


@settings(max_examples=10)
@given(seed=st.integers(0, 100), count=st.integers(1, 3))
def test_few_shot_is_the_mean_over_draws_with_its_t_interval(seed: int, count: int) -> None:
    train, train_labels = videos(4, seed=seed)
    test, test_labels = videos(2, seed=seed + 1)
    (result,) = few_shot(
        train,
        train_labels,
        test_embeddings=test,
        test_labels=test_labels,
        videos=(count,),
        draws=12,
        seed=seed,
    )
    assert result.accuracy == pytest.approx(result.draws.mean())
    low, high = stats.t.interval(
        0.95, 11, loc=result.draws.mean(), scale=max(stats.sem(result.draws), 1e-300)
    )
    assert (result.low, result.high) == pytest.approx((low, high))
    # Every draw is one of the possible choices of that many videos.
    possible = set()
    for chosen in itertools.combinations(range(4), count):
        labels = np.concatenate([train_labels[i] for i in chosen])
        if len(set(labels.tolist())) > 1:
            model = SVC().fit(np.concatenate([train[i] for i in chosen]), labels)
            possible.add(model.score(np.concatenate(test), np.concatenate(test_labels)))
        else:
            possible.add(float((np.concatenate(test_labels) == labels[0]).mean()))
    for accuracy in result.draws:
        assert min(abs(accuracy - one) for one in possible) < 1e-9


def test_draws_are_those_of_the_seed_and_differ_among_themselves() -> None:
    train, labels = videos(12, seed=3, noise=0.8)
    first, again, other = (
        few_shot(
            train, labels, test_embeddings=train, test_labels=labels, videos=(1, 2), seed=seed
        )[0]
        for seed in (0, 0, 1)
    )
    np.testing.assert_array_equal(first.draws, again.draws)
    assert (first.draws != other.draws).any()
    assert len(set(first.draws.tolist())) > 3
    assert len(first.draws) == 50


def test_what_does_not_fit_is_one_sentence() -> None:
    train, labels = videos(2, seed=0)
    with pytest.raises(EvaluationError, match="not in order"):
        phase_labels([3, 1], 5)
    with pytest.raises(EvaluationError, match=r"outside 0\.\.5"):
        phase_labels([3, 6], 5)
    with pytest.raises(EvaluationError, match="every event"):
        phase_labels([3, np.nan], 5)
    with pytest.raises(EvaluationError, match="embeddings of 2 videos and labels of 1"):
        classify_phases(train, labels[:1], test_embeddings=train, test_labels=labels)
    with pytest.raises(EvaluationError, match="do not fit"):
        classify_phases(train, labels[::-1], test_embeddings=train, test_labels=labels)
    wider = [np.zeros((len(video), 4)) for video in train]
    with pytest.raises(EvaluationError, match="3 and 4 dimensions"):
        classify_phases(train, labels, test_embeddings=wider, test_labels=labels)
    with pytest.raises(EvaluationError, match="share"):
        classify_phases(train, labels, test_embeddings=train, test_labels=labels, shares=(0,))
    with pytest.raises(EvaluationError, match="3 of 2 labelled videos"):
        few_shot(train, labels, test_embeddings=train, test_labels=labels, videos=(3,))
    with pytest.raises(EvaluationError, match="svc or logistic"):
        classify_phases(
            train,
            labels,
            test_embeddings=train,
            test_labels=labels,
            classifier="knn",  # type: ignore[arg-type]
        )
    with pytest.raises(EvaluationError, match="finite"):
        classify_phases([train[0] * np.nan], labels[:1], test_embeddings=train, test_labels=labels)
