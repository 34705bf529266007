"""`inphase index`: add, merge, compact, list and remove."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from inphase.atomic import json_text
from inphase.cli import list_options, options

if TYPE_CHECKING:
    from inphase.store import IndexReport

index = typer.Typer(
    help="Keep embeddings of videos in a store, to search with `inphase retrieve`.",
    no_args_is_help=True,
)


@index.command(cls=list_options.Command)
@options.with_reading
def add(
    videos: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="VIDEOS",
            help="Video files, folders, globs, a labels.json, or a list of paths (.txt or .csv) "
            "[default: those already in the store, to embed again what changed].",
            show_default=False,
        ),
    ] = None,
    model: Annotated[
        Path | None,
        typer.Option(
            help="Model folder of a trained encoder [default: the store's own].",
            show_default=False,
        ),
    ] = None,
    store: options.StoreFolder = options.DEFAULT_STORE,
    metadata: options.Metadata = None,
    split: options.Split = None,
) -> int:
    """Embed videos and add them to the store.

    A video is embedded again only if its file or the model has changed; its old embeddings are then
    replaced. Videos of a labels.json bring their split, group, action and view as metadata.

    Example: `inphase index add swings/ --model runs/swing/model --metadata coach=anna`
    """
    from inphase.data import Collection
    from inphase.store import Store

    console = options.console()
    told = options.pairs(metadata, "--metadata")
    collection = Collection.open(videos, split=split) if videos else None
    opened = Store(store, create=collection is not None and model is not None)
    if collection is None:
        change = opened.refresh(model, console=console)
    else:
        folder = model or opened.model_folder(opened.model())
        change = opened.add(collection, folder, metadata=told, console=console)
    typer.echo(
        f"{len(change.embedded)} embedded, {len(change.described)} with new metadata, "
        f"{len(change.unchanged)} unchanged; {len(opened.videos())} videos are in {store}"
    )
    if change.index is not None:
        _say_index(change.index)
    return options.conclude(change.skipped)


@index.command(cls=list_options.Command)
def merge(
    shards: Annotated[
        list[Path],
        typer.Argument(
            metavar="SHARDS",
            help="Folders that `inphase embed --shard` wrote.",
            show_default=False,
        ),
    ],
    store: options.StoreFolder = options.DEFAULT_STORE,
) -> int:
    """Add the videos of shards to the store, which is created if needed.

    What is there already stays, so that you can merge the same shards again, or while others are
    still at work. Videos that failed and shards that are not finished are listed at the end; the
    exit code is then 1.

    Example: `inphase index merge shards/ --store inphase-store`
    """
    from inphase.store import Store

    opened = Store(store, create=True)
    report = opened.merge(shards, console=options.console())
    typer.echo(
        f"{len(report.added)} added, {len(report.described)} with new metadata, "
        f"{len(report.unchanged)} unchanged; {len(opened.videos())} videos are in {store}"
    )
    for one in report.indexes:
        _say_index(one)
    return options.conclude(report.skipped)


@index.command(cls=list_options.Command)
def compact(store: options.StoreFolder = options.DEFAULT_STORE) -> int:
    """Make a store that grew in many small steps small and quick again.

    Small files become large ones, and old versions of the store are deleted. Searches that run at
    that moment may fail. It is never necessary, and does no harm.

    Example: `inphase index compact`
    """
    from inphase.store import Store

    for one in Store(store).compact():
        before, after = one.before, one.after
        versions = "1 version" if after.versions == 1 else f"{after.versions} versions"
        typer.echo(
            f"model {one.model.fingerprint[:8]}: {after.files} files instead of {before.files}, "
            f"{_mb(after.bytes)} instead of {_mb(before.bytes)}, {versions} instead of "
            f"{before.versions}"
        )
    return 0


def _mb(count: int) -> str:
    return f"{count / 1e6:.1f} MB"


def _say_index(report: "IndexReport") -> None:
    typer.echo(
        f"Index: recall@{report.neighbours} {report.recall:.3f} (measured with "
        f"{report.queries} frames, {report.probes} of {report.partitions} partitions searched)"
    )


@index.command("list", cls=list_options.Command)
def list_videos(
    store: options.StoreFolder = options.DEFAULT_STORE,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")] = False,
) -> int:
    """List the videos in the store.

    The state compares the file with what was embedded: current, changed or gone.

    Example: `inphase index list`
    """
    from rich.table import Table

    from inphase.store import Store

    opened = Store(store)
    rows = [
        {
            "name": video.name,
            "file": str(video.path),
            "frames": video.frames,
            "seconds": round(video.duration, 3),
            "model": video.model,
            "state": video.state(),
            "metadata": dict(video.metadata),
        }
        for video in opened.videos()
    ]
    if as_json:
        typer.echo(json_text(rows, indent=1))
        return 0
    if not rows:
        typer.echo(f"The store {store} is empty.")
        return 0
    table = Table("video", "frames", "seconds", "model", "state", "metadata", "file", box=None)
    for video, row in zip(opened.videos(), rows, strict=True):
        told = " ".join(f"{key}={value}" for key, value in sorted(video.metadata.items()))
        table.add_row(
            video.name,
            str(video.frames),
            f"{video.duration:.2f}",
            video.model[:8],
            str(row["state"]),
            told,
            str(video.path),
        )
    options.table_console().print(table)
    frames = sum(video.frames for video in opened.videos())
    typer.echo(f"{len(rows)} videos, {frames} frames")
    for model in opened.models:
        recall = f", recall@{model.index.neighbours} {model.index.recall}" if model.index else ""
        typer.echo(f"model {model.fingerprint[:8]}: {model.folder or 'given as an object'}{recall}")
    return 0


@index.command(cls=list_options.Command)
def remove(
    names: Annotated[
        list[str],
        typer.Argument(
            metavar="VIDEO",
            help="Names of videos in the store, or their files.",
            show_default=False,
        ),
    ],
    store: options.StoreFolder = options.DEFAULT_STORE,
) -> int:
    """Remove videos from the store; their files are not touched.

    Example: `inphase index remove swing_07`
    """
    from inphase.store import Store

    removed = Store(store).remove(names)
    typer.echo(f"Removed {', '.join(removed)}")
    return 0
