"""`inphase cut`."""

from pathlib import Path
from typing import Annotated

import typer

from inphase.applications.repetitions import FORMATS
from inphase.cli import options
from inphase.errors import ConfigError, Skipped


@options.with_reading
def cut(
    videos: options.Videos,
    output: Annotated[Path, options.output(FORMATS)],
    model: Annotated[
        Path | None,
        typer.Option(
            help="Model folder of an encoder fitted to this action [default: postures or the whole "
            "picture, without fitting].",
            show_default=False,
        ),
    ] = None,
    features: options.Features = "auto",
    subject: options.Subject = None,
    shortest: Annotated[
        float, typer.Option(min=0.27, help="Shortest repetition, in seconds.")
    ] = 0.3,
    longest: Annotated[
        float | None,
        typer.Option(
            min=0.27,
            help="Longest repetition, in seconds [default: half of the video].",
            show_default=False,
        ),
    ] = None,
    least_confidence: Annotated[
        float, typer.Option(min=0, max=1, help="Confidence below which a video is not cut.")
    ] = 0.45,
    split: options.Split = None,
) -> int:
    """Cut a video of a repeated action into one clip per repetition.

    Writes the clips with their sound, a table of their times (.json, .csv) and a picture of the
    video's self-similarity. A video without repetitions stays whole. Nothing has to be fitted: the
    postures of a person are compared where one is seen clearly, otherwise the whole picture.

    Example: `inphase cut twenty_pushups.mp4 -o pushups/`
    """
    from inphase.applications.repetitions.cut import cut_videos
    from inphase.applications.repetitions.writers import check_clips_folder
    from inphase.cache import cache_folder
    from inphase.data import Collection

    console = options.console()
    if model is not None and features != "auto":
        raise ConfigError("--features has no use with --model: leave one of them out.")
    collection = Collection.open(videos, split=split)
    check_clips_folder(output, collection)
    found = cut_videos(
        collection,
        model=model,
        features=features,
        subjects=options.subjects(subject, collection),
        cache=cache_folder(),
        console=console,
        shortest=shortest,
        longest=longest,
        least_confidence=least_confidence,
    )
    failed: list[Skipped] = []
    clips = found.save(output, on_failure=failed.append, console=console)
    for cuts in found.cuts:
        if cuts.count:
            typer.echo(
                f"{cuts.video.name}: {cuts.count} repetitions, {cuts.period:.2f} s each, "
                f"confidence {cuts.repetitions.confidence:.2f}{', by poses' * cuts.by_poses}"
            )
        else:
            typer.echo(f"{cuts.video.name}: no repetition; it stays whole")
    typer.echo(f"Wrote {len(clips)} clip(s) to {output}")
    return options.conclude((*found.skipped, *failed))
