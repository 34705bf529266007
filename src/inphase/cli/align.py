"""``inphase align``."""

from pathlib import Path
from typing import Annotated

import typer

from inphase.cli import options


def align(
    reference: Annotated[
        str, typer.Argument(help="The video whose pace is kept.", show_default=False)
    ],
    queries: Annotated[
        list[str],
        typer.Argument(metavar="QUERY", help="The videos to match to it.", show_default=False),
    ],
    model: options.Model,
    output: Annotated[
        Path, typer.Option("--output", "-o", help=".json or .csv file.", show_default=False)
    ],
    distance: options.Distance = "squared_euclidean",
    window: options.Window = None,
    max_slope: options.MaxSlope = None,
    open_begin: options.OpenBegin = False,
    open_end: options.OpenEnd = False,
    open_in: options.OpenIn = "reference",
) -> int:
    """Find for each frame of the reference its frame in each query.

    The result has, for each reference frame, the query's frame number and time in seconds, and a
    confidence of 0..1.

    Example: `inphase align me.mp4 pro.mp4 --model runs/swing/model -o alignment.json`
    """
    from inphase.applications.synchronize import check_output, synchronize
    from inphase.data import Collection
    from inphase.models import embed as embed_videos

    collection = Collection.open([reference, *queries])
    check_output(output, [video.path for video in collection], pictures=False)
    embeddings = embed_videos(collection, model, console=options.console())
    result = synchronize(
        embeddings,
        reference=collection.videos[0].name,
        distance=distance,
        window=window,
        max_slope=max_slope,
        open_begin=open_begin,
        open_end=open_end,
        open_in=open_in,
    )
    result.save(output)
    typer.echo(f"Wrote the alignment of {len(result.queries)} to {result.reference.name}: {output}")
    return options.conclude(embeddings.skipped)
