"""Folders are searched once each, whatever links lead to them."""

import logging
import os
from pathlib import Path

import pytest

from inphase.data import Collection


@pytest.fixture
def looped(tmp_path: Path) -> Path:
    """Two videos, and links in circles: 2^40 paths."""
    for name in ("a.mp4", "deep/b.mp4"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    for name in ("left", "right", "deep/up", "deep/again"):
        (tmp_path / name).symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "self").symlink_to("self")
    return tmp_path


def test_links_in_a_circle_end(looped: Path) -> None:
    # Named as if there were no links.
    assert [video.path for video in Collection.open(looped)] == [
        looped / "a.mp4",
        looped / "deep" / "b.mp4",
    ]


@pytest.mark.parametrize("pattern", ["**", "**/*.mp4", "**/**/*.mp4", "*", "**/deep"])
def test_globs_through_links_in_a_circle_end(looped: Path, pattern: str) -> None:
    found = {video.path.resolve() for video in Collection.open(f"{looped}/{pattern}")}
    assert found == {looped / "a.mp4", looped / "deep" / "b.mp4"}


def test_a_linked_folder_elsewhere_is_searched(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "disk" / "a.mp4").touch()
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "link").symlink_to(tmp_path / "disk")
    for source in (tmp_path / "work", f"{tmp_path}/work/**/*.mp4"):
        paths = [video.path for video in Collection.open(source)]
        assert paths == [tmp_path / "work" / "link" / "a.mp4"]


def test_a_subfolder_that_cannot_be_read_takes_nothing_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "a.mp4").touch()
    (tmp_path / "secret").mkdir()
    listing = Path.iterdir

    def refuse(folder: Path) -> object:
        if folder.name == "secret":
            raise PermissionError(13, "Permission denied")
        return listing(folder)

    monkeypatch.setattr(Path, "iterdir", refuse)
    with caplog.at_level(logging.WARNING):
        assert len(Collection.open(tmp_path)) == 1
    assert "secret is not searched: Permission denied." in caplog.text


def test_folders_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.mp4").touch()
    for _ in range(1200):
        Path("d").mkdir()
        os.chdir("d")
    Path("b.mp4").touch()
    monkeypatch.chdir(tmp_path)
    assert Collection.open(tmp_path).names == ("a",)
    for _ in range(1200):  # what made it can remove it
        os.chdir("d")
    Path("b.mp4").unlink()
    for _ in range(1200):
        os.chdir("..")
        Path("d").rmdir()
    os.chdir(tmp_path)
