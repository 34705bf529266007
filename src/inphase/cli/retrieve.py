"""`inphase retrieve`."""

from pathlib import Path
from typing import Annotated

import typer

from inphase.applications.retrieval import FORMATS
from inphase.cli import options


@options.with_reading
def retrieve(
    queries: Annotated[
        list[str],
        typer.Argument(
            metavar="VIDEO@SECONDS",
            help="A moment of a video (a file, or a name in the store), or a picture file. Each "
            "query gets its own row of results.",
            show_default=False,
        ),
    ],
    k: Annotated[int, typer.Option("-k", min=1, max=10_000, help="Number of frames to find.")] = 5,
    output: Annotated[list[Path] | None, options.output(FORMATS, more=options.REPEATED)] = None,
    store: options.StoreFolder = options.DEFAULT_STORE,
    model: Annotated[
        Path | None,
        typer.Option(
            help="Model folder [default: the one that filled the store].", show_default=False
        ),
    ] = None,
    per_video: Annotated[
        int, typer.Option(min=0, help="Maximum number of frames per video; 0 for no limit.")
    ] = 1,
    same_video: Annotated[
        bool, typer.Option("--same-video", help="Also search the query's own video.")
    ] = False,
    videos: Annotated[
        list[str] | None,
        typer.Option("--video", help="Search only this video. Repeatable.", show_default=False),
    ] = None,
    start: Annotated[
        float | None,
        typer.Option("--from", help="Search only from this second on.", show_default=False),
    ] = None,
    end: Annotated[
        float | None,
        typer.Option("--to", help="Search only up to this second.", show_default=False),
    ] = None,
    metadata: options.Metadata = None,
    exact: Annotated[
        bool,
        typer.Option("--exact", help="Compare with every frame instead of using the index."),
    ] = False,
    width: Annotated[
        int,
        typer.Option(min=200, max=20_000, help="Maximum width of the contact sheet, in pixels."),
    ] = 1600,
) -> int:
    """Find the frames of other videos that show the same moment.

    Add the videos with `inphase index add` first. Distances are squared Euclidean distances
    between embeddings.

    Example: `inphase retrieve swings/me.mp4@1.2 -k 5 -o same_moment.png`
    """
    from inphase.applications.retrieval.retrieve import retrieve as find
    from inphase.store import Filter

    for path in output or ():
        FORMATS.check_output(path)
    condition = Filter(tuple(videos or ()), start, end, options.pairs(metadata, "--metadata"))
    result = find(
        queries,
        store,
        k=k,
        model=model,
        per_video=per_video or None,
        same_video=same_video,
        condition=condition,
        exact=exact or None,
    )
    for query, found in zip(result.queries, result.neighbours, strict=True):
        moment = "" if query.seconds is None else f" at {query.seconds:.3f} s"
        typer.echo(f"{query.name}{moment}:")
        longest = max(len(one.video.name) for one in found)
        for rank, one in enumerate(found, start=1):
            typer.echo(
                f"{rank:>4}  {one.video.name:<{longest}}  {one.seconds:>8.3f} s  "
                f"frame {one.frame:>5}  distance {one.distance:.4g}"
            )
    for path in output or ():
        result.save(path, width=width, console=options.console())
        typer.echo(f"Wrote {path}")
    return 0
