"""A file that has several names is used once, and the other names are listed."""

from pathlib import Path

import pytest

from inphase.data import Collection


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two files, and a link to each that comes before it."""
    for name in ("b", "d"):
        (tmp_path / f"{name}.mp4").write_bytes(name.encode())
    (tmp_path / "a.mp4").symlink_to("b.mp4")
    (tmp_path / "e.mov").symlink_to("d.mp4")
    return tmp_path


def test_links_in_a_folder(folder: Path) -> None:
    found = Collection.open(folder)
    assert found.names == ("b", "d")
    assert [one.reason for one in found.skipped] == [
        f"{folder / 'a.mp4'} is the same file as {folder / 'b.mp4'}, which is used once.",
        f"{folder / 'e.mov'} is the same file as {folder / 'd.mp4'}, which is used once.",
    ]


def test_links_on_the_command_line(folder: Path) -> None:
    found = Collection.open([folder / "b.mp4", folder / "a.mp4", folder / "d.mp4"])
    assert found.names == ("b", "d")
    (told,) = found.skipped
    assert told.name == "a.mp4"


def test_a_link_to_a_file_elsewhere_is_a_video(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "c.mp4").symlink_to(folder / "b.mp4")
    assert Collection.open(other).names == ("c",)


def test_the_same_name_twice_needs_no_word(folder: Path) -> None:
    found = Collection.open([folder / "b.mp4", folder / "b.mp4", folder / "d.mp4"])
    assert found.names == ("b", "d")
    assert not found.skipped
