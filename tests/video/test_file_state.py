"""What changes when a file does."""

import os
from pathlib import Path

from inphase.video.file_state import file_state


def test_the_state_changes_with_the_content_and_the_place(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"one")
    first = file_state(path)
    assert first is not None
    assert file_state(path) == first
    path.write_bytes(b"three")
    assert file_state(path) != first
    os.link(path, tmp_path / "b")
    assert file_state(tmp_path / "b") != file_state(path)


def test_folders_and_what_is_not_there_have_none(tmp_path: Path) -> None:
    assert file_state(tmp_path) is None
    assert file_state(tmp_path / "missing") is None
    assert file_state(Path("a\0b")) is None
