"""Progress as a signal: how far a video has come, and how far it is from the goal."""

import csv
import json
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray
from rich.console import Console

from inphase.alignment import joint_align
from inphase.alignment.progress import ProgressFilter
from inphase.applications.output_file import check_output_file
from inphase.atomic import replacing
from inphase.errors import AlignmentError, VideoError
from inphase.models import EmbeddedVideo, Embeddings, Encoder
from inphase.models.encoder import ready_encoder
from inphase.models.streaming import Background, StreamEmbedder
from inphase.progress import progress_bar
from inphase.video.conversion import RgbConverter

_ROUNDS = 10


class Signal(NamedTuple):
    """What is known at a frame.

    Attributes:
        progress: how far the action has come, 0..1.
        distance_to_goal: from the embedding to the goal, where 1 is a demonstration's first frame
            (mean) and 0 the goal; its negative is XIRL's reward.
    """

    progress: float
    distance_to_goal: float

    @property
    def reward(self) -> float:
        """−κ‖φ(s) − g‖ (Zakka et al., 2021), with κ such that a start has −1."""
        return -self.distance_to_goal


@dataclass(frozen=True)
class ProgressCurve:
    """Progress and distance to the goal of a whole video, each told from the frames so far.

    Attributes:
        video: that was followed.
        demonstrations: names of the videos it was held against.
        progress: (frames,) 0..1.
        distance_to_goal: (frames,) in units of a demonstration's first frame's.
    """

    video: EmbeddedVideo
    demonstrations: tuple[str, ...]
    progress: NDArray[np.float64]
    distance_to_goal: NDArray[np.float64]

    def to_dict(self) -> dict[str, Any]:
        """Plain values, as the JSON file holds them."""
        return {
            "video": self.video.name,
            "file": str(self.video.path),
            "demonstrations": list(self.demonstrations),
            "times": [round(float(time), 6) for time in self.video.times],
            "progress": [round(float(value), 5) for value in self.progress],
            "distance_to_goal": [round(float(value), 5) for value in self.distance_to_goal],
        }

    def save(self, path: str | Path, *, width: int = 1000) -> None:
        """Write ``.csv``, ``.json``, or a plot as ``.png`` or ``.svg``, whole or not at all.

        Args:
            width: of the .png in pixels.

        Raises:
            OutputError: another suffix, or the place cannot be written.
        """
        path = Path(path)
        check_output(path, [self.video.path])
        if path.suffix in _PICTURES:
            _write_plot(path, self, width)
        else:
            with replacing(path) as beside:
                _WRITERS[path.suffix](beside, self)


