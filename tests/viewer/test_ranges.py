"""Media in parts, as players request them; otherwise, every seek lands on frame 0."""

import pytest
from fastapi.testclient import TestClient

from inphase.viewer import Documents


@pytest.fixture
def content(documents: Documents) -> bytes:
    return documents.viewed["v0"].path.read_bytes()


def test_the_whole_file_says_that_parts_can_be_had(client: TestClient, content: bytes) -> None:
    answer = client.get("/media/v0.mp4")
    assert answer.status_code == 200
    assert answer.content == content
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.headers["content-type"] == "video/mp4"
    head = client.head("/media/v0.mp4")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(content))


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=0-99", 0, 100),
        ("bytes=100-", 100, None),
        ("bytes=-50", -50, None),
        ("bytes=10-999999999", 10, None),
        ("bytes=-999999999", 0, None),
        ("BYTES=5-9", 5, 10),
    ],
)
def test_a_part_is_answered(
    client: TestClient, content: bytes, asked: str, first: int, last: int | None
) -> None:
    part = content[first:last]
    start = first % len(content)
    answer = client.get("/media/v0.mp4", headers={"range": asked})
    assert answer.status_code == 206
    assert answer.content == part
    told = f"bytes {start}-{start + len(part) - 1}/{len(content)}"
    assert answer.headers["content-range"] == told
    assert answer.headers["content-length"] == str(len(part))


@pytest.mark.parametrize("beyond", [0, 1, 10**12])
def test_a_part_behind_the_end_is_refused(client: TestClient, content: bytes, beyond: int) -> None:
    asked = f"bytes={len(content) + beyond}-"
    answer = client.get("/media/v0.mp4", headers={"range": asked})
    assert answer.status_code == 416
    assert answer.headers["content-range"] == f"bytes */{len(content)}"


def test_several_parts_at_once_are_answered_by_the_whole(
    client: TestClient, content: bytes
) -> None:
    many = ",".join(f"{n}-{n}" for n in range(500))
    for asked in ("bytes=0-9,20-29", f"bytes={many}"):
        answer = client.get("/media/v0.mp4", headers={"range": asked})
        assert answer.status_code == 200
        assert answer.content == content


@pytest.mark.parametrize("asked", ["bytes=9-5", "frames=0-9", "bytes", "bytes=a-b", "bytes=-", "x"])
def test_a_part_that_makes_no_sense_is_refused_or_ignored(
    client: TestClient, content: bytes, asked: str
) -> None:
    answer = client.get("/media/v0.mp4", headers={"range": asked})
    assert answer.status_code in (200, 400, 416)
    assert answer.status_code != 200 or answer.content == content


def test_a_part_of_another_version_is_answered_by_the_whole(
    client: TestClient, content: bytes
) -> None:
    tag = client.head("/media/v0.mp4").headers["etag"]
    same = client.get("/media/v0.mp4", headers={"range": "bytes=0-9", "if-range": tag})
    other = client.get("/media/v0.mp4", headers={"range": "bytes=0-9", "if-range": '"old"'})
    assert (same.status_code, other.status_code) == (206, 200)
    assert other.content == content
