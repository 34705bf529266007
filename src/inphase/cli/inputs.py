"""What is named on the command line is read, unless an option says that it is written."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from inphase.overwriting import check_overwrite, protect

OUTPUTS = {"output", "export"}
# Options whose value is neither read nor replaced.
_OTHERS = {"cache"}
_CHANGES_A_STORE = {"add", "remove", "merge", "compact"}
# As in inphase.models.model_folder, which is slow to import.
_WEIGHTS = "model.safetensors"
# What `inphase evaluate` writes and `inphase compare` reads.
_REPORT = ("evaluation.json", "scores.csv", "events.csv", "sums.npz", "report.html")


def check_arguments(verb: str, values: Mapping[str, Any]) -> None:
    """Note every file and folder that a line names, and refuse outputs that would replace one.

    A word may name its file with something around it: `VIDEO=LABELS`, `VIDEO@SECONDS`. What lies
    in the folders is not known yet; the readers note it.

    Args:
        verb: its name, without that of its group.
        values: of its arguments and options, by name.

    Raises:
        OutputError: something of the user's would be lost.
    """
    for name, value in values.items():
        if name in OUTPUTS | _OTHERS or (name == "store" and verb in _CHANGES_A_STORE):
            continue
        for word in _words(value):
            for path in _named(word):
                _protect(path, whole=name == "store")
                if name == "runs":
                    for file in _REPORT:
                        protect(path / file)
                        protect(path / "evaluation" / file)
    for name in OUTPUTS & values.keys():
        for word in _words(values[name]):
            check_overwrite(word)


def _words(value: Any) -> Iterator[str]:
    for word in value if isinstance(value, (list, tuple)) else (value,):
        if isinstance(word, (str, Path)):
            yield str(word)


def _named(word: str) -> Iterator[Path]:
    before, _, after = word.rpartition("=")
    for text in {word, before, after, word.rpartition("@")[0]}:
        if text:
            yield Path(text).expanduser()


def _protect(path: Path, *, whole: bool) -> None:
    try:
        if path.is_file():
            protect(path)
        elif path.is_dir():
            for folder in (path, path / "model"):
                if whole or (folder / _WEIGHTS).is_file():
                    protect(folder, whole=True)
    except (OSError, ValueError, RuntimeError):
        return  # such a word names no file
