"""Models go to the Hugging Face Hub and come back; the Hub is a small server on loopback."""

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import torch

from inphase.errors import ModelError
from inphase.models import Encoder, EncoderConfig

pytest.importorskip("huggingface_hub", reason="models on the Hub need the extra `hub`")
COMMIT = "0123456789abcdef0123456789abcdef01234567"
NAME = "anna/swings"


class _Hub(BaseHTTPRequestHandler):
    """As much of the Hub's interface as a model of small files needs."""

    files: dict[str, bytes]
    asked: list[str]
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.asked.append(self.path)
        if self.path == "/api/repos/create":
            self._answer({"url": f"{self._address}/{NAME}", "name": NAME, "id": NAME})
        elif self.path.endswith("/preupload/main"):
            wanted = json.loads(body)["files"]
            mode = {"uploadMode": "regular", "shouldIgnore": False}
            files = [{"path": one["path"], **mode} for one in wanted]
            self._answer({"files": files})
        elif self.path.endswith("/commit/main"):
            for line in body.splitlines():
                one = json.loads(line)
                if one["key"] == "file":
                    content = base64.b64decode(one["value"]["content"])
                    self.files[one["value"]["path"]] = content
            url = f"{self._address}/{NAME}/commit/{COMMIT}"
            self._answer({"success": True, "commitOid": COMMIT, "commitUrl": url})
        elif self.path == "/api/validate-yaml":
            self._answer({"errors": [], "warnings": []})
        else:
            self._answer({"error": "no"}, status=404)

    def do_GET(self) -> None:
        self.asked.append(self.path)
        path = self.path.partition("?")[0]
        if re.fullmatch(rf"/api/models/{NAME}(/revision/main)?", path):
            siblings = [{"rfilename": name} for name in (*self.files, "pytorch_model.bin")]
            self._answer({"id": NAME, "sha": COMMIT, "siblings": siblings})
        elif path.startswith(f"/api/models/{NAME}/tree/"):
            tree = [
                {"type": "file", "path": name, "size": len(content), "oid": name}
                for name, content in self.files.items()
            ]
            self._answer(tree)
        elif path.startswith(f"/{NAME}/resolve/"):
            self._send(self.files.get(path.rpartition("/")[2]))
        else:
            self._answer({"error": "no"}, status=404, code="RepoNotFound")

    def do_HEAD(self) -> None:
        self.do_GET()

    @property
    def _address(self) -> str:
        return f"http://{self.headers['Host']}"

    def _answer(self, content: Any, *, status: int = 200, code: str = "") -> None:
        self._send(json.dumps(content).encode(), status=status, code=code)

    def _send(self, body: bytes | None, *, status: int = 200, code: str = "") -> None:
        self.send_response(status if body is not None else 404)
        self.send_header("Content-Length", str(len(body or b"")))
        self.send_header("Content-Type", "application/json")
        self.send_header("ETag", f'"{hashlib.sha1(body or b"").hexdigest()}"')
        self.send_header("X-Repo-Commit", COMMIT)
        if code:
            self.send_header("X-Error-Code", code)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body or b"")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[type[_Hub]]:
    import huggingface_hub.constants as constants

    handler = type("Hub", (_Hub,), {"files": {}, "asked": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    address = f"http://127.0.0.1:{server.server_port}"
    # As HF_ENDPOINT does for a process.
    monkeypatch.setattr(constants, "ENDPOINT", address)
    template = address + "/{repo_id}/resolve/{revision}/{filename}"
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
    monkeypatch.setattr(constants, "HF_TOKEN_PATH", str(tmp_path / "token"))
    monkeypatch.setenv("HF_TOKEN", "hf_of_the_test")
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield handler
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def encoder() -> Encoder:
    config = EncoderConfig(
        base_network="vgg_m", pretrained=False, train_base="all", image_size=32, conv_width=4,
        fc_width=4, embedding_size=3, embedder="convolutions",
    )  # fmt: skip
    return Encoder(config, seed=3).eval()


def _evaluation(folder: Path) -> Path:
    score = {"value": 0.0353, "low": 0.02, "high": 0.05, "unit": "share", "note": "", "title": "E|"}
    report = {
        "format_version": 1,
        "labels": "/home/anna/swings/labels.json",
        "test": ["a", "b"],
        "methods": {"model": {"e": score, "odd": {**score, "value": None}}},
    }
    folder.mkdir()
    (folder / "evaluation.json").write_text(json.dumps(report))
    return folder


def test_an_encoder_comes_back_as_it_was(hub: type[_Hub], encoder: Encoder, tmp_path: Path) -> None:
    encoder.save(tmp_path / "model", card={"videos": "12 of swings", "steps": 300})
    loaded = Encoder.load(tmp_path / "model")
    url = loaded.push_to_hub(NAME, licence="apache-2.0", evaluation=_evaluation(tmp_path / "e"))
    assert url.endswith(f"/{NAME}/commit/{COMMIT}")
    assert sorted(hub.files) == ["README.md", "config.yaml", "model.safetensors"]
    card = hub.files["README.md"].decode()
    assert card.startswith("---\nlibrary_name: inphase\n")
    assert "license: apache-2.0\n" in card
    assert "- videos: 12 of swings\n- steps: 300" in card
    assert f'from_pretrained("{NAME}")' in card
    assert "the 2 test videos of swings" in card
    assert "| E/ | 0.035 share | 0.020 to 0.050 |  |" in card
    assert "/home/anna" not in card

    there = Encoder.from_pretrained(NAME, cache=tmp_path / "cache")
    assert there.fingerprint == encoder.fingerprint
    frames = torch.zeros(2, 2, 32, 32, 3, dtype=torch.uint8)
    with torch.inference_mode():
        assert torch.equal(there(frames), encoder(frames))
    # What else lies there, such as a pickle, is not even downloaded.
    assert not any("pytorch_model.bin" in path for path in hub.asked)
    # Saved again, the card still tells how it was trained.
    there.save(tmp_path / "again")
    assert "- steps: 300" in (tmp_path / "again/README.md").read_text()


def test_what_was_downloaded_needs_no_hub(
    hub: type[_Hub], encoder: Encoder, tmp_path: Path
) -> None:
    with pytest.raises(ModelError, match="has not been downloaded before"):
        Encoder.from_pretrained(NAME, cache=tmp_path, local_files_only=True)
    encoder.push_to_hub(NAME)
    assert "Not stated; ask" in hub.files["README.md"].decode()
    Encoder.from_pretrained(NAME, cache=tmp_path)
    hub.asked.clear()
    Encoder.from_pretrained(NAME, cache=tmp_path, local_files_only=True)
    assert hub.asked == []


def test_a_model_folder_is_loaded_without_the_hub(
    hub: type[_Hub], encoder: Encoder, tmp_path: Path
) -> None:
    encoder.save(tmp_path / "model")
    assert Encoder.from_pretrained(tmp_path / "model").fingerprint == encoder.fingerprint
    assert hub.asked == []


def test_errors_of_the_hub_are_sentences(
    hub: type[_Hub], encoder: Encoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ModelError, match="There is no model anna/other on the Hub"):
        Encoder.from_pretrained("anna/other", cache=tmp_path)
    with pytest.raises(ModelError, match="neither a model folder nor a name on the Hub"):
        Encoder.from_pretrained("runs/swing/model", cache=tmp_path)
    (tmp_path / "x.json").write_text('{"format_version": 1}')
    with pytest.raises(ModelError, match="not what `inphase evaluate -o` writes"):
        encoder.push_to_hub(NAME, evaluation=tmp_path / "x.json")
    assert hub.files == {}
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(ModelError, match="cannot be reached"):
        encoder.push_to_hub(NAME)
