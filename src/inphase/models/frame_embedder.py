"""Embedding a video with a fitted encoder: the base network sees each distinct frame once."""

import copy
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from inphase.data import context_indices, frames_worth_seeing, resample
from inphase.errors import ConfigError, ModelError, VideoError
from inphase.models.embeddings import EmbeddedVideo
from inphase.models.encoder import Encoder, FrameMaps, background
from inphase.models.engine import FrozenNetwork
from inphase.models.kept_maps import kept_maps
from inphase.models.pose.features import body, features
from inphase.models.pose.people import people
from inphase.models.pose.subject import Place
from inphase.models.pose.tracks import PoseTracks
from inphase.models.smoothing import frames_to_smooth, smooth_over_time
from inphase.video import VideoReader, ahead, read_image

# A mobile network on a CPU is fastest when a batch stays in the cache: on one thread 8.8 ms per
# frame at 2, 9.5 at 4, 10.6 at 8 in float32 (benchmarks/speed.py). A GPU needs many at once.
_CPU_BATCH, _GPU_BATCH = 2, 64
# The embedder's dense convolutions prefer larger batches: 2.5 ms per frame at 4, 1.4 at 32 (one
# thread, configs/quick.yaml); larger ones gain nothing.
_EMBEDDER_BATCH = 32
# Frames from which a video's background is computed: their maps are kept for embedding.
_BACKGROUND_FRAMES = 256

T = TypeVar("T")


