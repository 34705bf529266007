"""Where labels and corrections are found and kept."""

import json
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from inphase.data import Collection
from inphase.errors import AlignmentError, CollectionError, ConfigError
from inphase.models import Embeddings
from inphase.viewer.opening import open_documents, split_models


def test_they_are_kept_beside_the_videos(collection: Collection, embeddings: Embeddings) -> None:
    folder = collection.videos[0].path.parent
    files = [str(video.path) for video in collection]
    for opened in (collection, Collection.open(files)):
        documents = open_documents(embeddings, opened)
        assert documents.alignment_file == folder / "alignment.json"
        assert documents.labels.path == folder / "labels.json"


@pytest.fixture
def apart(
    collection: Collection, embeddings: Embeddings, tmp_path: Path
) -> tuple[Embeddings, Collection]:
    """Two videos in separate trees, without a common folder of their own."""
    paths = [tmp_path / "shared" / one / "takes" / "take.mp4" for one in ("ann", "bob")]
    for path, video in zip(paths, collection, strict=False):
        path.parent.mkdir(parents=True)
        shutil.copy(video.path, path)
    opened = Collection.open(paths)
    videos = tuple(
        replace(one, name=video.name, path=video.path)
        for one, video in zip(embeddings, opened, strict=False)
    )
    return Embeddings(videos), opened


@pytest.mark.parametrize("why", ["root", "drives", "locked"])
def test_videos_without_a_folder_in_common_have_their_labels_where_one_works(
    apart: tuple[Embeddings, Collection],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    why: str,
) -> None:
    def on_another_drive(*_: object) -> str:
        raise ValueError("path is on mount 'C:', start on mount 'D:'")

    def common(_folders: object) -> str:
        return str(Path(tmp_path.anchor) if why == "root" else tmp_path / "shared")

    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setattr(os.path, "commonpath", on_another_drive if why == "drives" else common)
    if why == "drives":
        monkeypatch.setattr(os.path, "relpath", on_another_drive)
    if why == "locked":
        monkeypatch.setattr(os, "access", lambda *_: False)
    documents = open_documents(*apart)
    assert documents.labels.path == tmp_path / "here" / "labels.json"
    assert documents.alignment_file == tmp_path / "here" / "alignment.json"
    documents.set_labels(["pour"], {"v1": {"pour": 3}})
    saved = Collection.open(documents.labels.path)
    assert saved.names == ("ann/takes/take", "bob/takes/take")
    assert [video.path.resolve() for video in saved] == [v.path for v in apart[1]]


def test_labels_of_a_file_named_apart_are_read(
    collection: Collection, embeddings: Embeddings, tmp_path: Path
) -> None:
    files = [video.path for video in collection]
    entries = {"x": {"file": str(files[1]), "events": {"pour": 7}, "split": "test"},
               "y": {"file": str(files[2])}}  # fmt: skip
    path = tmp_path / "mine.json"
    path.write_text(json.dumps({"events": ["pour"], "licence": "CC0", "videos": entries}))
    documents = open_documents(embeddings, collection, labels=path)
    assert documents.viewed.events == ("pour",)
    assert documents.viewed.marks == {"v1": {"pour": 7}}

    documents.set_labels(["pour"], {"v0": {"pour": 1}, "v1": {"pour": 8}})
    saved = json.loads(path.read_text())
    assert saved["licence"] == "CC0"
    assert saved["videos"]["x"]["split"] == "test"
    assert saved["videos"]["x"]["events"] == {"pour": 8}
    assert set(saved["videos"]) == {"x", "y", collection.names[0]}
    assert {video.name: dict(video.events) for video in Collection.open(path)} == {
        "x": {"pour": 8},
        "y": {},
        collection.names[0]: {"pour": 1},
    }


def test_events_that_other_videos_still_have_cannot_be_taken_away(
    collection: Collection, embeddings: Embeddings, tmp_path: Path, pouring: Collection
) -> None:
    other = pouring.videos[4]
    entries = {"other": {"file": str(other.path), "events": {"pour": 2}}}
    path = tmp_path / "mine.json"
    path.write_text(json.dumps({"events": ["pour"], "videos": entries}))
    before = path.read_bytes()
    documents = open_documents(embeddings, collection, labels=path)
    with pytest.raises(CollectionError, match="video other: unknown event `pour`"):
        documents.set_labels(["lift"], {"v0": {"lift": 1}})
    assert path.read_bytes() == before


