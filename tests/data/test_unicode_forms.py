"""Names that look the same are the same, however their letters are put together."""

import json
import shutil
import unicodedata
from pathlib import Path

import pytest

from inphase.cli import options, run
from inphase.data import Collection, read_annotations
from inphase.data.formats import convert_labels
from inphase.errors import CollectionError
from inphase.video.unicode_forms import find_name, on_disk

ONE, TWO = "é", "e\u0301"  # as typed, and as macOS and many archives write it
FORMS = pytest.mark.parametrize(("named", "typed"), [(TWO, ONE), (ONE, TWO)])


@pytest.fixture
def video(pouring: Collection) -> Path:
    return pouring.videos[0].path


def place(tmp_path: Path, video: Path, name: str) -> Path:
    """A folder, and in it a video of that name and another."""
    folder = tmp_path / f"d{name}"
    folder.mkdir()
    shutil.copy(video, folder / f"{name}.mp4")
    shutil.copy(video, folder / "b.mp4")
    return folder


@FORMS
def test_a_video_is_found_by_its_name_and_by_its_file(
    tmp_path: Path, video: Path, named: str, typed: str
) -> None:
    folder = place(tmp_path, video, named)
    collection = Collection.open(folder)
    assert collection.names == ("b", ONE)
    assert collection[typed].path == folder / f"{named}.mp4"
    assert collection[f"{typed}.mp4"].name == ONE
    (found,) = Collection.open(tmp_path / f"d{typed}" / f"{typed}.mp4")
    assert found.path == folder / f"{named}.mp4"
    assert options.subjects([f"{typed}=3,4@1.5"], collection) is not None


@FORMS
def test_labels_in_the_other_form_belong_to_it(
    tmp_path: Path, video: Path, named: str, typed: str
) -> None:
    folder = place(tmp_path, video, named)
    entry = {"file": f"{typed}.mp4", "events": {f"top {typed}": 3}}
    content = {"events": [f"top {named}"], "videos": {typed: entry}}
    (folder / "labels.json").write_text(json.dumps(content))
    collection = Collection.open(folder)
    assert collection[named].events == {f"top {ONE}": 3}
    assert collection[named].path == folder / f"{named}.mp4"


@FORMS
@pytest.mark.parametrize("kind", ["csv", "vtt", "json"])
def test_other_programs_labels_are_converted(
    tmp_path: Path, video: Path, named: str, typed: str, kind: str
) -> None:
    folder = place(tmp_path, video, named)
    labels = tmp_path / f"{typed}.{kind}"
    if kind == "csv":
        labels.write_text(f"video,event,time\n{typed},top {typed},0.3\n")
    elif kind == "vtt":
        labels.write_text(f"WEBVTT\n\n00:00.300 --> 00:00.400\ntop {typed}\n")
    else:
        labels.write_text(json.dumps({typed: {"a": {"0": [0, 3e5], "1": [3e5, 6e5]}}}))
    result = convert_labels(labels, folder, events=[f"top {named}"], instants=kind == "vtt")
    assert result.videos[ONE]["events"].keys() == {f"top {ONE}"}
    assert [one.video for one in result.mistakes] == ["b"]


@FORMS
def test_captions_are_those_of_the_video_next_to_them(
    tmp_path: Path, video: Path, named: str, typed: str
) -> None:
    folder = place(tmp_path, video, named)
    (folder / f"{typed}.en.srt").write_text("1\n00:00:00,100 --> 00:00:00,500\nup\n")
    (found,) = read_annotations(folder / f"{typed}.en.srt", names=[named])
    assert found.video.path == folder / f"{named}.mp4"
    told = f"{folder / f'{typed}.mp4'}={folder / f'{named}.en.srt'}"
    (found,) = read_annotations(told)
    assert found.video.path == folder / f"{named}.mp4"


def test_two_files_that_look_the_same_stay_two(tmp_path: Path, video: Path) -> None:
    folder = place(tmp_path, video, ONE)
    shutil.copy(video, folder / f"{TWO}.mp4")
    collection = Collection.open(folder)
    assert set(collection.names) == {"b", ONE, TWO}
    assert collection[TWO].path.stem == TWO
    assert collection[ONE].path.stem == ONE


def test_two_names_of_one_form_in_labels_are_a_mistake(tmp_path: Path, video: Path) -> None:
    folder = place(tmp_path, video, ONE)
    entry = {"file": "b.mp4"}
    (folder / "labels.json").write_text(json.dumps({"videos": {ONE: entry, TWO: entry}}))
    with pytest.raises(CollectionError, match="twice"):
        Collection.open(folder)


@FORMS
def test_the_reference_may_be_typed_in_the_other_form(
    tmp_path: Path, video: Path, named: str, typed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = place(tmp_path, video, named)
    command = ["synchronize", str(folder), "--reference", typed, "--model", str(tmp_path / "no")]
    assert run([*command, "-o", str(tmp_path / "x.json")]) == 2
    told = capsys.readouterr().err
    assert "has no video" not in told
    assert "model folder" in told


def test_what_is_not_there_is_as_it_was_typed(tmp_path: Path) -> None:
    assert on_disk(tmp_path / TWO / ONE) == tmp_path / TWO / ONE
    assert on_disk(Path(TWO)) == Path(TWO)
    assert find_name(["a", "b"], ONE) is None
    assert find_name([TWO, ONE], ONE) == ONE
    assert unicodedata.normalize("NFC", TWO) == ONE
