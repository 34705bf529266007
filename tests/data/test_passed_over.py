"""A folder is searched for known types; other videos in it are listed, not dropped in silence."""

import shutil
from pathlib import Path

import pytest

from inphase.cli import run
from inphase.data import Collection
from inphase.errors import CollectionError


@pytest.fixture
def folder(tmp_path: Path, pouring: Collection) -> Path:
    """A video, three of unknown types, and what lies beside videos."""
    place = tmp_path / "card"
    (place / "inside").mkdir(parents=True)
    video = pouring.videos[0].path
    for name in ("a.mp4", "GX010001.LRV", "VID.insv", "inside/MOV001.MOD"):
        shutil.copy(video, place / name)
    shutil.copy(pouring.videos[1].path, place / "cam.mxf")
    shutil.copy(video, place / ".hidden.LRV")
    (place / "notes.txt").write_text("Take 3 is best.")
    (place / "go.mod").write_text("module example")
    return place


def names(collection: Collection) -> set[str]:
    return {one.name for one in collection.skipped}


def test_videos_of_unknown_types_are_listed(folder: Path) -> None:
    collection = Collection.open(folder)
    assert collection.names == ("a", "cam")
    assert names(collection) == {"GX010001.LRV", "VID.insv", "MOV001.MOD"}
    assert "name it itself" in collection.skipped[0].reason
    assert names(Collection.open(str(folder / "*"))) == {"GX010001.LRV", "VID.insv", "MOV001.MOD"}


def test_one_that_is_named_is_used(folder: Path) -> None:
    collection = Collection.open([folder, folder / "VID.insv"])
    assert set(collection.names) == {"a", "cam", "VID"}
    assert names(collection) == {"GX010001.LRV", "MOV001.MOD"}


def test_a_folder_with_nothing_else_says_which_file_to_name(folder: Path) -> None:
    (folder / "a.mp4").unlink()
    (folder / "cam.mxf").unlink()
    with pytest.raises(CollectionError, match=r"LRV looks like a video: name it itself"):
        Collection.open(folder)


def test_the_check_lists_them_and_exits_with_1(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["data", "check", str(folder)]) == 1
    told = "".join(capsys.readouterr().out.split())  # the terminal breaks lines anywhere
    for name in ("GX010001.LRV", "VID.insv", "MOV001.MOD"):
        assert name in told
    assert "notes.txt" not in told
