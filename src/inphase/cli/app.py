"""The verbs in the order in which a person needs them, and what they share."""

import logging
from typing import Annotated

import typer
from rich.console import Console
from rich.logging import RichHandler

import inphase
from inphase.cli import (
    align,
    compare,
    draw,
    embed,
    evaluate,
    index,
    retrieve,
    synchronize,
    train,
    transfer,
)
from inphase.cli.data import data

VERBOSE = ("--verbose", "-v")

app = typer.Typer(
    name="inphase",
    help="Line up videos of the same action.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

for _verb in (synchronize, train, embed, align, retrieve, transfer, evaluate, compare, draw):
    app.command()(getattr(_verb, _verb.__name__.rsplit(".", 1)[-1]))
app.add_typer(index.index, name="index")
app.add_typer(data, name="data")


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"inphase {inphase.__version__}")
        raise typer.Exit


@app.callback(epilog="`inphase VERB --help` explains each verb and shows an example.")
def _inphase(
    verbose: Annotated[
        bool, typer.Option(*VERBOSE, help="Say more about what is being done.")
    ] = False,
    version: Annotated[  # noqa: ARG001
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print and leave.")
    ] = False,
) -> None:
    """Line up videos of the same action, without labels.

    The main job: `inphase synchronize *.mp4 -o together.mp4`.
    """
    console = Console(stderr=True)
    logging.basicConfig(format="%(message)s", handlers=[RichHandler(console=console)])
    logging.getLogger("inphase").setLevel(logging.INFO if verbose else logging.WARNING)
