"""The formats that a result can be saved in: what each suffix holds, and its writer."""

import importlib
import inspect
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inphase.errors import OutputError
from inphase.results.places import check_file, check_folder

FOLDER = ""
"""Stands for the suffix of a folder."""


@dataclass(frozen=True)
class Form:
    """One format of a result.

    Attributes:
        holds: what the file holds, for `--help`.
        most: maximum number of videos in one file; None for no limit.
        instead: what to do with more videos.
    """

    holds: str
    most: int | None = None
    instead: str = ""


class Formats:
    """The formats of a job's result, by suffix; light enough to load for `--help`.

    The function `png` in the module of writers writes `.png`; `folder` writes a folder and returns
    its files. A writer takes the result and the path, and options as keywords. It writes a file
    whole or not at all. The module loads on first use, because drawing is slow to import.

    Args:
        writers: name of the module with the writers; None if the standard ones are enough.
        forms: by suffix with its dot, or `FOLDER`; a text says what the format holds.
        options: the keywords that at least one writer takes, besides `console`.
        standard: suffixes that need no writer: `.json` holds the result's `to_dict()`, `.csv` its
            `table()`.
        usual: the suffix of a path that has none.
    """

    def __init__(
        self,
        writers: str | None,
        forms: Mapping[str, Form | str],
        *,
        options: Collection[str] = (),
        standard: Collection[str] = (".json", ".csv"),
        usual: str = "",
    ) -> None:
        self.writers = writers
        self.options = options
        self._standard = standard
        self._usual = usual
        self._forms = {
            suffix: Form(form) if isinstance(form, str) else form for suffix, form in forms.items()
        }

    def __iter__(self) -> Iterator[str]:
        return iter(self._forms)

    def only(self, *suffixes: str) -> "Formats":
        """The same formats, limited to some suffixes."""
        forms = {suffix: self._forms[suffix] for suffix in suffixes}
        return Formats(self.writers, forms, options=self.options, standard=self._standard)

    def named(self, path: str | Path) -> Path:
        """The path with its suffix: the usual one if it has none, and a folder is meant nowhere."""
        path = Path(path)
        return path if path.suffix or not self._usual else path.with_name(path.name + self._usual)

    def help(self) -> str:
        """What each suffix holds, in one line for the option `-o`."""
        suffixes: dict[str, list[str]] = {}
        for suffix, form in self._forms.items():
            suffixes.setdefault(form.holds, []).append(suffix or "a folder")
        return "; ".join(f"{' or '.join(some)}: {holds}" for holds, some in suffixes.items()) + "."

    def check_output(
        self, path: str | Path, sources: Iterable[str | Path] = (), *, count: int | None = None
    ) -> str:
        """Refuse a path that cannot or must not be written, before minutes of work.

        Args:
            path: to write.
            sources: the videos, which must not be overwritten.
            count: number of videos in the result; by default the number of sources.

        Returns:
            The suffix that sets the format; `FOLDER` for a folder.

        Raises:
            OutputError: no format has this suffix, the format cannot hold this many videos, or a
                video would be overwritten.
        """
        path, files = Path(path), [Path(source) for source in sources]
        check_file(path, files)
        if FOLDER in self._forms and (not path.suffix or len(self._forms) == 1):
            check_folder(path, files)
            return FOLDER
        if path.suffix not in self._forms:
            valid = [suffix for suffix in self._forms if suffix]
            told = " or ".join(valid) if len(valid) < 3 else f"one of {', '.join(valid)}"
            folder = "be a folder or " if FOLDER in self._forms else ""
            raise OutputError(f"{path} must {folder}end in {told}.")
        form = self._forms[path.suffix]
        count = len(files) if count is None else count
        if form.most is not None and count > form.most:
            videos = "one video" if form.most == 1 else f"{form.most} videos"
            raise OutputError(
                f"{path}: a {path.suffix} file can hold {videos}, and there are {count}; "
                f"{form.instead}."
            )
        return path.suffix

    def writer(self, suffix: str) -> Callable[..., Any]:
        """The function that writes a format."""
        name = suffix.removeprefix(".") or "folder"
        own = self.writers is not None and suffix not in self._standard
        module = importlib.import_module(str(self.writers) if own else "inphase.results.writers")
        written: Callable[..., Any] = getattr(module, name)
        return written

    def chosen(self, suffix: str, options: Mapping[str, Any]) -> dict[str, Any]:
        """The options that the writer of a suffix takes.

        Raises:
            TypeError: no writer of this job takes one of the options.
        """
        unknown = options.keys() - set(self.options) - {"console"}
        if unknown:
            raise TypeError(f"save() takes no option `{min(unknown)}`.")
        takes = inspect.signature(self.writer(suffix)).parameters
        return {name: value for name, value in options.items() if name in takes}
