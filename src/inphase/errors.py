"""The package's own exceptions.

Each message is one sentence for the person at the keyboard: which file, what is wrong with it, what
to do. The command line prints it and exits with status 2.
"""

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass

# A set may have hundreds of names: too many for a sentence.
_MOST_LISTED = 30


class InphaseError(Exception):
    """Base of all errors that the user can fix."""

    def __init__(self, message: str = "") -> None:
        super().__init__(printable(message))


class VideoError(InphaseError):
    """A file is not a readable video, or part of it cannot be decoded."""


class CollectionError(InphaseError):
    """A folder, list or labels file does not provide the requested videos."""


class LabelConflictError(CollectionError):
    """Two windows have changed the same label in different ways."""


class ConfigError(InphaseError):
    """A preset, configuration file or `key=value` has an unknown key or a wrong value."""


class ModelError(InphaseError):
    """A model folder, base network or its weights cannot be used."""


class AlignmentError(InphaseError):
    """Sequences cannot be aligned as requested."""


class EvaluationError(InphaseError):
    """Scores cannot be computed from the given videos and labels."""


class TrainingError(InphaseError):
    """A run cannot be started, continued or finished."""


class StoreError(InphaseError):
    """A store of embeddings cannot be used as requested."""


class OutputError(InphaseError):
    """A result cannot be written to the requested place."""


@dataclass(frozen=True)
class Skipped:
    """An input that could not be used and was skipped.

    Attributes:
        name: the video's name.
        reason: one sentence, the message of its error.
    """

    name: str
    reason: str


def printable(text: str) -> str:
    """Text that may name a file, fit to be printed and written.

    On Linux a file's name may be any bytes. Those that are not UTF-8 become %E9 and the like, as in
    an address.
    """
    return re.sub("[\ud800-\udfff]", _escaped, text)


def _escaped(found: re.Match[str]) -> str:
    byte = ord(found[0]) - 0xDC00
    return f"%{byte:02X}" if 0x80 <= byte <= 0xFF else "\ufffd"


def hint(name: str, valid: Iterable[str]) -> str:
    """The end of a message about an unknown name: the nearest valid name, or a list of them."""
    listed = list(valid)
    near = difflib.get_close_matches(name, listed, n=1, cutoff=0.5)
    if near:
        return f"did you mean {near[0]}?"
    shown = ", ".join(listed[:_MOST_LISTED])
    more = len(listed) - _MOST_LISTED
    return f"choose from: {shown}, … ({more} more)." if more > 0 else f"choose from: {shown}."
