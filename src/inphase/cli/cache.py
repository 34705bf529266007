"""`inphase cache`: show and clear the cache."""

import time
from typing import Annotated

import typer

from inphase.cli import list_options, options

cache = typer.Typer(
    help="Show or clear the cache of earlier computations.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)


@cache.command(cls=list_options.Command)
def show() -> int:
    """Show the size and location of the cache.

    Above the limit, the entries unused for longest are removed.

    Example: `inphase cache show`
    """
    from rich.table import Table

    from inphase.cache import KINDS, LIMIT, cache_folder, entries

    known = entries()
    table = Table("kind", box=None)
    for name in ("entries", "MB", "last used"):
        table.add_column(name, justify="right")
    for kind in KINDS:
        own = [entry for entry in known if entry.kind == kind]
        used = max((entry.used for entry in own), default=None)
        last = "–" if used is None else time.strftime("%Y-%m-%d", time.localtime(used))
        table.add_row(kind, str(len(own)), _megabytes(sum(one.size for one in own)), last)
    options.table_console().print(table)
    total = sum(entry.size for entry in known)
    typer.echo(f"{_megabytes(total)} MB of at most {_megabytes(LIMIT)} MB in {cache_folder()}")
    return 0


@cache.command(cls=list_options.Command)
def clear(
    kinds: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="KIND...",
            help="What to remove: features, embeddings, runs, viewer or weights [default: all].",
            show_default=False,
        ),
    ] = None,
) -> int:
    """Clear the cache; everything in it can be computed again.

    Do not run this while another inphase command is running.

    Example: `inphase cache clear features`
    """
    from inphase.cache import KINDS
    from inphase.cache import clear as remove
    from inphase.errors import ConfigError, hint

    for kind in kinds or ():
        if kind not in KINDS:
            raise ConfigError(f"The cache has no {kind}; {hint(kind, KINDS)}")
    typer.echo(f"Removed {_megabytes(remove(kinds or ()))} MB")
    return 0


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f}" if size < 10**8 else f"{size / 1e6:.0f}"