class FrameEmbedder:
    """An encoder prepared to embed many videos: batch normalization folded, batches sized.

    It copies the encoder's weights: after further training, make a new one.

    Args:
        encoder: on the device to use.
        cache: folder with maps kept by training, which are not computed again, and with landmarks.
        subjects: by video, whom to follow, if the encoder looks at poses.
        mirrored: embed videos as seen in a mirror.
        fps: embed only so many frames of a video per second, which also serve as each other's
            context; by default all.
    """

    def __init__(
        self,
        encoder: Encoder,
        *,
        cache: Path | None = None,
        subjects: Mapping[Path, Place] | None = None,
        mirrored: bool = False,
        fps: float | None = None,
    ) -> None:
        if subjects and not encoder.base.sees_poses:
            raise ConfigError("This model looks at the whole picture: leave out the subjects.")
        self.encoder = encoder
        self._mirrored = mirrored
        self._fps = fps
        # What training kept is not mirrored.
        self._features = cache / "features" if cache is not None and not mirrored else None
        self._poses = (
            PoseTracks(cache / "landmarks" if cache is not None else None, subjects=subjects or {})
            if encoder.base.sees_poses
            else None
        )
        self.batch = _CPU_BATCH if encoder.device.type == "cpu" else _GPU_BATCH
        self._network = FrozenNetwork(FrameMaps(encoder), for_torch=FrameMaps.folded)
        self._embedder = copy.deepcopy(encoder.embedder).eval()

    @property
    def precision(self) -> str:
        """In what the base network runs, such as `float32`; empty before the first frame."""
        return self._network.precision

    def maps(self, frames: Iterable[NDArray[np.uint8]]) -> Iterator[Tensor]:
        """Frames `(S, S, 3)` uint8 to pooled maps `(C, h, w)`, in order, with little memory.

        These are the base network's features, once for each frame, rounded to float16: what the
        feature cache keeps, so that training and embedding see the same.
        """
        for batch in _batches(frames, self.batch):
            yield from self._network(torch.from_numpy(np.stack(batch))).half().float()

    def embed(
        self, path: str | Path, *, name: str = "", advance: Callable[[int], object] | None = None
    ) -> EmbeddedVideo:
        """Embed every frame of a video, or `fps` per second.

        Of a video with many more than 30 frames per second, the network sees 30; the embeddings of
        the frames between them are interpolated.

        Args:
            path: the video.
            name: for the result; by default the file's stem.
            advance: called with the number of frames just embedded, for a progress bar.

        Raises:
            VideoError: the file cannot be read, or has no frames.
        """
        path = Path(path)
        size = self.encoder.config.image_size
        reader = VideoReader(path, size=(size, size))
        seen = _Seen(reader, self._kept(path, advance), mirrored=self._mirrored, fps=self._fps)
        known, still = self._background(seen)
        maps = self._all_maps(seen, known)
        # Poses take their time earlier, and have moved the bar to its end by now.
        bar = advance if self._poses is None else None
        embeddings = self.embed_maps(seen.times, maps, still, advance=bar)
        if self._fps is not None:
            return EmbeddedVideo(name or path.stem, path, seen.times, embeddings)
        if len(seen) < len(reader):
            embeddings = _interpolated(embeddings, seen.positions(np.arange(len(reader))))
        return EmbeddedVideo(name or path.stem, path, reader.times, embeddings)

    def embed_frames(self, path: str | Path, indices: Sequence[int]) -> NDArray[np.float32]:
        """Embed some frames of a video, decoding only them and the frames they depend on.

        Args:
            path: the video.
            indices: frame numbers, in any order.

        Returns:
            (indices, dims).

        Raises:
            VideoError: the file cannot be read, or has no such frame.
        """
        size, config = self.encoder.config.image_size, self.encoder.config
        reader = VideoReader(path, size=(size, size))
        for index in indices:
            if not 0 <= index < len(reader):
                raise VideoError(f"{path} has {len(reader)} frames; there is no frame {index}.")
        if self.encoder.sees_whole_clips:
            return self.embed(path).embeddings[np.asarray(indices, dtype=np.int64)]
        seen = _Seen(reader, self._kept(Path(path)), mirrored=self._mirrored)
        positions = seen.positions(np.asarray(indices, dtype=np.int64))
        wanted = np.unique(np.concatenate([np.floor(positions), np.ceil(positions)]).astype(int))
        around = frames_to_smooth(seen.times, wanted, config.smoothing)
        context = self._context(seen.times, around)
        distinct, places = np.unique(context, return_inverse=True)
        _, still = self._background(seen)
        maps = torch.stack(list(self._some_maps(seen, distinct.tolist())))
        maps = maps if still is None else maps - still
        frames = self._embed_stacked(self._responses(maps)[places.reshape(context.shape)])
        embeddings = self._over_time(frames)
        smoothed = smooth_over_time(embeddings, seen.times[around], config.smoothing)
        return _interpolated(smoothed, np.interp(positions, around, np.arange(len(around))))

    def embed_picture(self, path: str | Path) -> NDArray[np.float32]:
        """Embed a picture file like a video's first frame, which serves as its own context.

        Returns:
            (dims,).

        Raises:
            VideoError: the picture cannot be decoded.
            ModelError: the encoder looks only at what moves in a video, or at poses and nobody is
                seen.
        """
        if self.encoder.sees_whole_clips:
            raise ModelError(
                "This model looks at all frames of a video together (a transformer), so it cannot "
                f"embed the picture {path}; give a moment of a video."
            )
        if self.encoder.config.subtract_background:
            raise ModelError(
                "This model looks only at what moves in a video (subtract_background), so it "
                f"cannot embed the picture {path}; give a moment of a video."
            )
        size = self.encoder.config.image_size
        if self._poses is not None:
            seen = self._pose_in(Path(path))
        else:
            (seen,) = self.maps([read_image(Path(path), size=(size, size))])
        stacked = torch.stack(
            [self._responses(seen[None])] * self.encoder.config.context_frames, dim=1
        )
        embedding: NDArray[np.float32] = self._over_time(self._embed_stacked(stacked))[0]
        return embedding

    def _pose_in(self, path: Path) -> Tensor:
        """The features, `(C, 1, 1)`, of the largest person in a picture."""
        assert self._poses is not None
        persons = people(read_image(path), self._poses.network())
        if not persons:
            raise ModelError(f"This model looks at poses, and nobody is seen in {path}.")
        largest = max(persons, key=lambda person: person.region.size)
        found = features(body(largest.values[None]), np.zeros(1))
        return torch.from_numpy(found[0])[:, None, None]

    def embed_stacked(self, stacked: Tensor) -> NDArray[np.float32]:
        """(n, k, C, h, w) maps to (n, dims); any background is already subtracted."""
        responses = self._responses(stacked.flatten(0, 1))
        frames = self._embed_stacked(responses.view(*stacked.shape[:2], *responses.shape[1:]))
        return self._over_time(frames)

    def _responses(self, maps: Tensor) -> Tensor:
        """The part of the embedder that needs only one frame, run once for each."""
        with torch.inference_mode():
            return self._embedder.responses(maps)

    def _embed_stacked(self, stacked: Tensor) -> NDArray[np.float32]:
        """Responses of n frames' context, (n, k, …), to (n, …), which `_over_time` embeds."""
        with torch.inference_mode():
            embeddings = self._embedder.embed_responses(stacked)
        return self._checked(embeddings)

    def _over_time(self, frames: NDArray[np.float32]) -> NDArray[np.float32]:
        """What `_embed_stacked` gives for the frames of a video, in order, to (n, dims)."""
        with torch.inference_mode():
            given = torch.from_numpy(frames).to(self.encoder.device)
            return self._checked(self._embedder.over_time(given))

    def _checked(self, embeddings: Tensor) -> NDArray[np.float32]:
        found: NDArray[np.float32] = embeddings.float().cpu().numpy()
        if not np.isfinite(found).all():
            raise ModelError(
                "The model gives embeddings that are not finite numbers: its training has "
                "diverged; train it again."
            )
        return found

    @cached_property
    def _fingerprint(self) -> str:
        return self.encoder.base_fingerprint

    def video_maps(self, path: Path, numbers: Sequence[int] | None = None) -> Iterator[Tensor]:
        """Maps `(C, h, w)` of some frames of a video, in order; by default of all."""
        size = self.encoder.config.image_size
        reader = VideoReader(path, size=(size, size))
        seen = _Seen(reader, self._kept(path), mirrored=self._mirrored, all_frames=True)
        return self._some_maps(seen, range(len(reader)) if numbers is None else numbers)

    def _kept(
        self, path: Path, advance: Callable[[int], object] | None = None
    ) -> Mapping[int, Tensor]:
        """Maps of a video's frames that need not be computed: kept by training, or of its poses."""
        if self._poses is not None:
            track = self._poses.track(path, advance=advance)
            if not track.found.any():
                raise VideoError(f"Nobody is seen in {path}: there are no poses to compare.")
            places = body(track.landmarks, mirrored=self._mirrored)
            of_frames = torch.from_numpy(features(places, track.times))[:, :, None, None]
            return dict(enumerate(of_frames))
        if self._features is None:
            return {}
        return kept_maps(self._features, path, self._fingerprint)

    def _some_maps(self, seen: "_Seen", indices: Sequence[int]) -> Iterator[Tensor]:
        """Maps of some frames, in order: those that were kept, and the rest computed."""
        numbers, kept = seen.numbers[list(indices)].tolist(), seen.kept
        made = self.maps(ahead(seen.frames([i for i in numbers if i not in kept])))
        for number in numbers:
            yield kept[number].to(self.encoder.device) if number in kept else next(made)

    def _background(self, seen: "_Seen") -> tuple[dict[int, Tensor], Tensor | None]:
        """Maps by frame that give a video's background, and the background, if it is subtracted."""
        if not self.encoder.config.subtract_background:
            return {}, None
        chosen = background_frames(len(seen))
        known = dict(zip(chosen, self._some_maps(seen, chosen), strict=True))
        return known, background(torch.stack([*known.values()]))

    def _all_maps(self, seen: "_Seen", known: dict[int, Tensor]) -> Iterator[Tensor]:
        """Maps of all frames in order; those in `known` are removed from it."""
        rest = self._some_maps(seen, [i for i in range(len(seen)) if i not in known])
        for index in range(len(seen)):
            yield known.pop(index) if index in known else next(rest)

    def embed_maps(
        self,
        times: NDArray[np.float64],
        maps: Iterator[Tensor],
        still: Tensor | None,
        *,
        advance: Callable[[int], object] | None = None,
    ) -> NDArray[np.float32]:
        """Maps of a video's frames, in order, to its (frames, dims) embeddings.

        Args:
            times: (frames,) seconds.
            maps: one `(C, h, w)` per frame, as `FrameEmbedder.maps` yields them.
            still: `(C, h, w)`, the video's background, for an encoder that subtracts it: computed
                from the maps of its `background_frames`.
            advance: called with the number of frames just embedded, for a progress bar.
        """
        parts = []
        for embeddings in self._parts(times, maps, still):
            parts.append(embeddings)
            if advance:
                advance(len(embeddings))
        embedded = self._over_time(np.concatenate(parts))
        return smooth_over_time(embedded, times, self.encoder.config.smoothing)

    def _context(self, times: NDArray[np.float64], indices: NDArray[np.int64]) -> NDArray[np.int64]:
        """(n, k) frames to stack to embed each of n frames."""
        config = self.encoder.config
        return context_indices(
            times,
            indices,
            context_frames=config.context_frames,
            gap=config.context_gap,
            centred=config.centred_context,
        )

    def _parts(
        self, times: NDArray[np.float64], maps: Iterator[Tensor], still: Tensor | None
    ) -> Iterator[NDArray[np.float32]]:
        """The embeddings of consecutive frames, part by part; memory holds only their context."""
        context = self._context(times, np.arange(len(times)))
        complete = context[:, -1]  # the last frame that each one needs
        window = torch.empty(0)  # responses that later frames have in their context
        low = arrived = done = 0  # window's first frame; frames arrived, embedded
        for batch in _batches(maps, max(self.batch, _EMBEDDER_BATCH)):
            new = torch.stack(batch)
            new = self._responses(new if still is None else new - still)
            window = torch.cat([window, new]) if len(window) else new
            arrived += len(batch)
            ready = int(np.searchsorted(complete, arrived))
            if ready == done:
                continue
            yield self._embed_stacked(window[torch.from_numpy(context[done:ready] - low)])
            done = ready
            first = int(context[done, 0]) if done < len(context) else arrived
            window, low = window[first - low :], first


