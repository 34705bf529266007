"""``inphase train``."""

from pathlib import Path
from typing import Annotated

import typer

from inphase.cli import options


def train(
    videos: options.Videos,
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Folder of the run.", show_default=False)
    ],
    split: options.Split = None,
    preset: options.Preset = "quick",
    config: Annotated[
        Path | None,
        typer.Option(help="A YAML file instead of a preset.", show_default=False),
    ] = None,
    override: options.Override = None,
    cache: options.Cache = None,
) -> int:
    """Fit an encoder to videos of the same action, without labels.

    Writes config.yaml, metrics.csv, TensorBoard logs, checkpoints and, at the end, model/. Run
    the same command again after it was stopped: it goes on from the last checkpoint.

    Example: `inphase train swings/*.mp4 -o runs/swing`
    """
    from inphase.training import load_config
    from inphase.training import train as fit

    settings = load_config(preset, overrides=override or (), file=config)
    source = videos[0] if len(videos) == 1 else videos
    run = fit(
        source,
        output,
        config=settings,
        split=split,
        cache=cache,
        console=options.console(),
    )
    typer.echo(f"Wrote the model to {run.model}")
    return options.conclude(run.skipped)
