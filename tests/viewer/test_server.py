"""The server as a program: who can connect, ten thousand requests, and how it ends."""

import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from inphase.errors import ConfigError
from inphase.models import Encoder
from inphase.training import TrainingConfig
from inphase.viewer import open_place
from tests.video.odd_videos import encode

REQUESTS, VISITORS = 10_000, 32
# Counted instead of a status: the client did not wait for an answer.
_LEFT = 0


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_this_machine_alone_needs_no_token(host: str) -> None:
    place = open_place(host, 0)
    with place.listening:
        assert place.access.token is None
        assert not place.access.any_address
        port = place.listening.getsockname()[1]
        assert place.address == f"http://{host}:{port}/"


def test_for_other_machines_the_address_holds_a_token() -> None:
    places = [open_place("0.0.0.0", 0) for _ in range(2)]
    for place in places:
        place.listening.close()
        assert place.access.token is not None
        assert len(place.access.token) >= 32
        assert place.address.endswith(f"/?token={place.access.token}")
    assert places[0].access.token != places[1].access.token


def test_a_place_that_cannot_be_had_is_one_sentence() -> None:
    taken = open_place("127.0.0.1", 0)
    port = taken.listening.getsockname()[1]
    with taken.listening, pytest.raises(ConfigError, match=f"port {port}: .*; give another"):
        open_place("127.0.0.1", port)
    for host in ("no.such.host.invalid", "203.0.113.77"):
        with pytest.raises(ConfigError, match="cannot listen on"):
            open_place(host, 0)


@dataclass(frozen=True)
class Program:
    """`inphase view` as it runs, and where."""

    process: "subprocess.Popen[str]"
    host: str
    port: int
    folder: Path

    def get(self, path: str, **headers: str) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection(self.host, self.port, timeout=60)
        try:
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def open_files(self) -> int:
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))  # noqa: PTH208

    def memory(self) -> int:
        """Resident, in MB."""
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) >> 10
        raise AssertionError("no VmRSS")


@pytest.fixture
def program(tmp_path: Path, tiny: TrainingConfig) -> Iterator[Program]:
    Encoder(tiny.encoder).save(tmp_path / "model")
    folder = tmp_path / "videos"
    folder.mkdir()
    encode(folder / "a.mp4", 40, size=(160, 120))
    encode(folder / "b.mp4", 30, size=(160, 120))
    encode(folder / "c.avi", 20, codec="mpeg4")
    (folder / "broken.mp4").write_bytes(b"no video at all")
    words = [str(folder), "--model", str(tmp_path / "model"), "--cache", str(tmp_path / "cache")]
    process = subprocess.Popen(
        [sys.executable, "-m", "inphase", "view", *words, "--no-open", "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    for line in process.stdout:
        if "http://" in line:
            break
    else:
        raise AssertionError(process.communicate()[1])
    parts = urlsplit(next(word for word in line.split() if word.startswith("http://")))
    assert parts.hostname is not None
    assert parts.port is not None
    yield Program(process, parts.hostname, parts.port, folder)
    if process.poll() is None:
        process.kill()
    process.communicate()


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="sends an interrupt")
def test_an_interrupt_ends_it_and_a_broken_video_was_told(program: Program) -> None:
    status, content = program.get("/data/collection.json")
    assert status == 200
    assert [video["name"] for video in json.loads(content)["videos"]] == ["a", "b", "c"]
    program.process.send_signal(signal.SIGINT)
    _, errors = program.process.communicate(timeout=60)
    # As with every verb that skipped something.
    assert program.process.returncode == 1
    assert "broken" in errors
    assert "Traceback" not in errors
    assert not [file for file in program.folder.parent.rglob(".*") if file.is_dir()]


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="counts open files in /proc")
def test_ten_thousand_requests_leave_nothing_behind(program: Program) -> None:
    for path in ("/", "/data/alignments/v0.json", "/data/alignments/v1.json"):
        assert program.get(path)[0] == 200
    # Afterwards, no more must be open than before, except what the interpreter keeps.
    files, memory = program.open_files(), program.memory()
    counts: Counter[int] = Counter()
    lock = threading.Lock()

    def visit(number: int) -> None:
        seen = _visit(program, number, REQUESTS // VISITORS + 1)
        with lock:
            counts.update(seen)

    visitors = [threading.Thread(target=visit, args=(number,)) for number in range(VISITORS)]
    # Meanwhile, some connect and never send anything.
    idle = [socket.create_connection((program.host, program.port)) for _ in range(150)]
    for visitor in visitors:
        visitor.start()
    for visitor in visitors:
        visitor.join()
    for one in idle:
        one.close()
    assert sum(counts.values()) >= REQUESTS
    assert set(counts) <= {_LEFT, 200, 206, 400, 403, 404, 415, 416, 421, 422, 503}
    assert counts[200] + counts[206] > REQUESTS // 3
    assert program.process.poll() is None
    assert program.get("/data/collection.json")[0] == 200
    for _ in range(100):  # connections close a moment after their visitors have left
        if program.open_files() <= files + 10:
            break
        threading.Event().wait(0.1)
    assert program.open_files() <= files + 10
    assert program.memory() < memory + 150


def _visit(program: Program, seed: int, count: int) -> Counter[int]:
    """One client's requests of all kinds, good and bad; some hang up in the middle."""
    draw = random.Random(seed)
    seen: Counter[int] = Counter()
    connection = http.client.HTTPConnection(program.host, program.port, timeout=120)
    json_kind = {"content-type": "application/json"}
    match = json.dumps({"reference": "v0", "query": "v1", "anchors": [[3, 5]]})
    kinds: list[tuple[str, str, dict[str, str], str | None]] = [
        ("GET", "/", {}, None),
        ("GET", "/data/collection.json", {}, None),
        ("GET", "/data/alignments/v1.json", {}, None),
        ("GET", "/data/embeddings/v0.bin", {}, None),
        ("GET", "/media/v0.mp4", {}, None),
        ("GET", "/media/v1.mp4", {"range": "bytes=100-299"}, None),
        ("GET", "/media/v1.mp4", {"range": "bytes=99999999-"}, None),
        ("GET", "/media/v2.mp4", {}, None),
        ("GET", "/thumbnails/v1.jpg", {}, None),
        ("GET", "/data/progress.json", {}, None),
        ("GET", "/data/..%2f..%2f..%2fetc%2fpasswd", {}, None),
        ("GET", "/data/collection.json", {"host": "evil.example"}, None),
        ("POST", "/data/anchors", {**json_kind, "origin": "http://evil.example"}, match),
        ("POST", "/data/anchors", json_kind, "{" * 50),
        ("POST", "/data/anchors", {}, match),
        ("PUT", "/data/labels.json", json_kind, '{"events": 3}'),
    ]
    for _ in range(count):
        method, path, headers, body = draw.choice(kinds)
        try:
            connection.request(method, path, body=body, headers=headers)
            if draw.random() < 0.02:
                connection.close()
                seen[_LEFT] += 1
                continue
            answer = connection.getresponse()
            answer.read()
            seen[answer.status] += 1
        except (OSError, http.client.HTTPException):
            connection.close()
            seen[503] += 1  # refused on connecting
    connection.close()
    return seen
