"""`inphase transfer`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from inphase.applications.label_transfer import FORMATS, check_formats
from inphase.cli import options, verdict
from inphase.overwriting import place_of

if TYPE_CHECKING:
    from inphase.alignment import AlignmentOptions
    from inphase.applications.label_transfer.error import TransferError


@options.with_reading
@options.with_alignment()
def transfer(
    labels: Annotated[
        str,
        typer.Argument(
            metavar="SOURCE_LABELS",
            help="Labels to transfer: a labels.json, a .vtt or .srt file, a CSV of spans or of "
            "sensor data, or a folder of these. A file belongs to the video of the same name next "
            "to it; otherwise write VIDEO=FILE.",
            show_default=False,
        ),
    ],
    videos: options.Videos,
    output: Annotated[Path, options.output(FORMATS)],
    model: options.Model = None,
    more: Annotated[
        list[str] | None,
        typer.Option(
            "--also",
            metavar="SOURCE_LABELS",
            help="More labels, of the same or of other videos. Repeatable.",
            show_default=False,
        ),
    ] = None,
    sources: Annotated[
        list[str] | None,
        typer.Option(
            "--source",
            metavar="NAME",
            help="Use only this video of SOURCE_LABELS as a source. Repeatable.",
            show_default=False,
        ),
    ] = None,
    formats: Annotated[
        list[str] | None,
        typer.Option(
            "--format",
            help="What to write in the folder: json, csv, vtt, srt, eaf (ELAN), boris, xml (CVAT) "
            "or mp4 (a preview with everything burned in). Repeatable [default: what "
            "SOURCE_LABELS holds].",
            show_default=False,
        ),
    ] = None,
    alignment: options.AlignmentFile = None,
    strict: verdict.Strict = False,
    split: options.Split = None,
    *,
    how: "AlignmentOptions",
) -> int:
    """Transfer key events, captions or sensor data to other videos.

    Several sources vote; each result has a confidence (0..1). If VIDEOS have labels of their own,
    the error against them is printed. For --open-in, a source is the reference and each of VIDEOS
    a query.

    Example: `inphase transfer me.srt swings/ --model runs/swing/model --format srt --format mp4 -o
    captioned/`
    """
    from dataclasses import replace

    from inphase.data import LABELS_FILE, Collection, read_annotations
    from inphase.overwriting import check_overwrite

    console = options.console()
    annotated = read_annotations([labels, *(more or ())], names=sources or ())
    targets = Collection.open(videos, split=split)
    paths = {place_of(one.video.path) for one in annotated}
    others = tuple(video for video in targets if place_of(video.path) not in paths)
    FORMATS.check_output(output, [video.path for video in targets], count=len(others))
    check_formats(output, formats)
    if "json" in formats if formats else any(one.annotations.events for one in annotated):
        check_overwrite(output / LABELS_FILE)
    together = replace(targets, videos=(*others, *(one.video for one in annotated)))
    # Only now, because they are slow to import.
    from inphase.applications.anchors import read_alignment_file
    from inphase.applications.label_transfer.error import transfer_error
    from inphase.applications.label_transfer.transfer import transfer as carry_over

    anchors = read_alignment_file(alignment) if alignment is not None else None
    if anchors is not None:
        anchors.check(together.names)
    model = options.model_or_poses(together, model)
    embeddings = options.embed(together, model)
    result = carry_over(
        annotated,
        embeddings,
        anchors=anchors,
        console=console,
        options=how,
    )
    for path in result.save(output, formats=formats, console=console):
        typer.echo(f"Wrote {path}")
    truth = {video.name: video.events for video in others if video.events}
    if result.events and any(set(result.events) <= events.keys() for events in truth.values()):
        _print_error(transfer_error(result, annotated, embeddings, truth))
    unsure = verdict.say_verdict(result.verdicts(), strict=strict, helps=[verdict.CORRECT])
    return max(unsure, options.conclude(embeddings.skipped))


def _print_error(error: "TransferError") -> None:
    """Print each event's mean error, next to that of stretching the sources evenly."""
    from numpy import median

    typer.echo(f"Error against the labels of {len(error.videos)} videos (mean, and median):")
    longest = max(len(name) for name in (*error.events, "all"))
    columns = [*range(len(error.events)), slice(None)]
    for name, column in zip((*error.events, "all"), columns, strict=True):
        seconds, frames = error.seconds[:, column], error.frames[:, column]
        share, stretch = error.share[:, column], error.stretch_seconds[:, column]
        typer.echo(
            f"  {name:<{longest}}  {seconds.mean():.3f} s ({median(seconds):.3f} s), "
            f"{frames.mean():.1f} frames, {100 * share.mean():.1f} % of the length; "
            f"evenly stretched {stretch.mean():.3f} s ({median(stretch):.3f} s)"
        )
