"""Shared by all tests: one thread each, and the real videos when they are there."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from inphase.data import Collection
    from inphase.training import TrainingConfig

os.environ.setdefault("OMP_NUM_THREADS", "1")
# How long an example takes tells of the machine, not of the code.
settings.register_profile("inphase", deadline=None)
settings.load_profile("inphase")

SHARED = Path(__file__).resolve().parents[2] / "shared"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests come first, so that none of them is left for one worker at the end."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture(autouse=True, scope="session")
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The tests neither use nor fill the user's cache."""
    folder = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(folder))
        yield


@pytest.fixture(autouse=True, scope="session")
def _in_float32() -> Iterator[None]:
    """What is the same on every processor, and exact enough to compare."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("inphase.models.engine._REDUCED", False)
        yield


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
def shared_cases() -> Path:
    """Folder of small reported files; skips where the checkout has none beside it."""
    folder = SHARED / "cases"
    if not folder.is_dir():
        pytest.skip(f"the reported files are not here ({folder})")
    return folder


@pytest.fixture(scope="session")
def shared_reference() -> Path:
    """Folder of golden values from the released code; skips where it is absent."""
    folder = SHARED / "reference"
    if not folder.is_dir():
        pytest.skip(f"the golden values are not here ({folder})")
    return folder


@pytest.fixture(scope="session")
def pouring(tmp_path_factory: pytest.TempPathFactory) -> "Collection":
    """Six small synthetic pouring videos with sound, events and known correspondence."""
    from inphase.synthetic import write_collection

    return write_collection(
        tmp_path_factory.mktemp("synthetic") / "pouring",
        action="pouring",
        count=6,
        fps=12,
        size=(96, 72),
        duration_range=(2.0, 3.0),
    )


@pytest.fixture
def tiny() -> "TrainingConfig":
    """A run that takes a second: small frames, a narrow embedder, a dozen steps."""
    from inphase.training import TrainingConfig

    return TrainingConfig(
        encoder={"image_size": 64, "conv_width": 8, "fc_width": 16, "context_gap": 0.25},
        fps=12,
        videos_per_batch=3,
        frames_per_clip=8,
        augmented_copies=1,
        steps=12,
        checkpoint_every=4,
        learning_rate=1e-3,
    )
