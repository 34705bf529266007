"""Arrays on disk that say themselves whether they are whole.

A file is numpy's own format, followed by checksums. What is damaged counts as missing, and is made
again. Files from before there were checksums are believed if they have the right form.
"""

import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_SEAL = b"inphase crc32 1\n"


def write_array(path: Path, array: NDArray[Any]) -> None:
    """Write an array and its checksum.

    Raises:
        OSError: the file cannot be written.
    """
    with path.open("wb") as file:
        np.save(file, array, allow_pickle=False)
        file.write(seal([np.ascontiguousarray(array)]))


def read_array(path: Path) -> NDArray[Any] | None:
    """An array that `write_array` wrote; None if there is none, or not a whole one."""
    mapped = map_array(path, check=None)
    return None if mapped is None else np.array(mapped)


def map_array(path: Path, *, check: int | None) -> NDArray[Any] | None:
    """The same without reading it into memory.

    Args:
        path: the file.
        check: the checksum of how many of its parts, the items of its first axis, is compared;
            None if it has a single checksum.
    """
    try:
        # A map never takes more memory than the file has, whatever the file says.
        array = np.load(path, mmap_mode="r", allow_pickle=False)
        if not isinstance(array, np.memmap) or not array.flags.c_contiguous:
            return None
        with path.open("rb") as file:
            file.seek(array.offset + array.nbytes)
            found = file.read()
        parts = array[np.newaxis] if check is None else array[:check]
        whole = not found or found.startswith(seal(list(parts)))
    except Exception:  # A damaged file may raise anything.
        return None
    return array if whole else None


def seal(parts: list[NDArray[Any]]) -> bytes:
    """What follows an array in a file: a checksum of each of its parts."""
    sums = (zlib.crc32(part.reshape(-1).view(np.uint8).data) for part in parts)
    return _SEAL + b"".join(one.to_bytes(4, "little") for one in sums)
