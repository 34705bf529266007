"""Lets the tests in this folder import `odd_videos` and run without file permissions."""

import os
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

_ROOT = str(Path(__file__).resolve().parents[2])
if _ROOT not in sys.path:
    sys.path.insert(0, _ROOT)


@pytest.fixture
def without_rights() -> AbstractContextManager[None]:
    """A context in which file permissions apply, which they do not for root."""

    @contextmanager
    def change() -> Iterator[None]:
        user = os.geteuid()
        if user == 0:
            os.seteuid(65534)
        try:
            yield
        finally:
            os.seteuid(user)

    return change()


@pytest.fixture
def open_folder(tmp_path: Path) -> Iterator[Path]:
    """A folder that every user may enter, including all its parents."""
    changed = [
        (folder, folder.stat().st_mode)
        for folder in (tmp_path, *tmp_path.parents)
        if not folder.stat().st_mode & 0o001 and os.access(folder, os.W_OK)
    ]
    for folder, mode in changed:
        folder.chmod(mode | 0o005)
    yield tmp_path
    for folder, mode in changed:
        folder.chmod(mode)
