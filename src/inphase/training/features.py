"""The feature cache: a frozen base network sees each frame once, however long training runs."""

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from inphase.atomic import replacing
from inphase.cache import touch
from inphase.data import Augmentation, Video, content_hash, resample
from inphase.errors import OutputError
from inphase.models import Encoder, FrameEmbedder
from inphase.models.kept_arrays import map_array, read_array, seal, write_array
from inphase.models.kept_maps import INDICES, MAPS, entry
from inphase.rooms import sweep
from inphase.video import VideoReader

TIMES = "times.npy"


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
        """Features of a video, from the cache or computed now; a damaged entry is made again.

        Args:
            advance: called with the number of frames just finished, for a progress bar.

        Raises:
            VideoError: the file cannot be read.
            OutputError: the cache cannot be written.
        """
        place = entry(self.folder, video.path, self._fingerprint, *self._settings)
        kept = self._kept(place)
        if kept is None:
            with replacing(place) as beside:
                beside.mkdir()
                self._make(video.path, beside, advance)
            kept = self._kept(place)
            if kept is None:
                raise OutputError(f"{place} cannot be read back: the disk may be damaged.")
        touch(place)
        sweep(place.parent)
        return kept

    def _kept(self, place: Path) -> VideoFeatures | None:
        times = read_array(place / TIMES)
        indices = read_array(place / INDICES)
        maps = map_array(place / MAPS, check=self.copies + 1)
        if times is None or indices is None or maps is None:
            return None
        if times.ndim != 1 or times.dtype != np.float64 or indices.shape != times.shape:
            return None
        # A NaN is not larger than anything.
        if not (np.isfinite(times).all() and (np.diff(times) > 0).all()):
            return None
        if maps.dtype != np.float16 or maps.ndim != 5:
            return None
        fits = maps.shape[:2] == (self.copies + 1, len(times))
        return VideoFeatures(times, maps) if fits else None

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

        maps = self._embedder.maps(frames())
        with (folder / MAPS).open("w+b") as file:
            shape: tuple[int, ...] = ()
            for position, features in enumerate(maps):
                if not shape:
                    shape = (len(changes), len(indices), *features.shape)
                    start = _reserve(file, shape)
                index, copy = divmod(position, len(changes))
                values = features.half().cpu().numpy()
                # Not through a map of the file: a full disk would then kill the process.
                file.seek(start + (copy * len(indices) + index) * values.nbytes)
                file.write(values.tobytes())
            file.flush()
            written = np.memmap(file, np.float16, "r", start, shape)
            file.seek(start + written.nbytes)
            file.write(seal(list(written)))
        write_array(folder / TIMES, times)
        write_array(folder / INDICES, indices)


def _reserve(file: IO[bytes], shape: tuple[int, ...]) -> int:
    """Begin a float16 array, with all the room that it takes; return where its values start.

    Raises:
        OSError: the disk has too little room.
    """
    header = {"descr": "<f2", "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(file, header)
    start = file.tell()
    file.flush()
    if hasattr(os, "posix_fallocate"):
        with suppress(NotImplementedError):
            os.posix_fallocate(file.fileno(), 0, start + 2 * int(np.prod(shape)))
    return start
