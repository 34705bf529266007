"""Where in the sources the sound of each block of a target comes from."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from inphase.alignment import AlignmentOptions, align
from inphase.alignment.distances import distance_named
from inphase.errors import AlignmentError
from inphase.models import EmbeddedVideo

# Below this share of the source's own pace a target is said to wait.
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
        raise AlignmentError(f"Nothing is aligned in the supplement's way: leave out {unfit[0]}.")
    distance = distance_named(options.distance)
    wanted = [
        target.embeddings[start : start + block].mean(axis=0, dtype=np.float64)
        for start in range(0, len(target.times), block)
    ]
    # As many frames of the source as take the time of the block.
    step = source.frame_time
    lengths = np.diff(edges)
    frames = np.clip(np.rint(lengths / step), 1, len(source.times)).astype(np.int64)
    sums = np.cumsum(np.pad(source.embeddings.astype(np.float64), ((1, 0), (0, 0))), axis=0)
    starts, distances = np.zeros(len(wanted)), np.zeros(len(wanted))
    for count in np.unique(frames):
        those = np.flatnonzero(frames == count)
        averages = (sums[count:] - sums[:-count]) / count
        far = distance([wanted[index] for index in those], averages)
        nearest = far.argmin(axis=1)
        starts[those] = source.times[nearest]
        distances[those] = far[np.arange(len(those)), nearest]
    return starts, distances


def aligned_blocks(
    target: EmbeddedVideo,
    source: EmbeddedVideo,
    edges: NDArray[np.float64],
    block: int,
    options: AlignmentOptions,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(blocks,) seconds in the source that keep the order, and the distances along the way."""
    alignment = align(target.embeddings, source.embeddings, options)
    matched = alignment.query_frames
    distance = distance_named(options.distance)
    far = distance(target.embeddings, source.embeddings)[np.arange(len(matched)), matched]
    step = target.frame_time
    starts, distances = np.zeros(len(edges) - 1), np.full(len(edges) - 1, np.inf)
    for index in range(len(starts)):
        frames = np.arange(index * block, min((index + 1) * block, len(matched)))
        frames = frames[matched[frames] >= 0]
        if not len(frames):
            continue
        # The middle of the block plays what belongs to its middle, at the source's own pace.
        aside = target.times[frames].mean() + step / 2 - edges[index]
        middle = source.times[matched[frames]].mean() + source.frame_time / 2
        starts[index] = middle - aside
        distances[index] = far[frames].mean()
    return starts, distances


def best_sources(costs: NDArray[np.float64], change: float) -> NDArray[np.int64]:
    """The source of each block with the least cost in all.

    Every source is another glass in another room: what is heard at a change is the change.

    Args:
        costs: (sources, blocks), infinite where a source has nothing.
        change: what a change costs, in typical blocks.
    """
    finite = costs[np.isfinite(costs)]
    change *= float(np.median(finite)) if len(finite) else 0.0
    # What nobody has is silent whoever is chosen; what one has not is dear.
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
    """(blocks,) seconds in its source at which each block plays: as it should, but never frozen.

    Where the target waits, so that its match hardly moves on, one block would sound again and
    again. There the source plays on at its own pace until it is ``drift`` ahead of the match, goes
    back to as far behind it, and so on.

    Args:
        wanted: (blocks,) seconds in the source that match.
        edges: (blocks + 1,) seconds in the target.
        chosen: (blocks,) which source; −1 where nothing plays.
        durations: of the sources' sounds, in seconds.
        drift: in seconds.
    """
    played = np.zeros(len(wanted))
    lengths = np.diff(edges)
    before = np.nan
    for index, who in enumerate(chosen):
        if who < 0:
            continue
        # Not before the sound begins or after it ends, where it is long enough.
        last = max(durations[who] - lengths[index], 0.0)
        goal = played[index] = min(max(wanted[index], 0.0), last)
        if index and who == chosen[index - 1] and goal - before < _WAITS * lengths[index - 1]:
            latest = min(goal + drift, last)
            on = played[index - 1] + lengths[index - 1]
            played[index] = on if on <= latest else max(latest - 2 * drift, 0.0)
        before = goal
    return played
