"""`inphase embed`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from inphase.cli import options
from inphase.errors import ConfigError
from inphase.models.formats import FORMATS

if TYPE_CHECKING:
    from inphase.data import Collection


@options.with_reading
def embed(
    videos: options.Videos,
    output: Annotated[
        Path, options.output(FORMATS, more="With --shard: a folder that all shards share.")
    ],
    model: options.Model = None,
    subject: options.Subject = None,
    split: options.Split = None,
    shard: Annotated[
        str | None,
        typer.Option(
            metavar="I/N",
            help="Embed only every N-th of the videos, from the I-th (1 to N), so that N processes "
            "on one machine or many share the work; `inphase index merge` brings them together. A "
            "shard that was killed continues. Needs --model.",
            show_default=False,
        ),
    ] = None,
) -> int:
    """Compute an embedding for every frame of every video.

    A .npz file holds one (frames, dims) float32 array per video, under the video's name. A .parquet
    file holds one row per frame: video, frame number, time in seconds, embedding.

    Example: `inphase embed swings/ --model runs/swing/model -o swings.npz`

    In shards: `inphase embed list.txt --model runs/swing/model --shard 3/16 -o shards/`
    """
    from inphase.data import Collection

    collection = Collection.open(videos, split=split)
    if shard is not None:
        return _embed_shard(collection, model, shard, output, subject)
    FORMATS.check_output(output)
    subjects = options.subjects(subject, collection)
    model = options.model_or_poses(collection, model, subjects=subjects)
    embeddings = options.embed(collection, model, subjects=subjects)
    embeddings.save(output)
    typer.echo(f"Wrote the embeddings of {len(embeddings)} videos to {output}")
    return options.conclude(embeddings.skipped)


def _embed_shard(
    collection: "Collection",
    model: Path | None,
    shard: str,
    folder: Path,
    subject: list[str] | None,
) -> int:
    from inphase.store.sharding import Shard, embed_shard

    if model is None:
        raise ConfigError("--shard needs --model, so that all shards use the same one.")
    if subject:
        raise ConfigError("--subject cannot be used with --shard; leave one of them out.")
    one = Shard.parse(shard)
    report = embed_shard(collection, model, one, folder, console=options.console())
    typer.echo(
        f"Shard {one}: {len(report.embedded)} embedded, {len(report.unchanged)} already there, "
        f"{len(report.skipped)} skipped; they are in {folder}"
    )
    return options.conclude(report.skipped)
