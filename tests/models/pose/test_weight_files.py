"""The files that hold the weights, where they are missing or damaged."""

import json
from pathlib import Path

import pytest

from inphase.errors import ModelError
from inphase.models.pose import PoseNetwork, weight_files

NAME = "pose_detection.tflite"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of weights that has none yet."""
    sources = Path(weight_files.__file__).parent / "weights" / "sources.json"
    (tmp_path / "sources.json").write_text(sources.read_text())
    monkeypatch.setattr(weight_files, "_FOLDER", tmp_path)
    return tmp_path


def test_missing_weights_are_one_sentence_with_the_command_that_fetches_them(folder: Path) -> None:
    with pytest.raises(ModelError, match=r"hatch_build\.py` fetches them") as raised:
        PoseNetwork()
    assert str(folder / NAME) in str(raised.value)
    assert "\n" not in str(raised.value)


def test_in_an_installed_package_the_command_is_another(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(weight_files, "_BUILD_HOOK", folder / "hatch_build.py")
    with pytest.raises(ModelError, match=r"`pip install --force-reinstall --no-deps \.` fetches"):
        weight_files.weight_file(NAME)


def test_damaged_weights_are_not_used(folder: Path) -> None:
    (folder / NAME).write_bytes(b"half of them")
    with pytest.raises(ModelError, match="damaged"):
        weight_files.weight_file(NAME)


def test_the_right_file_is_found(folder: Path) -> None:
    (folder / NAME).write_bytes(b"")
    sources = json.loads((folder / "sources.json").read_text())
    of_nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    sources["files"][NAME]["sha256"] = of_nothing
    (folder / "sources.json").write_text(json.dumps(sources))
    assert weight_files.weight_file(NAME) == folder / NAME
