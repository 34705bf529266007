"""`inphase trajectories`."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from inphase.applications.trajectory import FORMATS
from inphase.cli import options


@options.with_reading
def trajectories(
    videos: options.Videos,
    output: Annotated[list[Path], options.output(FORMATS, more=options.REPEATED)],
    model: options.Model = None,
    add: Annotated[
        list[str] | None,
        typer.Option(
            "--add",
            metavar="VIDEOS...",
            help="Videos to place in the map without changing it (not with tsne), as many as you "
            "like up to the next option. Repeatable.",
            show_default=False,
        ),
    ] = None,
    method: Annotated[
        Literal["tsne", "pca", "umap", "opentsne"],
        typer.Option(help="Projection; umap and opentsne are separate packages."),
    ] = "tsne",
    perplexity: Annotated[
        float, typer.Option(min=1, help="Number of frames that count as near (t-SNE, UMAP).")
    ] = 30.0,
    frames: Annotated[
        int,
        typer.Option(min=0, max=1000, help="Number of random frames per video shown in the plot."),
    ] = 2,
    seed: Annotated[
        int, typer.Option(min=0, help="Random seed of the map and of the frames shown.")
    ] = 0,
    width: Annotated[
        int, typer.Option(min=200, max=20_000, help="Width of the .png, in pixels.")
    ] = 1600,
    split: options.Split = None,
) -> int:
    """Plot each video's path through the embedding space, by t-SNE.

    Paths run side by side where the model recognizes the same moments.

    Example: `inphase trajectories swings/ --model runs/swing/model -o swings.png -o swings.html`
    """
    from inphase.applications.trajectory.projection import check_method
    from inphase.data import Collection

    console = options.console()
    collection = Collection.open(videos, split=split)
    added = Collection.open(add) if add else None
    sources = [video.path for part in (collection, added) if part for video in part]
    for path in output:
        FORMATS.check_output(path, sources)
    check_method(method, adds=added is not None)
    # Only now, because they are slow to import.
    from inphase.applications.trajectory.trajectories import trajectories as lay_out

    model = options.model_or_poses(collection, model)
    embeddings = options.embed(collection, model)
    extra = options.embed(added, model) if added else None
    result = lay_out(
        embeddings,
        added=extra or (),
        method=method,
        perplexity=perplexity,
        frames=frames,
        seed=seed,
        console=console,
    )
    for path in output:
        result.save(path, width=width, console=console)
        typer.echo(f"Wrote {path}")
    return options.conclude([*embeddings.skipped, *(extra.skipped if extra else ())])
