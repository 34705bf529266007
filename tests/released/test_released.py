"""What an earlier version left on disk is read, or refused in a sentence that says what to do."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from inphase.applications.anchors import read_alignment_file
from inphase.data import Collection
from inphase.errors import ModelError, StoreError, TrainingError
from inphase.models import Encoder
from inphase.models.embedding_cache import EmbeddingCache
from inphase.store import Store
from inphase.training import load_config, train

VERSIONS = sorted(path.name for path in Path(__file__).parent.iterdir() if path.name[0].isdigit())


@pytest.fixture(params=VERSIONS)
def released(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A copy of the files of a version."""
    folder = tmp_path / "released"
    shutil.copytree(Path(__file__).parent / request.param, folder)
    return folder


def test_a_run_goes_on_from_its_checkpoint(released: Path) -> None:
    config = load_config(file=released / "run" / "config.yaml")
    videos = Collection.open(released / "videos")
    run = train(videos, released / "run", config=config, cache=released / "cache")
    # Both steps had been done.
    assert len((run.folder / "metrics.csv").read_text().splitlines()) == 3
    assert Encoder.load(run.model).config.embedding_size == 2


def test_a_model_folder_is_loaded(released: Path) -> None:
    assert Encoder.load(released / "model").config.base_network == "blazepose"


def test_a_store_is_searched_and_written(released: Path) -> None:
    store = Store(released / "store")
    names = [video.name for video in store.videos()]
    assert names == ["pouring_000", "pouring_001"]
    assert np.array_equal(store.frame_embedding(store.videos()[1], 2), [5, 6])
    assert store.remove(["pouring_000"]) == ("pouring_000",)


def test_an_alignment_file_is_read(released: Path) -> None:
    anchors = read_alignment_file(released / "alignment.json")
    assert [(one.reference_frame, one.query_frame) for one in anchors.all] == [(1, 2)]


def test_kept_embeddings_are_made_again_since_pictures_are_read_differently(
    released: Path,
) -> None:
    video = Collection.open(released / "videos").videos[0].path
    kept = EmbeddingCache(released / "cache" / "embeddings", "f" * 64)
    assert kept.find(video, 5) is None
    kept.keep(video, np.ones((5, 2), np.float32))
    assert kept.find(video, 5) is not None


def test_a_model_of_a_later_version_is_refused(released: Path) -> None:
    (released / "model" / "config.yaml").write_text("format_version: 99\n")
    with pytest.raises(ModelError, match=r"written by a newer inphase.*pip install --upgrade"):
        Encoder.load(released / "model")


def test_a_store_of_a_later_version_is_refused(released: Path) -> None:
    (released / "store" / "store.json").write_text('{"format_version": 99, "colour": 1}')
    with pytest.raises(StoreError, match=r"written by a newer inphase.*pip install --upgrade"):
        Store(released / "store")


@pytest.mark.parametrize("file", ["config.yaml", "inputs.yaml"])
@pytest.mark.parametrize("content", ["colour: 1\n", "", "\0"])
def test_a_run_that_is_damaged_or_of_a_later_version_is_refused(
    released: Path, file: str, content: str
) -> None:
    config = load_config(file=released / "run" / "config.yaml")
    (released / "run" / file).write_text(content)
    told = "choose another folder, or remove this one to start over"
    with pytest.raises(TrainingError, match=told):
        train(Collection.open(released / "videos"), released / "run", config=config)
