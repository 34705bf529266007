"""What a command reads stays, and so does what a person made; what is written again may be."""

import json
import os
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from inphase.atomic import replacing, write_json
from inphase.errors import OutputError
from inphase.overwriting import check_overwrite, protect, protecting, stamped

LABELS = {"events": ["top"], "videos": {"a": {"file": "a.mp4", "events": {"top": 3}}}}
ANCHORS = {"anchors": [{"reference": "a", "query": "b", "reference_frame": 3, "query_frame": 4}]}


@pytest.fixture
def _command() -> Iterator[None]:
    with protecting():
        yield


@pytest.mark.usefixtures("_command")
def test_an_input_stays_whoever_writes(tmp_path: Path) -> None:
    video = tmp_path / "a.mp4"
    video.write_text("pictures")
    protect(video)
    with pytest.raises(OutputError, match="would be lost"), replacing(video):
        raise AssertionError("the block must not run")
    with pytest.raises(OutputError, match="would be lost"):
        write_json(tmp_path / "." / "A.MP4", {})
    assert [path.name for path in tmp_path.iterdir()] == ["a.mp4"]
    write_json(tmp_path / "b.mp4", {})


@pytest.mark.usefixtures("_command")
def test_a_name_in_another_unicode_form_is_the_same(tmp_path: Path) -> None:
    video = tmp_path / unicodedata.normalize("NFD", "été.mp4")
    video.write_text("pictures")
    protect(video)
    with pytest.raises(OutputError, match="would be lost"):
        check_overwrite(tmp_path / unicodedata.normalize("NFC", "été.mp4"))


@pytest.mark.usefixtures("_command")
def test_a_folder_that_is_read_takes_nothing_more(tmp_path: Path) -> None:
    model = tmp_path / "model"
    model.mkdir()
    (model / "weights").write_text("weights")
    os.link(model / "weights", tmp_path / "same.json")
    protect(model, whole=True)
    for place in (model / "new.json", model / "deep" / "new.json", tmp_path / "same.json"):
        with pytest.raises(OutputError, match="would be lost"):
            check_overwrite(place)
    with pytest.raises(OutputError, match="would be lost"), replacing(tmp_path):
        raise AssertionError("the block must not run")


def test_what_a_command_has_read_is_free_after_it(tmp_path: Path) -> None:
    video = tmp_path / "a.mp4"
    video.write_text("pictures")
    with protecting():
        protect(video)
    check_overwrite(video)
    protect(video)
    check_overwrite(video)  # no command is running: a program knows what it does


@pytest.mark.usefixtures("_command")
def test_a_path_that_cannot_be_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    (tmp_path / "file").touch()
    for name in ("loop/x.json", "x" * 300, "file/x.json", "nul\0.json"):
        protect(tmp_path / name)
        with pytest.raises(OutputError, match="Cannot write"):
            check_overwrite(tmp_path / name)


def test_labels_stay_until_they_are_moved(tmp_path: Path) -> None:
    place = tmp_path / "labels.json"
    place.write_text(json.dumps(LABELS))
    with pytest.raises(OutputError, match="holds labels that would be lost"):
        write_json(place, {})
    write_json(place, LABELS, in_place=True)
    (tmp_path / "anything.json").write_text(json.dumps(LABELS))
    with pytest.raises(OutputError, match="holds labels that would be lost"):
        check_overwrite(tmp_path / "anything.json")


def test_labels_of_a_command_may_be_written_again_until_someone_changes_them(
    tmp_path: Path,
) -> None:
    place = tmp_path / "labels.json"
    write_json(place, stamped(LABELS), indent=1)
    write_json(place, stamped(LABELS), indent=1)
    content = json.loads(place.read_text())
    content["videos"]["a"]["events"]["top"] = 4
    place.write_text(json.dumps(content))
    with pytest.raises(OutputError, match="holds labels that would be lost"):
        write_json(place, stamped(LABELS))


def test_corrected_matches_stay(tmp_path: Path) -> None:
    place = tmp_path / "alignment.json"
    place.write_text(json.dumps({"anchors": []}))
    check_overwrite(place)
    place.write_text(json.dumps(ANCHORS))
    with pytest.raises(OutputError, match="holds corrected matches that would be lost"):
        check_overwrite(place)
    mine = tmp_path / "mine.json"
    mine.write_text(json.dumps(ANCHORS))
    with protecting():
        protect(mine)
        check_overwrite(place)  # all of them are in the file that was read


def test_a_slip_in_a_file_by_hand_does_not_make_it_worthless(tmp_path: Path) -> None:
    (tmp_path / "labels.json").write_text('{"events": ["top",]}')
    with pytest.raises(OutputError, match="cannot be read and would be lost"):
        check_overwrite(tmp_path / "labels.json")
