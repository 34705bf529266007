"""Event error by key event, within the groups of a set (people, scenes, bodies) and between them.

    inphase train DATA --split train -o run
    inphase embed DATA --split test --model run/model -o test.npz
    python benchmarks/groups.py DATA test.npz       # or several, one a seed

*Event error* as in benchmarks/quality.py, over all ordered pairs of videos in the .npz files,
beside plain time-stretching: the mean over the files, the least and the greatest. Where there are
many groups only `same` and `other` are told apart. Results go into benchmarks/results/groups.csv.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from result_tables import processor, replace_rows
from rich.console import Console
from rich.table import Table
from stored_embeddings import read_scored

from inphase.data import Collection
from inphase.evaluation.pairs import compare_pairs, stretch_pairs

RESULTS = Path(__file__).parent / "results" / "groups.csv"
MOST = 6  # groups whose pairs are told one by one


def main() -> None:
    """Align, score, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, help="folder with labels.json")
    parser.add_argument("embeddings", type=Path, nargs="+", help=".npz of `inphase embed`")
    arguments = parser.parse_args()
    collection = Collection.open(arguments.data)
    fits = [read_scored(collection, file) for file in arguments.embeddings]
    videos = fits[0]
    groups = np.array([collection[one.name].group or one.name for one in videos])
    names = sorted(set(groups))
    pairs = ~np.eye(len(videos), dtype=bool)
    same = groups[:, None] == groups[None, :]
    told = {"all": pairs, "same group": pairs & same, "other group": ~same}
    if len(names) <= MOST:
        told |= {
            f"{first} to {second}": pairs & (groups[:, None] == first) & (groups[None, :] == second)
            for first in names
            for second in names
        }
    errors = {
        "inphase": np.stack([compare_pairs(videos).dtw.share for videos in fits]),
        "time-stretching": stretch_pairs(videos).share[None],
    }
    files = " ".join(file.name for file in arguments.embeddings)
    command = f"benchmarks/groups.py {arguments.data.name} {files}"
    table = Table("pairs", "", "event", *errors, title=arguments.data.name)
    rows = []
    for which, chosen in told.items():
        if not chosen.any():
            continue
        for event, those in _events(collection.events).items():
            means = {
                name: [float(np.nanmean(share[chosen][:, those])) for share in shares]
                for name, shares in errors.items()
            }
            table.add_row(which, str(chosen.sum()), event, *map(_cell, means.values()))
            rows += [
                {
                    "data": arguments.data.name,
                    "pairs": which,
                    "count": int(chosen.sum()),
                    "event": event,
                    "method": method,
                    "fits": len(shares),
                    "event_error_share": float(np.mean(shares)),
                    "least": min(shares),
                    "greatest": max(shares),
                    "machine": processor(),
                    "command": command,
                }
                for method, shares in means.items()
            ]
    Console().print(table)
    replace_rows(RESULTS, arguments.data.name, rows)


def _cell(shares: Sequence[float]) -> str:
    spread = f" ({min(shares):.3f} to {max(shares):.3f})" if len(shares) > 1 else ""
    return f"{np.mean(shares):.4f}{spread}"


def _events(names: Sequence[str]) -> dict[str, list[int]]:
    """Which columns: all together, then one by one."""
    return {"all": [*range(len(names))]} | {name: [index] for index, name in enumerate(names)}


if __name__ == "__main__":
    main()
