"""`inphase follow`."""

import contextlib
import itertools
import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from inphase.cli import options, verdict


@options.with_reading
def follow(
    query: Annotated[
        str,
        typer.Argument(
            help="A file that is still being written (.ts, .mkv, .webm) or a camera (/dev/video0).",
            show_default=False,
        ),
    ],
    reference: Annotated[
        Path, typer.Option(help="The video to follow it along.", show_default=False)
    ],
    model: options.Model = None,
    subject: options.Subject = None,
    output: Annotated[
        str | None,
        typer.Option(
            "--output",
            "-o",
            help="File for one JSON line per frame; - for standard output.",
            show_default=False,
        ),
    ] = None,
    look_back: Annotated[
        float,
        typer.Option(min=0, help="How many seconds of earlier matches each line may revise."),
    ] = 0.0,
    wait: Annotated[
        float,
        typer.Option(min=0, help="Stop after this many seconds without a new frame in the file."),
    ] = 2.0,
    background: Annotated[
        Literal["start", "running", "reference"],
        typer.Option(
            help="How to estimate the background before the video has ended: start assumes that it "
            "starts like the reference, running uses the frames so far, reference takes the "
            "reference's own (same camera and place)."
        ),
    ] = "running",
    max_speed: Annotated[
        float,
        typer.Option(
            min=1, max=100, help="How many times faster than the video the reference may pass."
        ),
    ] = 3,
    open_begin: Annotated[
        bool, typer.Option("--open-begin", help="Let it start anywhere in the reference.")
    ] = False,
    strict: verdict.Strict = False,
) -> int:
    """Follow a live video along a reference, frame by frame.

    Shows the current position on one line, and can write one JSON object per frame for other
    programs. --subject chooses whom to follow in the reference; in the live video, it is whoever
    is seen most clearly at the start.

    Example: `inphase follow /dev/video0 --reference pro.mp4 --model runs/swing/model -o -`
    """
    from inphase.applications.following import follow as follow_frames
    from inphase.applications.following import show
    from inphase.data import Collection
    from inphase.errors import OutputError, VideoError
    from inphase.results.places import check_file
    from inphase.video import probe

    duration = probe(reference).duration
    if output is not None and output != "-":
        check_file(output, [query, reference])
    collection = Collection.open([str(reference)])
    subjects = options.subjects(subject, collection)
    frames = follow_frames(
        query,
        reference,
        options.model_or_poses(collection, model, subjects=subjects),
        subject=(subjects or {}).get(collection.names[0]),
        look_back=look_back,
        wait=wait,
        background=background,
        max_speed=max_speed,
        open_begin=open_begin,
    )
    # Wait for a first frame before overwriting an earlier output file.
    first = next(frames, None)
    if first is None:
        raise VideoError(f"{query} gave no frame.")
    frames = itertools.chain([first], frames)
    with contextlib.ExitStack() as stack:
        if output in (None, "-"):
            lines = sys.stdout if output == "-" else None
        else:
            try:
                Path(str(output)).parent.mkdir(parents=True, exist_ok=True)
                # Not written elsewhere and moved: programs read it while it is being written.
                lines = stack.enter_context(Path(str(output)).open("w", encoding="utf-8"))
            except OSError as error:
                raise OutputError(f"Cannot write {output}: {error.strerror}.") from error
        seen = show(frames, duration=duration, console=options.console(), lines=lines)
    if output != "-":
        typer.echo(f"Followed {seen.frames} frames")
    if seen.frames and seen.nobody == seen.frames:
        options.console().print(
            f"Nobody was seen in {query}: there were no poses to compare.",
            style="yellow",
            markup=False,
            highlight=False,
            soft_wrap=True,
        )
        return 1
    verdicts = [] if seen.verdict is None else [seen.verdict]
    helps = [verdict.LOOK, verdict.SUBJECT_OF_REFERENCE]
    return verdict.say_verdict(verdicts, strict=strict, helps=helps)
