"""Multi-view alignment error: of two cameras on one performance, the true matches are known."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from inphase.errors import EvaluationError


@dataclass(frozen=True)
class ViewError:
    """How far each frame's match in another view is from the same instant.

    Attributes:
        seconds: (frames,) |time of the match − own time|.
        share: (frames,) the same as a fraction of the other view's duration.
    """

    seconds: NDArray[np.float64]
    share: NDArray[np.float64]


def multi_view_alignment_error(
    mapping: ArrayLike, times: ArrayLike, *, other_times: ArrayLike
) -> ViewError:
    """Compare each frame's match in another camera's video with the frame at the same instant.

    Source: Sermanet et al., "Time-Contrastive Networks: Self-Supervised Learning from Video", ICRA
    2018, where the match is the nearest neighbour; in seconds instead of frames, so that the
    cameras' rates may differ.

    Args:
        mapping: (frames,) the frame of the other view that each frame is matched to.
        times: (frames,) seconds; both views' clocks start together.
        other_times: (other frames,) seconds.

    Raises:
        EvaluationError: shapes do not fit, or a match lies outside the other view.
    """
    frames = np.asarray(mapping, dtype=np.int64)
    own, other = np.asarray(times, dtype=np.float64), np.asarray(other_times, dtype=np.float64)
    if frames.ndim != 1 or frames.shape != own.shape or other.ndim != 1 or len(other) == 0:
        raise EvaluationError(
            f"A mapping of shape {frames.shape} does not fit views with times of shapes "
            f"{own.shape} and {other.shape}."
        )
    if len(frames) and not (frames.min() >= 0 and frames.max() < len(other)):
        raise EvaluationError(f"A match lies outside the other view's frames 0..{len(other) - 1}.")
    # The best match for an instant that the other camera did not film is its first or last frame.
    wanted = np.clip(own, other[0], other[-1])
    seconds = np.abs(other[frames] - wanted)
    duration = float(other[-1] - other[0])
    share = seconds / duration if duration > 0 else np.zeros_like(seconds)
    return ViewError(seconds=seconds, share=share)
