"""What must not be overwritten: what a command reads, and what a person made.

Every output is renamed into its place by `inphase.atomic`, which asks here first. What a command
reads is noted while it runs: by the command line for what is named there, by the readers for what
that leads to, such as the videos of a folder.
"""

import hashlib
import json
import os
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from inphase.errors import OutputError

_CHECKSUM = "checksum"
# What people make in a labels.json, and in a project of BORIS.
_LABELS, _PROJECT = ("events", "videos"), ("behaviors_conf", "observations")
# Where people keep labels and corrected matches, even if there is a slip in them.
_BY_HAND = {"labels.json", "alignment.json"}


@dataclass
class _Inputs:
    """What the running command reads.

    Attributes:
        files: by device and inode, whatever their names.
        places: by place on disk, in one case and one Unicode form.
        folders: places of folders of which every file is an input.
        parents: places of all folders above an input.
    """

    files: dict[tuple[int, int], Path] = field(default_factory=dict)
    places: dict[str, Path] = field(default_factory=dict)
    folders: dict[str, Path] = field(default_factory=dict)
    parents: dict[str, Path] = field(default_factory=dict)


_inputs: _Inputs | None = None


@contextmanager
def protecting() -> Iterator[None]:
    """Note what is read in this block, and refuse to overwrite it: for one command."""
    global _inputs
    before, _inputs = _inputs, _Inputs()
    try:
        yield
    finally:
        _inputs = before


def protect(path: str | Path, *, whole: bool = False) -> None:
    """Note that the running command reads a file or folder.

    Args:
        path: of it; ignored if it does not exist.
        whole: whether all files of a folder are read, and none may be added to it.
    """
    if _inputs is None:
        return
    path = Path(path)
    try:
        state = path.stat()
        place = place_of(path)
    except (OSError, ValueError):
        return
    _inputs.files.setdefault((state.st_dev, state.st_ino), path)
    # A symlink's own name must stay too.
    for one in (place, path.absolute()):
        _inputs.places.setdefault(_key(one), path)
        for parent in one.parents:
            _inputs.parents.setdefault(_key(parent), path)
    if whole:
        _inputs.folders.setdefault(_key(place), path)
        # Their places are below the folder's; another name of one has its inode.
        for file in _files(place):
            with suppress(OSError):
                state = file.stat()
                _inputs.files.setdefault((state.st_dev, state.st_ino), file)


def check_overwrite(path: str | Path) -> None:
    """Refuse to write where something of the user's would be lost.

    Args:
        path: of a file to write, or of a folder to fill.

    Raises:
        OutputError: it is an input of the running command or in one, or it holds labels or matches
            that a person made, or there can be no such path.
    """
    path = Path(path)
    try:
        path.lstat()
    except FileNotFoundError:
        pass
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise OutputError(f"Cannot write {path}: {reason}.") from error
    if _inputs is not None:
        _check_inputs(path, _inputs)
    work = _work_in(path)
    if work:
        raise OutputError(
            f"{path} holds {work} would be lost; give another name, or move that file away."
        )


def check_replace(path: str | Path) -> None:
    """Refuse to replace a file, or a folder with all that is in it; see `check_overwrite`."""
    path = Path(path)
    check_overwrite(path)
    above = _inputs.parents.get(_key(place_of(path))) if _inputs is not None else None
    if above is not None and path.is_dir():
        raise OutputError(
            f"{path} holds {above}, which this command reads and which would be lost; give another "
            "folder."
        )


def read_in(folder: str | Path) -> Path | None:
    """A file directly in a folder that the running command reads, if there is one."""
    if _inputs is None:
        return None
    place = _key(place_of(Path(folder)))
    for key, path in _inputs.places.items():
        if key not in _inputs.folders and key.rpartition("/")[0] == place and path.is_file():
            return path
    return None


def stamped_project(project: Mapping[str, Any]) -> dict[str, Any]:
    """The same for a project of BORIS."""
    return {**project, _CHECKSUM: _checksum(project, _PROJECT)}


