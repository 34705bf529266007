"""CSV files as spreadsheets write them."""

from pathlib import Path

import pytest

from inphase.data import read_recording
from inphase.data.csv_files import read_csv
from inphase.data.formats import read_segments_csv
from inphase.errors import CollectionError


@pytest.mark.parametrize(
    "text",
    [
        "video,start,end\na,0.5,1\n",
        "video;start;end\r\na;0,5;1\r\n",
        "video\tstart\tend\na\t0,5\t1\n",
        "sep=;\nvideo;start;end\na;0.5;1\n",
        "\ufeffvideo,start,end,\n,,\na,0.5,1,,\n",
    ],
    ids=["commas", "a European Excel", "tabs", "sep", "empty lines and cells"],
)
def test_the_same_table_in_every_form(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.csv").write_bytes(text.encode())
    table = read_csv(tmp_path / "a.csv")
    assert table.columns == ("video", "start", "end")
    (row,) = table.rows
    assert table.cell(row, "video") == "a"
    assert [table.number(table.cell(row, name)) for name in ("start", "end")] == [0.5, 1.0]


def test_unicode_text_of_excel_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("video\tstart\nä\t0,5\n", encoding="utf-16")
    table = read_csv(tmp_path / "a.csv")
    assert table.cell(table.rows[0], "video") == "ä"


def test_lines_are_those_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("sep=;\na;b\n\n1;2\n")
    assert [row.line for row in read_csv(tmp_path / "a.csv").rows] == [4]


def test_what_cannot_be_read_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes("video\nhöchster\n".encode("cp1252"))
    with pytest.raises(CollectionError, match="save it as CSV UTF-8"):
        read_csv(tmp_path / "a.csv")


def test_labels_and_recordings_read_the_same_forms(tmp_path: Path) -> None:
    (tmp_path / "labels.csv").write_text("video;event;time\na;top;0,3\n")
    marks, mistakes = read_segments_csv(tmp_path / "labels.csv")
    assert (marks["a"].events, mistakes) == ({"top": 0.3}, [])
    (tmp_path / "force.csv").write_text("time;force\n0;1,5\n0,5;2\n")
    recording = read_recording(tmp_path / "force.csv")
    assert (recording.times.tolist(), recording.values.tolist()) == ([0, 0.5], [[1.5], [2.0]])
