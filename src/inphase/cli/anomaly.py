"""`inphase anomaly`."""

from pathlib import Path
from typing import Annotated

import typer

from inphase.applications.anomalies import FORMATS
from inphase.cli import options


@options.with_reading
def anomaly(
    video: Annotated[str, typer.Argument(help="The video to check.", show_default=False)],
    typical: Annotated[
        list[str],
        typer.Option(
            "--typical",
            metavar="VIDEOS...",
            help="Videos of the action as it should be: files, folders, globs or a labels.json, "
            "as many as you like up to the next option. Repeatable.",
            show_default=False,
        ),
    ],
    output: Annotated[list[Path], options.output(FORMATS, more=options.REPEATED)],
    model: options.Model = None,
    alpha: Annotated[
        float,
        typer.Option(
            help="Fraction of normal videos that may raise an alarm; 0.05 needs 19 typical videos."
        ),
    ] = 0.05,
    span: Annotated[
        float, typer.Option(help="Seconds over which distance is averaged and pace measured.")
    ] = 0.2,
    by_group: Annotated[
        bool,
        typer.Option(
            "--by-group",
            help="Leave typical videos out by their group in labels.json (a person, a place), so "
            "that a new person or place is not an anomaly by itself.",
        ),
    ] = False,
    width: Annotated[
        int, typer.Option(min=200, max=20_000, help="Width of the .png, in pixels.")
    ] = 1200,
    split: options.Split = None,
    distance: options.Distance = "squared_euclidean",
) -> int:
    """Find where a video deviates from typical ones, in looks or in pace.

    Lists each segment with its start and end, a score, and the probability p that a normal video
    deviates as much anywhere. Use typical videos that the model was not trained on.

    Example: `inphase anomaly new.mp4 --typical good/ --model runs/pour/model -o anomalies.png`
    """
    from inphase.data import Collection
    from inphase.errors import ConfigError

    console = options.console()
    collection = Collection.open(typical, split=split)
    judged = Collection.open([video])
    if len(judged) != 1:
        raise ConfigError(f"{video} holds {len(judged)} videos; give one to check.")
    sources = [one.path for one in (*collection, *judged)]
    for path in output:
        FORMATS.check_output(path, sources)
    # Only now, because they are slow to import.
    from inphase.applications.anomalies.find_anomalies import (
        check_options,
        find_anomalies,
    )

    check_options(alpha=alpha, span=span)
    groups = {one.name: one.group for one in collection}
    if by_group and None in groups.values():
        raise ConfigError("--by-group needs a labels.json with a group for every typical video.")
    model = options.model_or_poses(collection, model)
    embeddings = options.embed(collection, model)
    (new,) = options.embed(judged, model)
    result = find_anomalies(
        new,
        embeddings,
        alpha=alpha,
        groups=[groups[one.name] for one in embeddings] if by_group else None,
        span=span,
        distance=distance,
        console=console,
    )
    if result.caution:
        console.print(result.caution, highlight=False)
    for one in result.segments:
        told = "ALARM" if one.is_alarm(alpha) else "     "
        typer.echo(
            f"{told} {one.start:8.2f} to {one.end:.2f} s  {one.kind:5}  score {one.score:.2f}  "
            f"p {one.p_value:.3f}"
        )
    if not result.alarms:
        typer.echo("No alarm.")
    for path in output:
        result.save(path, width=width)
        typer.echo(f"Wrote {path}")
    return options.conclude(embeddings.skipped)
