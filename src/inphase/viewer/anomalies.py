"""How odd each frame of a collection is beside the other videos."""

from collections.abc import Sequence

import numpy as np

from inphase.alignment.deviation import TypicalCourse
from inphase.viewer.videos import ViewedVideo

_MOST_COMPARED = 40


def anomaly_curves(videos: Sequence[ViewedVideo]) -> dict[str, list[float]]:
    """How odd each frame of each video is beside the others, 0..1, by the video's id.

    0.5 is what nine of ten of them stay below throughout. Of fewer than three videos none can be
    odd; more than forty, each compared with each, would keep the page waiting: then there are none.
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