class _Seen:
    """The frames of a video that the network sees: all of them, 30 or fewer per second.

    Args:
        reader: of the video.
        kept: maps by frame number, of some frames.
        mirrored: whether the network sees them in a mirror.
        all_frames: however many there are per second.
        fps: fewer than 30.
    """

    def __init__(
        self,
        reader: VideoReader,
        kept: Mapping[int, Tensor],
        *,
        mirrored: bool,
        all_frames: bool = False,
        fps: float | None = None,
    ) -> None:
        self.reader = reader
        self.kept = kept
        self._mirrored = mirrored
        if all_frames:
            self.numbers = np.arange(len(reader))
        elif fps is not None:
            self.numbers = resample(reader.times, fps=fps)
        else:
            self.numbers = frames_worth_seeing(reader.times)
        self.times = reader.times[self.numbers]

    def __len__(self) -> int:
        return len(self.numbers)

    def frames(self, numbers: Sequence[int]) -> Iterator[NDArray[np.uint8]]:
        """Pictures of some frames, in order."""
        pictures = self.reader.frames(numbers)
        return (np.fliplr(one) for one in pictures) if self._mirrored else pictures

    def positions(self, frames: NDArray[np.int64]) -> NDArray[np.float64]:
        """Where frames of the video lie among these: 0 is the first, 1.5 halfway between two."""
        there: NDArray[np.float64] = np.interp(
            self.reader.times[frames], self.times, np.arange(len(self))
        )
        return there


def _interpolated(
    embeddings: NDArray[np.float32], positions: NDArray[np.float64]
) -> NDArray[np.float32]:
    """Embeddings at fractional positions."""
    before = np.floor(positions).astype(np.int64)
    after = np.minimum(before + 1, len(embeddings) - 1)
    share = (positions - before).astype(np.float32)[:, None]
    between: NDArray[np.float32] = embeddings[before] * (1 - share) + embeddings[after] * share
    return between


def background_frames(count: int) -> list[int]:
    """Frames from which a video's background is computed, spread evenly."""
    spread = np.linspace(0, count - 1, min(count, _BACKGROUND_FRAMES))
    return [round(float(index)) for index in spread]


def _batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    batch: list[T] = []
    for item in items:
        batch.append(item)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
