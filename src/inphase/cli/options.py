"""Arguments that several verbs take, and how they end."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console

from inphase.errors import ConfigError, Skipped

Videos = Annotated[
    list[str],
    typer.Argument(
        metavar="VIDEOS",
        help="Video files, folders, globs, or a labels.json.",
        show_default=False,
    ),
]
Split = Annotated[
    str | None,
    typer.Option(help="Only this part of a labelled set, e.g. train.", show_default=False),
]
Model = Annotated[
    Path,
    typer.Option(help="Model folder of a trained encoder.", show_default=False),
]
# The store's own constant would load numpy and pyarrow just to ask for help.
DEFAULT_STORE = Path("inphase-store")
StoreFolder = Annotated[Path, typer.Option("--store", help="Folder of the store.")]
Metadata = Annotated[
    list[str] | None,
    typer.Option(
        metavar="KEY=VALUE",
        help="What is known of the videos, e.g. coach=anna. May be repeated.",
        show_default=False,
    ),
]
Preset = Annotated[str, typer.Option(help="quick, penn_action or pouring.")]
Override = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="Change one value of the preset, e.g. steps=1000 or encoder.context_gap=0.5. "
        "May be repeated.",
        show_default=False,
    ),
]
Cache = Annotated[
    Path | None,
    typer.Option(
        help="Folder for the base network's features [default: the user's cache].",
        show_default=False,
    ),
]
Distance = Annotated[
    Literal["squared_euclidean", "cosine"], typer.Option(help="Between embeddings.")
]
Window = Annotated[
    float | None,
    typer.Option(
        help="How far a match may lie off the diagonal, as a share of the length (0..1).",
        show_default=False,
    ),
]
MaxSlope = Annotated[
    int | None,
    typer.Option(
        help="How many frames one video may pass in a row while the other waits.",
        show_default=False,
    ),
]
OpenBegin = Annotated[
    bool, typer.Option("--open-begin", help="One video may begin inside the other: see --open-in.")
]
OpenEnd = Annotated[
    bool, typer.Option("--open-end", help="One video may end inside the other: see --open-in.")
]
OpenIn = Annotated[
    Literal["reference", "query"],
    typer.Option(help="Which is the longer one, whose frames may be left over at an open end."),
]
AlignmentFile = Annotated[
    Path | None,
    typer.Option(
        "--alignment",
        help="Alignment file (of `inphase view` or `synchronize -o X.json`) whose corrected "
        "matches are kept to.",
        show_default=False,
    ),
]


def console() -> Console:
    """Where progress and warnings go: standard error."""
    return Console(stderr=True)


def table_console() -> Console:
    """Where tables go: standard output, at full width where it is not a screen."""
    screen = Console()
    return screen if screen.is_terminal else Console(width=1000)


def pairs(given: Sequence[str] | None, option: str) -> dict[str, str]:
    """``KEY=VALUE`` words as a mapping.

    Raises:
        ConfigError: one of them has no ``=``.
    """
    for one in given or ():
        if "=" not in one.strip("="):
            raise ConfigError(f"{option}: write KEY=VALUE, not `{one}`.")
    return dict(one.split("=", 1) for one in given or ())


def screen() -> Console:
    """Where results go: standard output."""
    return Console()


def conclude(skipped: Sequence[Skipped]) -> int:
    """List what was skipped, and give the exit code: 0, or 1 if anything was."""
    if not skipped:
        return 0
    warnings = console()
    warnings.print(f"[yellow]Skipped {len(skipped)}:[/yellow]")
    for one in skipped:
        warnings.print(f"  {one.name}: {one.reason}", markup=False, highlight=False)
    return 1
