"""The documents over HTTP, as the page requests them, and what is refused."""

import io
import json
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient
from PIL import Image

from inphase.alignment import Alignment, align
from inphase.applications.synchronization import mirroring
from inphase.data import Collection
from inphase.models import EmbeddedVideo, Embeddings
from inphase.video import VideoInfo, VideoReader, probe
from inphase.video.browser import browser_playback
from inphase.viewer import Documents, Shelf, create_app
from inphase.viewer.anomalies import anomaly_curves
from inphase.viewer.opening import open_documents
from inphase.viewer.videos import MOST_KEY_DISTANCE, ViewedVideo
from tests.viewer.raw_http import Ask

JSON = {"content-type": "application/json"}


def wait_for(client: TestClient, address: str) -> Any:
    """Ask until it is made; gives up after a while, so that the test cannot hang."""
    for _ in range(600):
        answer = client.get(address)
        if answer.status_code not in (202, 503):
            return answer
        assert answer.json()["detail"]
        time.sleep(0.05)
    raise AssertionError(f"{address} was never made")


def test_the_collection_is_described(client: TestClient, documents: Documents) -> None:
    told = client.get("/data/collection.json").json()
    assert (told["title"], told["editable"], told["reference"]) == ("pourings", True, "v0")
    assert told["thumbnails"] == {"height": 90, "columns": 10}
    assert told["distance"] == "squared_euclidean"
    assert [video["id"] for video in told["videos"]] == ["v0", "v1", "v2"]
    for video, known in zip(told["videos"], documents.viewed.videos, strict=True):
        info = probe(known.path)
        assert video["name"] == video["label"] == known.path.stem
        assert (video["width"], video["height"]) == (info.width, info.height)
        assert video["frames"] == len(video["times"]) == info.frames
        assert video["duration"] == pytest.approx(info.duration)
        assert video["has_sound"] is True
        assert video["ready"] is True
        assert isinstance(video["quick"], bool)
        assert video["thumbnail_step"] == 1
    assert str(known.path.parent) not in json.dumps(told)


def test_anomaly_curves_come_when_they_are_computed(
    client: TestClient, documents: Documents
) -> None:
    curves = wait_for(client, "/data/anomalies.json").json()
    assert list(curves) == ["v0", "v1", "v2"]
    for video in documents.viewed.videos:
        assert len(curves[video.id]) == video.info.frames
        assert 0 <= min(curves[video.id]) <= max(curves[video.id]) <= 1


def test_the_anomaly_curve_rises_where_one_video_is_odd() -> None:
    generator = np.random.default_rng(0)

    def seen(number: int, *, odd: bool = False) -> ViewedVideo:
        state = np.linspace(0, 1, 60) + generator.normal(0, 0.003, 60).cumsum() / 10
        points = np.stack([np.cos(3 * state), np.sin(3 * state), 0 * state], axis=1)
        points = points.astype(np.float32)
        points[30:40, 2] = odd
        embedded = EmbeddedVideo(f"{number}", Path(f"{number}.mp4"), np.arange(60) / 25, points)
        return ViewedVideo(f"v{number}", embedded, VideoInfo.__new__(VideoInfo), None)

    videos = [seen(0, odd=True), *(seen(number) for number in range(1, 12))]
    curves = anomaly_curves(videos)
    assert min(curves["v0"][32:38]) == 1
    assert max(curves["v0"][:20]) < 0.5
    assert sum(max(curves[f"v{number}"]) > 0.5 for number in range(1, 12)) <= 2
    assert anomaly_curves(videos[:2]) == {}
    assert anomaly_curves(videos * 4) == {}


def test_embeddings_come_row_by_row(client: TestClient, embeddings: Embeddings) -> None:
    content = client.get("/data/embeddings/v1.bin").content
    known = embeddings.videos[1].embeddings
    np.testing.assert_array_equal(np.frombuffer(content, "<f4").reshape(known.shape), known)


def test_alignments_are_those_of_the_library(client: TestClient, embeddings: Embeddings) -> None:
    told = client.get("/data/alignments/v1.json").json()
    assert told["reference"] == "v1"
    assert set(told["queries"]) == {"v0", "v2"}
    known = align(embeddings.videos[1].embeddings, embeddings.videos[2].embeddings)
    entry = told["queries"]["v2"]
    assert entry["frames"] == known.query_frames.tolist()
    assert entry["confidence"] == pytest.approx(known.confidence.tolist(), abs=1e-4)
    assert entry["cost"] == pytest.approx(known.cost)
    path = np.stack([known.path.reference, known.path.query], axis=1)
    assert entry["path"] == path.tolist()
    assert entry["anchors"] == []


