"""``inphase synchronize``."""

from pathlib import Path
from typing import Annotated

import typer

from inphase.cli import options


def synchronize(
    videos: options.Videos,
    output: Annotated[
        Path,
        typer.Option(
            "--output",
            "-o",
            help=".mp4: all in a grid; .json or .csv: the mapping; for editing programs .otio "
            "(OpenTimelineIO), .edl (CMX 3600) or .sh (ffmpeg). With --separate, a folder.",
            show_default=False,
        ),
    ],
    reference: Annotated[
        str,
        typer.Option(
            help="Name of the video whose pace and sound are kept; auto: the most typical one, "
            "which is cheapest to align with the others.",
        ),
    ] = "auto",
    joint: Annotated[
        bool,
        typer.Option(
            "--joint",
            help="Align all together by way of their mean course, instead of each with the "
            "reference: for many videos, whose matches then agree with each other.",
        ),
    ] = False,
    model: Annotated[
        Path | None,
        typer.Option(
            help="Model folder of a trained encoder; without it, one is fitted to these videos "
            "first, and kept for the next time.",
            show_default=False,
        ),
    ] = None,
    separate: Annotated[
        bool, typer.Option("--separate", help="Write each query alone, retimed to the reference.")
    ] = False,
    alignment: options.AlignmentFile = None,
    width: Annotated[int, typer.Option(min=64, help="Width of the grid, in pixels, at most.")] = (
        1920
    ),
    cut_error: Annotated[
        int,
        typer.Option(
            min=0,
            help="For editing programs: frames that a piece of constant speed may be off by; more "
            "frames, fewer cuts.",
        ),
    ] = 2,
    split: options.Split = None,
    preset: options.Preset = "quick",
    override: options.Override = None,
    cache: options.Cache = None,
    distance: options.Distance = "squared_euclidean",
    window: options.Window = None,
    max_slope: options.MaxSlope = None,
    open_begin: options.OpenBegin = False,
    open_end: options.OpenEnd = False,
    open_in: options.OpenIn = "reference",
) -> int:
    """Play videos of the same action together, at the pace of one of them.

    Example: `inphase synchronize swings/*.mp4 --reference me -o together.mp4`
    """
    from inphase.applications import synchronize as match
    from inphase.applications.alignment_file import read_alignment_file
    from inphase.applications.edit_files import EDIT_WRITERS, write_edit
    from inphase.applications.edit_plan import plan_edit
    from inphase.applications.output_folder import check_output_folder
    from inphase.applications.synchronize import AUTO, check_output
    from inphase.data import Collection
    from inphase.models import embed as embed_videos
    from inphase.training import fit_or_reuse, load_config

    console = options.console()
    collection = Collection.open(videos, split=split)
    check = check_output_folder if separate else check_output
    check(output, [video.path for video in collection])
    # Before minutes of fitting: is it there at all?
    by_itself = reference == AUTO and AUTO not in [video.name for video in collection]
    name = None if by_itself else collection[reference].name
    anchors = read_alignment_file(alignment) if alignment is not None else None
    if anchors is not None:
        anchors.check(collection.names)
    if model is None:
        settings = load_config(preset, overrides=override or ())
        run = fit_or_reuse(collection, config=settings, cache=cache, console=console)
        model = run.model
        typer.echo(f"The fitted model is in {model}")
    embeddings = embed_videos(collection, model, console=console)
    result = match(
        embeddings,
        reference=name,
        anchors=anchors,
        joint=joint,
        console=console,
        distance=distance,
        window=window,
        max_slope=max_slope,
        open_begin=open_begin,
        open_end=open_end,
        open_in=open_in,
    )
    if by_itself:
        typer.echo(f"The reference is {result.reference.name}, the most typical video.")
    if separate:
        for path in result.save_separate(output, console=console):
            typer.echo(f"Wrote {path}")
    elif output.suffix in EDIT_WRITERS:
        plan = plan_edit(result, error=cut_error)
        write_edit(output, plan)
        typer.echo(f"Wrote {output}")
        for track in plan.tracks[1:]:
            typer.echo(f"{track.name}: {len(track.segments) - 1} cuts")
        typer.echo(f"{plan.cuts} cuts in all, no frame off by more than {cut_error}")
    else:
        result.save(output, width=width, console=console)
        typer.echo(f"Wrote {output}")
    return options.conclude(embeddings.skipped)
