"""`inphase align`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from inphase.applications.synchronization import FORMATS
from inphase.cli import marks, options, verdict

if TYPE_CHECKING:
    from inphase.alignment import AlignmentOptions


@options.with_reading
@options.with_alignment()
def align(
    reference: Annotated[
        str, typer.Argument(help="The video whose pace is kept.", show_default=False)
    ],
    queries: Annotated[
        list[str],
        typer.Argument(metavar="QUERY", help="The videos to align with it.", show_default=False),
    ],
    output: Annotated[Path, options.output(FORMATS.only(".json", ".csv"))],
    model: options.Model = None,
    at: options.At = None,
    anchor: options.AnchorAt = None,
    strict: verdict.Strict = False,
    *,
    how: "AlignmentOptions",
) -> int:
    """Match each frame of a reference to a frame of each query.

    The result lists, for each reference frame, the query's frame number, its time in seconds and a
    confidence (0..1).

    Example: `inphase align me.mp4 pro.mp4 --model runs/swing/model -o alignment.json`
    """
    from inphase.data import Collection

    collection = Collection.open([reference, *queries])
    FORMATS.only(".json", ".csv").check_output(output, [video.path for video in collection])
    # Only now, because they are slow to import.
    from inphase.applications.synchronization.by_marks import synchronize_by_marks
    from inphase.applications.synchronization.synchronize import synchronize

    if at:
        marks.check_alone({"model": model, "anchor": anchor}, how)
        result = synchronize_by_marks(collection, marks.read(at, collection))
        skipped = collection.skipped
    else:
        anchors = marks.anchors(None, anchor, collection)
        model = options.model_or_poses(collection, model)
        embeddings = options.embed(collection, model)
        result = synchronize(
            embeddings, reference=collection.videos[0].name, anchors=anchors, options=how
        )
        skipped = embeddings.skipped
    result.save(output)
    videos = "1 video" if len(result.queries) == 1 else f"{len(result.queries)} videos"
    typer.echo(f"Wrote the alignment of {videos} with {result.reference.name}: {output}")
    if result.rests_on:
        typer.echo(result.rests_on)
    helps = [verdict.CORRECT_ELSEWHERE]
    unsure = verdict.say_verdict(result.verdicts(), strict=strict, helps=helps)
    return max(unsure, options.conclude(skipped))
