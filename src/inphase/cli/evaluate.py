"""`inphase evaluate`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from inphase.cli import options
from inphase.evaluation.report import FORMATS

if TYPE_CHECKING:
    from inphase.alignment import AlignmentOptions


@options.with_alignment("distance", "window", "max_slope")
def evaluate(
    models: Annotated[
        list[Path],
        typer.Argument(
            metavar="MODEL...",
            help="Model or run folders. Several are treated as seeds of one method.",
            show_default=False,
        ),
    ],
    labels: Annotated[
        str,
        typer.Argument(
            metavar="LABELS.json",
            help="The labelled set: its labels.json, or the folder that contains it.",
            show_default=False,
        ),
    ],
    output: Annotated[
        Path | None,
        options.output(FORMATS, more="[default: evaluation/ next to the first model]"),
    ] = None,
    train_split: Annotated[
        str, typer.Option(help="Split whose labels train the phase classifier.")
    ] = "train",
    test_split: Annotated[str, typer.Option(help="Split to score.")] = "test",
    shared_groups: Annotated[
        bool,
        typer.Option(
            "--shared-groups", help="Allow a group in both splits; the report then warns."
        ),
    ] = False,
    stride: Annotated[int, typer.Option(min=1, help="For Kendall's τ, use every n-th frame.")] = 1,
    classifier: Annotated[
        Literal["svc", "logistic"],
        typer.Option(
            help="Phase classifier: support vectors with an RBF kernel (TCC, LAV), or logistic "
            "regression."
        ),
    ] = "svc",
    few_shot: Annotated[
        list[int] | None,
        typer.Option(
            min=1,
            help="Also classify phases from only this many labelled videos. Repeatable "
            "[default: 1 and 5].",
            show_default=False,
        ),
    ] = None,
    shortcuts: Annotated[
        bool,
        typer.Option(help="Also score trimmed, frozen and shuffled videos."),
    ] = True,
    bootstrap: Annotated[
        int,
        typer.Option(
            min=2, max=100_000, help="Number of bootstrap samples for the 95 % intervals."
        ),
    ] = 1000,
    seed: Annotated[int, typer.Option(min=0, help="Random seed.")] = 0,
    *,
    how: "AlignmentOptions",
) -> int:
    """Score encoders on a labelled set, with intervals and baselines.

    Prints the scores and writes evaluation.json, scores.csv (also as .md and .tex), events.csv and
    report.html, a self-contained page with pictures. The labels assign videos to splits; a person
    or scene that is in both is an error unless --shared-groups allows it. A model that was fitted
    on test videos gets a warning.

    Example: `inphase evaluate runs/swing labels.json -o report`
    """
    from inphase.evaluation import EvaluationOptions, ScoringOptions
    from inphase.evaluation import evaluate as score
    from inphase.evaluation.protocol import model_folder
    from inphase.evaluation.report.tables import tables

    settings = EvaluationOptions(
        scoring=ScoringOptions(
            stride=stride, classifier=classifier, few_shot=tuple(few_shot or (1, 5)), seed=seed
        ),
        alignment=how,
        bootstrap=bootstrap,
        shortcuts=shortcuts,
        train_split=train_split,
        test_split=test_split,
        shared_groups=shared_groups,
    )
    console = options.console()
    folder = output or model_folder(models[0]).parent / "evaluation"
    FORMATS.check_output(folder)
    result = score(models, labels, options=settings, console=console)
    screen = options.screen()
    for table in tables(result):
        screen.print(table)
    for path in result.save(folder, console=console):
        typer.echo(f"Wrote {path}")
    return options.conclude(result.skipped)
