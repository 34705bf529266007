"""Embed the original videos, and variants of them that hide the time.

A method that scores well on a frozen video has learned the clock, not the action. Therefore, each
test video is also embedded with its start trimmed, frozen to one frame, and with its frames
shuffled. The base network sees each distinct frame once for all of these and all models.
"""

import itertools
import math
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from rich.console import Console
from torch import Tensor

from inphase.cache import cache_folder
from inphase.data import Video
from inphase.errors import EvaluationError, ModelError, Skipped, VideoError
from inphase.evaluation.videos import ScoredVideo, labelled
from inphase.models import Encoder, FrameEmbedder
from inphase.models.encoder import background
from inphase.models.frame_embedder import background_frames
from inphase.progress import progress_bar
from inphase.video import VideoReader, probe

TRIMMED, FROZEN, SHUFFLED = "trimmed start", "frozen video", "shuffled frames"
# At most this fraction of a video is cut off at its start.
_TRIM = 1 / 3


@dataclass(frozen=True)
class ModelEmbeddings:
    """One model's embeddings of the videos.

    Attributes:
        train: the original training videos.
        test: the original test videos.
        variants: of the test videos: trimmed start, frozen video, shuffled frames.
    """

    train: tuple[ScoredVideo, ...]
    test: tuple[ScoredVideo, ...]
    variants: Mapping[str, tuple[ScoredVideo, ...]]


@dataclass(frozen=True)
class EmbeddedSet:
    """The videos embedded by each model, and by the base network alone.

    Attributes:
        models: one per model.
        untrained: the base network's features, averaged over each map.
        skipped: videos that could not be read.
    """

    models: tuple[ModelEmbeddings, ...]
    untrained: ModelEmbeddings
    skipped: tuple[Skipped, ...]


def embed_set(
    encoders: Sequence[Encoder],
    train: Sequence[Video],
    test: Sequence[Video],
    *,
    events: Mapping[str, tuple[str, ...]],
    shortcuts: bool = True,
    seed: int = 0,
    console: Console | None = None,
) -> EmbeddedSet:
    """Embed all videos with all models.

    Args:
        encoders: models to score; those with the same base network share its passes.
        train: training videos.
        test: test videos.
        events: names of the key events, by action.
        shortcuts: also embed the variants.
        seed: for trimming and shuffling.
        console: where a progress bar goes; by default nowhere.

    Raises:
        VideoError: none of the test videos can be read.
        CollectionError: an event lies outside its video.
        EvaluationError: the disk has no room for the features of one video.
    """
    sharing: dict[str, list[int]] = {}
    for index, encoder in enumerate(encoders):
        sharing.setdefault(encoder.base_fingerprint, []).append(index)
    first = _before_training(encoders[0])
    if first is not None and first.base_fingerprint not in sharing:
        sharing[first.base_fingerprint] = []
    untrained_base = first.base_fingerprint if first is not None else None

    videos = [*train, *test]
    lengths, skipped = _lengths(videos)
    splits: list[_Split] = [_Split() for _ in encoders]
    untrained = _Split()
    with progress_bar("Embedding", sum(lengths.values()) * len(sharing), console=console) as bar:
        for base, members in sharing.items():
            chosen = [encoders[index] for index in members]
            network = FrameEmbedder(
                chosen[0] if chosen else first,  # type: ignore[arg-type]
                cache=cache_folder(),
            )
            embedders = [FrameEmbedder(encoder) for encoder in chosen]
            for number, video in enumerate(videos):
                if video.name not in lengths:
                    continue
                names, is_test = events[video.action or ""], number >= len(train)
                try:
                    with _kept_maps(network, video.path) as kept:
                        if base == untrained_base:
                            means = kept.maps.mean(axis=(2, 3), dtype=np.float32)
                            plain = labelled(video, names, times=kept.times, embeddings=means)
                            untrained.add(plain, is_test)
                        for index, embedder in zip(members, embedders, strict=True):
                            plain = _embedded(video, names, embedder, kept)
                            splits[index].add(plain, is_test)
                            if is_test and shortcuts:
                                draw = np.random.default_rng([seed, number])
                                splits[index].add_variants(plain, embedder, kept, draw)
                except VideoError as error:
                    skipped.append(Skipped(video.name, str(error)))
                    del lengths[video.name]
                    continue
                bar.advance(lengths[video.name])
    if not splits[0].test:
        raise VideoError(f"None of the test videos can be read; the first: {skipped[0].reason}")
    return EmbeddedSet(
        models=tuple(split.done() for split in splits),
        untrained=untrained.done(),
        skipped=tuple(skipped),
    )


