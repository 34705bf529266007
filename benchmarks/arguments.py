"""Command-line arguments that several benchmarks and studies share."""

import argparse
from collections.abc import Sequence
from pathlib import Path


def new_parser(doc: str | None) -> argparse.ArgumentParser:
    """A parser whose help is the program's docstring."""
    return argparse.ArgumentParser(
        description=doc, formatter_class=argparse.RawDescriptionHelpFormatter
    )


def add_data(parser: argparse.ArgumentParser, nargs: str | None = None) -> None:
    """Add the argument ``data``: one or more labelled sets."""
    parser.add_argument("data", type=Path, nargs=nargs, help="folder with labels.json")


def add_embeddings(parser: argparse.ArgumentParser) -> None:
    """Add the arguments ``train`` and ``test``: the embeddings of both splits."""
    for split in ("train", "test"):
        parser.add_argument(split, type=Path, help=f".npz from `inphase embed --split {split}`")


def add_seeds(parser: argparse.ArgumentParser, default: Sequence[int] = (0, 1, 2)) -> None:
    """Add the option ``--seeds``: one fit is made with each."""
    parser.add_argument("--seeds", type=int, nargs="+", default=list(default), metavar="SEED")
