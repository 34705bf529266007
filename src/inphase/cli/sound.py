"""``inphase sound``."""

from pathlib import Path
from typing import Annotated, Any

import typer

from inphase.cli import options


def sound(
    target: Annotated[
        str,
        typer.Argument(metavar="TARGET", help="The video that gets the sound.", show_default=False),
    ],
    sources: Annotated[
        list[str],
        typer.Option(
            "--from",
            metavar="SOURCES...",
            help="Videos with sound of the same action, folders or globs: all that follow, up to "
            "the next option. May be repeated.",
            show_default=False,
        ),
    ],
    model: options.Model,
    output: Annotated[
        Path,
        typer.Option(
            "--output",
            "-o",
            help=".mp4 (the target's pictures as they are, with the sound) or .wav.",
            show_default=False,
        ),
    ],
    block: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Frames whose sound is copied in one piece [default: 5].",
            show_default=False,
        ),
    ] = None,
    paper: Annotated[
        bool,
        typer.Option(
            "--paper",
            help="Exactly the supplement's way: the nearest block of any source, in any order, "
            "concatenated.",
        ),
    ] = False,
    distance: options.Distance = "squared_euclidean",
    window: options.Window = None,
    max_slope: options.MaxSlope = None,
    open_begin: options.OpenBegin = False,
    open_end: options.OpenEnd = False,
    open_in: options.OpenIn = "reference",
) -> int:
    """Give a silent video the sound of others that show the same action.

    TARGET comes first. The sound keeps its order, is joined without clicks, and comes from the
    source that matches best. For open ends the target is the reference and a source the query.

    Example: `inphase sound silent.mp4 --from a.mp4 b.mp4 --model runs/pour/model -o out.mp4`
    """
    from inphase.applications.sound import BLOCK, check_output, check_sources, transfer_sound
    from inphase.data import Collection
    from inphase.errors import AlignmentError, ConfigError
    from inphase.models import embed as embed_videos

    limits: dict[str, Any] = {
        "window": window,
        "max_slope": max_slope,
        "open_begin": open_begin or None,
        "open_end": open_end or None,
    }
    given = {name: value for name, value in limits.items() if value is not None}
    if given and not paper:
        given["open_in"] = open_in
    collection = Collection.open([target, *sources])
    if len(Collection.open([target])) != 1:
        raise ConfigError(f"{target} holds several videos; give one that gets the sound.")
    silent, *others = collection.videos
    check_output(output, [video.path for video in collection])
    check_sources([video.path for video in others])
    console = options.console()
    embeddings = embed_videos(collection, model, console=console)
    if not any(video.path == silent.path for video in embeddings):
        raise AlignmentError(f"The target cannot be used: {embeddings.skipped[0].reason}")
    result = transfer_sound(
        embeddings,
        target=silent.name,
        block=BLOCK if block is None else block,
        paper=paper,
        console=console,
        distance=distance,
        **given,
    )
    result.save(output)
    used = {one.source for one in result.blocks if one.source is not None}
    typer.echo(f"Wrote {output}: {len(result.blocks)} blocks of sound from {len(used)} video(s).")
    return options.conclude((*embeddings.skipped, *result.skipped))
