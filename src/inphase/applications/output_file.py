"""Files that a result is written to, in the form that the suffix asks for."""

from collections.abc import Collection, Iterable
from pathlib import Path

from inphase.errors import OutputError


def check_output_file(
    path: str | Path, sources: Iterable[str | Path], *, suffixes: Collection[str] | None = None
) -> None:
    """Refuse a file that cannot or must not be written, before minutes of work.

    Args:
        path: to be written.
        sources: the videos.
        suffixes: those that can be written, each with its dot; None for any.

    Raises:
        OutputError: another suffix, or one of the videos would be lost.
    """
    path = Path(path)
    if suffixes is not None and path.suffix not in suffixes:
        told = " or ".join(suffixes) if len(suffixes) < 3 else f"one of {', '.join(suffixes)}"
        raise OutputError(f"{path} must end in {told}.")
    if any(same_file(path, Path(source)) for source in sources):
        raise OutputError(f"{path} is one of the videos and would be lost; give another name.")


def same_file(one: Path, other: Path) -> bool:
    """Whether both are there and are one file, by whatever names."""
    return one.exists() and other.exists() and one.samefile(other)
