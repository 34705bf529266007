"""`inphase draw`."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from inphase.cli import options


def draw(
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Folder for the videos.", show_default=False)
    ],
    action: Annotated[
        Literal["pouring", "swing", "pick_place", "lift"], typer.Option(help="Action to perform.")
    ] = "pouring",
    count: Annotated[int, typer.Option(min=1, max=10_000, help="Number of performances.")] = 9,
    views: Annotated[
        int, typer.Option(min=1, max=2, help="Number of cameras per performance.")
    ] = 1,
    seed: Annotated[
        int, typer.Option(min=0, help="Random seed; the same seed draws the same videos.")
    ] = 0,
) -> int:
    """Draw synthetic labelled videos of one action to try inphase on.

    Each performance has its own speed, camera, colours and background; pouring has sound. A
    labels.json in the folder holds the exact key events.

    Example: `inphase draw --action swing -o swings`
    """
    from inphase.progress import progress_bar
    from inphase.synthetic import write_collection

    with progress_bar("Drawing", count * views, console=options.console()) as bar:
        collection = write_collection(
            output,
            action=action,
            count=count,
            views=views,
            seed=seed,
            progress=lambda done, _total: bar.advance(done - bar.done),
        )
    typer.echo(f"{len(collection)} videos are in {output}")
    return 0
