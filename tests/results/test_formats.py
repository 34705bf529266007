"""A result's formats: bad paths are refused before the work, and every format has a writer."""

import importlib
import inspect
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import inphase.applications
import inphase.evaluation.report
from inphase.errors import OutputError
from inphase.models.formats import FORMATS as EMBEDDING_FORMATS
from inphase.results.formats import FOLDER, Form, Formats


def jobs() -> list[Formats]:
    """The formats registered by every job."""
    packages = [
        importlib.import_module(f"inphase.applications.{one.name}")
        for one in pkgutil.iter_modules(inphase.applications.__path__)
        if one.ispkg
    ]
    report = inphase.evaluation.report
    others = [report.FORMATS, report.COMPARISON_FORMATS, EMBEDDING_FORMATS]
    # A retimed dataset is a folder in one format only.
    return [*(one.FORMATS for one in packages if hasattr(one, "FORMATS")), *others]


@pytest.mark.parametrize(
    ("suffixes", "told"),
    [
        ([".png"], "must end in .png."),
        ([".mp4", ".wav"], "must end in .mp4 or .wav."),
        ([".png", ".svg", ".json"], "must end in one of .png, .svg, .json."),
        ([FOLDER, ".json"], "must be a folder or end in .json."),
    ],
)
def test_a_suffix_that_cannot_be_written_is_told_with_those_that_can(
    suffixes: list[str], told: str
) -> None:
    formats = Formats(None, dict.fromkeys(suffixes, "something"))
    with pytest.raises(OutputError, match=told):
        formats.check_output("out.gif")


def test_a_form_that_holds_fewer_videos_says_what_to_do(tmp_path: Path) -> None:
    formats = Formats(None, {".edl": Form("cuts", most=2, instead="write .otio")})
    videos = [tmp_path / f"{index}.mp4" for index in range(3)]
    assert formats.check_output(tmp_path / "x.edl", videos[:2]) == ".edl"
    with pytest.raises(OutputError, match=r"can hold 2 videos, and there are 3; write .otio."):
        formats.check_output(tmp_path / "x.edl", videos)
    with pytest.raises(OutputError, match="there are 5"):
        formats.check_output(tmp_path / "x.edl", videos[:2], count=5)


def test_a_path_without_a_suffix_is_a_folder_where_there_is_one(tmp_path: Path) -> None:
    both = Formats(None, {FOLDER: "clips", ".json": "all"})
    assert both.check_output(tmp_path / "clips") == FOLDER
    assert both.check_output(tmp_path / "clips.json") == ".json"
    # If only a folder can be written, a dot is part of its name.
    assert Formats(None, {FOLDER: "clips"}).check_output(tmp_path / "take.2") == FOLDER


def test_help_names_each_suffix_with_what_it_holds() -> None:
    formats = Formats(None, {".png": "a plot", ".json": "all", ".svg": "a plot"})
    assert formats.help() == ".png or .svg: a plot; .json: all."
    assert formats.only(".json").help() == ".json: all."


@pytest.mark.parametrize("formats", jobs(), ids=lambda formats: str(formats.writers))
def test_every_form_of_every_job_has_a_writer(formats: Formats) -> None:
    offered = set()
    for suffix in formats:
        # The result and the place come first; all else has a name and a default.
        parameters = list(inspect.signature(formats.writer(suffix)).parameters.values())
        assert len(parameters) >= 2
        assert all(one.kind is one.KEYWORD_ONLY for one in parameters[2:])
        assert all(one.default is not one.empty for one in parameters[2:])
        offered |= {one.name for one in parameters[2:]}
    assert offered - {"console"} == set(formats.options)


def test_an_option_that_nothing_takes_is_an_error() -> None:
    formats = Formats(
        "inphase.applications.trajectory.writers",
        {".png": "a plot", ".json": "all"},
        options=["width"],
    )
    assert formats.chosen(".json", {"width": 3}) == {}
    assert formats.chosen(".png", {"width": 3, "console": None}) == {"width": 3, "console": None}
    with pytest.raises(TypeError, match="no option `colour`"):
        formats.chosen(".png", {"colour": 3})


def test_numbers_are_written_without_loading_what_draws(tmp_path: Path) -> None:
    program = """
import sys
from pathlib import Path
import numpy as np
from inphase.applications.progress_signal.result import ProgressCurve
from inphase.models import EmbeddedVideo
video = EmbeddedVideo("a", Path("a.mp4"), np.arange(3) / 10, np.zeros((3, 1), np.float32))
curve = ProgressCurve(video, ("b",), *np.zeros((3, 3)))
curve.save("x.json", width=100)
curve.save("x.csv", width=100)
assert "matplotlib" not in sys.modules
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
    assert (tmp_path / "x.csv").read_text().startswith("frame,time,progress")
