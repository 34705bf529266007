"""`inphase train`."""

from pathlib import Path
from typing import Annotated

import typer

from inphase.cli import options


@options.with_reading
def train(
    context: typer.Context,
    videos: options.Videos,
    output: Annotated[Path, typer.Option("--output", "-o", help="Run folder.", show_default=False)],
    split: options.Split = None,
    preset: options.Preset = "quick",
    config: Annotated[
        Path | None,
        typer.Option(help="A YAML file instead of a preset.", show_default=False),
    ] = None,
    objective: Annotated[
        str | None,
        typer.Option(
            help="tcc, tcn, sal, lav, gta, carl, prototype, supervised or one of your own "
            "(package.module:Name), or several joined by +; a weight other than 1 follows a "
            "colon: tcc+tcn:0.5 [default: the preset's].",
            show_default=False,
        ),
    ] = None,
    override: options.Override = None,
    cache: options.Cache = None,
    loggers: Annotated[
        list[str] | None,
        typer.Option(
            "--logger",
            metavar="NAME",
            help="Log each step also with tensorboard or wandb (Weights & Biases, offline in the "
            "run folder unless WANDB_MODE says otherwise), or with csv alone. Repeatable [default: "
            "tensorboard, if installed].",
            show_default=False,
        ),
    ] = None,
    devices: Annotated[
        int,
        typer.Option(
            min=1,
            max=1024,
            help="Number of GPUs (or processes, without GPUs) that share each batch.",
        ),
    ] = 1,
) -> int:
    """Fit an encoder to videos of the same action, without labels.

    Writes config.yaml, metrics.csv, checkpoints and, at the end, model/. If it
    was interrupted, run the same command again: it continues from the last checkpoint.

    Example: `inphase train swings/*.mp4 --objective tcc+tcn -o runs/swing`
    """
    from inphase.training import load_config
    from inphase.training import train as fit
    from inphase.training.processes import launch, started

    settings = load_config(preset, objective=objective, overrides=override or (), file=config)
    source = videos[0] if len(videos) == 1 else videos
    processes = started()
    if devices > 1 and processes.count == 1:
        return launch(devices, context.obj)
    run = fit(
        source,
        output,
        config=settings,
        split=split,
        cache=cache,
        loggers=loggers,
        console=options.console(),
    )
    if not processes.first:
        return 0
    typer.echo(f"Wrote the model to {run.model}")
    return options.conclude(run.skipped)
