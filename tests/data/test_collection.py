"""Videos from a folder, a glob, a list, a labels.json or one file; none of them is opened."""

import json
from pathlib import Path

import pytest

from inphase.data import Collection
from inphase.errors import CollectionError


def _touch(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()


def _label(folder: Path, name: str, *, events: tuple[str, ...] = ("go",)) -> Path:
    _touch(folder, f"{name}.mp4")
    entry = {"file": f"{name}.mp4", "frames": 9, "group": 4, "events": {events[0]: 2}}
    path = folder / "labels.json"
    path.write_text(json.dumps({"events": list(events), "videos": {name: entry}}))
    return path


def test_a_folder_gives_its_videos_in_natural_order(tmp_path: Path) -> None:
    _touch(tmp_path, "take10.mp4", "take2.MOV", "more/take1.mkv", "notes.txt", ".hidden.mp4")
    collection = Collection.open(tmp_path)
    assert collection.names == ("take1", "take2", "take10")
    assert collection["take2"].path == tmp_path / "take2.MOV"
    assert collection["take2"].events == {}
    assert len(collection) == 3


def test_a_folder_of_numbered_images_is_one_video(tmp_path: Path) -> None:
    _touch(tmp_path, "set/one.v2/0001.png", "set/one.v2/0002.png", "set/two.mp4", "set/cover1.jpg")
    assert Collection.open(tmp_path / "set").names == ("one.v2", "two")
    alone = Collection.open(tmp_path / "set" / "one.v2")
    assert [video.path for video in alone] == [tmp_path / "set" / "one.v2"]


def test_equal_names_are_told_apart_by_folders_and_then_by_suffix(tmp_path: Path) -> None:
    _touch(tmp_path, "x/ann/1.mp4", "x/bob/1.mp4", "y/bob/1.mp4", "z/2.mp4", "z/3.mp4", "z/3.mov")
    collection = Collection.open(tmp_path)
    assert collection.names == ("ann/1", "x/bob/1", "y/bob/1", "2", "3.mov", "3.mp4")


def test_a_glob_takes_the_videos_it_matches(tmp_path: Path) -> None:
    _touch(tmp_path, "a1.mp4", "a2.mp4", "b1.mp4", "a3.txt", "deep/er/a4.mp4")
    assert Collection.open(f"{tmp_path}/a*").names == ("a1", "a2")
    assert Collection.open(f"{tmp_path}/**/a*.mp4").names == ("a1", "a2", "a4")
    with pytest.raises(CollectionError, match="matches no file"):
        Collection.open(f"{tmp_path}/c*.mp4")
    with pytest.raises(CollectionError, match="has no videos"):
        Collection.open(f"{tmp_path}/*.txt")


def test_a_file_whose_name_looks_like_a_glob_is_that_file(tmp_path: Path) -> None:
    _touch(tmp_path, "take[1].mp4", "take1.mp4")
    assert Collection.open(tmp_path / "take[1].mp4").names == ("take[1]",)


def test_a_list_keeps_its_order_and_drops_repetitions(tmp_path: Path) -> None:
    _touch(tmp_path, "b.mp4", "a.mp4", "sub/c.mp4")
    given: list[str | Path] = [
        tmp_path / "b.mp4",
        str(tmp_path / "a.mp4"),
        tmp_path / "sub",
        tmp_path / "b.mp4",
    ]
    assert Collection.open(given).names == ("b", "a", "c")


def test_a_list_of_files_with_equal_names_makes_them_unique(tmp_path: Path) -> None:
    _touch(tmp_path, "x/a.mp4", "y/a.mp4")
    assert Collection.open([tmp_path / "x/a.mp4", tmp_path / "y/a.mp4"]).names == ("x/a", "y/a")


def test_one_file_is_a_collection_of_one(tmp_path: Path) -> None:
    _touch(tmp_path, "a.b.mp4")
    (video,) = Collection.open(tmp_path / "a.b.mp4")
    assert (video.name, video.path) == ("a.b", tmp_path / "a.b.mp4")


def test_labels_are_found_in_a_folder_or_given(tmp_path: Path) -> None:
    path = _label(tmp_path, "first")
    _touch(tmp_path, "unlabelled.mp4")
    opened = Collection.open(tmp_path), Collection.open(path), Collection.open([tmp_path])
    for collection in opened:
        assert collection.events == ("go",)
        (video,) = collection
        assert (video.name, video.frames, video.group) == ("first", 9, "4")
        assert video.events == {"go": 2}


def test_labelled_sets_join_when_their_events_are_the_same(tmp_path: Path) -> None:
    _label(tmp_path / "x", "a")
    _label(tmp_path / "y", "a")
    _label(tmp_path / "z", "b", events=("other",))
    both = Collection.open([tmp_path / "x", tmp_path / "y"])
    assert both.names == ("x/a", "y/a")
    assert both.events == ("go",)
    with pytest.raises(CollectionError, match="key events differ"):
        Collection.open([tmp_path / "x", tmp_path / "z"])


def test_a_file_listed_by_itself_and_in_a_labelled_set_keeps_its_labels(tmp_path: Path) -> None:
    _label(tmp_path, "a")
    (video,) = Collection.open([tmp_path / "a.mp4", tmp_path])
    assert video.events == {"go": 2}


def test_splits_are_parts_of_a_labelled_set(shared_data: Path) -> None:
    pushup = Collection.open(shared_data / "pushup")
    assert len(pushup) == 127
    assert len(pushup.split("train")) == 88
    test = Collection.open(shared_data / "pushup" / "labels.json", split="test")
    assert len(test) == 39
    assert test.events == pushup.events
    with pytest.raises(CollectionError, match="no split `dev`; its splits are: test, train"):
        pushup.split("dev")


def test_without_labels_there_is_no_split(tmp_path: Path) -> None:
    _touch(tmp_path, "a.mp4")
    with pytest.raises(CollectionError, match="its videos have no splits"):
        Collection.open(tmp_path, split="train")


def test_a_video_is_found_by_name_or_by_its_file(tmp_path: Path) -> None:
    _touch(tmp_path, "serve_ann.mp4", "serve_bob.mp4")
    collection = Collection.open(tmp_path)
    assert collection["serve_ann"] is collection[str(tmp_path / "serve_ann.mp4")]
    assert collection["serve_bob"] is collection["serve_bob.mp4"]
    with pytest.raises(CollectionError, match=r"no video serve_bop in .*; did you mean serve_bob"):
        collection["serve_bop"]
    with pytest.raises(CollectionError, match="it has 2 videos, the first is serve_ann"):
        collection["zzz"]


@pytest.mark.parametrize("source", ["missing.mp4", "missing"])
def test_what_does_not_exist_is_named(tmp_path: Path, source: str) -> None:
    with pytest.raises(CollectionError, match=f"{source} does not exist"):
        Collection.open(tmp_path / source)
    _touch(tmp_path, "a.mp4")
    with pytest.raises(CollectionError, match=f"{source} does not exist"):
        Collection.open([tmp_path / "a.mp4", tmp_path / source])


def test_an_empty_folder_and_an_empty_list_have_no_videos(tmp_path: Path) -> None:
    with pytest.raises(CollectionError, match="has no videos"):
        Collection.open(tmp_path)
    _touch(tmp_path, "notes.txt", "photo.jpg")
    with pytest.raises(CollectionError, match="has no videos"):
        Collection.open(tmp_path)
    with pytest.raises(CollectionError, match="No videos were given"):
        Collection.open([])
