"""`inphase export`."""

from pathlib import Path
from typing import Annotated

import typer

from inphase.cli import options
from inphase.models.formats import NETWORKS


def export(
    model: Annotated[Path, typer.Argument(help="A model folder.", show_default=False)],
    output: Annotated[Path, options.output(NETWORKS)],
) -> int:
    """Write a model as one network that other programs run, preprocessing included.

    The network takes `frames`, uint8 (n, k, S, S, 3): of each frame to embed the k context frames
    of the model, ascending in time, as RGB pixels, the whole picture scaled to S×S. It gives
    `embeddings`, float32 (n, D). The metadata of the file, under names that start with `inphase.`,
    tell k, S, D, how many seconds lie between context frames, and what inphase does besides: a
    model that subtracts the background takes a whole video in one call.

    Models of poses cannot be one network. The file is run once before it is written.

    Example: `inphase export runs/swing/model -o swing.onnx`
    """
    NETWORKS.check_output(output)
    # Only now, because it is slow to import.
    from inphase.models import Encoder
    from inphase.models import export as write

    encoder = Encoder.load(model)
    write(encoder, output)
    config = encoder.config
    size = config.image_size
    typer.echo(
        f"Wrote {output}: frames (n, {config.context_frames}, {size}, {size}, 3) uint8 to "
        f"embeddings (n, {config.embedding_size})"
    )
    return 0
