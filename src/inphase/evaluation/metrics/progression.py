"""Phase progression: how far an action has come, by linear regression on the embeddings."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.linear_model import LinearRegression

from inphase.errors import EvaluationError


@dataclass(frozen=True)
class PhaseProgression:
    """How well linear regression predicts the time to each key event.

    Attributes:
        r2: coefficient of determination on all test frames, averaged over events.
        per_event: (events,) the same for each event; NaN if no test video has it.
        targets: one (frames, events) per test video, (t − t_event) / length; NaN for missing ones.
        predictions: one (frames, events) per test video.
    """

    r2: float
    per_event: NDArray[np.float64]
    targets: tuple[NDArray[np.float64], ...]
    predictions: tuple[NDArray[np.float64], ...]


def progression_targets(events: ArrayLike, frames: int) -> NDArray[np.float64]:
    """(t − t_event) / length for each frame and event, with t and length in frames.

    Source: Dwibedi et al., CVPR 2019, section 4.2. The released code counts from the last frame
    before the event; here, it is the event's own frame.

    Args:
        events: (events,) frame of each, NaN if the video has no such event.
        frames: number of frames of the video.

    Returns:
        (frames, events) in −1..1, NaN in the columns of missing events.
    """
    marks = np.asarray(events, dtype=np.float64)
    return (np.arange(frames, dtype=np.float64)[:, None] - marks[None, :]) / frames


def phase_progression(
    train_embeddings: Sequence[ArrayLike],
    train_events: Sequence[ArrayLike],
    *,
    test_embeddings: Sequence[ArrayLike],
    test_events: Sequence[ArrayLike],
) -> PhaseProgression:
    """Regress the time to each key event, as a fraction of the length, on the embeddings.

    Source: Dwibedi et al., CVPR 2019, section 4.2: one least-squares regression per event on the
    frames of the training videos, R² on all test frames together, and the mean over events.

    Args:
        train_embeddings: one (frames, dims) per training video.
        train_events: one (events,) per training video, the events' frames; NaN for missing events.
        test_embeddings: one (frames, dims) per test video.
        test_events: one (events,) per test video.

    Raises:
        EvaluationError: there are no videos or events, shapes do not fit, or no training video
            has one of the events.
    """
    train, train_targets = _checked(train_embeddings, train_events)
    test, test_targets = _checked(test_embeddings, test_events)
    count = train_targets[0].shape[1]
    if any(targets.shape[1] != count for targets in (*train_targets, *test_targets)):
        raise EvaluationError("All videos need the same list of events, with NaN for missing ones.")
    dims = sorted({video.shape[1] for video in (*train, *test)})
    if len(dims) > 1:
        raise EvaluationError(
            f"The embeddings have {' and '.join(map(str, dims))} dimensions; all must come from "
            "the same model."
        )
    predictions = [np.full(targets.shape, np.nan) for targets in test_targets]
    frames, wanted = np.concatenate(train), np.concatenate(train_targets)
    scores = np.full(count, np.nan)
    for event in range(count):
        known = np.isfinite(wanted[:, event])
        if not known.any():
            raise EvaluationError(f"No training video has event {event} to learn from.")
        model = LinearRegression().fit(frames[known], wanted[known, event])
        for video, predicted in zip(test, predictions, strict=True):
            predicted[:, event] = model.predict(video)
        scores[event] = _r2(
            np.concatenate([targets[:, event] for targets in test_targets]),
            np.concatenate([predicted[:, event] for predicted in predictions]),
        )
    return PhaseProgression(
        r2=float(np.nanmean(scores)) if np.isfinite(scores).any() else float("nan"),
        per_event=scores,
        targets=tuple(test_targets),
        predictions=tuple(predictions),
    )


def _r2(targets: NDArray[np.float64], predictions: NDArray[np.float64]) -> float:
    known = np.isfinite(targets)
    true, predicted = targets[known], predictions[known]
    spread = float(((true - true.mean()) ** 2).sum()) if len(true) else 0.0
    if spread == 0:
        return float("nan")
    return 1 - float(((true - predicted) ** 2).sum()) / spread


def _checked(
    embeddings: Sequence[ArrayLike], events: Sequence[ArrayLike]
) -> tuple[list[NDArray[np.float64]], list[NDArray[np.float64]]]:
    if len(embeddings) == 0 or len(embeddings) != len(events):
        raise EvaluationError(
            f"There are embeddings of {len(embeddings)} videos and events of {len(events)}; "
            "progression needs both of at least one video."
        )
    videos, targets = [], []
    for given, frames in zip(embeddings, events, strict=True):
        video = np.asarray(given, dtype=np.float64)
        marks = np.asarray(frames, dtype=np.float64)
        if video.ndim != 2 or video.size == 0 or marks.ndim != 1 or marks.size == 0:
            raise EvaluationError(
                f"Embeddings of shape {video.shape} and events of shape {marks.shape} do not fit: "
                "they must be (frames, dims) and (events,), none empty."
            )
        if not np.isfinite(video).all():
            raise EvaluationError("The embeddings are not all finite numbers.")
        videos.append(video)
        targets.append(progression_targets(marks, len(video)))
    return videos, targets