def test_saved_anchors_are_found_again(collection: Collection, embeddings: Embeddings) -> None:
    open_documents(embeddings, collection).set_anchors("v0", "v2", [(4, 7)])
    again = open_documents(embeddings, collection, reference=collection.names[2])
    told = json.loads(again.alignments("v2"))
    assert again.viewed.reference == "v2"
    assert told["queries"]["v0"]["anchors"] == [[7, 4]]


def test_anchors_that_do_not_fit_are_told_at_once(
    collection: Collection, embeddings: Embeddings, tmp_path: Path
) -> None:
    names = collection.names
    one = {"reference": names[0], "query": names[1], "reference_frame": 5, "query_frame": 9999}
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"anchors": [one]}))
    with pytest.raises(AlignmentError, match=r"a\.json: .* outside pouring_001"):
        open_documents(embeddings, collection, alignment=path)


@pytest.mark.parametrize("content", ['{"events": [], "videos": {}}', "{}", '{"queries": []}'])
def test_another_file_is_not_taken_for_an_alignment_file(
    collection: Collection, embeddings: Embeddings, tmp_path: Path, content: str
) -> None:
    path = tmp_path / "mine.json"
    path.write_text(content)
    with pytest.raises(AlignmentError, match=r"mine\.json is not an alignment file"):
        open_documents(embeddings, collection, alignment=path)
    assert path.read_text() == content
    with pytest.raises(ConfigError, match="give two files"):
        open_documents(embeddings, collection, labels=tmp_path / "b.json",
                       alignment=tmp_path / "b.json")  # fmt: skip


def test_an_unknown_reference_suggests_the_nearest(
    collection: Collection, embeddings: Embeddings
) -> None:
    with pytest.raises(AlignmentError, match="did you mean pouring_001"):
        open_documents(embeddings, collection, reference="pouring_01")


def test_models_are_told_from_videos(tmp_path: Path) -> None:
    for folder in ("run/model", "model"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "model.safetensors").touch()
    run, model = str(tmp_path / "run"), tmp_path / "model"
    assert split_models([run, "a.mp4"], None) == (["a.mp4"], tmp_path / "run" / "model")
    assert split_models(["a.mp4"], model) == (["a.mp4"], model)
    assert split_models(["a.mp4"], None) == (["a.mp4"], None)
    with pytest.raises(ConfigError, match="both models"):
        split_models([run, "a.mp4"], model)
    with pytest.raises(ConfigError, match="does not contain its videos"):
        split_models([run], None)


def test_labels_of_another_video_of_the_same_name_stay(
    collection: Collection, embeddings: Embeddings, tmp_path: Path, pouring: Collection
) -> None:
    name = collection.names[0]
    twin = tmp_path / "elsewhere" / f"{name}.mp4"
    twin.parent.mkdir()
    shutil.copy(pouring.videos[4].path, twin)
    path = tmp_path / "labels.json"
    theirs = {"file": f"elsewhere/{name}.mp4", "events": {"pour": 2}, "split": "test"}
    path.write_text(json.dumps({"events": ["pour"], "videos": {name: theirs}}))
    documents = open_documents(embeddings, collection, labels=path)
    assert documents.viewed.marks == {}
    documents.set_labels(["pour"], {"v0": {"pour": 5}})
    saved = json.loads(path.read_text())["videos"]
    assert saved[name] == theirs
    assert saved[f"pourings/{name}"]["events"] == {"pour": 5}
    # The same entry again the next time.
    again = open_documents(embeddings, collection, labels=path)
    assert again.viewed.marks == {"v0": {"pour": 5}}
    again.set_labels(["pour"], {"v0": {"pour": 6}})
    assert json.loads(path.read_text())["videos"].keys() == saved.keys()


def test_labels_go_by_the_file_where_names_are_exchanged(
    collection: Collection, embeddings: Embeddings, tmp_path: Path
) -> None:
    names, files = collection.names, [str(video.path) for video in collection]
    path = tmp_path / "mine.json"
    entries = {names[0]: {"file": files[1], "events": {"pour": 1}}, "x": {"file": files[0]}}
    path.write_text(json.dumps({"events": ["pour"], "videos": entries}))
    documents = open_documents(embeddings, collection, labels=path)
    assert documents.viewed.marks == {"v1": {"pour": 1}}
    documents.set_labels(["pour"], {"v0": {"pour": 3}, "v1": {"pour": 4}})
    saved = json.loads(path.read_text())["videos"]
    assert {name: (entry["file"], entry["events"]) for name, entry in saved.items()} == {
        names[0]: (files[1], {"pour": 4}),
        "x": (files[0], {"pour": 3}),
        names[2]: (os.path.relpath(files[2], tmp_path), {}),
    }
