"""Arrays that are kept for speed: whole, or missing."""

import io
import pickle
from pathlib import Path

import numpy as np
import pytest

from inphase.models.kept_arrays import map_array, read_array, seal, write_array


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a.npy"
    write_array(path, np.arange(24, dtype=np.float32).reshape(6, 4))
    return path


def test_an_array_is_read_as_it_was_written(file: Path) -> None:
    found = read_array(file)
    assert found is not None
    assert np.array_equal(found, np.arange(24, dtype=np.float32).reshape(6, 4))
    assert np.array_equal(np.load(file), found)  # by numpy alone too


def test_any_damaged_byte_makes_it_missing(file: Path) -> None:
    whole = file.read_bytes()
    first = whole.index(b"\n", 100) + 1
    for place in [*range(first, len(whole)), 0, 6, 30]:
        damaged = bytearray(whole)
        damaged[place] ^= 0x40
        file.write_bytes(damaged)
        assert read_array(file) is None, place


def test_any_shorter_file_is_missing(file: Path) -> None:
    whole = file.read_bytes()
    array_alone = len(whole) - len(seal([np.zeros(1)]))
    for length in range(len(whole)):
        if length != array_alone:
            file.write_bytes(whole[:length])
            assert read_array(file) is None, length


def test_what_is_no_array_is_missing(file: Path) -> None:
    archive = io.BytesIO()
    np.savez(archive, a=np.zeros(3))
    huge = io.BytesIO()
    header = {"descr": "<f4", "fortran_order": False, "shape": (10**6, 10**7)}
    np.lib.format.write_array_header_1_0(huge, header)
    for content in (b"", b"text", pickle.dumps([1]), archive.getvalue(), huge.getvalue()):
        file.write_bytes(content)
        assert read_array(file) is None
    file.unlink()
    assert read_array(file) is None


def test_a_file_from_before_there_were_checksums_is_read(file: Path) -> None:
    np.save(file, np.ones((2, 3)))
    assert np.array_equal(read_array(file), np.ones((2, 3)))  # type: ignore[arg-type]


def test_only_the_parts_that_are_used_are_compared(tmp_path: Path) -> None:
    file = tmp_path / "maps.npy"
    values = np.arange(12, dtype=np.float16).reshape(3, 4)
    np.save(file, values)
    with file.open("ab") as out:
        out.write(seal(list(values)))
    damaged = bytearray(file.read_bytes())
    damaged[-len(seal(list(values))) - 1] ^= 0x40  # in the last part
    file.write_bytes(damaged)
    assert map_array(file, check=1) is not None
    assert map_array(file, check=2) is not None
    assert map_array(file, check=3) is None
