"""The files that hold the weights: put beside this module when the package is built."""

import hashlib
import json
from pathlib import Path

from inphase.errors import ModelError

_FOLDER = Path(__file__).parent / "weights"
BLAZEPOSE = "blazepose"
"""Name of the base network."""

# Increased whenever the same video gives different landmarks or features than before.
_VERSION = 2
# Beside it lies what fetches the weights; an installed package has none.
_BUILD_HOOK = Path(__file__).parents[4] / "hatch_build.py"


def pose_version() -> str:
    """What distinguishes landmarks and their features from those of other versions of inphase."""
    sources = json.loads((_FOLDER / "sources.json").read_text(encoding="utf-8"))
    return json.dumps([_VERSION, sources["files"]], sort_keys=True)


def weight_file(name: str) -> Path:
    """A file of weights, its content checked.

    Args:
        name: one of the files that `weights/sources.json` lists.

    Raises:
        ModelError: it is missing or damaged; the message says how to get it.
    """
    sources = json.loads((_FOLDER / "sources.json").read_text(encoding="utf-8"))
    file = _FOLDER / name
    try:
        content = file.read_bytes()
    except OSError as error:
        raise ModelError(f"blazepose's weights, {file}, cannot be read: {_remedy()}") from error
    if hashlib.sha256(content).hexdigest() != sources["files"][name]["sha256"]:
        raise ModelError(f"blazepose's weights, {file}, are damaged: {_remedy()}")
    return file


def _remedy() -> str:
    if _BUILD_HOOK.is_file():
        return f"`python {_BUILD_HOOK}` fetches them from the package registry."
    return (
        "inphase was built without access to the package registry; in its source folder, "
        "`pip install --force-reinstall --no-deps .` fetches them."
    )
