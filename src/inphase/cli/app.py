"""The verbs, in groups, in the order in which a person needs them."""

import logging
import shlex
from pathlib import Path
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
    cache,
    compare,
    cut,
    data,
    draw,
    embed,
    evaluate,
    export,
    follow,
    index,
    list_options,
    measure,
    progress,
    retime,
    retrieve,
    sound,
    synchronize,
    train,
    trajectories,
    transfer,
    view,
)
from inphase.errors import ConfigError

VERBOSE = ("--verbose", "-v")
# In the order in which a person needs them.
_GROUPS = {
    "Watch": (synchronize, view, cut, follow),
    "Fit": (train, export),
    "Use": (
        measure,
        embed,
        align,
        sound,
        index,
        retrieve,
        transfer,
        anomaly,
        progress,
        retime,
        trajectories,
    ),
    "Judge": (evaluate, compare),
    "Data": (data, draw, cache),
}
# Names that people try first.
_OTHER_NAMES = {
    "sync": "synchronize",
    "synchronise": "synchronize",
    "play": "synchronize",
    "side-by-side": "synchronize --layout row",
    "overlay": "synchronize --layout overlay",
    "difference": "synchronize --layout difference",
    "slow": "synchronize --speed 0.25",
    "slowmo": "synchronize --speed 0.25",
    "slow-motion": "synchronize --speed 0.25",
    "show": "view",
    "browse": "view",
    "split": "cut",
    "repetitions": "cut",
    "count": "cut",
    "live": "follow",
    "track": "follow",
    "fit": "train",
    "learn": "train",
    "angles": "measure",
    "numbers": "measure",
    "tempo": "measure",
    "embeddings": "embed",
    "match": "align",
    "audio": "sound",
    "dub": "sound",
    "store": "index",
    "search": "retrieve",
    "find": "retrieve",
    "labels": "transfer",
    "propagate": "transfer",
    "anomalies": "anomaly",
    "outliers": "anomaly",
    "reward": "progress",
    "onnx": "export",
    "trajectory": "trajectories",
    "tsne": "trajectories",
    "eval": "evaluate",
    "score": "evaluate",
    "check": "data check",
    "convert": "data convert",
    "synthetic": "draw",
    "generate": "draw",
}


def _name(verb: ModuleType) -> str:
    return verb.__name__.rsplit(".", 1)[-1]


class _Verbs(TyperGroup):
    """Lists the verbs in their order and accepts other names for them."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002
        return [_name(verb) for verbs in _GROUPS.values() for verb in verbs]

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        if args and args[0] in _OTHER_NAMES:
            args = [*_OTHER_NAMES[args[0]].split(), *args[1:]]
        elif args and args[0] not in self.commands and Path(args[0]).exists():
            given = " ".join(shlex.quote(word) for word in args)
            raise ConfigError(
                f"First say what to do: `inphase synchronize {given}`, or `inphase view {given}`."
            )
        return super().resolve_command(ctx, args)


app = typer.Typer(
    name="inphase",
    cls=_Verbs,
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

for _group, _verbs in _GROUPS.items():
    for _verb in _verbs:
        _command = getattr(_verb, _name(_verb))
        if isinstance(_command, typer.Typer):  # it has verbs of its own
            app.add_typer(_command, name=_name(_verb), rich_help_panel=_group)
        else:
            app.command(cls=list_options.Command, rich_help_panel=_group)(_command)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"inphase {inphase.__version__}")
        raise typer.Exit


@app.callback(epilog="`inphase VERB --help` explains each verb and shows an example.")
def _inphase(
    verbose: Annotated[bool, typer.Option(*VERBOSE, help="Print details of each step.")] = False,
    version: Annotated[  # noqa: ARG001
        bool,
        typer.Option(
            "--version", callback=_version, is_eager=True, help="Print the version and exit."
        ),
    ] = False,
) -> None:
    """Line up videos of the same action, without labels.

    Start with `inphase synchronize *.mp4 -o together.mp4`.
    """
    console = Console(stderr=True)
    # Without the details, a warning is as short as can be.
    handler = RichHandler(console=console, show_time=verbose, show_path=verbose)
    logging.basicConfig(format="%(message)s", handlers=[handler])
    logging.getLogger("inphase").setLevel(logging.INFO if verbose else logging.WARNING)
