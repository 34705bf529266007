"""Progress as a signal: how far an action has come, and how far it is from the goal."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray
from rich.console import Console

from inphase.alignment import joint_align
from inphase.alignment.progress import ProgressFilter
from inphase.applications.progress_signal.result import ProgressCurve
from inphase.errors import AlignmentError, VideoError
from inphase.models import EmbeddedVideo, Embeddings, Encoder
from inphase.models.encoder import ready_encoder
from inphase.models.streaming import Background, StreamEmbedder
from inphase.progress import progress_bar
from inphase.video.conversion import RgbConverter

_ROUNDS = 10


class Signal(NamedTuple):
    """Progress and distance to the goal at a frame.

    Attributes:
        progress: how far the action has come, 0..1.
        distance_to_goal: from the embedding to the goal: 0 at the goal, and 1 at the mean distance
            of the demonstrations' first frames. Its negative is XIRL's reward.
    """

    progress: float
    distance_to_goal: float

    @property
    def reward(self) -> float:
        """−κ‖φ(s) − g‖ (Zakka et al., 2021), with κ such that a start gets −1."""
        return -self.distance_to_goal


class Goal:
    """Demonstrations that a video is compared with.

    Args:
        demonstrations: embeddings of at least one video.
        distance: between two embeddings, for progress.
        console: where a progress bar goes; by default nowhere.

    Raises:
        AlignmentError: there is no demonstration, or the embeddings are not from one model.
    """

    def __init__(
        self,
        demonstrations: Embeddings | Sequence[EmbeddedVideo],
        *,
        distance: str = "squared_euclidean",
        console: Console | None = None,
    ) -> None:
        videos = list(demonstrations)
        if not videos:
            raise AlignmentError("Progress needs at least one demonstration.")
        self.names = tuple(video.name for video in videos)
        with progress_bar("Aligning demonstrations", _ROUNDS, console=console) as bar:
            joint = joint_align(
                [video.embeddings for video in videos],
                rounds=_ROUNDS,
                distance=distance,
                advance=bar.advance,
            )
            bar.advance(_ROUNDS - bar.done)
        self.typical = videos[joint.medoid]
        self.filter = ProgressFilter(joint, distance=distance)
        self._goal = np.mean([video.embeddings[-1] for video in videos], axis=0, dtype=np.float64)
        starts = [np.linalg.norm(video.embeddings[0] - self._goal) for video in videos]
        self._start = max(float(np.mean(starts)), 1e-12)

    def update(self, embedding: NDArray[np.floating]) -> Signal:
        """Take the next frame's embedding, (dims,)."""
        progress = self.filter.update(embedding)
        distance = float(np.linalg.norm(embedding - self._goal)) / self._start
        return Signal(progress, distance)

    def restart(self) -> None:
        """Start a new video."""
        self.filter.restart()


class ProgressSignal:
    """Progress and distance to the goal, frame by frame, for a learning or control loop.

    Source: Zakka et al., "XIRL: Cross-embodiment Inverse Reinforcement Learning", 2021 (the goal is
    the mean embedding of the demonstrations' last frames).

    Memory is bounded: the feature maps of one second of frames, and the demonstrations' barycentre.

    Args:
        model: a trained encoder, or its model folder.
        demonstrations: their embeddings, from `inphase.embed`.
        background: how to estimate the background before a video has ended, if the model subtracts
            it; see `inphase.models.streaming.StreamEmbedder`. Its reference is the most typical
            demonstration.

    Raises:
        AlignmentError: there is no demonstration, or the embeddings are not from this encoder.
        ModelError: the model folder cannot be used.

    Example:
        >>> signal = ProgressSignal("runs/sweep/model", demonstrations)  # doctest: +SKIP
        >>> signal.restart()                                             # doctest: +SKIP
        >>> progress, distance = signal.update(frame, time=step / fps)   # doctest: +SKIP
    """

    def __init__(
        self,
        model: Encoder | str | Path,
        demonstrations: Embeddings | Sequence[EmbeddedVideo],
        *,
        background: Background = "start",
    ) -> None:
        encoder = ready_encoder(model)
        self._goal = Goal(demonstrations)
        self._embedder = StreamEmbedder(
            encoder, background=background, reference=self._goal.typical.path
        )
        self._size = self._embedder.frame_size
        self._resize = RgbConverter(self._size) if self._size is not None else None
        self._time = -math.inf

    def restart(self) -> None:
        """Start a new video at the same place, with the same camera."""
        self._embedder.restart()
        self._goal.restart()
        self._time = -math.inf

    def update(self, frame: NDArray[np.uint8], *, time: float) -> Signal:
        """Take the next frame.

        Args:
            frame: (height, width, 3) RGB, of any size.
            time: seconds since the start of the video, later than the previous frame.

        Raises:
            VideoError: the frame is not an RGB picture, or its time does not advance.
        """
        if frame.ndim != 3 or frame.shape[2] != 3 or frame.dtype != np.uint8:
            raise VideoError(
                f"A frame must be (height, width, 3) RGB uint8, not {frame.shape} {frame.dtype}."
            )
        if time <= self._time:
            raise VideoError(
                f"The frame at {time:g} s does not come after the one at {self._time:g} s; call "
                "restart() to start a new video."
            )
        self._time = time
        if self._resize is not None and frame.shape[1::-1] != self._size:
            frame = self._resize(VideoFrame.from_ndarray(np.ascontiguousarray(frame), "rgb24"))
        return self._goal.update(self._embedder.push(frame, time))


def measure_progress(video: EmbeddedVideo, goal: Goal) -> ProgressCurve:
    """Measure a whole video, each frame from the frames so far.

    Raises:
        AlignmentError: its embeddings are not from the demonstrations' model.
    """
    goal.restart()
    measured = [(*goal.update(embedding), goal.filter.confidence) for embedding in video.embeddings]
    progress, distance, confidence = np.array(measured, dtype=np.float64).T
    return ProgressCurve(video, goal.names, progress, distance, confidence)
