"""Find where in the sources the sound of each block of a target comes from."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from inphase.alignment import AlignmentOptions, align
from inphase.alignment.mapping import nearest_in
from inphase.alignment.sources import distances_between
from inphase.errors import AlignmentError
from inphase.models import EmbeddedVideo

# Below this fraction of the source's own pace, a target is waiting.
_WAITS = 0.25


def nearest_blocks(
    target: EmbeddedVideo,
    source: EmbeddedVideo,
    edges: NDArray[np.float64],
    block: int,
    options: AlignmentOptions,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(blocks,) seconds in the source of the nearest average, and the distances to it."""
    unfit = sorted(options.changed().keys() - {"distance"})
    if unfit:
        raise AlignmentError(f"The paper's method does not align videos: leave out {unfit[0]}.")
    wanted = [
        target.embeddings[start : start + block].mean(axis=0, dtype=np.float64)
        for start in range(0, len(target.times), block)
    ]
    # The number of source frames that last as long as the block.
    step = source.frame_time
    lengths = np.diff(edges)
    frames = np.clip(np.rint(lengths / step), 1, len(source.times)).astype(np.int64)
    sums = np.cumsum(np.pad(source.embeddings.astype(np.float64), ((1, 0), (0, 0))), axis=0)
    starts, distances = np.zeros(len(wanted)), np.zeros(len(wanted))
    for count in np.unique(frames):
        those = np.flatnonzero(frames == count)
        averages = (sums[count:] - sums[:-count]) / count
        far = distances_between(options.distance, [wanted[index] for index in those], averages)
        nearest = nearest_in(far)
        starts[those] = source.times[nearest]
        distances[those] = far.at(np.arange(len(those)), nearest)
    return starts, distances


def aligned_blocks(
    target: EmbeddedVideo,
    source: EmbeddedVideo,
    edges: NDArray[np.float64],
    block: int,
    options: AlignmentOptions,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(blocks,) seconds in the source, in order, and the distances along the alignment."""
    alignment = align(target.embeddings, source.embeddings, options)
    matched = alignment.query_frames
    between = distances_between(options.distance, target.embeddings, source.embeddings)
    far = between.at(np.arange(len(matched)), np.maximum(matched, 0))
    step = target.frame_time
    starts, distances = np.zeros(len(edges) - 1), np.full(len(edges) - 1, np.inf)
    for index in range(len(starts)):
        frames = np.arange(index * block, min((index + 1) * block, len(matched)))
        frames = frames[matched[frames] >= 0]
        if not len(frames):
            continue
        # The middle of the block plays the sound of its match, at the source's own pace.
        aside = target.times[frames].mean() + step / 2 - edges[index]
        middle = source.times[matched[frames]].mean() + source.frame_time / 2
        starts[index] = middle - aside
        distances[index] = far[frames].mean()
    return starts, distances


def best_sources(costs: NDArray[np.float64], change: float) -> NDArray[np.int64]:
    """The source of each block, with the lowest total cost.

    Every source is another glass in another room, so each change of source is audible.

    Args:
        costs: (sources, blocks), infinite where a source has nothing.
        change: the cost of a change of source, in typical block costs.
    """
    finite = costs[np.isfinite(costs)]
    change *= float(np.median(finite)) if len(finite) else 0.0
    # A block that no source has is silent anyway; a source without the block is expensive.
    dear = (float(finite.max()) if len(finite) else 0.0) * costs.shape[1] + 1.0
    paid = np.where(np.isfinite(costs), costs, dear)
    total, before = paid[:, 0], np.zeros(costs.shape, dtype=np.int64)
    for index in range(1, costs.shape[1]):
        best = int(total.argmin())
        changes = total[best] + change < total
        before[:, index] = np.where(changes, best, np.arange(len(costs)))
        total = np.where(changes, total[best] + change, total) + paid[:, index]
    chosen = np.empty(costs.shape[1], dtype=np.int64)
    who = int(total.argmin())
    for index in range(costs.shape[1] - 1, -1, -1):
        chosen[index] = who
        who = before[who, index]
    return chosen


def played_on(
    wanted: NDArray[np.float64],
    edges: NDArray[np.float64],
    *,
    chosen: NDArray[np.int64],
    durations: Sequence[float],
    drift: float,
) -> NDArray[np.float64]:
    """(blocks,) seconds in the source at which each block plays, without repeating a block.

    While the target waits, its match hardly advances and the same block would sound again and
    again. Instead, the source plays on at its own pace until it is `drift` ahead of the match, then
    goes back to `drift` behind it, and so on.

    Args:
        wanted: (blocks,) seconds in the source that match.
        edges: (blocks + 1,) seconds in the target.
        chosen: (blocks,) index of the source; −1 where nothing plays.
        durations: of the sources' sounds, in seconds.
        drift: in seconds.
    """
    played = np.zeros(len(wanted))
    lengths = np.diff(edges)
    before = np.nan
    for index, who in enumerate(chosen):
        if who < 0:
            continue
        # Not before the start or after the end of the sound, if it is long enough.
        last = max(durations[who] - lengths[index], 0.0)
        goal = played[index] = min(max(wanted[index], 0.0), last)
        if index and who == chosen[index - 1] and goal - before < _WAITS * lengths[index - 1]:
            latest = min(goal + drift, last)
            on = played[index - 1] + lengths[index - 1]
            played[index] = on if on <= latest else max(latest - 2 * drift, 0.0)
        before = goal
    return played
