"""`inphase progress`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from inphase.applications.episodes import FORMATS as OF_EPISODES
from inphase.applications.progress_signal import FORMATS
from inphase.cli import options, verdict

if TYPE_CHECKING:
    from inphase.applications.episodes.result import EpisodesProgress
    from inphase.data import Collection

_MANY = f"Of many videos, {OF_EPISODES.help()}"


@options.with_reading
def progress(
    video: Annotated[
        str,
        typer.Argument(
            help="The video to measure, or many: a LeRobot dataset, a folder or a labels.json.",
            show_default=False,
        ),
    ],
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
    output: Annotated[list[Path], options.output(FORMATS, more=f"{_MANY} {options.REPEATED}")],
    model: options.Model = None,
    strict: verdict.Strict = False,
    split: options.Split = None,
    distance: options.Distance = "squared_euclidean",
) -> int:
    """Measure progress and distance to the goal at every frame of a video.

    Progress runs from 0 to 1 along the demonstrations' mean course. Distance to the goal is 1 at a
    demonstration's start and 0 at the goal; its negative is XIRL's reward. Each value depends only
    on the frames so far.

    Of many videos, progress comes from all frames of each, and the ones that went wrong are listed
    with the reason: the other direction, no success, a jump, an outlier. Each task has its own
    reference.

    Example: `inphase progress try.mp4 --demonstrations demos/ --model runs/demo/model -o try.csv`

    Example: `inphase progress DATASET --demonstrations DATASET --model runs/demo/model -o
    progress.parquet`
    """
    from inphase.data import Collection
    from inphase.data.lerobot import is_robot_dataset

    console = options.console()
    collection = Collection.open(demonstrations, split=split)
    followed = Collection.open([video])
    if len(followed) != 1 or is_robot_dataset(Path(video).expanduser()):
        return _episodes(
            video, followed, collection, output, model=model, strict=strict, distance=distance
        )
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


def _episodes(
    source: str,
    followed: "Collection",
    shown: "Collection",
    output: list[Path],
    *,
    model: Path | None,
    strict: bool,
    distance: str,
) -> int:
    """Measure many videos, and list those that went wrong."""
    from inphase.data.lerobot.episodes import episode_places

    places = episode_places(source, followed)
    for path in output:
        OF_EPISODES.check_output(path, [one.path for one in (*shown, *followed)], count=len(places))
    from inphase.applications.episodes.measure import by_task, measure_episodes

    model = options.model_or_poses(shown, model)
    demonstrations = options.embed(shown, model)
    embedded = options.embed(followed, model)
    result = measure_episodes(
        places,
        embedded.videos,
        by_task(shown, demonstrations.videos, places),
        distance=distance,
        console=options.console(),
    )
    _say(result)
    for path in output:
        result.save(path)
        typer.echo(f"Wrote {path}")
    skipped = dict.fromkeys((*demonstrations.skipped, *embedded.skipped))
    return max(int(strict and bool(result.flagged)), options.conclude(tuple(skipped)))


def _say(result: "EpisodesProgress") -> None:
    for task, reference in result.references.items():
        typer.echo(f"The reference{f' of `{task}`' if task else ''} is {reference}.")
    flagged = result.flagged
    typer.echo(f"{len(result.episodes) - len(flagged)} of {len(result.episodes)} are good.")
    if flagged:
        from inphase.applications.episodes.table import flagged_table

        options.table_console().print(flagged_table(flagged))
