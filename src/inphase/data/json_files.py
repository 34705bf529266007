"""JSON files that people write by hand."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from inphase.data.text_files import read_text
from inphase.errors import CollectionError
from inphase.video.unicode_forms import nfc


def read_json(path: Path, *, most: int | None = None) -> dict[str, Any]:
    """Read a JSON file that contains one object without duplicate keys; its texts are in NFC.

    Args:
        path: the file.
        most: bytes that such a file may have; by default any number.

    Raises:
        CollectionError: the file is missing, unreadable, too large, not JSON, or not such an
            object.
    """
    try:
        content = json.loads(
            read_text(path, kind="JSON", most=most),
            object_pairs_hook=_without_repetition,
            parse_constant=_no_number,
        )
    except _RepeatedKeyError as error:
        raise CollectionError(f"{path} has the key `{error}` twice.") from error
    except (ValueError, RecursionError) as error:
        reason = " ".join(str(error).split())
        raise CollectionError(f"{path} is not a JSON file: {reason}.") from error
    if not isinstance(content, dict):
        raise CollectionError(f"{path} must contain one JSON object.")
    return content


class _RepeatedKeyError(Exception):
    pass


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is not a number that JSON knows")


def _without_repetition(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key, value in pairs:
        if nfc(key) in result:
            raise _RepeatedKeyError(key)
        result[nfc(key)] = _in_one_form(value)
    return result


def _in_one_form(value: Any) -> Any:
    if isinstance(value, str):
        return nfc(value)
    return [_in_one_form(one) for one in value] if isinstance(value, list) else value