def stamped_xml(text: str) -> str:
    """The same for annotations in XML: a comment that other programs drop when they save."""
    return f"{text}<!-- {_CHECKSUM} {_digest(text)} -->\n"


def stamped(labels: Mapping[str, Any]) -> dict[str, Any]:
    """The content of a labels.json with a checksum, by which later changes are seen.

    A file whose checksum is still right was written by a command and not touched since: the same
    command may write it again.
    """
    return {**labels, _CHECKSUM: _checksum(labels)}


def place_of(path: str | Path) -> Path:
    """Where a path leads; unlike `Path.resolve`, also if its links go round in a circle."""
    return Path(os.path.realpath(path))


def _check_inputs(path: Path, inputs: _Inputs) -> None:
    place = place_of(path)
    found: Path | None = None
    try:
        state = path.stat()
        found = inputs.files.get((state.st_dev, state.st_ino))
    except (OSError, ValueError):
        pass  # there is nothing yet
    if found is not None:
        same = "an input" if found == path else f"the same as {found}, an input"
        raise OutputError(f"{path} is {same} of this command and would be lost; give another name.")
    found = inputs.places.get(_key(place)) or inputs.places.get(_key(path.absolute()))
    if found is not None:
        raise OutputError(
            f"{path} differs from {found}, an input of this command, only in capital letters or "
            "accents: on many disks it would be lost; give another name."
        )
    for parent in place.parents:
        if _key(parent) in inputs.folders:
            raise OutputError(
                f"{path} is in {inputs.folders[_key(parent)]}, which this command reads as a whole "
                "and which would be lost; give another place."
            )


def _files(folder: Path) -> list[Path]:
    try:
        return [path for path in folder.iterdir() if path.is_file()]
    except OSError:
        return []


def _key(path: Path) -> str:
    """The same for all names that some file system takes for one."""
    return unicodedata.normalize("NFC", path.as_posix()).casefold()


def _work_in(path: Path) -> str | None:
    """What a person made in a JSON file: labels, or matches corrected in `inphase view`."""
    if path.suffix.lower() in (".eaf", ".xml"):
        return "annotations that" if _are_annotations(path) else None
    content = _json(path)
    if content is None:
        odd = path.name in _BY_HAND and path.is_file() and path.stat().st_size > 0
        return "something that cannot be read and" if odd else None
    if _are_labels(content) and content.get(_CHECKSUM) != _checksum(content):
        return "labels that"
    if content.keys() >= set(_PROJECT) and content.get(_CHECKSUM) != _checksum(content, _PROJECT):
        return "observations that"
    anchors = content.get("anchors")
    if anchors and isinstance(anchors, list) and not _is_known(anchors):
        return "corrected matches that"
    return None


def _json(path: Path) -> dict[str, Any] | None:
    if path.suffix.lower() not in (".json", ".boris"):
        return None
    try:
        content = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) else None


def _are_labels(content: Mapping[str, Any]) -> bool:
    videos = content.get("videos")
    if not isinstance(content.get("events", []), list) or not isinstance(videos, dict):
        return False
    return bool(videos) and all(isinstance(v, dict) and "file" in v for v in videos.values())


def _are_annotations(path: Path) -> bool:
    """Whether a file holds annotations of ELAN or CVAT, not as a command wrote them."""
    try:
        content = path.read_bytes()
    except OSError:
        return False
    if b"<ANNOTATION_DOCUMENT" not in content[:2000] and b"<annotations" not in content[:2000]:
        return False
    text, _, comment = content.decode("utf-8", errors="replace").rpartition("<!--")
    return comment.split()[:2] != [_CHECKSUM, _digest(text)]


def _checksum(content: Mapping[str, Any], keys: Sequence[str] = _LABELS) -> str:
    return _digest(json.dumps([content.get(key) for key in keys], sort_keys=True))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogateescape")).hexdigest()[:16]


def _is_known(anchors: list[Any]) -> bool:
    """Whether an input holds the same anchors, so that none of them can be lost."""
    known = set(_inputs.files.values()) if _inputs is not None else ()
    return any((_json(one) or {}).get("anchors") == anchors for one in known)
