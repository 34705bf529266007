"""`inphase sound`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from inphase.applications.sound_transfer import FORMATS
from inphase.cli import options

if TYPE_CHECKING:
    from inphase.alignment import AlignmentOptions


@options.with_reading
@options.with_alignment()
def sound(
    target: Annotated[
        str,
        typer.Argument(
            metavar="TARGET", help="The video that receives the sound.", show_default=False
        ),
    ],
    sources: Annotated[
        list[str],
        typer.Option(
            "--sources",
            metavar="SOURCES...",
            help="Videos of the same action that have sound: files, folders or globs, as many as "
            "you like up to the next option. Repeatable.",
            show_default=False,
        ),
    ],
    output: Annotated[Path, options.output(FORMATS)],
    model: options.Model = None,
    block: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Number of frames whose sound is copied in one piece [default: 5].",
            show_default=False,
        ),
    ] = None,
    paper: Annotated[
        bool,
        typer.Option(
            "--paper",
            help="Do exactly what the TCC paper's supplement does: for each block, take the "
            "nearest one of any source, in any order, and concatenate them.",
        ),
    ] = False,
    *,
    how: "AlignmentOptions",
) -> int:
    """Give a silent video the sound of other videos of the same action.

    TARGET comes first. The sound comes from the source that matches best, keeps its order and is
    joined without clicks. For --open-in, the target is the reference and each source a query.

    Example: `inphase sound silent.mp4 --sources a.mp4 b.mp4 --model runs/pour/model -o out.mp4`
    """
    from inphase.data import Collection
    from inphase.errors import AlignmentError, ConfigError

    collection = Collection.open([target, *sources])
    if len(Collection.open([target])) != 1:
        raise ConfigError(f"{target} holds several videos; give one to receive the sound.")
    silent, *others = collection.videos
    FORMATS.check_output(output, [video.path for video in collection])
    # Only now, because they are slow to import.
    from inphase.applications.sound_transfer.transfer_sound import (
        BLOCK,
        check_sources,
        transfer_sound,
    )
    from inphase.video.muxing import check_picture_can_be_copied

    if output.suffix == ".mp4":
        check_picture_can_be_copied(silent.path)
    check_sources([video.path for video in others])
    console = options.console()
    model = options.model_or_poses(collection, model)
    embeddings = options.embed(collection, model)
    if not any(video.path == silent.path for video in embeddings):
        raise AlignmentError(f"The target cannot be used: {embeddings.skipped[0].reason}")
    result = transfer_sound(
        embeddings,
        target=silent.name,
        block=BLOCK if block is None else block,
        paper=paper,
        options=how,
        console=console,
    )
    result.save(output)
    used = {one.source for one in result.blocks if one.source is not None}
    typer.echo(f"Wrote {output}: {len(result.blocks)} blocks of sound from {len(used)} video(s).")
    return options.conclude((*embeddings.skipped, *result.skipped))
