"""Nothing is left half-written, and an older file survives a failure."""

import csv
import json
import os
from pathlib import Path

import pytest

from inphase.atomic import replacing, write_csv, write_json, write_text
from inphase.data.csv_files import read_csv
from inphase.errors import OutputError


def test_a_file_appears_whole_with_its_folders(tmp_path: Path) -> None:
    target = tmp_path / "new" / "folder" / "file.txt"
    with replacing(target) as beside:
        assert beside.suffix == ".txt"
        beside.write_text("half")
        assert not target.exists()
        beside.write_text("whole")
    assert target.read_text() == "whole"
    assert [path.name for path in target.parent.iterdir()] == ["file.txt"]


def test_an_older_file_survives_a_failure(tmp_path: Path) -> None:
    target = tmp_path / "file.txt"
    target.write_text("before")

    def fail_half_way() -> None:
        with replacing(target) as beside:
            beside.write_text("half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_half_way()
    assert target.read_text() == "before"
    assert [path.name for path in tmp_path.iterdir()] == ["file.txt"]


def test_a_folder_is_replaced_as_a_whole(tmp_path: Path) -> None:
    target = tmp_path / "model"
    target.mkdir()
    (target / "old").touch()
    with replacing(target) as beside:
        beside.mkdir()
        (beside / "new").touch()
    assert [path.name for path in target.iterdir()] == ["new"]
    assert [path.name for path in tmp_path.iterdir()] == ["model"]


def test_a_block_that_writes_nothing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="Cannot write"), replacing(tmp_path / "file.txt"):
        pass
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(os.name != "posix", reason="needs a folder that nobody can write to")
def test_a_place_that_cannot_be_written_is_one_sentence() -> None:
    with (
        pytest.raises(OutputError, match=r"Cannot write /proc/file\.txt") as caught,
        replacing("/proc/file.txt"),
    ):
        raise AssertionError("the block must not run")
    assert "\n" not in str(caught.value)


def test_a_file_where_a_folder_should_be_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "taken").touch()
    with pytest.raises(OutputError, match="Cannot write"), replacing(tmp_path / "taken" / "x.txt"):
        raise AssertionError("the block must not run")


def test_a_name_is_no_formula_in_a_spreadsheet(tmp_path: Path) -> None:
    names = ["=HYPERLINK(1)", "+1+1", "-x", "@sum", " =1", "\t=1", "'=1", "it's", "a=b", "-"]
    numbers = [-1.5, -2, None, "-0.25", "+3e5", "-inf"]
    write_csv(tmp_path / "x.csv", ["=video", "number"], [[name, 1] for name in names])
    with (tmp_path / "x.csv").open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    cells = [header[0], *(row[0] for row in rows)]
    assert all(cell.startswith("'") for cell in cells[:7])
    assert cells[7:10] == names[6:9]
    # What reads labels and recordings knows the apostrophe.
    table = read_csv(tmp_path / "x.csv")
    assert [table.header[0], *(row.cells[0] for row in table.rows[:4])] == ["=video", *names[:4]]
    write_csv(tmp_path / "y.csv", ["number"], [[number] for number in numbers])
    with (tmp_path / "y.csv").open(encoding="utf-8", newline="") as file:
        assert [row[0] for row in csv.reader(file)][1:] == [
            "" if number is None else str(number) for number in numbers
        ]


def test_a_name_that_is_no_text_is_read_back_from_json(tmp_path: Path) -> None:
    name = b"caf\xe9 \xc3\xa4".decode("utf-8", "surrogateescape")
    write_json(tmp_path / "a.json", {"file": name})
    told = (tmp_path / "a.json").read_text(encoding="utf-8")
    assert "ä" in told
    assert json.loads(told)["file"] == name


def test_a_name_that_is_no_text_keeps_its_bytes_elsewhere(tmp_path: Path) -> None:
    name = b"caf\xe9".decode("utf-8", "surrogateescape")
    write_text(tmp_path / "a.sh", name)
    write_csv(tmp_path / "a.csv", ["file"], [[name]])
    assert (tmp_path / "a.sh").read_bytes() == b"caf\xe9"
    assert b"caf\xe9" in (tmp_path / "a.csv").read_bytes()


def test_what_gets_its_name_is_on_the_disk_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    before_rename: list[set[int]] = []
    sync, replace = os.fsync, Path.replace

    def fsync(descriptor: int) -> None:
        synced.append(os.fstat(descriptor).st_ino)
        sync(descriptor)

    def noted(path: Path, target: Path) -> Path:
        files = {file.stat().st_ino for file in (path, *path.rglob("*"))}
        before_rename.append(files - set(synced))
        return replace(path, target)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(Path, "replace", noted)
    write_text(tmp_path / "file.txt", "whole")
    with replacing(tmp_path / "model") as beside:
        (beside / "inside").mkdir(parents=True)
        (beside / "inside" / "weights").write_text("whole")
    assert before_rename == [set(), set()]
    assert tmp_path.stat().st_ino in synced  # the new name too


def test_two_processes_may_replace_one_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "entry"
    target.mkdir()
    (target / "old").touch()
    replace = Path.replace
    calls = []

    def overtaken(path: Path, place: Path) -> Path:
        calls.append(place)
        if len(calls) == 1:  # the other process has moved it aside, and then puts its own there
            (target / "old").unlink()
            target.rmdir()
        if len(calls) == 2:
            target.mkdir()
            (target / "theirs").touch()
        return replace(path, place)

    monkeypatch.setattr(Path, "replace", overtaken)
    with replacing(target) as beside:
        beside.mkdir()
        (beside / "ours").touch()
    assert [path.name for path in target.iterdir()] == ["ours"]
    assert [path.name for path in tmp_path.iterdir()] == ["entry"]
