"""The user's cache: found again, shown, cleared, and within its bounds."""

import os
from pathlib import Path

import platformdirs
import pytest

from inphase import cache
from inphase.cli import run


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A cache with three entries of 100 bytes, used one after another, and what is not ours."""
    folder = tmp_path / "cache"
    monkeypatch.setattr(platformdirs, "user_cache_dir", lambda _name: str(folder))
    for index, name in enumerate(("features/ab/abcd/maps.npy", "embeddings/a.npy", "runs/r/log")):
        file = folder / name
        file.parent.mkdir(parents=True)
        file.write_bytes(b"x" * 100)
        entry = file if name.startswith("embeddings") else file.parent
        os.utime(entry, (1000 + index, 1000 + index))
    (folder / "notes.txt").write_text("mine")
    return folder


def test_what_was_unused_for_longest_goes_first(folder: Path) -> None:
    cache.touch(folder / "features" / "ab" / "abcd")
    assert cache.shrink(250) == 100
    assert {entry.kind for entry in cache.entries()} == {"features", "runs"}
    assert (folder / "notes.txt").read_text() == "mine"


def test_a_fitted_model_is_never_evicted(folder: Path) -> None:
    assert cache.shrink(0) == 200
    assert [entry.kind for entry in cache.entries()] == ["runs"]
    assert (folder / "runs" / "r" / "log").exists()


def test_within_its_limit_nothing_goes(folder: Path) -> None:
    assert cache.shrink(300) == 0
    assert len(cache.entries()) == 3
    assert folder.is_dir()


def test_one_kind_is_cleared_or_all(folder: Path) -> None:
    assert cache.clear(["runs"]) == 100
    assert [entry.kind for entry in cache.entries()] == ["features", "embeddings"]
    assert cache.clear() == 200
    assert (folder / "notes.txt").exists()


def test_the_verb_shows_and_clears(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["cache", "show"]) == 0
    shown = capsys.readouterr().out
    assert str(folder) in shown
    assert all(kind in shown for kind in cache.KINDS)
    assert run(["cache", "clear", "feature"]) == 2
    assert "did you mean features?" in capsys.readouterr().err
    assert run(["cache", "clear", "features"]) == 0
    assert [entry.kind for entry in cache.entries()] == ["embeddings", "runs"]


def test_no_cache_is_an_empty_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(platformdirs, "user_cache_dir", lambda _name: str(tmp_path / "none"))
    assert cache.entries() == []
    assert cache.shrink(0) == 0
