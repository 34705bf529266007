"""Lists of videos, as people and `find` write them."""

from pathlib import Path

import pytest

from inphase.data import Collection
from inphase.errors import CollectionError


@pytest.fixture(autouse=True)
def _videos(tmp_path: Path) -> None:
    for name in ("a.mp4", "b.mp4", "more/a.mp4"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()


def test_a_text_file_has_a_path_on_each_line(tmp_path: Path) -> None:
    file = tmp_path / "list.txt"
    # Relative to the list, wherever the command runs; a video need not exist.
    file.write_text(f"b.mp4\n\n  more/a.mp4  \r\n{tmp_path / 'a.mp4'}\nb.mp4\ngone.mp4\n")
    found = Collection.open(file)
    assert found.names == ("b", "more/a", f"{tmp_path.name}/a", "gone")
    assert [video.path for video in found] == [
        tmp_path / name for name in ("b.mp4", "more/a.mp4", "a.mp4", "gone.mp4")
    ]


def test_another_name_of_a_file_is_used_once(tmp_path: Path) -> None:
    (tmp_path / "link.mp4").symlink_to("a.mp4")
    (tmp_path / "list.txt").write_text("link.mp4\na.mp4\n")
    found = Collection.open(tmp_path / "list.txt")
    assert found.names == ("a",)
    assert [one.name for one in found.links] == ["link.mp4"]


def test_a_csv_may_tell_more_of_a_video(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text("File;Group;split;note\nb.mp4;anna;test;x\nmore/a.mp4;;train;y\n;;;z\n")
    found = Collection.open(file)
    assert [(v.name, v.group, v.split) for v in found] == [
        ("b", "anna", "test"),
        ("a", None, "train"),
    ]
    assert Collection.open(file, split="test").names == ("b",)


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("list.csv", "name,group\na,b\n", "has the columns name, group; .* a column `file`"),
        ("list.txt", "\n \n", "names no videos"),
        ("list.txt", "a\0b", "is not a list of videos"),
        ("list.csv", "file,group\n,anna\n", "names no videos"),
    ],
)
def test_what_is_no_list_is_one_sentence(
    tmp_path: Path, name: str, content: str, told: str
) -> None:
    (tmp_path / name).write_text(content)
    with pytest.raises(CollectionError, match=told):
        Collection.open(tmp_path / name)


def test_a_list_beside_videos_is_no_video_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text("a.mp4\n")
    assert Collection.open(tmp_path).names == (f"{tmp_path.name}/a", "b", "more/a")
