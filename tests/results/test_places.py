"""Places for results: never a video, whatever its name."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from inphase.errors import OutputError
from inphase.results.places import check_file, check_folder, file_stems


@pytest.mark.parametrize("link", [os.symlink, os.link])
def test_a_video_is_not_lost_under_another_name(
    tmp_path: Path, link: Callable[[Path, Path], None]
) -> None:
    video = tmp_path / "a.mp4"
    video.write_bytes(b"pictures")
    link(video, tmp_path / "b.mp4")
    with pytest.raises(OutputError, match=r"b.mp4 is one of the videos"):
        check_file(tmp_path / "b.mp4", [tmp_path / "gone.mp4", video])
    check_file(tmp_path / "c.mp4", [video])


def test_the_folder_of_a_video_is_refused_by_any_of_its_names(tmp_path: Path) -> None:
    folder, other = tmp_path / "videos", tmp_path / "links"
    (folder / "inside").mkdir(parents=True)
    other.mkdir()
    video = folder / "a.mp4"
    video.touch()
    (other / "a.mp4").symlink_to(video)
    (tmp_path / "same").symlink_to(folder)
    for place in (folder, folder / "inside" / "..", tmp_path / "same"):
        with pytest.raises(OutputError, match="holds the videos themselves"):
            check_folder(place, [video])
    with pytest.raises(OutputError, match="holds the videos themselves"):
        check_folder(folder, [other / "a.mp4"])
    check_folder(folder / "inside", [video])
    check_folder(tmp_path / "new", [video])


def test_a_folder_of_images_is_a_video_and_no_place_for_results(tmp_path: Path) -> None:
    images = tmp_path / "take" / "frames"
    images.mkdir(parents=True)
    with pytest.raises(OutputError, match="holds the videos themselves"):
        check_folder(images, [images])


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "x").touch()
    with pytest.raises(OutputError, match="is a file"):
        check_folder(tmp_path / "x", [])


@pytest.mark.parametrize(
    ("names", "numbered", "stems"),
    [
        (["a", "b/a"], False, ["a", "b_a"]),
        (["b/a", "b_a", "B_a"], False, ["b_a", "b_a-2", "B_a-3"]),
        (["swing", "swing_01", "swing_1b"], False, ["swing", "swing_01", "swing_1b"]),
        (["swing", "swing_01", "swing_1b"], True, ["swing", "swing_01-2", "swing_1b"]),
        (["swing_01", "swing"], True, ["swing_01", "swing-2"]),
    ],
)
def test_files_of_two_videos_have_two_names(
    names: list[str], numbered: bool, stems: list[str]
) -> None:
    assert list(file_stems(names, numbered=numbered)) == stems
