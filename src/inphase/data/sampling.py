"""Choose frames: resampling by time, context frames by seconds, clips of a fixed length.

Everything here works on frame indices and times; no frame is decoded.
"""

import math

import numpy as np
from numpy.typing import NDArray

from inphase.video import average_fps

# A frame halfway between two targets goes to the earlier one, however its time is rounded.
_TIE = 1e-6
# Frames per second worth seeing. Up to this much faster, all frames are seen.
_MOST_FPS, _SLACK = 30.0, 1.2
_FEW_TARGETS = 10_000


def resample(times: NDArray[np.float64], *, fps: float) -> NDArray[np.int64]:
    """Pick the frames nearest to a regular grid in time.

    This works for variable frame rates too. No frame is picked twice: where the video is slower
    than `fps`, all of its frames are kept.

    Args:
        times: (frames,) presentation times in seconds, strictly increasing.
        fps: target frames per second.

    Returns:
        (n,) strictly increasing frame indices, always including the first frame.

    Raises:
        ValueError: `times` is empty or not increasing, or `fps` is not a positive number.
    """
    times = _checked(times)
    if not (fps > 0 and math.isfinite(fps)):
        raise ValueError(f"fps must be a positive number, not {fps}.")
    steps = math.floor((times[-1] - times[0]) * fps + 0.5) + 1
    if steps > _FEW_TARGETS + 4 * len(times):
        # Long stills: there are far more targets than frames, perhaps more than fit into memory.
        return _near_any(times, steps=steps, fps=fps)
    targets = times[0] + np.arange(steps) / fps
    return np.unique(_nearest(times, targets))


def frames_worth_seeing(times: NDArray[np.float64]) -> NDArray[np.int64]:
    """All frames of a video, or 30 per second if it has many more.

    More add nothing to an alignment (docs/studies/speed.md): what lies between is interpolated.

    Args:
        times: (frames,) presentation times in seconds, strictly increasing.
    """
    if average_fps(times, default=_MOST_FPS) > _SLACK * _MOST_FPS:
        return resample(times, fps=_MOST_FPS)
    return np.arange(len(times))


def context_indices(
    times: NDArray[np.float64],
    indices: NDArray[np.int64],
    *,
    context_frames: int,
    gap: float,
    centred: bool = False,
) -> NDArray[np.int64]:
    """Find the frames to stack to embed each of `indices`.

    The context of a frame at time t is the frames nearest to t − (k−1)·gap, …, t − gap, and the
    frame itself (supplement, section 5: k frames with a fixed stride, here in seconds so that
    frame rates may differ). If centred, it covers both sides: t − (k−1)/2·gap, …, t + (k−1)/2·gap,
    and so shows the start of a motion as well as its end. The first and last frame stand in for
    frames outside the video.

    Args:
        times: (frames,) presentation times in seconds, strictly increasing.
        indices: (n,) frames to embed.
        context_frames: k, the number of frames stacked, at least 1.
        gap: seconds between two context frames, at least 0.
        centred: put the context on both sides of the frame instead of before it.

    Returns:
        (n, k) frame indices, ascending in time; `indices` is the last column, or the middle one
        if centred.

    Raises:
        ValueError: an index is outside the video, `context_frames` is below 1 or, if centred,
            even, or `gap` is below 0.
    """
    times = _checked(times)
    indices = np.asarray(indices, dtype=np.int64)
    if context_frames < 1:
        raise ValueError(f"context_frames must be at least 1, not {context_frames}.")
    if centred and context_frames % 2 == 0:
        raise ValueError(f"context_frames must be odd for a centred context, not {context_frames}.")
    if not (gap >= 0 and math.isfinite(gap)):
        raise ValueError(f"gap must be zero or a positive number of seconds, not {gap}.")
    if indices.size and (indices.min() < 0 or indices.max() >= len(times)):
        raise ValueError(f"indices must be in 0..{len(times) - 1}.")
    own = context_frames // 2 if centred else context_frames - 1
    offsets = np.arange(context_frames) - own
    context = _nearest(times, times[indices][:, None] + offsets * gap)
    # With a gap smaller than the tie, a context frame must not overtake the frame itself.
    before, after = offsets <= 0, offsets >= 0
    context[:, before] = np.minimum(context[:, before], indices[:, None])
    context[:, after] = np.maximum(context[:, after], indices[:, None])
    return context


