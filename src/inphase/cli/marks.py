"""The options `--at` and `--anchor`: moments marked in each video."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from inphase.errors import ConfigError

if TYPE_CHECKING:
    from inphase.alignment import AlignmentOptions
    from inphase.applications.anchors import Anchors
    from inphase.applications.marks import Mark
    from inphase.data import Collection


def read(words: Sequence[str], collection: "Collection") -> "tuple[Mark, ...]":
    """See `inphase.applications.marks.read_marks`."""
    from inphase.applications.marks import read_marks

    return read_marks(words, collection)


def check_alone(others: Mapping[str, object], how: "AlignmentOptions") -> None:
    """Refuse options of an alignment beside `--at`, which aligns nothing.

    Raises:
        ConfigError: there is one.
    """
    given = [name for name, value in {**others, **how.changed()}.items() if value]
    if given:
        told = ", ".join(f"--{name.replace('_', '-')}" for name in given)
        raise ConfigError(
            f"--at matches by marks alone: leave out {told}, or use --anchor, which aligns the "
            "videos through the marks."
        )


def anchors(
    alignment: Path | None, marks: Sequence[str] | None, collection: "Collection"
) -> "Anchors | None":
    """The anchors of an alignment file, or of marks, if there are any.

    Raises:
        ConfigError: both are given.
        AlignmentError: the file or the marks are wrong.
    """
    from inphase.applications.anchors import read_alignment_file
    from inphase.applications.marks import as_anchors

    if alignment is not None and marks:
        raise ConfigError("--alignment and --anchor both give anchors: leave out one.")
    if marks:
        return as_anchors(read(marks, collection), collection.names)
    if alignment is None:
        return None
    found = read_alignment_file(alignment)
    found.check(collection.names)
    return found
