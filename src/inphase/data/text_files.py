"""Text files by people and other programs: UTF-8, or UTF-16 with a byte order mark."""

import codecs
from pathlib import Path

from inphase.errors import CollectionError
from inphase.overwriting import protect


def read_text(path: Path, *, kind: str = "", most: int | None = None) -> str:
    """Read a text file.

    Args:
        path: the file.
        kind: its format, for the message: "JSON", "CSV".
        most: bytes that such a file may have; by default any number.

    Raises:
        CollectionError: the file is missing, unreadable, too large or in another encoding.
    """
    protect(path)
    try:
        with path.open("rb") as file:
            raw = file.read(-1 if most is None else most + 1)
    except FileNotFoundError as error:
        raise CollectionError(f"{path} does not exist.") from error
    except OSError as error:
        raise CollectionError(f"{path} cannot be read: {error.strerror}.") from error
    if most is not None and len(raw) > most:
        raise CollectionError(f"{path} is larger than {most // 10**6} MB, too large for labels.")
    marks = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    try:
        # Excel's "Unicode text" is UTF-16.
        return raw.decode("utf-16" if raw.startswith(marks) else "utf-8-sig")
    except UnicodeDecodeError as error:
        # "CSV UTF-8" is what Excel calls it.
        how = f"{kind} UTF-8" if kind else "UTF-8"
        raise CollectionError(f"{path} is not UTF-8 text; save it as {how}.") from error
