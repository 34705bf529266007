"""Mirrored performers, and the person who is followed, as the page sees them."""

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from fastapi.testclient import TestClient

from inphase.alignment import align
from inphase.applications.synchronization.synchronize import synchronize
from inphase.data import Collection
from inphase.errors import ConfigError
from inphase.models import EmbeddedVideo, Embeddings
from inphase.models.pose import Place
from inphase.viewer import Documents, Shelf, create_app, export_page
from inphase.viewer.opening import open_documents
from inphase.viewer.people import People
from inphase.viewer.view import view
from tests.viewer.conftest import HERE


def in_mirror(one: EmbeddedVideo) -> EmbeddedVideo:
    """What an encoder would make of the flipped video."""
    side = np.array([-1, 1, 1], np.float32)
    return replace(one, embeddings=one.embeddings * side, mirrored=True)


@pytest.fixture
def performed(embeddings: Embeddings) -> Embeddings:
    """The third of the three videos is performed the other way round."""
    one, two, three = embeddings.videos
    return Embeddings((one, two, replace(in_mirror(three), mirrored=False)))


class Followed:
    """In the place of `People`: whoever is chosen performs like the mirror image."""

    def __init__(self, performed: Embeddings) -> None:
        self._performed = performed
        self.asked: list[tuple[str, Place]] = []

    def embed(self, name: str, place: Place) -> tuple[EmbeddedVideo, EmbeddedVideo]:
        self.asked.append((name, place))
        (one,) = (video for video in self._performed if video.name == name)
        if place.x > 60:
            raise ConfigError(f"Nobody is found in {one.path}.")
        return replace(in_mirror(one), mirrored=False), replace(one, mirrored=True)


@pytest.fixture
def people(performed: Embeddings) -> Followed:
    return Followed(performed)


@pytest.fixture
def documents(performed: Embeddings, collection: Collection, people: Followed) -> Documents:
    return open_documents(
        performed,
        collection,
        mirror_images=[in_mirror(one) for one in performed],
        people=cast(People, people),
    )


@pytest.fixture
def client(documents: Documents, tmp_path: Path) -> Iterator[TestClient]:
    shelf = Shelf(documents.viewed, tmp_path / "cache")
    with TestClient(create_app(documents, shelf), base_url=HERE) as opened:
        yield opened


def asked(client: TestClient, body: dict[str, Any]) -> Any:
    """Ask until the person has been followed."""
    for _ in range(600):
        answer = client.post("/data/subject", json=body)
        if answer.status_code != 202:
            return answer
        time.sleep(0.02)
    raise AssertionError("it was never done")


def test_a_mirrored_performer_is_matched_as_synchronize_does(
    client: TestClient, performed: Embeddings
) -> None:
    queries = client.get("/data/alignments/v0.json").json()["queries"]
    assert (queries["v1"]["mirrored"], queries["v2"]["mirrored"]) == (False, True)
    known = synchronize(
        performed,
        reference=performed.videos[0].name,
        mirror_images=[in_mirror(one) for one in performed],
    )
    for query, video in zip(known.to_dict()["queries"], ("v1", "v2"), strict=True):
        for key in ("frames", "mirrored", "reliable", "doubtful"):
            assert queries[video][key] == query[key]
    content = client.get("/data/mirrored/v2.bin").content
    wanted = in_mirror(performed.videos[2]).embeddings
    np.testing.assert_array_equal(np.frombuffer(content, "<f4").reshape(wanted.shape), wanted)


def test_the_alignment_file_says_who_is_mirrored(client: TestClient, documents: Documents) -> None:
    body = {"reference": "v0", "query": "v2", "anchors": [[5, 7]]}
    entry = client.post("/data/anchors", json=body).json()
    assert entry["mirrored"] is True
    assert entry["frames"][5] == 7
    saved = json.loads(documents.alignment_file.read_text())
    assert [query["mirrored"] for query in saved["queries"]] == [False, True]


def test_without_mirror_images_there_are_none(
    embeddings: Embeddings, collection: Collection, tmp_path: Path
) -> None:
    plain = open_documents(embeddings, collection)
    shelf = Shelf(plain.viewed, tmp_path / "cache")
    with TestClient(create_app(plain, shelf), base_url=HERE) as client:
        assert client.get("/data/mirrored/v0.bin").status_code == 404
        assert client.get("/data/collection.json").json()["follows_people"] is False
        answer = asked(client, {"video": "v0", "x": 1, "y": 2, "frame": 0})
        assert answer.status_code == 422
        assert "not compared by the poses" in answer.json()["detail"]


def test_the_verdict_is_in_words_and_follows_a_correction(client: TestClient) -> None:
    entry = client.get("/data/alignments/v0.json").json()["queries"]["v1"]
    assert entry["verdict"] == "The match looks reliable."
    # The second frame matched with one near the end: everything after is out of place.
    body = {"reference": "v0", "query": "v1", "anchors": [[1, max(entry["frames"]) - 1]]}
    wrong = client.post("/data/anchors", json=body).json()
    assert wrong["reliable"] is False
    assert wrong["doubtful"]
    assert wrong["verdict"].startswith("The match looks unreliable: pouring_001 (")


