"""Arguments that several verbs take, and how they end."""

import functools
import inspect
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

import typer
from rich.console import Console

from inphase.errors import ConfigError, Skipped

if TYPE_CHECKING:
    from inphase.results.formats import Formats

R = TypeVar("R")

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
AlignmentFile = Annotated[
    Path | None,
    typer.Option(
        "--alignment",
        help="Alignment file (of `inphase view` or `synchronize -o X.json`) whose corrected "
        "matches are kept to.",
        show_default=False,
    ),
]


# How two videos are aligned: the fields of AlignmentOptions, as options of a verb.
Distance = Annotated[
    Literal["squared_euclidean", "cosine"], typer.Option(help="Between embeddings.")
]
_ALIGNMENT: dict[str, Any] = {
    "distance": Distance,
    "window": Annotated[
        float | None,
        typer.Option(
            help="How far a match may lie off the diagonal, as a share of the length (0..1).",
            show_default=False,
        ),
    ],
    "max_slope": Annotated[
        int | None,
        typer.Option(
            help="How many frames of one video may pass in a row while the other waits.",
            show_default=False,
        ),
    ],
    "open_begin": Annotated[
        bool,
        typer.Option("--open-begin", help="One video may start inside the other: see --open-in."),
    ],
    "open_end": Annotated[
        bool, typer.Option("--open-end", help="One video may end inside the other: see --open-in.")
    ],
    "open_in": Annotated[
        Literal["reference", "query"],
        typer.Option(help="The longer video, whose frames may be left over at an open end."),
    ],
}
_DEFAULTS = {"distance": "squared_euclidean", "open_in": "reference", "open_begin": False,
             "open_end": False}  # fmt: skip


def with_alignment(*names: str) -> Callable[[Callable[..., R]], Callable[..., R]]:
    """Give a verb the options of an alignment, together as its argument ``how``.

    Args:
        names: of those it takes; all by default.
    """

    def decorate(verb: Callable[..., R]) -> Callable[..., R]:
        chosen = names or tuple(_ALIGNMENT)

        @functools.wraps(verb)
        def with_options(**given: Any) -> R:
            # Here, because it loads numba, which no help needs.
            from inphase.alignment import AlignmentOptions

            how = AlignmentOptions(**{name: given.pop(name) for name in chosen})
            return verb(**given, how=how)

        signature = inspect.signature(verb)
        own = [one for one in signature.parameters.values() if one.name != "how"]
        added = [
            inspect.Parameter(
                name,
                inspect.Parameter.KEYWORD_ONLY,
                default=_DEFAULTS.get(name),
                annotation=_ALIGNMENT[name],
            )
            for name in chosen
        ]
        with_options.__signature__ = signature.replace(parameters=[*own, *added])  # type: ignore[attr-defined]
        with_options.__annotations__ = {
            **{one.name: one.annotation for one in (*own, *added)},
            "return": signature.return_annotation,
        }
        del with_options.__wrapped__
        return with_options

    return decorate


def output(formats: "Formats", *, more: str = "") -> Any:
    """The option ``-o`` of a verb, whose help lists the forms of its result.

    Args:
        formats: of the result.
        more: said after them.
    """
    told = f"{formats.help()} {more}".strip()
    return typer.Option("--output", "-o", help=told, show_default=False)


REPEATED = "May be repeated."


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
