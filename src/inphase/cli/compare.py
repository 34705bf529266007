"""`inphase compare`."""

from pathlib import Path
from typing import Annotated

import typer

from inphase.cli import options
from inphase.evaluation.report import COMPARISON_FORMATS


def compare(
    runs: Annotated[
        list[Path],
        typer.Argument(
            metavar="RUN...",
            help="Folders written by `inphase evaluate`, or runs that contain one. All are "
            "compared with the first.",
            show_default=False,
        ),
    ],
    output: Annotated[Path | None, options.output(COMPARISON_FORMATS)] = None,
    bootstrap: Annotated[
        int, typer.Option(min=2, max=100_000, help="Number of bootstrap samples.")
    ] = 1000,
    seed: Annotated[int, typer.Option(min=0, help="Random seed of the bootstrap.")] = 0,
) -> None:
    """Compare evaluations and show which differences are significant.

    Each run is compared with the first, on the same test videos. A paired bootstrap gives each
    difference a 95 % interval and a p-value; green is better and red worse, at p < 0.05. It draws
    groups of videos (the labels' `group`; a video without one is its own) and needs six. The
    p-values of several runs are corrected by Holm's method.

    Example: `inphase compare runs/tcc runs/tcn -o comparison.csv`
    """
    from inphase.evaluation import compare as put_side_by_side
    from inphase.evaluation.report.tables import comparison_table, warned

    if output is not None:
        COMPARISON_FORMATS.check_output(output)
    result = put_side_by_side(runs, draws=bootstrap, seed=seed)
    screen = options.screen()
    screen.print(comparison_table(result))
    for warning in warned(result.warnings):
        screen.print(warning)
    if output is not None:
        result.save(output)
        typer.echo(f"Wrote {output}")
