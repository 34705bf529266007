"""`inphase progress`."""

from pathlib import Path
from typing import Annotated

import typer

from inphase.applications.progress_signal import FORMATS
from inphase.cli import options, verdict


@options.with_reading
def progress(
    video: Annotated[str, typer.Argument(help="The video to measure.", show_default=False)],
    demonstrations: Annotated[
        list[str],
        typer.Option(
            "--demonstrations",
            metavar="VIDEOS...",
            help="Videos of the whole action: files, folders, globs or a labels.json, as many as "
            "you like up to the next option. Repeatable.",
            show_default=False,
        ),
    ],
    output: Annotated[list[Path], options.output(FORMATS, more=options.REPEATED)],
    model: options.Model = None,
    strict: verdict.Strict = False,
    split: options.Split = None,
    distance: options.Distance = "squared_euclidean",
) -> int:
    """Measure progress and distance to the goal at every frame of a video.

    Progress runs from 0 to 1 along the demonstrations' mean course. Distance to the goal is 1 at a
    demonstration's start and 0 at the goal; its negative is XIRL's reward. Each value depends only
    on the frames so far.

    Example: `inphase progress try.mp4 --demonstrations demos/ --model runs/demo/model -o try.csv`
    """
    from inphase.data import Collection
    from inphase.errors import ConfigError

    console = options.console()
    collection = Collection.open(demonstrations, split=split)
    followed = Collection.open([video])
    if len(followed) != 1:
        raise ConfigError(f"{video} holds {len(followed)} videos; give one to measure.")
    for path in output:
        FORMATS.check_output(path, [one.path for one in (*collection, *followed)])
    # Only now, because they are slow to import.
    from inphase.applications.progress_signal.measure import Goal, measure_progress

    model = options.model_or_poses(collection, model)
    embeddings = options.embed(collection, model)
    (new,) = options.embed(followed, model)
    result = measure_progress(new, Goal(embeddings, distance=distance, console=console))
    typer.echo(
        f"{new.name} ends at progress {result.progress[-1]:.2f}, "
        f"distance to goal {result.distance_to_goal[-1]:.2f}."
    )
    for path in output:
        result.save(path)
        typer.echo(f"Wrote {path}")
    unsure = verdict.say_verdict([result.verdict], strict=strict, helps=[verdict.LOOK])
    return max(unsure, options.conclude(embeddings.skipped))
