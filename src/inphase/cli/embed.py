"""`inphase embed`."""

from pathlib import Path
from typing import Annotated

import typer

from inphase.cli import options
from inphase.models.formats import FORMATS


@options.with_reading
def embed(
    videos: options.Videos,
    output: Annotated[Path, options.output(FORMATS)],
    model: options.Model = None,
    subject: options.Subject = None,
    split: options.Split = None,
) -> int:
    """Compute an embedding for every frame of every video.

    A .npz file holds one (frames, dims) float32 array per video, under the video's name. A .parquet
    file holds one row per frame: video, frame number, time in seconds, embedding.

    Example: `inphase embed swings/ --model runs/swing/model -o swings.npz`
    """
    from inphase.data import Collection

    collection = Collection.open(videos, split=split)
    FORMATS.check_output(output)
    subjects = options.subjects(subject, collection)
    model = options.model_or_poses(collection, model, subjects=subjects)
    embeddings = options.embed(collection, model, subjects=subjects)
    embeddings.save(output)
    typer.echo(f"Wrote the embeddings of {len(embeddings)} videos to {output}")
    return options.conclude(embeddings.skipped)
