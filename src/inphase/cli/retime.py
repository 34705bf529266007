"""`inphase retime`."""

from pathlib import Path
from typing import Annotated

import typer

from inphase.cli import options, verdict
from inphase.errors import OutputError


@options.with_reading
def retime(
    dataset: Annotated[
        Path,
        typer.Argument(help="A LeRobot dataset, version 2.0 to 3.0.", show_default=False),
    ],
    output: Annotated[
        Path,
        typer.Option("--output", "-o", help="Folder of the new dataset.", show_default=False),
    ],
    model: options.Model = None,
    reference: Annotated[
        str | None,
        typer.Option(
            help="Episode whose pace is kept, e.g. episode_000003 [default: of each task, the "
            "most typical].",
            show_default=False,
        ),
    ] = None,
    trim: Annotated[
        bool, typer.Option("--trim", help="Leave out the still begin and end of every episode.")
    ] = False,
    strict: verdict.Strict = False,
    distance: options.Distance = "squared_euclidean",
) -> int:
    """Give every episode of a dataset the pace of its task's reference.

    Writes a dataset of the same version: of all cameras, states and actions, the frames that match
    those of the reference, at even times. Its statistics are computed anew.

    Example: `inphase retime DATASET --camera top --model runs/demo/model -o retimed`
    """
    from inphase.data import Collection
    from inphase.data.lerobot import open_robot_dataset
    from inphase.data.lerobot.episodes import episode_places
    from inphase.overwriting import check_replace

    opened = open_robot_dataset(dataset)
    collection = Collection.open(dataset)
    places = episode_places(dataset, collection)
    check_replace(output)
    if output.exists() and (output.is_file() or any(output.iterdir())):
        raise OutputError(f"{output} exists and is not empty: give a new folder.")
    # Only now, because they are slow to import.
    from inphase.alignment import AlignmentOptions
    from inphase.applications.retiming import retime as retiming

    model = options.model_or_poses(collection, model)
    embedded = options.embed(collection, model)
    result = retiming.retime(
        places,
        embedded.videos,
        reference=reference,
        trim=trim,
        options=AlignmentOptions(distance=distance),
        console=options.console(),
    )
    for task, name in result.references.items():
        typer.echo(f"The reference{f' of `{task}`' if task else ''} is {name}.")
    retiming.write_retimed(result, opened, output, console=options.console())
    typer.echo(f"Wrote {len(result.frames)} episodes to {output}")
    unsure = verdict.say_verdict(
        result.verdicts, strict=strict, helps=["`inphase progress` lists what went wrong in each."]
    )
    return max(unsure, options.conclude(embedded.skipped))
