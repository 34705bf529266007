"""The verbs in the order in which a person needs them, and what they share."""

import logging
from types import ModuleType
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.logging import RichHandler
from typer.core import TyperGroup

import inphase
from inphase.cli import (
    align,
    anomaly,
    compare,
    cut,
    data,
    draw,
    embed,
    evaluate,
    follow,
    index,
    list_options,
    progress,
    retrieve,
    sound,
    synchronize,
    train,
    trajectories,
    transfer,
    view,
)

VERBOSE = ("--verbose", "-v")
_VERBS = (
    synchronize,
    view,
    cut,
    train,
    embed,
    align,
    follow,
    sound,
    index,
    retrieve,
    transfer,
    anomaly,
    progress,
    trajectories,
    evaluate,
    compare,
    data,
    draw,
)


def _name(verb: ModuleType) -> str:
    return verb.__name__.rsplit(".", 1)[-1]


class _InOrder(TyperGroup):
    """Lists verbs that have verbs of their own in their place among the others."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002
        return [_name(verb) for verb in _VERBS]


app = typer.Typer(
    name="inphase",
    cls=_InOrder,
    help="Line up videos of the same action.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

for _verb in _VERBS:
    _command = getattr(_verb, _name(_verb))
    if isinstance(_command, typer.Typer):  # with verbs of its own
        app.add_typer(_command, name=_name(_verb))
    else:
        app.command(cls=list_options.Command)(_command)


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
