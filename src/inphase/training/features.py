"""The feature cache: a frozen base network sees each frame once, however long training runs."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inphase.atomic import replacing
from inphase.cache import touch
from inphase.data import Augmentation, Video, content_hash, resample
from inphase.models import Encoder, FrameEmbedder
from inphase.models.kept_maps import INDICES, MAPS, entry
from inphase.video import VideoReader


@dataclass(frozen=True)
class VideoFeatures:
    """Feature maps of one video's frames, on disk.

    Attributes:
        times: (n,) seconds of the frames at the training frame rate.
        maps: (copies, n, C, h, w) float16, memory-mapped; copy 0 is not augmented.
    """

    times: NDArray[np.float64]
    maps: NDArray[np.float16]


class FeatureCache:
    """Base-network features by content: same file, same settings, same weights, same features.

    Args:
        folder: of the cache; safe to delete when no run uses it.
        encoder: its base network and pooling compute the features.
        fps: frames per second to keep of each video.
        copies: augmented copies besides the unchanged video (supplement, section 5).
        seed: of the augmentation.
    """

    def __init__(
        self, folder: Path, encoder: Encoder, *, fps: float, copies: int, seed: int
    ) -> None:
        self.folder = folder
        self.copies = copies
        self._fps = fps
        self._seed = seed
        self._size = encoder.config.image_size
        self._embedder = FrameEmbedder(encoder)
        # Without copies nothing is drawn, so runs with different seeds share the entries.
        self._settings = (fps, copies, seed if copies else 0)
        self._fingerprint = encoder.base_fingerprint

    def features(
        self, video: Video, *, advance: Callable[[int], object] | None = None
    ) -> VideoFeatures:
        """Features of a video, from the cache or computed now.

        Args:
            advance: called with the number of frames just finished, for a progress bar.

        Raises:
            VideoError: the file cannot be read.
            OutputError: the cache cannot be written.
        """
        place = entry(self.folder, video.path, self._fingerprint, *self._settings)
        if place.is_dir():
            touch(place)
        else:
            with replacing(place) as beside:
                beside.mkdir()
                self._make(video.path, beside, advance)
        times = np.load(place / "times.npy", allow_pickle=False)
        maps = np.load(place / MAPS, mmap_mode="r", allow_pickle=False)
        return VideoFeatures(times, maps)

    def _make(self, path: Path, folder: Path, advance: Callable[[int], object] | None) -> None:
        # Also seeded with the content, so that the order of the videos does not matter.
        generator = np.random.default_rng([self._seed, int(content_hash(path)[:16], 16)])
        changes = [Augmentation.identity()]
        changes += [Augmentation.draw(generator) for _ in range(self.copies)]
        reader = VideoReader(path, size=(self._size, self._size))
        indices = resample(reader.times, fps=self._fps)
        times = reader.times[indices]

        def frames() -> Iterator[NDArray[np.uint8]]:
            for frame in reader.frames(indices):
                for change in changes:
                    yield change(frame)
                if advance:
                    advance(1)

        store: np.memmap[tuple[int, ...], np.dtype[np.float16]] | None = None
        for position, features in enumerate(self._embedder.maps(frames())):
            if store is None:
                shape = (len(changes), len(indices), *features.shape)
                store = np.lib.format.open_memmap(
                    folder / MAPS, mode="w+", dtype=np.float16, shape=shape
                )
            index, copy = divmod(position, len(changes))
            store[copy, index] = features.half().cpu().numpy()
        assert store is not None  # VideoReader raises on a video without frames
        store.flush()
        np.save(folder / "times.npy", times, allow_pickle=False)
        np.save(folder / INDICES, indices, allow_pickle=False)
