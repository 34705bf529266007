"""``inphase view``."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from inphase.cli import options

if TYPE_CHECKING:
    from inphase.alignment import AlignmentOptions


@options.with_alignment()
def view(
    videos: Annotated[
        list[str],
        typer.Argument(
            metavar="RUN_OR_VIDEOS",
            help="Video files, folders, globs, or a labels.json; a run or model folder among them "
            "counts as --model.",
            show_default=False,
        ),
    ],
    model: Annotated[
        Path | None,
        typer.Option(
            help="Model or run folder of a trained encoder; without it, one is fitted to these "
            "videos first, and kept for the next time.",
            show_default=False,
        ),
    ] = None,
    export: Annotated[
        Path | None,
        typer.Option(
            help="Write the page as a folder for any web host, instead of serving it.",
            show_default=False,
        ),
    ] = None,
    reference: Annotated[
        str | None,
        typer.Option(
            help="Name of the video whose pace is kept at first [default: the first].",
            show_default=False,
        ),
    ] = None,
    labels: Annotated[
        Path | None,
        typer.Option(
            help="labels.json to read key events from and to save them in [default: the videos' "
            "own, or labels.json beside them].",
            show_default=False,
        ),
    ] = None,
    alignment: Annotated[
        Path | None,
        typer.Option(
            help="Alignment file to read corrected matches from and to save them in [default: "
            "alignment.json beside the labels].",
            show_default=False,
        ),
    ] = None,
    host: Annotated[
        str,
        typer.Option(
            help="Where to listen. By default only this machine can connect; for any other, such "
            "as 0.0.0.0, the address printed holds a token."
        ),
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="To listen at; 0 takes any free one.")
    ] = 0,
    open_browser: Annotated[
        bool, typer.Option("--open/--no-open", help="Open the page in the browser.")
    ] = True,
    split: options.Split = None,
    preset: options.Preset = "quick",
    override: options.Override = None,
    cache: options.Cache = None,
    *,
    how: "AlignmentOptions",
) -> int:
    """Look at videos of the same action in the browser, in step, and correct and label them.

    Play them side by side at the pace of any one, see and correct how they are matched, see the
    map of their frames, search for a moment, mark key events. Ctrl-C ends it.

    Example: `inphase view swings/ --model runs/swing/model`

    As a folder for a web host: `inphase view swings/ --model runs/swing/model --export page/`
    """
    from inphase.data import Collection
    from inphase.training import load_config
    from inphase.viewer.opening import split_models
    from inphase.viewer.view import view as show

    sources, model = split_models(videos, model)
    skipped = show(
        Collection.open(sources, split=split),
        model,
        export=export,
        reference=reference,
        labels=labels,
        alignment=alignment,
        host=host,
        port=port,
        open_browser=open_browser,
        config=load_config(preset, overrides=override or ()) if model is None else None,
        options=how,
        cache=cache,
        console=options.console(),
        say=typer.echo,
        report=options.conclude,
    )
    return 1 if skipped else 0
