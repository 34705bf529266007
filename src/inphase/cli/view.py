"""`inphase view`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from inphase.cli import options

if TYPE_CHECKING:
    from inphase.alignment import AlignmentOptions


@options.with_reading
@options.with_alignment()
def view(
    videos: Annotated[
        list[str],
        typer.Argument(
            metavar="RUN_OR_VIDEOS",
            help="Video files, folders, globs or a labels.json; a run or model folder among them "
            "is used as --model.",
            show_default=False,
        ),
    ],
    model: Annotated[
        Path | None,
        typer.Option(
            help="Model or run folder of a trained encoder [default: poses if people are seen, "
            "otherwise fit one to these videos first and keep it for next time].",
            show_default=False,
        ),
    ] = None,
    export: Annotated[
        Path | None,
        typer.Option(
            help="Write the page to this folder, for any web host, instead of serving it.",
            show_default=False,
        ),
    ] = None,
    reference: Annotated[
        str | None,
        typer.Option(
            help="Name of the video whose pace is kept at the start [default: the most typical].",
            show_default=False,
        ),
    ] = None,
    labels: Annotated[
        Path | None,
        typer.Option(
            help="labels.json to read key events from and save them to [default: the videos' own, "
            "or labels.json next to them].",
            show_default=False,
        ),
    ] = None,
    alignment: Annotated[
        Path | None,
        typer.Option(
            help="Alignment file to read corrected matches from and save them to [default: "
            "alignment.json next to the labels].",
            show_default=False,
        ),
    ] = None,
    host: Annotated[
        str,
        typer.Option(
            help="Address to listen on. By default only this machine can connect; with any other "
            "address, such as 0.0.0.0, the printed link contains a token."
        ),
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port to listen on; 0 for any free one.")
    ] = 0,
    open_browser: Annotated[
        bool, typer.Option("--open/--no-open", help="Open the page in the browser.")
    ] = True,
    split: options.Split = None,
    features: options.Features = "auto",
    fit: options.Fit = None,
    subject: options.Subject = None,
    preset: options.FitPreset = None,
    override: options.Override = None,
    cache: options.Cache = None,
    *,
    how: "AlignmentOptions",
) -> int:
    """Play, correct and label videos of the same action in the browser.

    Play them side by side at the pace of any one, correct their matches, explore the map of their
    frames, search for a moment, mark key events. Stop with Ctrl-C.

    Example: `inphase view swings/ --model runs/swing/model`

    For a web host: `inphase view swings/ --model runs/swing/model --export page/`
    """
    from inphase.data import Collection
    from inphase.viewer.opening import split_models
    from inphase.viewer.view import view as show

    sources, model = split_models(videos, model)
    collection = Collection.open(sources, split=split)
    skipped = show(
        collection,
        model,
        subjects=options.subjects(subject, collection),
        export=export,
        reference=None if reference is None else collection[reference].name,
        labels=labels,
        alignment=alignment,
        host=host,
        port=port,
        open_browser=open_browser,
        **options.choice(model, features, fit, preset, override),
        options=how,
        cache=cache,
        console=options.console(),
        say=typer.echo,
        report=options.conclude,
    )
    return 1 if skipped else 0
