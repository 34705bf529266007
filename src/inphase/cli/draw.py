"""``inphase draw``."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from inphase.cli import options


def draw(
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Folder to fill.", show_default=False)
    ],
    action: Annotated[
        Literal["pouring", "swing", "pick_place"], typer.Option(help="What is done.")
    ] = "pouring",
    count: Annotated[int, typer.Option(min=1, help="How many performances.")] = 9,
    views: Annotated[int, typer.Option(min=1, max=2, help="Cameras that film each.")] = 1,
    seed: Annotated[int, typer.Option(min=0, help="The same seed draws the same videos.")] = 0,
) -> int:
    """Draw synthetic videos of one action, with their key events, to try inphase on.

    Each performance has its own speed, camera, colours and background; pouring has sound. The
    folder also gets labels.json with the exact key events.

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