def test_the_map_has_a_point_for_each_frame(client: TestClient, embeddings: Embeddings) -> None:
    told = wait_for(client, "/data/map.json").json()
    assert told["method"] == "t-SNE"
    for number, video in enumerate(embeddings):
        points = np.array(told["points"][f"v{number}"])
        assert points.shape == (len(video.times), 2)
        assert np.isfinite(points).all()


def test_thumbnails_are_tiles_of_the_frames(client: TestClient, documents: Documents) -> None:
    answer = wait_for(client, "/thumbnails/v0.jpg")
    assert answer.headers["content-type"] == "image/jpeg"
    video = documents.viewed["v0"]
    rows = -(-video.info.frames // 10)
    with Image.open(io.BytesIO(answer.content)) as sprite:
        width = round(90 * video.info.width / video.info.height)
        assert sprite.size == (10 * width, 90 * rows)
        shown = np.asarray(sprite).astype(int)
    frames = list(VideoReader(video.path, size=(width, 90)))
    for number in (0, 13, video.info.frames - 1):
        row, column = divmod(number, 10)
        tile = shown[row * 90 : (row + 1) * 90, column * width : (column + 1) * width]
        assert np.abs(tile - frames[number][1].astype(int)).mean() < 4


def test_progress_ends_when_all_is_made(client: TestClient) -> None:
    for video in ("v0", "v1", "v2"):
        wait_for(client, f"/thumbnails/{video}.jpg")
    # The third is too short to be slow.
    for video in ("v0", "v1"):
        wait_for(client, f"/proxies/{video}.mp4")
    told = client.get("/data/progress.json").json()
    assert told["done"] == told["of"] == 5
    assert told["media"] == told["thumbnails"] == ["v0", "v1", "v2"]
    assert told["proxies"] == ["v0", "v1"]
    videos = client.get("/data/collection.json").json()["videos"]
    assert [video["quick"] for video in videos] == [True, True, False]
    assert told["failed"] == {}


def test_a_proxy_has_the_frames_of_what_is_slow_to_seek(
    client: TestClient, documents: Documents, tmp_path: Path
) -> None:
    proxy = tmp_path / "proxy.mp4"
    proxy.write_bytes(wait_for(client, "/proxies/v1.mp4").content)
    video = documents.viewed["v1"]
    np.testing.assert_allclose(probe(proxy).times, video.times, atol=2e-5)
    playback = browser_playback(proxy)
    assert playback is not None
    assert video.playback is not None
    assert playback.key_distance < MOST_KEY_DISTANCE < video.playback.key_distance


def test_what_is_watched_is_made_before_the_rest(documents: Documents, tmp_path: Path) -> None:
    shelf = Shelf(documents.viewed, tmp_path / "cache")
    app = create_app(documents, shelf)
    # Not entered, so that the work does not start before the request.
    asked = TestClient(app, base_url="http://localhost:8000")
    told = asked.get("/data/progress.json?watched=v1,v9,../v2").json()
    assert (told["done"], told["of"]) == (0, 5)
    assert asked.get("/proxies/v1.mp4").status_code == 503
    with TestClient(app, base_url="http://localhost:8000") as client:
        wait_for(client, "/proxies/v0.mp4")
    made = sorted((tmp_path / "cache").iterdir(), key=lambda file: file.stat().st_mtime_ns)
    assert [file.suffix for file in made] == [".jpg", ".mp4", ".jpg", ".jpg", ".mp4"]


def test_a_corrected_match_changes_both_ways_and_is_saved(
    client: TestClient, documents: Documents
) -> None:
    client.get("/data/alignments/v0.json")
    client.get("/data/alignments/v1.json")
    body = {"reference": "v0", "query": "v1", "anchors": [[5, 9], [12, 14]]}
    entry = client.post("/data/anchors", json=body).json()
    assert entry["anchors"] == [[5, 9], [12, 14]]
    assert [entry["frames"][5], entry["frames"][12]] == [9, 14]
    assert [5, 9] in entry["path"]
    assert client.get("/data/alignments/v0.json").json()["queries"]["v1"] == entry
    turned = client.get("/data/alignments/v1.json").json()["queries"]["v0"]
    assert turned["anchors"] == [[9, 5], [14, 12]]
    assert [turned["frames"][9], turned["frames"][14]] == [5, 12]
    saved = json.loads(documents.alignment_file.read_text())
    names = [video.name for video in documents.viewed.videos]
    assert [(a["reference"], a["query"], a["query_frame"]) for a in saved["anchors"]] == [
        (names[0], names[1], 9),
        (names[0], names[1], 14),
    ]
    by_name = {query["name"]: query for query in saved["queries"]}
    assert by_name[names[1]]["frames"] == entry["frames"]

    assert client.post("/data/anchors", json={**body, "anchors": []}).json()["anchors"] == []
    assert json.loads(documents.alignment_file.read_text())["anchors"] == []


def test_a_correction_aligns_the_corrected_pair_alone(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for video in ("v0", "v1", "v2"):
        client.get(f"/data/alignments/{video}.json")
    aligned: list[Any] = []

    def counted(*arguments: Any, **options: Any) -> Alignment:
        aligned.append(options["anchors"])
        return align(*arguments, **options)

    monkeypatch.setattr(mirroring, "align", counted)
    # The first is also between the file's reference and a query; the others are not.
    for reference, query, anchors in (
        ("v0", "v1", [[5, 9]]),
        ("v1", "v2", [[5, 9]]),
        ("v2", "v0", [[9, 5]]),
    ):
        aligned.clear()
        body = {"reference": reference, "query": query, "anchors": anchors}
        assert client.post("/data/anchors", json=body).status_code == 200
        assert all([tuple(a) for a in one] in ([(5, 9)], [(9, 5)]) for one in aligned)
        assert len(aligned) <= 2
    aligned.clear()
    client.get("/data/alignments/v2.json")
    assert len(aligned) <= 1


def test_two_windows_do_not_lose_each_others_anchors(client: TestClient) -> None:
    pair = {"reference": "v0", "query": "v1"}
    client.post("/data/anchors", json={**pair, "before": [], "anchors": [[5, 9]]})
    # The other window does not know this.
    other = {**pair, "before": [], "anchors": [[12, 14]]}
    assert client.post("/data/anchors", json=other).json()["anchors"] == [[5, 9], [12, 14]]
    moved = {**pair, "before": [[5, 9]], "anchors": [[5, 8]]}
    assert client.post("/data/anchors", json=moved).json()["anchors"] == [[5, 8], [12, 14]]
    dropped = {**pair, "before": [[12, 14]], "anchors": []}
    assert client.post("/data/anchors", json=dropped).json()["anchors"] == [[5, 8]]


def test_what_another_program_saved_meanwhile_stays(
    client: TestClient, embeddings: Embeddings, collection: Collection
) -> None:
    before = client.get("/data/alignments/v0.json").json()["queries"]
    beside = open_documents(embeddings, collection)
    beside.set_anchors("v2", "v0", [(4, 7)])
    client.post("/data/anchors", json={"reference": "v0", "query": "v1", "anchors": [[5, 9]]})
    queries = client.get("/data/alignments/v0.json").json()["queries"]
    assert queries["v1"]["anchors"] == [[5, 9]]
    assert queries["v2"]["anchors"] == [[7, 4]]
    assert queries["v2"]["frames"][7] == 4 != before["v2"]["frames"][7]
    assert len(json.loads(beside.alignment_file.read_text())["anchors"]) == 2


def test_a_file_that_became_another_is_not_written_over(
    client: TestClient, documents: Documents
) -> None:
    documents.alignment_file.write_text('{"events": [], "videos": {}}')
    body = {"reference": "v0", "query": "v1", "anchors": [[5, 9]]}
    answer = client.post("/data/anchors", json=body)
    assert answer.status_code == 422
    assert "is not an alignment file" in _sentence(answer)
    assert documents.alignment_file.read_text() == '{"events": [], "videos": {}}'
    told = client.get("/data/alignments/v0.json").json()
    assert told["queries"]["v1"]["anchors"] == []


def test_two_windows_keep_each_others_labels(client: TestClient, documents: Documents) -> None:
    start: dict[str, object] = {"events": ["pour"], "videos": {"v0": {"pour": 3}}}
    client.put("/data/labels.json", json=start)
    one = {"events": ["pour"], "videos": {"v0": {"pour": 3}, "v1": {"pour": 8}}, "before": start}
    other = {
        "events": ["lift", "pour"],
        "videos": {"v0": {"lift": 1, "pour": 3}, "v2": {"pour": 4}},
        "before": start,
    }
    assert client.put("/data/labels.json", json=one).status_code == 200
    saved = client.put("/data/labels.json", json=other).json()
    names = [video.name for video in documents.viewed.videos]
    assert saved["events"] == ["lift", "pour"]
    assert [saved["videos"][name]["events"] for name in names] == [
        {"lift": 1, "pour": 3},
        {"pour": 8},
        {"pour": 4},
    ]
    # An event and a mark that are removed here go, and the rest stays.
    before = {"events": ["lift", "pour"], "videos": {"v0": {"lift": 1, "pour": 3}}}
    gone = {"events": ["pour"], "videos": {"v0": {}}, "before": before}
    saved = client.put("/data/labels.json", json=gone).json()
    assert saved["events"] == ["pour"]
    assert [saved["videos"][name]["events"] for name in names] == [{}, {"pour": 8}, {"pour": 4}]


def test_two_windows_that_move_one_mark_are_asked(client: TestClient, documents: Documents) -> None:
    start: dict[str, object] = {"events": ["pour"], "videos": {"v0": {"pour": 3}}}
    client.put("/data/labels.json", json=start)

    def moved(frame: int, **more: object) -> dict[str, object]:
        videos = {"v0": {"pour": frame}}
        return {"events": ["pour"], "videos": videos, "before": start, **more}

    client.put("/data/labels.json", json=moved(5))
    text = documents.labels.path.read_text()
    answer = client.put("/data/labels.json", json=moved(7))
    name = documents.viewed.videos[0].name
    assert answer.status_code == 409
    assert f"pour of {name} (frame 5 there, frame 7 here)" in _sentence(answer)
    assert documents.labels.path.read_text() == text
    assert client.put("/data/labels.json", json=moved(5)).status_code == 200
    saved = client.put("/data/labels.json", json=moved(7, insist=True)).json()
    assert saved["videos"][name]["events"] == {"pour": 7}


def test_labels_that_another_program_saved_are_kept(
    client: TestClient, documents: Documents
) -> None:
    start: dict[str, object] = {"events": ["pour"], "videos": {"v0": {"pour": 3}}}
    content = client.put("/data/labels.json", json=start).json()
    name = documents.viewed.videos[1].name
    content["videos"][name]["events"] = {"pour": 6}
    documents.labels.path.write_text(json.dumps(content))
    change = {"events": ["pour"], "videos": {"v0": {"pour": 4}}, "before": start}
    saved = client.put("/data/labels.json", json=change).json()
    assert saved["videos"][name]["events"] == {"pour": 6}


def test_labels_are_saved_and_given_back(client: TestClient, documents: Documents) -> None:
    path = documents.labels.path
    body = {"events": ["lift", "pour"], "videos": {"v0": {"lift": 3, "pour": 9}, "v2": {"pour": 4}}}
    saved = client.put("/data/labels.json", json=body).json()
    assert json.loads(path.read_text()) == saved == client.get("/data/labels.json").json()
    names = [video.name for video in documents.viewed.videos]
    assert [saved["videos"][name]["events"] for name in names] == [
        {"lift": 3, "pour": 9},
        {},
        {"pour": 4},
    ]
    told = client.get("/data/collection.json").json()
    assert told["events"] == ["lift", "pour"]
    assert [video["events"] for video in told["videos"]] == [
        {"lift": 3, "pour": 9},
        {},
        {"pour": 4},
    ]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"reference": "v0", "query": "v1", "anchors": [[5, 9], [7, 8]]}, "increase in both"),
        ({"reference": "v0", "query": "v1", "anchors": [[5, 99999]]}, "outside"),
        ({"reference": "v0", "query": "v1", "anchors": [[-1, 3]]}, "outside"),
        ({"reference": "v0", "query": "v1", "anchors": [[1.5, 3]]}, "integer"),
        ({"reference": "v0", "query": "v1", "anchors": [[1, 2, 3]]}, "anchors"),
        ({"reference": "v0", "query": "v1", "anchors": [[10**30, 3]]}, ""),
        ({"reference": "v0", "query": "v0", "anchors": []}, "itself"),
        ({"reference": "v0", "query": "v1"}, "required"),
        ({"reference": "v0", "query": "v1", "anchors": [], "path": "/etc"}, "path"),
        ([], ""),
    ],
)
def test_bad_anchors_are_one_sentence_and_change_nothing(
    client: TestClient, documents: Documents, body: object, told: str
) -> None:
    before = client.get("/data/alignments/v0.json").content
    answer = client.post("/data/anchors", json=body)
    assert answer.status_code == 422
    assert told in _sentence(answer)
    assert client.get("/data/alignments/v0.json").content == before
    assert not documents.alignment_file.exists()


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"events": ["a"], "videos": {"v0": {"b": 1}}}, "unknown event `b`"),
        ({"events": ["a", "a"], "videos": {}}, "twice"),
        ({"events": ["a"], "videos": {"v0": {"a": 10**6}}}, "outside"),
        ({"events": ["a"], "videos": {"v0": {"a": -1}}}, "outside"),
        ({"events": ["a", "b"], "videos": {"v0": {"a": 5, "b": 2}}}, "comes before"),
        ({"events": ["a"], "videos": {"v0": {"a": "1"}}}, "integer"),
        ({"events": [""], "videos": {}}, "at least 1"),
        ({"events": "a", "videos": {}}, "list"),
    ],
)
def test_bad_labels_are_one_sentence_and_change_nothing(
    client: TestClient, documents: Documents, body: object, told: str
) -> None:
    answer = client.put("/data/labels.json", json=body)
    assert answer.status_code == 422
    assert told in _sentence(answer)
    assert not documents.labels.path.exists()
    assert client.get("/data/collection.json").json()["events"] == []


