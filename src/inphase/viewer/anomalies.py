"""How unusual each frame of a collection is, compared with the other videos."""

from collections.abc import Sequence

import numpy as np

from inphase.alignment.deviation import TypicalCourse
from inphase.viewer.videos import ViewedVideo

_MOST_COMPARED = 40


def anomaly_curves(videos: Sequence[ViewedVideo]) -> dict[str, list[float]]:
    """How unusual each frame of each video is (0..1), by the video's id.

    Nine out of ten videos stay below 0.5 throughout. There are no curves for fewer than three
    videos, of which none can be unusual, or for more than forty, which take too long to compare.
    """
    if not 3 <= len(videos) <= _MOST_COMPARED:
        return {}
    course = TypicalCourse(
        [video.embedded.embeddings for video in videos],
        [video.embedded.frame_time for video in videos],
    )
    return {
        video.id: np.clip(curve / 2, 0, 1).round(3).tolist()
        for video, curve in zip(videos, course.own, strict=True)
    }