def sample_uniform(
    frames: int, count: int, generator: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Draw a clip of distinct frames, uniformly over the video, in order (paper, section 4).

    Args:
        frames: number of frames of the video.
        count: number of frames of the clip.
        generator: source of the draw.

    Returns:
        (count,) sorted frame indices and (count,) mask. A video shorter than the clip gives all
        its frames; the rest of the clip repeats the last one and is False in the mask.

    Raises:
        ValueError: `frames` or `count` is below 1.
    """
    _check_counts(frames, count)
    real = min(frames, count)
    chosen = np.sort(generator.choice(frames, size=real, replace=False)).astype(np.int64)
    return _padded(chosen, count)


def sample_strided(
    frames: int, count: int, stride: int, generator: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Draw a clip of frames `stride` apart from a random start.

    Args:
        frames: number of frames of the video.
        count: number of frames of the clip.
        stride: frames between two frames of the clip, at least 1.
        generator: source of the draw.

    Returns:
        (count,) sorted frame indices and (count,) mask. If the video is too short for the clip,
        the start is drawn so that as many frames as possible are real; the rest of the clip
        repeats the last one and is False in the mask.

    Raises:
        ValueError: `frames`, `count` or `stride` is below 1.
    """
    _check_counts(frames, count)
    if stride < 1:
        raise ValueError(f"stride must be at least 1, not {stride}.")
    real = min(count, (frames - 1) // stride + 1)
    start = generator.integers(0, frames - (real - 1) * stride)
    return _padded(start + stride * np.arange(real, dtype=np.int64), count)


def sample_positives(
    indices: NDArray[np.int64], frames: int, window: int, generator: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Draw for each frame of a clip another frame of the same video close to it.

    Source: Dwibedi et al., CVPR 2019, supplement, Table 2 (a window of 5 frames).

    Args:
        indices: (n,) frames of the clip.
        frames: number of frames of the video.
        window: largest distance of a positive, in frames before or after; at least 1.
        generator: source of the draw.

    Returns:
        (n,) frame indices, and (n,) bool: False if the video has no other frame.

    Raises:
        ValueError: `window` is below 1.
    """
    if window < 1:
        raise ValueError(f"window must be at least 1, not {window}.")
    first = np.maximum(indices - window, 0)
    others = np.minimum(indices + window, frames - 1) - first
    drawn = first + np.floor(generator.random(len(indices)) * others).astype(np.int64)
    drawn += drawn >= indices  # skip the frame itself
    there = others > 0
    return np.where(there, drawn, indices), there


def same_instants(
    times: NDArray[np.float64], targets: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Find the frames of another camera at the same instants, whatever its frame rate.

    Args:
        times: (frames,) presentation times of that camera in seconds, strictly increasing.
        targets: (n,) the instants, in seconds on the same clock.

    Returns:
        (n,) indices of the frames nearest in time, and (n,) bool: False for an instant more than
        half a typical frame before the first or after the last frame.
    """
    times = _checked(times)
    half = float(np.median(np.diff(times))) / 2 if len(times) > 1 else 0.0
    there = (targets >= times[0] - half - _TIE) & (targets <= times[-1] + half + _TIE)
    return _nearest(times, targets), there


def _nearest(times: NDArray[np.float64], targets: NDArray[np.float64]) -> NDArray[np.int64]:
    between = (times[1:] + times[:-1]) / 2
    return np.searchsorted(between, targets - _TIE, side="right").astype(np.int64)


def _near_any(times: NDArray[np.float64], *, steps: int, fps: float) -> NDArray[np.int64]:
    """The frames that are the nearest to any of the targets, without making the targets."""
    between = (times[1:] + times[:-1]) / 2
    passed = np.ceil((between + _TIE - times[0]) * fps)
    targets = np.concatenate([[0.0], np.minimum(passed, steps), [float(steps)]])
    return np.flatnonzero(np.diff(targets) > 0).astype(np.int64)


def _padded(indices: NDArray[np.int64], count: int) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    mask = np.arange(count) < len(indices)
    return np.pad(indices, (0, count - len(indices)), mode="edge"), mask


def _checked(times: NDArray[np.float64]) -> NDArray[np.float64]:
    times = np.asarray(times, dtype=np.float64)
    if times.ndim != 1 or len(times) == 0:
        raise ValueError("times must have at least one element.")
    if not (np.isfinite(times).all() and (np.diff(times) > 0).all()):
        raise ValueError("times must increase from frame to frame.")
    return times


def _check_counts(frames: int, count: int) -> None:
    if frames < 1:
        raise ValueError("a video without frames cannot be sampled.")
    if count < 1:
        raise ValueError(f"count must be at least 1, not {count}.")
