"""Frame retrieval AP@K in its three published definitions, which are not comparable.

All measure how many of a frame's K nearest frames are in its phase. They differ in where they
search, and in what "average precision" means.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from inphase.alignment.sources import distances_between, strips
from inphase.errors import EvaluationError

KS = (5, 10, 15)


@dataclass(frozen=True)
class Retrieval:
    """AP@K of a set of videos.

    Attributes:
        k: number of nearest frames.
        ap: in 0..1.
        per_video: (videos,) mean over the frames of each video.
        frames: (videos,) number of frames.
    """

    k: int
    ap: float
    per_video: NDArray[np.float64]
    frames: NDArray[np.int64]


def retrieval_other_videos(
    embeddings: Sequence[ArrayLike], labels: Sequence[ArrayLike], *, ks: Sequence[int] = KS
) -> tuple[Retrieval, ...]:
    """AP@K over other videos: fraction of right frames among the K nearest of all other videos.

    Averaged over the frames of a video, then over videos.

    Source: Haresh et al., "Learning by Aligning Videos in Time" (LAV), CVPR 2021; computed like
    this in the released code of Chen et al., "Frame-wise Action Representations for Long Videos
    via Sequence Contrastive Learning" (CARL), CVPR 2022.

    Args:
        embeddings: one (frames, dims) per video, at least two.
        labels: one (frames,) per video, the phase of each frame.
        ks: numbers K of nearest frames; each gives one result. If the other videos have fewer than
            K frames, all of them are used.

    Raises:
        EvaluationError: fewer than two videos, a K below 1, or shapes that do not fit.
    """
    videos, phases = _checked(embeddings, labels, ks, at_least=2)
    hits = _hits_in_other_videos(videos, phases, max(ks))
    return tuple(_mean_over_videos([h[:, :k].mean(axis=1) for h in hits], k) for k in ks)


def retrieval_same_video(
    embeddings: Sequence[ArrayLike], labels: Sequence[ArrayLike], *, ks: Sequence[int] = KS
) -> tuple[Retrieval, ...]:
    """AP@K within the frame's own video, including the frame itself, as in LAV's code.

    Neighbours in time look similar, so this says little about alignment: embedding the frame number
    scores high.

    Source: the released code of Haresh et al. (LAV), CVPR 2021, `compute_ap`; their paper
    describes `retrieval_other_videos`.

    Args:
        embeddings: one (frames, dims) per video.
        labels: one (frames,) per video.
        ks: see `retrieval_other_videos`; in a video with fewer than K frames, all are used.

    Raises:
        EvaluationError: no video, a K below 1, or shapes that do not fit.
    """
    videos, phases = _checked(embeddings, labels, ks, at_least=1)
    hits = []
    for video, own in zip(videos, phases, strict=True):
        nearest = _nearest(video, video, max(ks))
        hits.append(own[nearest] == own[:, None])
    return tuple(_mean_over_videos([h[:, :k].mean(axis=1) for h in hits], k) for k in ks)


def retrieval_ranked_list(
    embeddings: Sequence[ArrayLike], labels: Sequence[ArrayLike], *, ks: Sequence[int] = KS
) -> tuple[Retrieval, ...]:
    """AP@K of the ranked list: right frames count more the earlier they are ranked.

    For each frame, take the K nearest frames of all other videos and average the precision over the
    ranks of right frames; 0 if none of the K is right. Averaged over all frames of all videos.

    Source: Xue and Grauman, "Learning Fine-grained View-Invariant Representations from Unpaired
    Ego-Exo Videos via Temporal Alignment" (AE2), NeurIPS 2023, and its released code.

    Args:
        embeddings: one (frames, dims) per video, at least two.
        labels: one (frames,) per video.
        ks: see `retrieval_other_videos`.

    Raises:
        EvaluationError: see `retrieval_other_videos`.
    """
    videos, phases = _checked(embeddings, labels, ks, at_least=2)
    hits = _hits_in_other_videos(videos, phases, max(ks))
    results = []
    for k in ks:
        per_frame = []
        for all_hits in hits:
            right = all_hits[:, :k]
            precision = right.cumsum(axis=1) / np.arange(1, right.shape[1] + 1)
            per_frame.append((precision * right).sum(axis=1) / np.maximum(right.sum(axis=1), 1))
        frames = np.array([len(video) for video in per_frame], dtype=np.int64)
        means = np.array([video.mean() for video in per_frame])
        results.append(Retrieval(k, float(np.concatenate(per_frame).mean()), means, frames))
    return tuple(results)


def _mean_over_videos(per_frame: Sequence[NDArray[np.float64]], k: int) -> Retrieval:
    means = np.array([video.mean() for video in per_frame])
    frames = np.array([len(video) for video in per_frame], dtype=np.int64)
    return Retrieval(k=k, ap=float(means.mean()), per_video=means, frames=frames)


def _hits_in_other_videos(
    videos: Sequence[NDArray[np.float64]], phases: Sequence[NDArray[np.int64]], k: int
) -> list[NDArray[np.bool_]]:
    """(frames, K) per video: whether the r-th nearest frame of the others is in the same phase."""
    hits = []
    for index, (video, own) in enumerate(zip(videos, phases, strict=True)):
        others = np.concatenate([other for j, other in enumerate(videos) if j != index])
        theirs = np.concatenate([other for j, other in enumerate(phases) if j != index])
        nearest = _nearest(video, others, k)
        hits.append(theirs[nearest] == own[:, None])
    return hits


def _nearest(frames: NDArray[np.float64], others: NDArray[np.float64], k: int) -> NDArray[np.int64]:
    """(frames, K) others by distance; of equally near ones, the earlier comes first."""
    source = distances_between("squared_euclidean", frames, others)
    n, m = source.shape
    # A strip at a time: all distances of long videos would not fit into memory.
    return np.concatenate(
        [
            np.argsort(source.rows(rows, m), axis=1, kind="stable")[:, :k].copy()
            for rows in strips(0, n)
        ]
    )


def _checked(
    embeddings: Sequence[ArrayLike],
    labels: Sequence[ArrayLike],
    ks: Sequence[int],
    *,
    at_least: int,
) -> tuple[list[NDArray[np.float64]], list[NDArray[np.int64]]]:
    if len(embeddings) < at_least or len(embeddings) != len(labels):
        raise EvaluationError(
            f"There are embeddings of {len(embeddings)} videos and labels of {len(labels)}; "
            f"this retrieval needs both of at least {at_least}."
        )
    if not ks or min(ks) < 1:
        raise EvaluationError(f"AP@K needs K of at least 1, not {list(ks)}.")
    videos = [np.asarray(video, dtype=np.float64) for video in embeddings]
    phases = [np.asarray(video, dtype=np.int64) for video in labels]
    for video, numbers in zip(videos, phases, strict=True):
        if video.ndim != 2 or video.size == 0 or numbers.shape != video.shape[:1]:
            raise EvaluationError(
                f"Embeddings of shape {video.shape} and labels of shape {numbers.shape} do not "
                "fit: they must be (frames, dims) and (frames,)."
            )
    return videos, phases
