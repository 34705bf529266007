"""Phase classification from embeddings, trained on the frames of many or few labelled videos."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats
from sklearn.linear_model import LogisticRegression
from sklearn.svm import SVC

from inphase.errors import EvaluationError

Classifier = Literal["svc", "logistic"]
SHARES = (0.1, 0.5, 1.0)
DRAWS = 50
_CONFIDENCE = 0.95


@dataclass(frozen=True)
class PhaseClassification:
    """How many frames a classifier assigns to the right phase.

    Attributes:
        share: fraction of the training videos that it was fitted to.
        videos: number of those videos.
        accuracy: fraction of all test frames that are right.
        train_accuracy: the same on the training frames.
        correct: (test videos,) number of right frames.
        frames: (test videos,) number of frames.
    """

    share: float
    videos: int
    accuracy: float
    train_accuracy: float
    correct: NDArray[np.int64]
    frames: NDArray[np.int64]


@dataclass(frozen=True)
class FewShot:
    """Accuracy with a few labelled videos, over random choices of them.

    Attributes:
        videos: number of labelled videos per draw.
        accuracy: fraction of test frames that are right, averaged over draws.
        low: lower end of the 95 % interval of that mean (Student's t over draws).
        high: upper end.
        draws: (draws,) accuracy of each draw.
        correct: (draws, test videos) number of right frames.
        frames: (test videos,) number of frames.
    """

    videos: int
    accuracy: float
    low: float
    high: float
    draws: NDArray[np.float64]
    correct: NDArray[np.int64]
    frames: NDArray[np.int64]


def phase_labels(events: ArrayLike, frames: int) -> NDArray[np.int64]:
    """Number the phases of a video: phase i holds the frames from event i − 1 to before event i.

    Args:
        events: (events,) frame of each key event in order; a frame number equal to `frames` means
            right after the last frame.
        frames: number of frames.

    Returns:
        (frames,) phase 0..events; the frame of an event belongs to the phase that it starts.

    Raises:
        EvaluationError: events are out of order or outside the video.
    """
    marks = np.asarray(events, dtype=np.float64)
    if marks.ndim != 1 or not np.isfinite(marks).all():
        raise EvaluationError("Phases need the frame of every event, as a plain list.")
    if (np.diff(marks) < 0).any():
        raise EvaluationError(f"The events at frames {marks.tolist()} are not in order.")
    if len(marks) and (marks[0] < 0 or marks[-1] > frames):
        raise EvaluationError(f"An event of {marks.tolist()} lies outside 0..{frames}.")
    return np.searchsorted(marks, np.arange(frames), side="right").astype(np.int64)


def classify_phases(
    train_embeddings: Sequence[ArrayLike],
    train_labels: Sequence[ArrayLike],
    *,
    test_embeddings: Sequence[ArrayLike],
    test_labels: Sequence[ArrayLike],
    shares: Sequence[float] = SHARES,
    classifier: Classifier = "svc",
) -> tuple[PhaseClassification, ...]:
    """Fit a classifier to the frames of the first 10, 50 and 100 % of the training videos.

    Source: Dwibedi et al., "Temporal Cycle-Consistency Learning", CVPR 2019, section 4.2; as in
    the released code, the videos are the first max(1, ⌊share · videos⌋) in the order given, and
    all frames of all test videos count equally.

    Args:
        train_embeddings: one (frames, dims) per training video.
        train_labels: one (frames,) per training video, the phase of each frame.
        test_embeddings: one (frames, dims) per test video.
        test_labels: one (frames,) per test video.
        shares: fractions of the training videos, each in 0..1.
        classifier: `"svc"`, a support vector machine with an RBF kernel and scikit-learn's defaults
            (C = 1, γ = 1 / (dims · variance)), as in the released code of TCC and LAV; or
            `"logistic"`, multinomial logistic regression, as in that of CARL. The two are not
            comparable.

    Returns:
        One result per fraction, in the order given.

    Raises:
        EvaluationError: there are no videos, shapes do not fit, or an option is out of range.
    """
    train, test = _both_checked(train_embeddings, train_labels, test_embeddings, test_labels)
    results = []
    for share in shares:
        if not 0 < share <= 1:
            raise EvaluationError(f"A share of the training videos must be in 0..1, not {share}.")
        used = max(1, int(share * len(train)))
        right, fitted = _fit_and_score(train[:used], test, classifier)
        results.append(
            PhaseClassification(
                share=float(share),
                videos=used,
                accuracy=float(right.sum() / _lengths(test).sum()),
                train_accuracy=fitted,
                correct=right,
                frames=_lengths(test),
            )
        )
    return tuple(results)


def few_shot(
    train_embeddings: Sequence[ArrayLike],
    train_labels: Sequence[ArrayLike],
    *,
    test_embeddings: Sequence[ArrayLike],
    test_labels: Sequence[ArrayLike],
    videos: Sequence[int] = (1,),
    draws: int = DRAWS,
    classifier: Classifier = "svc",
    seed: int = 0,
) -> tuple[FewShot, ...]:
    """Fit a classifier to the frames of k labelled videos, for many random choices of videos.

    Source: Dwibedi et al., CVPR 2019, few-shot experiments (50 draws; the 95 % interval of the mean
    is Student's t over draws, as in the released code).

    Args:
        train_embeddings: one (frames, dims) per video to draw from.
        train_labels: one (frames,) per video, the phase of each frame.
        test_embeddings: one (frames, dims) per test video.
        test_labels: one (frames,) per test video.
        videos: numbers k of labelled videos; each gives one result.
        draws: number of random choices for each k.
        classifier: see `classify_phases`.
        seed: the same seed gives the same draws, whatever the embeddings.

    Raises:
        EvaluationError: there are fewer than k videos; also see `classify_phases`.
    """
    train, test = _both_checked(train_embeddings, train_labels, test_embeddings, test_labels)
    if draws < 2:
        raise EvaluationError(f"An interval over draws needs at least 2, not {draws}.")
    frames = _lengths(test)
    results = []
    for count in videos:
        if not 1 <= count <= len(train):
            raise EvaluationError(f"{count} of {len(train)} labelled videos cannot be drawn.")
        generator = np.random.default_rng([seed, count])
        chosen = [generator.permutation(len(train))[:count] for _ in range(draws)]
        # A repeated draw, in whatever order, need not be fitted again.
        scores: dict[tuple[int, ...], NDArray[np.int64]] = {}
        for draw in chosen:
            key = tuple(sorted(draw.tolist()))
            if key not in scores:
                scores[key], _ = _fit_and_score([train[i] for i in key], test, classifier)
        correct = np.stack([scores[tuple(sorted(draw.tolist()))] for draw in chosen])
        accuracies = correct.sum(axis=1) / frames.sum()
        mean = float(accuracies.mean())
        half = float(stats.sem(accuracies) * stats.t.ppf((1 + _CONFIDENCE) / 2, draws - 1))
        results.append(
            FewShot(
                videos=count,
                accuracy=mean,
                low=mean - half,
                high=mean + half,
                draws=accuracies,
                correct=correct,
                frames=frames,
            )
        )
    return tuple(results)


_Video = tuple[NDArray[np.float64], NDArray[np.int64]]


def _fit_and_score(
    train: Sequence[_Video], test: Sequence[_Video], classifier: Classifier
) -> tuple[NDArray[np.int64], float]:
    """Number of right frames of each test video, and the accuracy on the training frames."""
    frames = np.concatenate([embeddings for embeddings, _ in train])
    labels = np.concatenate([phases for _, phases in train])
    if classifier not in ("svc", "logistic"):
        raise EvaluationError(f"The classifier must be svc or logistic, not {classifier}.")
    if len(np.unique(labels)) == 1:
        # No classifier can be fitted to a single phase: it is the answer for every frame.
        return np.array([int((p == labels[0]).sum()) for _, p in test], dtype=np.int64), 1.0
    model = SVC() if classifier == "svc" else LogisticRegression(max_iter=100_000)
    model.fit(frames, labels)
    predicted = model.predict(np.concatenate([embeddings for embeddings, _ in test]))
    right = predicted == np.concatenate([phases for _, phases in test])
    ends = np.cumsum(_lengths(test))[:-1]
    counts = np.array([int(part.sum()) for part in np.split(right, ends)], dtype=np.int64)
    return counts, float(model.score(frames, labels))


def _lengths(videos: Sequence[_Video]) -> NDArray[np.int64]:
    return np.array([len(phases) for _, phases in videos], dtype=np.int64)


def _both_checked(
    train_embeddings: Sequence[ArrayLike],
    train_labels: Sequence[ArrayLike],
    test_embeddings: Sequence[ArrayLike],
    test_labels: Sequence[ArrayLike],
) -> tuple[list[_Video], list[_Video]]:
    train, test = _checked(train_embeddings, train_labels), _checked(test_embeddings, test_labels)
    dims = sorted({embeddings.shape[1] for embeddings, _ in (*train, *test)})
    if len(dims) > 1:
        raise EvaluationError(
            f"The embeddings have {' and '.join(map(str, dims))} dimensions; all must come from "
            "the same model."
        )
    return train, test


def _checked(embeddings: Sequence[ArrayLike], labels: Sequence[ArrayLike]) -> list[_Video]:
    if len(embeddings) == 0 or len(embeddings) != len(labels):
        raise EvaluationError(
            f"There are embeddings of {len(embeddings)} videos and labels of {len(labels)}; "
            "phases need both of at least one video."
        )
    videos = []
    for given, phases in zip(embeddings, labels, strict=True):
        frames = np.asarray(given, dtype=np.float64)
        numbers = np.asarray(phases, dtype=np.int64)
        if frames.ndim != 2 or numbers.shape != frames.shape[:1] or frames.size == 0:
            raise EvaluationError(
                f"Embeddings of shape {frames.shape} and labels of shape {numbers.shape} do not "
                "fit: they must be (frames, dims) and (frames,)."
            )
        if not math.isfinite(frames.sum()) and not np.isfinite(frames).all():
            raise EvaluationError("The embeddings are not all finite numbers.")
        videos.append((frames, numbers))
    return videos
