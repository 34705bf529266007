"""Names that look the same are the same: é is one letter on Windows and Linux, two on macOS."""

import os
import unicodedata
from collections.abc import Iterable
from pathlib import Path


def nfc(text: str) -> str:
    """A name in the form in which names are compared: accents joined to their letters."""
    return unicodedata.normalize("NFC", text)


def on_disk(path: Path) -> Path:
    """The path as its file or folder is really called; the path itself if there is none.

    A name may have been typed, or written by another system, in another Unicode form.
    """
    if os.path.lexists(path) or path.name in ("", "..") or str(path).isascii():
        return path
    folder = on_disk(path.parent)
    try:
        entries = sorted(folder.iterdir())
    except OSError:
        return path
    same = (entry for entry in entries if nfc(entry.name) == nfc(path.name))
    return next(same, path)


def find_name(names: Iterable[str], wanted: str) -> str | None:
    """The name that is meant: exactly this one, or one that looks the same."""
    listed = list(names)
    if wanted in listed:
        return wanted
    return next((name for name in listed if nfc(name) == nfc(wanted)), None)
