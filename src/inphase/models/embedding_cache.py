"""Embeddings kept between runs, found again by video and encoder."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inphase.atomic import replacing
from inphase.cache import touch
from inphase.data import content_hash
from inphase.models.kept_arrays import read_array, write_array
from inphase.rooms import sweep

# Increased whenever the same video and encoder give different embeddings than before.
_VERSION = 3


class EmbeddingCache:
    """A folder of embeddings, keyed by the video's content and the encoder.

    Args:
        folder: created if needed; safe to delete.
        fingerprint: the encoder's fingerprint, and whatever else is the same for all videos.
        settings: whatever else the embeddings of some videos depend on.
    """

    def __init__(
        self,
        folder: str | Path,
        fingerprint: str,
        *,
        settings: Mapping[Path, object] | None = None,
    ) -> None:
        self.folder = Path(folder)
        sweep(self.folder)
        self._fingerprint = fingerprint
        self._settings = settings or {}
        self.added = 0
        """How many videos were added."""

    def find(self, video: Path, frames: int) -> NDArray[np.float32] | None:
        """The (frames, dims) embeddings of a video, or None if they are not cached.

        Raises:
            VideoError: the video cannot be read.
        """
        file = self._file(video)
        found = read_array(file)
        if found is None:
            return None
        touch(file)
        fits = found.ndim == 2 and found.dtype == np.float32 and len(found) == frames
        return found if fits and np.isfinite(found).all() else None

    def keep(self, video: Path, embeddings: NDArray[np.float32]) -> None:
        """Keep the (frames, dims) embeddings of a video.

        Raises:
            VideoError: the video cannot be read.
            OutputError: the folder cannot be written.
        """
        with replacing(self._file(video)) as beside:
            write_array(beside, embeddings)
        self.added += 1

    def _file(self, video: Path) -> Path:
        told = json.dumps([_VERSION, content_hash(video), self._fingerprint])
        if video in self._settings:
            told += str(self._settings[video])
        return self.folder / f"{hashlib.sha256(told.encode()).hexdigest()[:32]}.npy"
