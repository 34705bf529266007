"""`inphase data`: check a collection, and convert labels from and for other programs."""

from pathlib import Path
from typing import Annotated

import typer

from inphase.applications.collection_check import FORMATS
from inphase.cli import list_options, options

data = typer.Typer(
    help="Check a collection, or convert labels from and for other programs.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)


@data.command(cls=list_options.Command)
@options.with_reading
def check(
    videos: options.Videos,
    output: Annotated[Path | None, options.output(FORMATS)] = None,
) -> int:
    """Check videos and labels for problems before training.

    Reports broken files, lengths, frame rates, labels, duplicates and mixed actions. Exits with 1
    if a problem would spoil training or scores.

    Example: `inphase data check swings/`
    """
    from inphase.applications.collection_check.check import check_collection
    from inphase.applications.collection_check.table import finding_lines, summary_table
    from inphase.data import Collection

    collection = Collection.open(videos)
    if output is not None:
        FORMATS.check_output(output)
    result = check_collection(collection, console=options.console())
    screen = options.screen()
    screen.print(summary_table(result))
    for line in finding_lines(result):
        screen.print(line)
    if output is not None:
        result.save(output)
        typer.echo(f"Wrote {output}")
    return 0 if result.sound else 1


@data.command(cls=list_options.Command)
@options.with_reading
def convert(
    labels: Annotated[
        Path,
        typer.Argument(
            metavar="LABELS",
            help="A .csv of segments or instants, a .vtt or .eaf (ELAN) or a folder of them, a "
            ".boris project, the .xml of CVAT, a .json of segments in microseconds (TCC), a "
            "labels.json, or the folder of Penn Action or of the pouring set.",
            show_default=False,
        ),
    ],
    output: Annotated[
        Path,
        typer.Option(
            "--output",
            "-o",
            help="The labels.json to write; for other programs .eaf (ELAN) or .xml (CVAT) of one "
            "video, or .boris of all.",
            show_default=False,
        ),
    ],
    videos: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="VIDEOS",
            help="The labelled videos; a labels.json, Penn Action and the pouring set contain "
            "their own.",
            show_default=False,
        ),
    ] = None,
    events: Annotated[
        str | None,
        typer.Option(
            help="Names of the key events, in order, separated by commas.", show_default=False
        ),
    ] = None,
    instants: Annotated[
        bool,
        typer.Option(
            "--instants",
            help="Read each cue, annotation or state as an instant, at its start, not a segment.",
        ),
    ] = False,
    tier: Annotated[
        str | None,
        typer.Option(
            help="The tier to read of ELAN's files [default: those of the type `event`, or the "
            "only one].",
            show_default=False,
        ),
    ] = None,
    action: Annotated[
        list[str] | None,
        typer.Option(
            help="Convert only this action of Penn Action. Repeatable.", show_default=False
        ),
    ] = None,
) -> int:
    """Convert labels of other programs or published sets to a labels.json, or back.

    Videos whose labels are wrong (an event out of order or outside the video, a missing video) are
    left out and listed with the reason; the exit code is then 1.

    Example: `inphase data convert project.boris swings/ -o swings/labels.json`
    """
    from inphase.data.formats import convert_labels

    names = [name.strip() for name in events.split(",")] if events else None
    result = convert_labels(
        labels, videos, events=names, instants=instants, tier=tier, actions=action
    )
    written = result.save(output, about={"source": str(labels)})
    for (name, split), count in sorted(result.counts.items()):
        published = result.published.get((name, split))
        beside = f", {published} in the paper" if published is not None else ""
        told = " ".join(filter(None, (name, split))) or "without action or split"
        typer.echo(f"  {told}: {count}{beside}")
    typer.echo(f"Wrote the labels of {len(result.videos)} video(s): {written}")
    warnings = options.console()
    for mistake in result.mistakes:
        warnings.print(f"  {mistake.video}: {mistake.sentence}", markup=False, highlight=False)
    return 1 if result.mistakes else 0
