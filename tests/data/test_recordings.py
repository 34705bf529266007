"""Sensor recordings: numbers over time, with gaps."""

from pathlib import Path

import numpy as np
import pytest

from inphase.data import Recording, read_recording, write_recording
from inphase.errors import CollectionError


def test_a_recording_is_read_with_its_gaps(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("force,Time,angle\n1,0.0,10\n2,0.5,\n\n4,1.0,30\n")
    got = read_recording(tmp_path / "a.csv")
    assert got.columns == ("force", "angle")
    np.testing.assert_array_equal(got.times, [0, 0.5, 1])
    np.testing.assert_array_equal(got.values, [[1, 10], [2, np.nan], [4, 30]])
    # Values are interpolated between recorded times, and never invented outside them.
    at = got.at(np.array([-0.1, 0.25, 0.5, 0.75, 1.1]))
    wanted = np.array([[np.nan, np.nan], [1.5, 15], [2, 20], [3, 25], [np.nan, np.nan]])
    np.testing.assert_allclose(at, wanted)


def test_what_is_written_reads_back(tmp_path: Path) -> None:
    recording = Recording(
        np.array([0.0, 0.04]), ("force", "angle"), np.array([[1.5, np.nan], [2.0, -3.25]])
    )
    write_recording(tmp_path / "a.csv", recording, confidence=np.array([0.5, 1.0]))
    got = read_recording(tmp_path / "a.csv")
    assert got.columns == ("force", "angle", "confidence")
    np.testing.assert_allclose(got.times, recording.times)
    np.testing.assert_allclose(got.values[:, :2], recording.values)
    np.testing.assert_allclose(got.values[:, 2], [0.5, 1.0])


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "is empty"),
        ("force,angle\n1,2\n", "no column time"),
        ("time\n1\n", "has no data"),
        ("time,force\n", "has no data"),
        ("time,force\n0,1\n1,strong\n", r"line 3, column force: `strong` is not a number"),
        ("time,force\n0,1\n0,2\n", "must increase"),
        ("time,force\n,1\n", "must increase"),
        ("time,force\n0,1,2\n", "line 2 has 3 cells"),
    ],
)
def test_a_wrong_file_is_one_sentence(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "a.csv").write_text(text)
    with pytest.raises(CollectionError, match=told):
        read_recording(tmp_path / "a.csv")


def test_a_missing_file_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(CollectionError, match="does not exist"):
        read_recording(tmp_path / "a.csv")
