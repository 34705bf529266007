"""``inphase align``."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from inphase.applications.synchronization import FORMATS
from inphase.cli import options

if TYPE_CHECKING:
    from inphase.alignment import AlignmentOptions


@options.with_alignment()
def align(
    reference: Annotated[
        str, typer.Argument(help="The video whose pace is kept.", show_default=False)
    ],
    queries: Annotated[
        list[str],
        typer.Argument(metavar="QUERY", help="The videos to match to it.", show_default=False),
    ],
    model: options.Model,
    output: Annotated[Path, options.output(FORMATS.only(".json", ".csv"))],
    *,
    how: "AlignmentOptions",
) -> int:
    """Find for each frame of the reference its frame in each query.

    The result has, for each reference frame, the query's frame number and time in seconds, and a
    confidence of 0..1.

    Example: `inphase align me.mp4 pro.mp4 --model runs/swing/model -o alignment.json`
    """
    from inphase.applications.synchronization.synchronize import synchronize
    from inphase.data import Collection
    from inphase.models import embed as embed_videos

    collection = Collection.open([reference, *queries])
    FORMATS.only(".json", ".csv").check(output, [video.path for video in collection])
    embeddings = embed_videos(collection, model, console=options.console())
    result = synchronize(
        embeddings,
        reference=collection.videos[0].name,
        options=how,
    )
    result.save(output)
    typer.echo(f"Wrote the alignment of {len(result.queries)} to {result.reference.name}: {output}")
    return options.conclude(embeddings.skipped)
