"""The page as a folder: the same documents as from the server, whole or not at all."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fastapi.testclient import TestClient

from inphase.data import Collection
from inphase.errors import OutputError
from inphase.models import EmbeddedVideo, Embeddings
from inphase.video import probe
from inphase.viewer import Documents, export_page
from inphase.viewer.opening import open_documents
from tests.video.odd_videos import encode
from tests.viewer.test_app import wait_for


def test_the_folder_holds_what_the_server_answers(
    client: TestClient, documents: Documents, tmp_path: Path
) -> None:
    client.post("/data/anchors", json={"reference": "v0", "query": "v1", "anchors": [[5, 9]]})
    client.put("/data/labels.json", json={"events": ["pour"], "videos": {"v0": {"pour": 4}}})
    page = tmp_path / "page"
    assert export_page(documents, page, cache=tmp_path / "cache") == ()
    for video in ("v0", "v1", "v2"):
        for address in (
            f"data/embeddings/{video}.bin",
            f"data/alignments/{video}.json",
            f"media/{video}.mp4",
            f"thumbnails/{video}.jpg",
        ):
            assert (page / address).read_bytes() == wait_for(client, f"/{address}").content, address
    for video in ("v0", "v1"):
        proxy = wait_for(client, f"/proxies/{video}.mp4").content
        assert (page / "proxies" / f"{video}.mp4").read_bytes() == proxy
    assert (page / "index.html").read_bytes() == client.get("/").content
    for name in ("labels", "map", "anomalies", "progress"):
        address = f"data/{name}.json"
        served = wait_for(client, f"/{address}").json()
        assert json.loads((page / address).read_text()) == served, address
    collection = json.loads((page / "data/collection.json").read_text())
    assert collection.pop("editable") is False
    served = client.get("/data/collection.json").json()
    assert served.pop("editable") is True
    assert collection == served


def test_what_is_published_tells_of_no_other_video_and_no_folder(
    collection: Collection, embeddings: Embeddings, pouring: Collection, tmp_path: Path
) -> None:
    entries = {
        video.name: {"file": str(video.path), "events": {"pour": 2}}
        for video in (*collection, pouring.videos[4])
    }
    path = tmp_path / "labels.json"
    path.write_text(json.dumps({"events": ["pour"], "videos": entries}))
    documents = open_documents(embeddings, collection, labels=path)
    export_page(documents, tmp_path / "page", cache=tmp_path / "cache")
    for file in (tmp_path / "page" / "data").rglob("*.json"):
        assert pouring.videos[4].name not in file.read_text()
        assert str(tmp_path) not in file.read_text()
    published = json.loads((tmp_path / "page/data/labels.json").read_text())["videos"]
    assert published[collection.names[0]]["file"] == collection.videos[0].path.name
    assert published[collection.names[0]]["events"] == {"pour": 2}


def test_two_videos_of_one_name_are_told_apart_in_what_is_published(
    collection: Collection, embeddings: Embeddings, tmp_path: Path
) -> None:
    folders = [tmp_path / "homes" / one for one in "ab"]
    for folder, video in zip(folders, collection, strict=False):
        folder.mkdir(parents=True)
        shutil.copy(video.path, folder / "take.mp4")
    videos = tuple(
        replace(one, name=f"{folder.name}/take", path=folder / "take.mp4")
        for one, folder in zip(embeddings, folders, strict=False)
    )
    # One of the two is already in the file, under the other's name.
    path = tmp_path / "labels.json"
    entry = {"file": "homes/b/take.mp4", "events": {"pour": 5}}
    path.write_text(json.dumps({"events": ["pour"], "videos": {"a/take": entry}}))
    documents = open_documents(Embeddings(videos), Collection.open(folders), labels=path)
    export_page(documents, tmp_path / "page", cache=tmp_path / "cache")
    published = json.loads((tmp_path / "page/data/labels.json").read_text())["videos"]
    told = json.loads((tmp_path / "page/data/collection.json").read_text())["videos"]
    assert [video["name"] for video in told] == ["a/take", "b/take"]
    assert [published[video["label"]]["file"] for video in told] == ["a/take.mp4", "b/take.mp4"]
    assert [published[video["label"]]["events"] for video in told] == [{}, {"pour": 5}]
    assert len(published) == 2


def test_what_a_browser_cannot_play_is_exported_as_a_proxy(tmp_path: Path) -> None:
    odd = encode(tmp_path / "odd.avi", 12, codec="mpeg4")
    plain = encode(tmp_path / "plain.mp4", 12)
    videos = tuple(
        EmbeddedVideo(p.stem, p, probe(p).times, np.eye(12, dtype=np.float32)) for p in (odd, plain)
    )
    documents = open_documents(Embeddings(videos), Collection.open([odd, plain]))
    assert [video.playback is None for video in documents.viewed.videos] == [True, False]
    export_page(documents, tmp_path / "page", cache=tmp_path / "cache")
    assert probe(tmp_path / "page/media/v0.mp4").frames == 12
    assert (tmp_path / "page/media/v1.mp4").read_bytes() == plain.read_bytes()


def test_an_earlier_export_is_replaced_and_nothing_else(
    documents: Documents, tmp_path: Path
) -> None:
    page, cache = tmp_path / "page", tmp_path / "cache"
    export_page(documents, page, cache=cache)
    manifest = page / "inphase-page.json"
    listed = json.loads(manifest.read_text())
    assert sorted(listed["files"]) == sorted(
        file.relative_to(page).as_posix() for file in page.rglob("*") if file.is_file()
    )
    # As if the earlier export had held one more video.
    (page / "media" / "v3.mp4").touch()
    listed["files"].append("media/v3.mp4")
    manifest.write_text(json.dumps(listed))
    export_page(documents, page, cache=cache)
    assert not (page / "media" / "v3.mp4").exists()
    other = tmp_path / "other"
    other.mkdir()
    (other / "thesis.tex").touch()
    with pytest.raises(OutputError, match="holds other files"):
        export_page(documents, other, cache=cache)
    videos = documents.viewed["v0"].path.parent
    for content in ("{", "{}", '{"files": [3]}'):
        (other / manifest.name).write_text(content)
        with pytest.raises(OutputError, match=r"inphase-page\.json"):
            export_page(documents, other, cache=cache)
    (other / manifest.name).unlink()
    with pytest.raises(OutputError, match="holds the videos themselves"):
        export_page(documents, videos, cache=cache)
    with pytest.raises(OutputError, match="is a file"):
        export_page(documents, documents.viewed["v0"].path, cache=cache)
    assert [file.name for file in other.iterdir()] == ["thesis.tex"]


def test_what_others_put_into_an_export_stays(documents: Documents, tmp_path: Path) -> None:
    page, cache = tmp_path / "page", tmp_path / "cache"
    export_page(documents, page, cache=cache)
    (page / "CNAME").write_text("swings.example")
    (page / ".git" / "refs" / "empty").mkdir(parents=True)
    (page / ".git" / "HEAD").write_text("ref: refs/heads/main")
    (page / "data" / "mine.json").write_text("{}")
    (page / "latest").symlink_to("media", target_is_directory=True)
    (page / "dangling").symlink_to("nowhere")
    before = (page / "index.html").stat().st_ino
    export_page(documents, page, cache=cache)
    assert (page / "index.html").stat().st_ino != before
    assert (page / "CNAME").read_text() == "swings.example"
    assert (page / ".git" / "HEAD").read_text() == "ref: refs/heads/main"
    assert (page / ".git" / "refs" / "empty").is_dir()
    assert (page / "data" / "mine.json").read_text() == "{}"
    assert (page / "latest").is_symlink()
    assert (page / "dangling").is_symlink()
    assert "CNAME" not in (page / "inphase-page.json").read_text()


def test_what_an_export_would_write_over_is_refused(documents: Documents, tmp_path: Path) -> None:
    page, cache = tmp_path / "page", tmp_path / "cache"
    export_page(documents, page, cache=cache)
    manifest = page / "inphase-page.json"
    listed = json.loads(manifest.read_text())
    listed["files"].remove("media/v1.mp4")
    manifest.write_text(json.dumps(listed))
    (page / "media" / "v1.mp4").write_text("mine")
    before = {path: path.stat().st_mtime_ns for path in page.rglob("*")}
    with pytest.raises(OutputError, match=r"v1\.mp4 is not from an earlier export"):
        export_page(documents, page, cache=cache)
    assert {path: path.stat().st_mtime_ns for path in page.rglob("*")} == before
    assert (page / "media" / "v1.mp4").read_text() == "mine"


def test_a_video_that_broke_meanwhile_is_told_and_the_rest_is_exported(
    documents: Documents, tmp_path: Path
) -> None:
    documents.viewed["v1"].path.write_bytes(b"not a video")
    skipped = export_page(documents, tmp_path / "page", cache=tmp_path / "cache")
    assert {one.name for one in skipped} == {documents.viewed["v1"].name}
    assert (tmp_path / "page" / "thumbnails" / "v2.jpg").is_file()


def test_nothing_is_left_of_an_export_that_fails(
    documents: Documents, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_source: Path, _target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copyfile", full)
    with pytest.raises(OutputError, match="No space left"):
        export_page(documents, tmp_path / "page", cache=tmp_path / "cache")
    assert {path.name for path in tmp_path.iterdir()} <= {"cache", "pourings"}
