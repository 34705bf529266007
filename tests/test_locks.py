"""Waiting for another process is said, and ends."""

import logging
from pathlib import Path

import filelock
import pytest

from inphase.errors import StoreError
from inphase.locks import LOCK, alone_in


def test_a_wait_is_said_and_ends_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("inphase.locks._SILENT", 0.01)
    with filelock.FileLock(tmp_path / LOCK), caplog.at_level(logging.WARNING):
        for patience, said in ((0, 0), (0.1, 1)):
            told = "Another process is writing; run the command again when it has ended"
            with (
                pytest.raises(StoreError, match=told),
                alone_in(tmp_path, doing="writing", patience=patience, error=StoreError),
            ):
                raise AssertionError("the block must not run")
            assert len(caplog.records) == said
    assert caplog.messages == ["Waiting: another process is writing."]
    with alone_in(tmp_path, doing="writing", patience=0, error=StoreError):
        pass
