"""A video's content hash: the same wherever the file is, different when it changes."""

import hashlib
import shutil
from pathlib import Path

import pytest

from inphase.data import content_hash
from inphase.errors import VideoError


def test_a_file_is_known_by_its_bytes(tmp_path: Path) -> None:
    content = bytes(range(256)) * 9000  # more than one read
    (tmp_path / "a.mp4").write_bytes(content)
    (tmp_path / "b.mov").write_bytes(content)
    assert content_hash(tmp_path / "a.mp4") == hashlib.sha256(content).hexdigest()
    assert content_hash(tmp_path / "a.mp4") == content_hash(tmp_path / "b.mov")


def test_a_folder_of_images_is_known_by_their_names_and_bytes(tmp_path: Path) -> None:
    for folder in ("first", "other"):
        (tmp_path / folder).mkdir()
        for number in range(3):
            (tmp_path / folder / f"{number}.png").write_bytes(bytes([number]))
    shutil.move(tmp_path / "other", tmp_path / "moved")
    whole = content_hash(tmp_path / "first")
    assert content_hash(tmp_path / "moved") == whole
    (tmp_path / "moved" / "0.png").rename(tmp_path / "moved" / "9.png")
    assert content_hash(tmp_path / "moved") != whole


def test_a_file_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(VideoError, match=r"gone\.mp4 cannot be read"):
        content_hash(tmp_path / "gone.mp4")
