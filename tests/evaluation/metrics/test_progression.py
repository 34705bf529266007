"""Phase progression against scikit-learn."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.linear_model import LinearRegression
from sklearn.metrics import r2_score

from inphase.errors import EvaluationError
from inphase.evaluation.metrics import phase_progression, progression_targets


def videos(
    count: int, generator: np.random.Generator
) -> tuple[list[NDArray[np.float64]], list[list[float]]]:
    """Embeddings that roughly encode the time, with two events each."""
    embeddings, events = [], []
    for _ in range(count):
        frames = int(generator.integers(10, 30))
        marks = np.sort(generator.integers(0, frames, size=2))
        time = np.arange(frames)[:, None] / frames - marks[None, :] / frames
        embeddings.append(
            np.concatenate([time, generator.normal(size=(frames, 2))], axis=1)
            + 0.2 * generator.normal(size=(frames, 4))
        )
        events.append([float(mark) for mark in marks])
    return embeddings, events


@settings(max_examples=25)
@given(seed=st.integers(0, 10_000))
def test_r2_is_that_of_scikit_learn(seed: int) -> None:
    generator = np.random.default_rng(seed)
    train, train_events = videos(5, generator)
    test, test_events = videos(3, generator)
    result = phase_progression(train, train_events, test_embeddings=test, test_events=test_events)
    expected = []
    for event in range(2):

        def targets(
            embeddings: list[NDArray[np.float64]], events: list[list[float]], event: int = event
        ) -> NDArray[np.float64]:
            return np.concatenate(
                [
                    [(frame - marks[event]) / len(video) for frame in range(len(video))]
                    for video, marks in zip(embeddings, events, strict=True)
                ]
            )

        model = LinearRegression().fit(np.concatenate(train), targets(train, train_events))
        predicted = model.predict(np.concatenate(test))
        expected.append(r2_score(targets(test, test_events), predicted))
    np.testing.assert_allclose(result.per_event, expected)
    assert result.r2 == pytest.approx(np.mean(expected))


def test_targets_are_zero_at_the_event_and_missing_without_it() -> None:
    targets = progression_targets([1, np.nan], 4)
    np.testing.assert_allclose(targets[:, 0], [-0.25, 0, 0.25, 0.5])
    assert np.isnan(targets[:, 1]).all()


def test_a_video_without_an_event_does_not_count_for_it() -> None:
    generator = np.random.default_rng(0)
    train, train_events = videos(5, generator)
    test, test_events = videos(3, generator)
    whole = phase_progression(train, train_events, test_embeddings=test, test_events=test_events)
    fewer = phase_progression(
        train[:4], train_events[:4], test_embeddings=test, test_events=test_events
    )
    train_events[4][1] = test_events[2][0] = np.nan
    holes = phase_progression(train, train_events, test_embeddings=test, test_events=test_events)
    assert holes.per_event[1] == pytest.approx(fewer.per_event[1])
    assert holes.per_event[1] != pytest.approx(whole.per_event[1])
    first_two = phase_progression(
        train, train_events, test_embeddings=test[:2], test_events=test_events[:2]
    )
    assert holes.per_event[0] == pytest.approx(first_two.per_event[0])


def test_an_event_of_no_test_video_has_no_score() -> None:
    generator = np.random.default_rng(0)
    train, train_events = videos(5, generator)
    result = phase_progression(
        train, train_events, test_embeddings=train[:1], test_events=[[3, np.nan]]
    )
    assert np.isnan(result.per_event[1])
    assert result.r2 == pytest.approx(result.per_event[0])


def test_what_does_not_fit_is_one_sentence() -> None:
    video = np.zeros((4, 2))
    with pytest.raises(EvaluationError, match="events of 0"):
        phase_progression([video], [], test_embeddings=[video], test_events=[[1]])
    with pytest.raises(EvaluationError, match="same list of events"):
        phase_progression([video], [[1, 2]], test_embeddings=[video], test_events=[[1]])
    with pytest.raises(EvaluationError, match="No training video has event 0"):
        phase_progression([video], [[np.nan]], test_embeddings=[video], test_events=[[1]])
    with pytest.raises(EvaluationError, match="do not fit"):
        phase_progression([video[0]], [[1]], test_embeddings=[video], test_events=[[1]])
    with pytest.raises(EvaluationError, match="1 and 2 dimensions"):
        phase_progression([video], [[1]], test_embeddings=[video[:, :1]], test_events=[[1]])
    with pytest.raises(EvaluationError, match="finite"):
        phase_progression([video * np.nan], [[1]], test_embeddings=[video], test_events=[[1]])