class _Split:
    """Collects one model's embeddings of the videos."""

    def __init__(self) -> None:
        self.train: list[ScoredVideo] = []
        self.test: list[ScoredVideo] = []
        self._variants: dict[str, list[ScoredVideo]] = {}

    def add(self, video: ScoredVideo, is_test: bool) -> None:
        (self.test if is_test else self.train).append(video)

    def add_variants(
        self,
        plain: ScoredVideo,
        embedder: FrameEmbedder,
        kept: "_Kept",
        draw: np.random.Generator,
    ) -> None:
        frames = len(plain.times)
        start = int(draw.integers(0, int(frames * _TRIM) + 1))
        order = draw.permutation(frames)
        phases = plain.phases
        nowhere = np.full_like(plain.events, np.nan)
        for name, chosen, events, labels in (
            (
                TRIMMED,
                np.arange(start, frames),
                plain.events - start,
                None if phases is None else phases[start:],
            ),
            (FROZEN, np.full(frames, frames // 2), plain.events, phases),
            (SHUFFLED, order, nowhere, None if phases is None else phases[order]),
        ):
            times = plain.times[start:] if name == TRIMMED else plain.times
            embeddings = _embed(embedder, times, kept, chosen.tolist())
            video = replace(plain, times=times, embeddings=embeddings, events=events, phases=labels)
            self._variants.setdefault(name, []).append(video)

    def done(self) -> ModelEmbeddings:
        return ModelEmbeddings(
            train=tuple(self.train),
            test=tuple(self.test),
            variants={name: tuple(videos) for name, videos in self._variants.items()},
        )


@dataclass(frozen=True)
class _Kept:
    """Feature maps of a video's frames on disk, (frames, C, h, w), and their times."""

    times: NDArray[np.float64]
    maps: NDArray[np.float32]


@contextmanager
def _kept_maps(network: FrameEmbedder, path: Path) -> Iterator[_Kept]:
    """The feature maps of all frames of a video, in a file, as the video may be minutes long."""
    size = network.encoder.config.image_size
    reader = VideoReader(path, size=(size, size))
    maps = network.video_maps(path)
    head = next(maps)
    shape = (len(reader), *head.shape)
    with tempfile.TemporaryFile() as file:
        try:
            for one in itertools.chain([head], maps):
                file.write(one.float().cpu().contiguous().numpy().tobytes())
            file.flush()
        except OSError as error:
            raise EvaluationError(
                f"The features of {path} ({math.prod(shape) * 4 / 1e9:.1f} GB) do not fit into "
                f"{tempfile.gettempdir()}: {error.strerror}; set TMPDIR to a folder with more "
                "space."
            ) from error
        yield _Kept(reader.times, np.memmap(file, dtype=np.float32, mode="r", shape=shape))


def _embedded(
    video: Video, events: Sequence[str], embedder: FrameEmbedder, kept: _Kept
) -> ScoredVideo:
    embeddings = _embed(embedder, kept.times, kept, range(len(kept.times)))
    return labelled(video, events, times=kept.times, embeddings=embeddings)


def _embed(
    embedder: FrameEmbedder, times: NDArray[np.float64], kept: _Kept, frames: Sequence[int]
) -> NDArray[np.float32]:
    device = embedder.encoder.device
    still = None
    if embedder.encoder.config.subtract_background:
        shown = [frames[index] for index in background_frames(len(frames))]
        still = background(torch.stack([*_rows(kept.maps, shown, device)]))
    maps = _rows(kept.maps, frames, device)
    return embedder.embed_maps(times, maps, still)


def _rows(
    maps: NDArray[np.float32], frames: Sequence[int], device: torch.device
) -> Iterator[Tensor]:
    for frame in frames:
        yield torch.from_numpy(np.array(maps[frame])).to(device)


def _lengths(videos: Sequence[Video]) -> tuple[dict[str, int], list[Skipped]]:
    lengths: dict[str, int] = {}
    skipped = []
    for video in videos:
        try:
            lengths[video.name] = probe(video.path).frames
        except VideoError as error:
            skipped.append(Skipped(video.name, str(error)))
    return lengths, skipped


def _before_training(encoder: Encoder) -> Encoder | None:
    """The encoder with the base network that training started from, if it is available."""
    if encoder.config.train_base == "frozen":
        return encoder
    try:
        return Encoder(encoder.config).to(encoder.device).eval()
    except ModelError:
        return None
