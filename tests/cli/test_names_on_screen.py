"""Names with brackets and colons, which mark up text elsewhere, are shown as they are."""

from pathlib import Path

import pytest

from inphase.cli import options, run
from inphase.errors import Skipped
from inphase.store.table import StoredVideo

NAME = "swing [slowmo] [/b] :cat:"


def stored(_store: object) -> tuple[StoredVideo, ...]:
    path = Path(f"/videos/{NAME}.mp4")
    return (StoredVideo(NAME, path, "content", "model[1]", 3, 1.0, {"coach": "[anna]"}),)


def test_the_list_of_a_store_shows_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("inphase.store.Store.__init__", lambda *_, **__: None)
    monkeypatch.setattr("inphase.store.Store.videos", stored)
    monkeypatch.setattr("inphase.store.Store.models", ())
    assert run(["index", "list", "--store", str(tmp_path)]) == 0
    told = capsys.readouterr().out
    assert f"\n {NAME} " in told
    assert f"/videos/{NAME}.mp4" in told
    assert "model[1]" in told
    assert "coach=[anna]" in told


def test_so_does_the_list_of_what_was_skipped(capsys: pytest.CaptureFixture[str]) -> None:
    assert options.conclude([Skipped(NAME, "it is broken [or so] :dog:.")]) == 1
    told = " ".join(capsys.readouterr().err.split())
    assert NAME in told
    assert "it is broken [or so] :dog:." in told


def test_so_does_the_check_of_a_collection(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "[set] :cat:"
    folder.mkdir()
    (folder / f"{NAME.replace('/', '')}.mp4").write_bytes(b"no video")
    (folder / "b.mp4").write_bytes(b"no video")
    assert run(["data", "check", str(folder)]) == 1
    told = "".join(capsys.readouterr().out.split())
    assert "[set]:cat:" in told
    assert "swing[slowmo][b]:cat:.mp4" in told
