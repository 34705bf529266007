"""The folder that a page is exported to: files of earlier exports, and other files."""

import json
import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from inphase.data.json_files import read_json
from inphase.errors import CollectionError, OutputError
from inphase.overwriting import check_overwrite, place_of

# Lists the files of an export, itself among them.
MANIFEST = "inphase-page.json"


def check_export_folder(folder: Path, sources: Iterable[Path]) -> None:
    """Refuse a folder that an export must not replace, before minutes of work.

    Raises:
        OutputError: it is a file, or holds something other than an earlier export.
    """
    check_overwrite(folder)
    if folder.is_file():
        raise OutputError(f"{folder} is a file; give a folder for the page.")
    if not folder.is_dir() or not any(folder.iterdir()):
        return
    place = place_of(folder)
    if any(place in place_of(source).parents for source in sources):
        raise OutputError(f"{folder} holds the videos themselves; give another folder.")
    exported(folder)


def exported(folder: Path) -> frozenset[str]:
    """The files written by an earlier export, relative to its folder; none for a new folder.

    Raises:
        OutputError: the folder holds other files and no list of an earlier export.
    """
    if not folder.is_dir() or not any(folder.iterdir()):
        return frozenset()
    if not (folder / MANIFEST).is_file():
        raise OutputError(
            f"{folder} holds other files, not an exported page; give a new or empty folder."
        )
    try:
        listed = read_json(folder / MANIFEST).get("files")
    except CollectionError as error:
        raise OutputError(f"{error} It should list the files of an earlier export.") from error
    if not isinstance(listed, list) or not all(isinstance(one, str) for one in listed):
        raise OutputError(f"{folder / MANIFEST} does not list the files of an earlier export.")
    return frozenset(listed)


def write_manifest(folder: Path) -> None:
    """List all files of a new export."""
    files = [MANIFEST, *(_relative(path, folder) for path in _entries(folder))]
    content = {"made_by": "inphase view --export", "files": sorted(files)}
    (folder / MANIFEST).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def keep_the_rest(old: Path, new: Path) -> None:
    """Move files that no export wrote from the old folder to the new export.

    Raises:
        OutputError: such a file is in the place of a file of the new export.
    """
    ours = exported(old)
    for path in _entries(old):
        name = _relative(path, old)
        if name in ours:
            continue
        target = new / PurePosixPath(name)
        blocking = [one for one in (target, *target.parents) if one != new and _is_there(one)]
        if _is_there(target) or any(not one.is_dir() for one in blocking):
            raise OutputError(
                f"{path} is not from an earlier export and would be lost; move it elsewhere."
            )
        for folder in reversed(path.relative_to(old).parents[:-1]):
            if not (new / folder).is_dir():
                (new / folder).mkdir()
                shutil.copystat(old / folder, new / folder)
        _link(path, target)


def _link(path: Path, target: Path) -> None:
    """Link a file to another place; the old place is removed later."""
    if path.is_dir() and not path.is_symlink():
        target.mkdir()
        return
    try:
        os.link(path, target, follow_symlinks=False)
    except (OSError, NotImplementedError):
        # Not every file system has links; a copy works too but takes longer.
        shutil.copy2(path, target, follow_symlinks=False)


def _entries(folder: Path) -> Iterator[Path]:
    """All files, links and empty folders below."""
    for place, folders, files in os.walk(folder):
        links = [one for one in folders if (Path(place) / one).is_symlink()]
        yield from (Path(place) / one for one in (*files, *links))
        if not folders and not files and Path(place) != folder:
            yield Path(place)


def _relative(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix()


def _is_there(path: Path) -> bool:
    return os.path.lexists(path)