class Goal:
    """Demonstrations, as what a video is held against.

    Args:
        demonstrations: embeddings of at least one video.
        distance: between two embeddings, for progress.
        console: where a progress bar goes; by default nowhere.

    Raises:
        AlignmentError: there is no demonstration, or they are not embeddings of one model.
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
        """Begin a new video."""
        self.filter.restart()


class ProgressSignal:
    """Progress and distance to the goal frame by frame, for a loop that learns or acts.

    Source: Zakka et al., "XIRL: Cross-embodiment Inverse Reinforcement Learning", 2021 (the goal is
    the mean embedding of the demonstrations' last frames).

    Memory is bounded: the maps of a second of frames, and the barycentre of the demonstrations.

    Args:
        encoder: trained, or its model folder.
        demonstrations: their embeddings, as :func:`inphase.embed` gives them.
        background: what stands in for the background of a video that has not ended, where the
            model subtracts it; see :class:`~inphase.models.streaming.StreamEmbedder`. The most
            typical demonstration is its reference.

    Raises:
        AlignmentError: there is no demonstration, or they are not of this encoder.
        ModelError: the model folder cannot be used.

    Example:
        >>> signal = ProgressSignal("runs/sweep/model", demonstrations)  # doctest: +SKIP
        >>> signal.restart()                                             # doctest: +SKIP
        >>> progress, distance = signal.update(frame, time=step / fps)   # doctest: +SKIP
    """

    def __init__(
        self,
        encoder: Encoder | str | Path,
        demonstrations: Embeddings | Sequence[EmbeddedVideo],
        *,
        background: Background = "start",
    ) -> None:
        encoder = ready_encoder(encoder)
        self._goal = Goal(demonstrations)
        self._embedder = StreamEmbedder(
            encoder, background=background, reference=self._goal.typical.path
        )
        self._side = encoder.config.image_size
        self._resize = RgbConverter((self._side, self._side))
        self._time = -math.inf

    def restart(self) -> None:
        """Begin a new video at the same place, with the same camera."""
        self._embedder.restart()
        self._goal.restart()
        self._time = -math.inf

    def update(self, frame: NDArray[np.uint8], *, time: float) -> Signal:
        """Take the next frame.

        Args:
            frame: (height, width, 3) RGB, of any size.
            time: seconds since the video began, more than that of the frame before.

        Raises:
            VideoError: the frame is no RGB picture, or its time does not advance.
        """
        if frame.ndim != 3 or frame.shape[2] != 3 or frame.dtype != np.uint8:
            raise VideoError(
                f"A frame must be (height, width, 3) RGB uint8, not {frame.shape} {frame.dtype}."
            )
        if time <= self._time:
            raise VideoError(
                f"The frame at {time:g} s does not come after the one at {self._time:g} s; "
                "restart() begins a new video."
            )
        self._time = time
        if frame.shape[:2] != (self._side, self._side):
            frame = self._resize(VideoFrame.from_ndarray(np.ascontiguousarray(frame), "rgb24"))
        return self._goal.update(self._embedder.push(frame, time))


def measure_progress(video: EmbeddedVideo, goal: Goal) -> ProgressCurve:
    """Follow a whole video; at each frame only the frames so far count.

    Raises:
        AlignmentError: its embeddings are not of the demonstrations' model.
    """
    goal.restart()
    signals = [goal.update(embedding) for embedding in video.embeddings]
    progress, distance = np.array(signals, dtype=np.float64).T
    return ProgressCurve(video, goal.names, progress, distance)


def check_output(path: str | Path, sources: Iterable[Path]) -> None:
    """Refuse what :meth:`ProgressCurve.save` cannot or must not write, before minutes of work.

    Raises:
        OutputError: another suffix, or a video would be lost.
    """
    check_output_file(path, sources, suffixes=[*_WRITERS, *_PICTURES])


def _write_csv(path: Path, result: ProgressCurve) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["frame", "time", "progress", "distance_to_goal"])
        told = result.to_dict()
        rows = zip(told["times"], told["progress"], told["distance_to_goal"], strict=True)
        for frame, row in enumerate(rows):
            writer.writerow([frame, *row])


def _write_json(path: Path, result: ProgressCurve) -> None:
    path.write_text(json.dumps(result.to_dict(), ensure_ascii=False) + "\n", encoding="utf-8")


def _write_plot(path: Path, result: ProgressCurve, width: int) -> None:
    # Here, because drawing is slow to import and not every curve is drawn.
    from matplotlib.figure import Figure

    from inphase.applications.figure_file import save_figure

    figure = Figure(figsize=(8, 3.2), layout="constrained")
    axes = figure.subplots()
    times = result.video.times
    axes.plot(times, result.progress, color="#0072b2", label="progress")
    axes.plot(times, result.distance_to_goal, color="#d55e00", label="distance to goal")
    axes.set(xlabel="seconds", xlim=(times[0], max(times[-1], times[0] + 1e-3)))
    axes.set_ylim(bottom=0)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    axes.set_title(result.video.name, fontsize=11, loc="left")
    save_figure(path, figure, width=width)


_PICTURES = (".png", ".svg")
_WRITERS: dict[str, Callable[[Path, ProgressCurve], None]] = {
    ".csv": _write_csv,
    ".json": _write_json,
}
