"""Shared by all tests: one thread each, and the real videos when they are there."""

import os
from pathlib import Path

import pytest

os.environ.setdefault("OMP_NUM_THREADS", "1")

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(autouse=True, scope="session")
def _one_thread() -> None:
    """Two busy processes with two OpenMP threads each slow down tenfold."""
    import torch

    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of the real video sets; skips where the checkout has none beside it."""
    folder = SHARED / "data"
    if not folder.is_dir():
        pytest.skip(f"the real videos are not here ({folder})")
    return folder


@pytest.fixture(scope="session")
def shared_reference() -> Path:
    """Folder of golden values from the released code; skips where it is absent."""
    folder = SHARED / "reference"
    if not folder.is_dir():
        pytest.skip(f"the golden values are not here ({folder})")
    return folder
