"""A file is refused before the work, in one sentence."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from inphase.applications.output_file import check_output_file
from inphase.errors import OutputError


@pytest.mark.parametrize(
    ("suffixes", "told"),
    [
        ([".png"], "must end in .png."),
        ([".mp4", ".wav"], "must end in .mp4 or .wav."),
        ([".png", ".svg", ".json"], "must end in one of .png, .svg, .json."),
    ],
)
def test_a_suffix_that_cannot_be_written_is_told_with_those_that_can(
    suffixes: list[str], told: str
) -> None:
    with pytest.raises(OutputError, match=told):
        check_output_file("out.gif", [], suffixes=suffixes)


@pytest.mark.parametrize("link", [os.symlink, os.link])
def test_a_video_is_not_lost_under_another_name(
    tmp_path: Path, link: Callable[[Path, Path], None]
) -> None:
    video = tmp_path / "a.mp4"
    video.write_bytes(b"pictures")
    link(video, tmp_path / "b.mp4")
    with pytest.raises(OutputError, match=r"b.mp4 is one of the videos"):
        check_output_file(tmp_path / "b.mp4", [tmp_path / "gone.mp4", video])
    check_output_file(tmp_path / "c.mp4", [video])