def test_labels_of_an_unknown_video_are_not_found(client: TestClient) -> None:
    answer = client.put("/data/labels.json", json={"events": [], "videos": {"v9": {}}})
    assert answer.status_code == 404
    assert "no such video" in _sentence(answer)


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b'{"events": NaN}', b"[" * 100_000])
@pytest.mark.parametrize(
    ("method", "address"), [("POST", "/data/anchors"), ("PUT", "/data/labels.json")]
)
def test_what_is_not_json_is_one_sentence(
    client: TestClient, method: str, address: str, content: bytes
) -> None:
    answer = client.request(method, address, content=content, headers=JSON)
    assert 400 <= answer.status_code < 500
    _sentence(answer)


@pytest.mark.parametrize(
    "address",
    [
        "/data/embeddings/v3.bin",
        "/data/embeddings/../../secret.bin",
        "/data/embeddings/..%2f..%2fsecret.bin",
        "/data/alignments/v00.json",
        "/../secret.txt",
        "/../../../../../../../etc/passwd",
        "/media/../secret.txt",
        "/media/%2e%2e/secret.txt",
        "/media/..%2fsecret.mp4",
        "/media/v0.mp4/../../secret.txt",
        "/media/./v0.mp4",
        "/thumbnails/%00.jpg",
        "/%00",
        "//etc/passwd",
        "{secret}",
        "/{secret}",
        "/..%5csecret.txt",
        "/\\..\\secret.txt",
        "/page_files.py",
        "/../app.py",
        "/assets/../../app.py",
        "/assets/..",
        "/docs",
        "/openapi.json",
        "/file:///etc/passwd",
        "file:///etc/passwd",
        "/index.html/",
        "/" + "../" * 300 + "etc/passwd",
    ],
)
def test_nothing_but_the_collection_and_the_page_can_be_reached(
    address: str, documents: Documents, raw: Ask
) -> None:
    # As it is: a client that speaks HTTP would make /media/../secret into /secret itself.
    secrets = [
        documents.viewed["v0"].path.parent / f"secret.{one}" for one in ("txt", "mp4", "bin")
    ]
    for secret in secrets:
        secret.write_text("a secret")
    status, _, content = raw(address.format(secret=secrets[0]))
    assert status in (400, 404)
    for known in (b"a secret", b"root:", b"create_app", documents.viewed["v0"].path.read_bytes()):
        assert known not in content


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "TRACE", "OPTIONS"])
def test_other_methods_are_refused(client: TestClient, method: str) -> None:
    answer = client.request(method, "/data/collection.json", headers=JSON)
    assert answer.status_code == 405


def test_a_video_that_has_gone_is_told(client: TestClient, documents: Documents) -> None:
    documents.viewed["v0"].path.unlink()
    answer = client.get("/media/v0.mp4")
    assert answer.status_code == 410
    assert str(documents.viewed["v0"].path) not in _sentence(answer)


def test_a_place_that_cannot_be_written_is_told_and_changes_nothing(
    client: TestClient, documents: Documents
) -> None:
    before = client.get("/data/alignments/v0.json").content
    documents.alignment_file.mkdir()
    (documents.alignment_file / "x").touch()
    body = {"reference": "v0", "query": "v1", "anchors": [[5, 9]]}
    answer = client.post("/data/anchors", json=body)
    assert answer.status_code == 507
    assert "alignment.json" in _sentence(answer)
    assert client.get("/data/alignments/v0.json").content == before


def test_the_page_is_served(client: TestClient) -> None:
    answer = client.get("/")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert b"<html" in answer.content.lower()
    assert client.head("/").status_code == 200


def _sentence(answer: Any) -> str:
    detail = answer.json()["detail"]
    assert isinstance(detail, str)
    assert detail.endswith((".", "?"))
    assert "\n" not in detail
    assert "Traceback" not in detail
    return detail
