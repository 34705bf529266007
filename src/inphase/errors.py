"""The package's own exceptions.

Each message is one sentence for the person at the keyboard: which file, what was wrong with it,
what to do. The command line prints it and exits with 2.
"""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass


class InphaseError(Exception):
    """Base of all errors that the caller can mend."""


class VideoError(InphaseError):
    """A file is not a video that can be read, or a part of it cannot be decoded."""


class CollectionError(InphaseError):
    """A folder, list or labels file does not give the videos that were asked for."""


class ConfigError(InphaseError):
    """A preset, configuration file or ``key=value`` holds an unknown key or a wrong value."""


class ModelError(InphaseError):
    """A model folder, base network or its weights cannot be used."""


class AlignmentError(InphaseError):
    """Two sequences cannot be aligned as asked."""


class EvaluationError(InphaseError):
    """Scores cannot be computed from what was given."""


class TrainingError(InphaseError):
    """A run cannot be started, continued or finished."""


class StoreError(InphaseError):
    """A store of embeddings cannot be used as asked."""


class OutputError(InphaseError):
    """A result cannot be written where it was asked for."""


@dataclass(frozen=True)
class Skipped:
    """An input that could not be used and was passed over.

    Attributes:
        name: of the video.
        reason: one sentence, as its error had it.
    """

    name: str
    reason: str


def hint(name: str, valid: Iterable[str]) -> str:
    """End of a sentence about an unknown name: the nearest valid one, or all of them."""
    listed = list(valid)
    near = difflib.get_close_matches(name, listed, n=1, cutoff=0.5)
    return f"did you mean {near[0]}?" if near else f"there are: {', '.join(listed)}."
