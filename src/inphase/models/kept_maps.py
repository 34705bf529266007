"""Maps of frames that a base network has already seen: training keeps them, embedding finds them.

An entry is a folder with `maps.npy`, (copies, n, C, h, w) float16, of which copy 0 is the video
itself, and `indices.npy`, the numbers of its n frames.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from inphase.cache import touch
from inphase.data import content_hash
from inphase.models.kept_arrays import map_array, read_array

_FORMAT = 3
MAPS, INDICES = "maps.npy", "indices.npy"


def entry(folder: Path, video: Path, base_fingerprint: str, *settings: object) -> Path:
    """Where a video's maps are kept.

    Args:
        folder: of all entries.
        video: found again by its content.
        base_fingerprint: of the encoder.
        settings: whatever else the entry depends on.

    Raises:
        VideoError: the video cannot be read.
    """
    name = _name(video, base_fingerprint)
    other = hashlib.sha256(json.dumps(settings).encode()).hexdigest()[:16]
    return folder / name[:2] / f"{name}-{other}"


def kept_maps(folder: Path, video: Path, base_fingerprint: str) -> Mapping[int, Tensor]:
    """Maps `(C, h, w)` float32 by frame number, from the entry with the most frames.

    Returns:
        A mapping that reads from the disk; empty if there is no entry.

    Raises:
        VideoError: the video cannot be read.
    """
    name = _name(video, base_fingerprint)
    found = [_opened(path) for path in sorted((folder / name[:2]).glob(f"{name}-*"))]
    return max((one for one in found if one is not None), key=len, default={})


class _Kept(Mapping[int, Tensor]):
    def __init__(self, indices: NDArray[np.int64], maps: NDArray[np.float16]) -> None:
        self._places = {int(index): place for place, index in enumerate(indices)}
        self._maps = maps

    def __getitem__(self, index: int) -> Tensor:
        return torch.from_numpy(np.array(self._maps[self._places[index]])).float()

    def __iter__(self) -> Iterator[int]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, index: object) -> bool:
        return index in self._places


def _name(video: Path, base_fingerprint: str) -> str:
    told = json.dumps([_FORMAT, content_hash(video), base_fingerprint])
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def _opened(path: Path) -> _Kept | None:
    indices = read_array(path / INDICES)
    maps = map_array(path / MAPS, check=1)
    if indices is None or maps is None:
        return None
    if maps.ndim != 5 or maps.dtype != np.float16 or indices.shape != maps.shape[1:2]:
        return None
    touch(path)
    return _Kept(indices, maps[0])