def test_a_click_follows_another_person_and_aligns_again(
    client: TestClient, documents: Documents, people: Followed, performed: Embeddings
) -> None:
    documents.anomalies.wait()
    before = documents.map.wait()
    times = performed.videos[2].times
    answer = asked(client, {"video": "v2", "x": 30.4, "y": 20.6, "frame": 3})
    assert answer.status_code == 200
    seconds = round(float(times[3] + times[4]) / 2, 3)
    name = performed.videos[2].name
    assert answer.json() == {"subject": f"--subject {name}=30,21@{seconds:g}"}
    assert people.asked == [(name, Place(30, 21, seconds))]
    assert times[3] <= seconds < times[4]
    queries = client.get("/data/alignments/v0.json").json()["queries"]
    assert not queries["v2"]["mirrored"]
    chosen = in_mirror(performed.videos[2]).embeddings
    known = align(performed.videos[0].embeddings, chosen)
    assert queries["v2"]["frames"] == known.query_frames.tolist()
    content = client.get("/data/embeddings/v2.bin").content
    np.testing.assert_array_equal(np.frombuffer(content, "<f4").reshape(chosen.shape), chosen)
    assert documents.map.wait() != before
    told = client.get("/data/collection.json").json()
    assert told["follows_people"] is True
    assert [video["subject"] for video in told["videos"]] == ["", "", answer.json()["subject"]]


def test_where_nobody_is_one_sentence_says_so_and_all_stays(client: TestClient) -> None:
    before = client.get("/data/alignments/v0.json").content
    answer = asked(client, {"video": "v2", "x": 70, "y": 20, "frame": 3})
    assert answer.status_code == 422
    assert answer.json()["detail"] == "Nobody is found in pouring_002."
    assert client.get("/data/alignments/v0.json").content == before


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"video": "v9"}, 404),
        ({"video": "../etc"}, 404),
        ({"frame": 10_000}, 422),
        ({"frame": -1}, 422),
        ({"frame": 1.5}, 422),
        ({"x": -1}, 422),
        ({"x": 1e9}, 422),
        ({"y": "20"}, 422),
        ({"path": "/etc/passwd"}, 422),
    ],
)
def test_other_choices_are_refused(
    client: TestClient, people: Followed, change: dict[str, Any], status: int
) -> None:
    answer = asked(client, {"video": "v2", "x": 30, "y": 20, "frame": 3, **change})
    assert answer.status_code == status
    assert people.asked == []


def test_another_page_cannot_choose(client: TestClient, people: Followed) -> None:
    body = {"video": "v2", "x": 30, "y": 20, "frame": 3}
    answer = client.post("/data/subject", json=body, headers={"origin": "http://evil.example"})
    assert answer.status_code == 403
    assert people.asked == []


def test_an_exported_page_has_the_mirror_images_and_offers_no_choice(
    documents: Documents, tmp_path: Path
) -> None:
    export_page(documents, tmp_path / "page", cache=tmp_path / "cache")
    data = tmp_path / "page" / "data"
    assert json.loads((data / "collection.json").read_text())["follows_people"] is False
    assert json.loads((data / "alignments" / "v0.json").read_text())["queries"]["v2"]["mirrored"]
    assert (data / "mirrored" / "v2.bin").read_bytes() == documents.mirrored_embeddings("v2")


def test_view_looks_in_the_mirror(
    collection: Collection,
    embeddings: Embeddings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def mirror_images(given: Collection, seen: Embeddings, *_: object, **__: object) -> Embeddings:
        assert (given, seen) == (collection, embeddings)
        return Embeddings((in_mirror(embeddings.videos[1]),))

    monkeypatch.setattr("inphase.viewer.view.embed", lambda *_, **__: embeddings)
    monkeypatch.setattr("inphase.viewer.view.mirror_images", mirror_images)
    monkeypatch.setattr("inphase.viewer.view.looks_at_poses", lambda _: False)
    view(collection, tmp_path / "m", export=tmp_path / "page", cache=tmp_path / "c", say=str)
    kept = (tmp_path / "page" / "data" / "mirrored").iterdir()
    assert [one.name for one in kept] == ["v1.bin"]


def test_the_person_at_a_place_is_followed_in_one_video_both_ways(
    collection: Collection, embeddings: Embeddings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    calls: list[tuple[tuple[str, ...], bool, object, object]] = []

    def embed(
        videos: Collection, _: object, *, mirrored: bool, subjects: object, cache: object
    ) -> Embeddings:
        calls.append((videos.names, mirrored, subjects, cache))
        return Embeddings((replace(embeddings.videos[1], mirrored=mirrored),))

    monkeypatch.setattr("inphase.viewer.people.embed", embed)
    name = collection.names[1]
    plain, mirrored = People(collection, "model", tmp_path).embed(name, Place(3, 4, 0.5))
    assert (plain.mirrored, mirrored.mirrored) == (False, True)
    wanted = {name: Place(3, 4, 0.5)}
    assert calls == [((name,), flipped, wanted, tmp_path) for flipped in (False, True)]
