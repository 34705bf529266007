"""Check every video of a collection for problems."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console

from inphase.applications.collection_check.result import CheckedVideo, CollectionCheck, Finding
from inphase.data import Collection, Video
from inphase.errors import VideoError
from inphase.models import Encoder, EncoderConfig, FrameEmbedder
from inphase.progress import progress_bar
from inphase.video import VideoInfo, VideoReader, probe, reading_apart

# Number of frames looked at in each video, evenly spaced.
_LOOKED_AT = 8
_SIDE = 32
# Two videos whose small grey frames correlate this much are the same recording. Repetitions by one
# person in front of a still camera reach 0.999 in the picture and 0.984 in the movement.
_SAME_PICTURE, _SAME_MOVEMENT = 0.99, 0.99
# Silhouette score of two clusters of looks: five sets of one action each reach 0.19 to 0.47,
# mixtures of two of these sets 0.41 to 0.90.
_TWO_KINDS, _FEW = 0.55, 3
# Lengths and rates are unusual if they are this many times the median.
_ODD_LENGTH, _ODD_RATE = 4.0, 1.6
_NEIGHBOURS = 5
_SHORTEST = 8  # frames


def check_collection(
    videos: Collection | str | Path | Sequence[str | Path], *, console: Console | None = None
) -> CollectionCheck:
    """Check every video: can it be read, and does it fit its labels and the other videos?

    Finds files that cannot be read, labels that do not fit the file, groups in two splits, missing
    key events, unusual lengths and frame rates, near-duplicate videos, and videos that look like
    another action. The last two checks look at a few frames of each video.

    Args:
        videos: a collection, or what [`Collection.open`][inphase.data.Collection.open] takes.
        console: where a progress bar goes; by default nowhere.

    Raises:
        CollectionError: the videos cannot be found.
    """
    collection = videos if isinstance(videos, Collection) else Collection.open(videos)
    embedder = FrameEmbedder(Encoder(EncoderConfig()).eval())
    readable: list[tuple[Video, VideoInfo]] = []
    thumbnails: list[NDArray[np.float64]] = []
    looks: list[NDArray[np.float64]] = []
    findings = [
        *(Finding("unknown", True, (one.name,), one.reason) for one in collection.unknown),
        *(Finding("duplicate", False, (one.name,), one.reason) for one in collection.links),
    ]
    with reading_apart(), progress_bar("Checking", len(collection), console=console) as bar:
        for video in collection:
            try:
                info = probe(video.path)
                frames = _some_frames(video.path, info, embedder.encoder.config.image_size)
                # A file can announce frames that cannot be decoded.
                looks.append(_look(embedder, frames))
                thumbnails.append(_thumbnails(frames))
                readable.append((video, info))
            except VideoError as error:
                findings.append(Finding("broken", True, (video.name,), str(error)))
            bar.advance(1)
    findings += _labels_that_do_not_fit(readable)
    findings += _shared_between_splits(collection)
    findings += _missing_events(collection)
    findings += _odd_lengths_and_rates(readable)
    findings += _duplicates([video for video, _ in readable], thumbnails)
    findings += _looks_of_actions([video for video, _ in readable], looks)
    return CollectionCheck(
        source=collection.source,
        videos=tuple(_checked(video, info, collection.events) for video, info in readable),
        findings=tuple(sorted(findings, key=lambda finding: not finding.serious)),
    )


def _checked(video: Video, info: VideoInfo, events: Sequence[str]) -> CheckedVideo:
    return CheckedVideo(
        name=video.name,
        frames=info.frames,
        fps=info.fps,
        duration=info.duration,
        width=info.width,
        height=info.height,
        split=video.split,
        action=video.action,
        missing=tuple(event for event in events if event not in video.events),
    )


def _some_frames(path: Path, info: VideoInfo, size: int) -> list[NDArray[np.uint8]]:
    reader = VideoReader(path, size=(size, size))
    chosen = np.linspace(0, info.frames - 1, _LOOKED_AT + 2).round().astype(int)[1:-1]
    return list(reader.frames(chosen))


def _look(embedder: FrameEmbedder, frames: Iterable[NDArray[np.uint8]]) -> NDArray[np.float64]:
    """(channels,) features of the pretrained base network, averaged over a video, of norm 1."""
    means = [maps.mean(dim=(1, 2)).cpu().numpy() for maps in embedder.maps(frames)]
    look = np.concatenate([np.mean(means, axis=0), np.std(means, axis=0)]).astype(np.float64)
    return look / max(float(np.linalg.norm(look)), 1e-9)


def _thumbnails(frames: Sequence[NDArray[np.uint8]]) -> NDArray[np.float64]:
    """(frames looked at, pixels) in grey."""
    small = []
    for frame in frames:
        grey = frame.mean(axis=2)
        side = len(grey) // _SIDE
        cut = grey[: side * _SIDE, : side * _SIDE]
        small.append(cut.reshape(_SIDE, side, _SIDE, side).mean(axis=(1, 3)).ravel())
    return np.stack(small)


def _labels_that_do_not_fit(videos: Sequence[tuple[Video, VideoInfo]]) -> Iterator[Finding]:
    for video, info in videos:
        if video.frames is not None and video.frames != info.frames:
            told = f"its labels say {video.frames} frames, but the file has {info.frames}."
            yield Finding("labels", True, (video.name,), f"{video.name}: {told}")
        if video.fps is not None and abs(video.fps - info.fps) > 0.02 * info.fps:
            told = f"its labels say {video.fps:g} frames/s, but the file has {info.fps:.2f}."
            yield Finding("labels", False, (video.name,), f"{video.name}: {told}")
        for event, frame in video.events.items():
            if frame > info.frames:
                told = f"event `{event}` at frame {frame} lies outside its {info.frames} frames."
                yield Finding("labels", True, (video.name,), f"{video.name}: {told}")


def _shared_between_splits(collection: Collection) -> Iterator[Finding]:
    splits: dict[str, dict[str, str]] = {}
    for video in collection:
        if video.group is not None and video.split is not None:
            splits.setdefault(video.group, {}).setdefault(video.split, video.name)
    for group, found in splits.items():
        if len(found) > 1:
            told = ", ".join(f"{name} in {split}" for split, name in found.items())
            names = tuple(found.values())
            yield Finding("split", True, names, f"group {group} is in several splits: {told}.")


def _missing_events(collection: Collection) -> Iterator[Finding]:
    # An action's events are those of any of its videos.
    for action in dict.fromkeys(video.action for video in collection):
        videos = [video for video in collection if video.action == action]
        for event in collection.events:
            without = [video.name for video in videos if event not in video.events]
            if 0 < len(without) < len(videos):
                told = f"event `{event}` is missing in {_some(without)}."
                yield Finding("event", False, tuple(without), told)


def _odd_lengths_and_rates(videos: Sequence[tuple[Video, VideoInfo]]) -> Iterator[Finding]:
    for video, info in videos:
        if info.frames < _SHORTEST:
            told = f"{video.name} has only {info.frames} frames: too few to show an action."
            yield Finding("length", False, (video.name,), told)
    if len(videos) < 3:
        return
    for kind, factor, unit, values in (
        ("length", _ODD_LENGTH, "s", [info.duration for _, info in videos]),
        ("rate", _ODD_RATE, "frames/s", [info.fps for _, info in videos]),
    ):
        median = float(np.median(values))
        for (video, info), value in zip(videos, values, strict=True):
            if info.frames >= _SHORTEST and not median / factor <= value <= median * factor:
                told = f"{video.name}: {value:.2f} {unit}, while most have about {median:.2f}."
                yield Finding(kind, False, (video.name,), told)


def _duplicates(
    videos: Sequence[Video], thumbnails: Sequence[NDArray[np.float64]]
) -> Iterator[Finding]:
    if len(videos) < 2:
        return
    stacked = np.stack(thumbnails)
    still = stacked.mean(axis=1, keepdims=True)
    picture, movement = _unit(stacked), _unit(stacked - still)
    moves = np.linalg.norm((stacked - still).reshape(len(videos), -1), axis=1) > 1.0
    same_picture, same_movement = picture @ picture.T, movement @ movement.T
    alike = (same_picture > _SAME_PICTURE) & (same_movement > _SAME_MOVEMENT)
    # If nothing moves, only the picture tells two recordings apart.
    frozen = ~moves[:, None] & ~moves[None, :] & (same_picture > 0.999)
    for i, j in np.argwhere(np.triu(alike | frozen, k=1)):
        a, b = videos[i], videos[j]
        apart = a.split is not None and b.split is not None and a.split != b.split
        told = f"{a.name} and {b.name} look like the same recording"
        told += f", in {a.split} and {b.split}." if apart else "."
        yield Finding("duplicate", apart, (a.name, b.name), told)


def _unit(frames: NDArray[np.float64]) -> NDArray[np.float64]:
    """(videos, values) of mean 0 and norm 1, so that a product is a correlation."""
    flat = frames.reshape(len(frames), -1)
    flat = flat - flat.mean(axis=1, keepdims=True)
    unit: NDArray[np.float64] = flat / np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-9)
    return unit


def _looks_of_actions(
    videos: Sequence[Video], looks: Sequence[NDArray[np.float64]]
) -> Iterator[Finding]:
    actions = [video.action for video in videos]
    if len(set(actions)) > 1:
        yield from _strangers_among_actions(videos, np.stack(looks))
    elif len(videos) >= 2 * _NEIGHBOURS:
        yield from _two_kinds(videos, np.stack(looks))


def _strangers_among_actions(
    videos: Sequence[Video], looks: NDArray[np.float64]
) -> Iterator[Finding]:
    similar = looks @ looks.T
    np.fill_diagonal(similar, -np.inf)
    for index, video in enumerate(videos):
        nearest = np.argsort(-similar[index], kind="stable")[:_NEIGHBOURS]
        theirs = [videos[other].action for other in nearest]
        most = max(set(theirs), key=theirs.count)
        if video.action not in theirs and theirs.count(most) >= _NEIGHBOURS - 1:
            told = f"{video.name} is labelled {video.action} but looks like {most}."
            yield Finding("action", False, (video.name,), told)


def _two_kinds(videos: Sequence[Video], looks: NDArray[np.float64]) -> Iterator[Finding]:
    from sklearn.cluster import AgglomerativeClustering
    from sklearn.metrics import silhouette_score

    kinds = AgglomerativeClustering(n_clusters=2, linkage="average").fit_predict(looks)
    score = float(silhouette_score(looks, kinds))
    groups = [[v.name for v, kind in zip(videos, kinds, strict=True) if kind == k] for k in (0, 1)]
    groups.sort(key=len)
    if score > _TWO_KINDS and len(groups[0]) >= _FEW:
        told = (
            f"the videos look like two actions: {_some(groups[0])}, and the other "
            f"{len(groups[1])}. "
            "Train on one action at a time."
        )
        yield Finding("action", False, tuple(groups[0]), told)


def _some(names: Sequence[str]) -> str:
    shown = ", ".join(names[:5])
    return shown if len(names) <= 5 else f"{shown} and {len(names) - 5} more"
