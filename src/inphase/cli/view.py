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
    from inphase.models import embed as embed_videos
    from inphase.training import fit_or_reuse, load_config
    from inphase.training.features import default_cache
    from inphase.viewer import Shelf, check_export_folder, export_page, open_place, serve
    from inphase.viewer.opening import kept_files, open_documents, split_models

    console = options.console()
    sources, model = split_models(videos, model)
    collection = Collection.open(sources, split=split)
    if export is not None:
        check_export_folder(export, [video.path for video in collection])
    # Before minutes of fitting: is it all there, and can the port be had?
    kept_files(collection, labels=labels, alignment=alignment)
    name = collection[reference].name if reference is not None else None
    place = open_place(host, port) if export is None else None
    if model is None:
        settings = load_config(preset, overrides=override or ())
        model = fit_or_reuse(collection, config=settings, cache=cache, console=console).model
        typer.echo(f"The fitted model is in {model}")
    kept = cache or default_cache().parent
    embeddings = embed_videos(collection, model, cache=kept / "embeddings", console=console)
    documents = open_documents(
        embeddings,
        collection,
        reference=name,
        labels=labels,
        alignment=alignment,
        options=how,
    )
    folder = kept / "viewer"
    if export is not None:
        skipped = export_page(documents, export, cache=folder, console=console)
        typer.echo(f"Wrote {export}")
        return options.conclude([*embeddings.skipped, *skipped])
    assert place is not None
    code = options.conclude(embeddings.skipped)
    typer.echo(f"Corrected matches are saved in {documents.alignment_file}")
    typer.echo(f"Key events are saved in {documents.labels.path}")
    serve(
        documents,
        Shelf(documents.viewed, folder),
        place,
        open_browser=open_browser,
        on_ready=lambda: typer.echo(f"Look at {place.address} (Ctrl-C ends it)"),
    )
    return code
