"""Who may connect: foreign names, foreign pages, visitors without the token, large requests."""

from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

import pytest
from fastapi.testclient import TestClient

from inphase.viewer import Access, Documents, Shelf, create_app, served
from tests.viewer.raw_http import asking

TOKEN = "a-token-that-nobody-guesses"
BODY = {"reference": "v0", "query": "v1", "anchors": []}


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost:9", "LOCALHOST", "[::1]:8000"])
def test_the_names_of_this_machine_are_served(client: TestClient, host: str) -> None:
    assert client.get("/data/collection.json", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8000",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "evil.example@127.0.0.1.evil.example",
        "192.168.0.7:8000",
        "",
        "127.0.0.1, evil.example",
        "[::1",
        "\xff",
    ],
)
@pytest.mark.parametrize("address", ["/", "/data/collection.json", "/media/v0.mp4"])
def test_a_foreign_name_is_refused(client: TestClient, host: str, address: str) -> None:
    answer = client.get(address, headers={b"host": host.encode("latin-1")})
    assert answer.status_code == 421
    assert answer.json()["detail"].endswith(".")


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:8001"},
        {"origin": "http://localhost:8000"},
        {"origin": ""},
        {"origin": "http://["},
        {"origin": "http://[::1"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
@pytest.mark.parametrize("verb", ["POST", "PUT"])
def test_another_page_can_change_nothing(
    client: TestClient, documents: Documents, verb: str, headers: dict[str, str]
) -> None:
    address = {"POST": "/data/anchors", "PUT": "/data/labels.json"}[verb]
    answer = client.request(verb, address, json=BODY, headers=headers)
    assert answer.status_code == 403
    assert "own page" in answer.json()["detail"]
    assert not documents.alignment_file.exists()
    assert not documents.labels.path.exists()


def test_its_own_page_and_programs_can_change(client: TestClient) -> None:
    own = {"origin": "http://127.0.0.1:8000", "sec-fetch-site": "same-origin"}
    for headers in ({}, own):
        assert client.post("/data/anchors", json=BODY, headers=headers).status_code == 200


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_only_json_is_taken(client: TestClient, kind: str) -> None:
    # What a form of another page can send without asking first.
    answer = client.post("/data/anchors", content=b"{}", headers={"content-type": kind})
    assert answer.status_code == 415


def _endless() -> Iterator[bytes]:
    yield b'{"events": ["'
    for _ in range(200):
        yield b"a" * (1 << 16)


def test_too_much_is_refused_whether_announced_or_not(client: TestClient) -> None:
    headers = {"content-type": "application/json"}
    for content in (b"a" * (9 << 20), _endless()):
        answer = client.put("/data/labels.json", content=content, headers=headers)
        assert answer.status_code == 413
        assert answer.json()["detail"].endswith(".")
    assert client.get("/data/collection.json").status_code == 200


@pytest.mark.parametrize("address", ["/", "/data/collection.json", "/media/v0.mp4", "/nothing"])
def test_the_page_is_kept_to_itself(client: TestClient, address: str) -> None:
    headers = client.get(address).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "access-control-allow-origin" not in headers


@pytest.fixture
def shared(documents: Documents, shelf: Shelf) -> TestClient:
    """A visitor from another machine, whose viewer asks for a token."""
    access = Access(hosts=frozenset({"lab"}), any_address=True, token=TOKEN)
    app = create_app(documents, shelf, access=access)
    return TestClient(app, base_url="http://lab:8000", follow_redirects=False)


def test_the_token_is_taken_out_of_the_address_into_a_cookie(shared: TestClient) -> None:
    answer = shared.get(f"/?token={TOKEN}&video=v1")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/?video=v1"
    cookie = answer.headers["set-cookie"]
    assert {"httponly", "samesite=strict"} <= {part.strip().lower() for part in cookie.split(";")}
    assert shared.get("/data/collection.json").status_code == 200
    assert shared.post("/data/anchors", json=BODY).status_code == 200
    assert shared.get("/", headers={"host": "192.168.0.7:8000"}).status_code == 200
    assert shared.get("/", headers={"host": "evil.example"}).status_code == 421


@pytest.mark.parametrize("address", ["/", "/data/collection.json", "/media/v0.mp4", "/nothing"])
@pytest.mark.parametrize(
    "tried",
    ["", "?token=", "?token=wrong", f"?token={TOKEN}x", f"?token={TOKEN[:-1]}", "?token=%ff"],
)
def test_without_the_token_nothing_is_told(shared: TestClient, address: str, tried: str) -> None:
    answer = shared.get(f"{address}{tried}")
    assert answer.status_code == 401
    assert "set-cookie" not in answer.headers
    assert "pouring" not in answer.text
    assert TOKEN not in answer.text


@pytest.mark.parametrize("cookie", ["inphase-00000000=x", f"token={TOKEN}", "a=b; =;;;", "\xff=1"])
def test_another_cookie_is_no_token(shared: TestClient, cookie: str) -> None:
    answer = shared.get("/", headers={b"cookie": cookie.encode("latin-1")})
    assert answer.status_code == 401


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example",
        "/\\evil.example",
        "/\\/evil.example",
        "/%5c/evil.example",
        "\\\\evil.example",
        "/%09/evil.example",
        "/%2f%2fevil.example",
        "/.//evil.example",
        "http://evil.example",
        "/%0d%0alocation:http://evil.example",
    ],
)
def test_the_token_leads_to_this_machine_only(
    path: str, documents: Documents, shelf: Shelf
) -> None:
    access = Access(hosts=frozenset({"127.0.0.1"}), token=TOKEN)
    with served(create_app(documents, shelf, access=access)) as address:
        status, headers, _ = asking(address)(f"{path}?token={TOKEN}")
    if status == 400:  # not a valid request
        return
    assert status == 303
    # As browsers read it: tabs are dropped, and a backslash is a slash.
    location = headers["location"].replace("\t", "").replace("\\", "/")
    assert urlsplit(urljoin(address, location)).netloc == urlsplit(address).netloc


def test_a_very_long_address_is_refused(client: TestClient) -> None:
    assert client.get("/?" + "a" * 5000).status_code == 414
