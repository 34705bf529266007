"""``inphase compare``."""

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
            help="Folders that `inphase evaluate` wrote, or runs that hold one; the others are "
            "compared with the first.",
            show_default=False,
        ),
    ],
    output: Annotated[Path | None, options.output(COMPARISON_FORMATS)] = None,
    bootstrap: Annotated[int, typer.Option(min=2, help="Draws of test videos.")] = 1000,
    seed: Annotated[int, typer.Option(min=0, help="Of the draws.")] = 0,
) -> None:
    """Put evaluations of the same videos side by side, and say which differences are luck.

    Differences are to the first run; a paired bootstrap over test videos gives their 95 %
    interval and p. Green is better and red worse, at p < 0.05.

    Example: `inphase compare runs/tcc runs/tcn -o comparison.csv`
    """
    from inphase.evaluation import compare as put_side_by_side
    from inphase.evaluation.report.tables import comparison_table

    if output is not None:
        COMPARISON_FORMATS.check(output)
    result = put_side_by_side(runs, draws=bootstrap, seed=seed)
    options.screen().print(comparison_table(result))
    if output is not None:
        result.save(output)
        typer.echo(f"Wrote {output}")
