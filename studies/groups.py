"""Question: which pairs of videos and which key events cause the event error?
Answer: mostly pairs from different groups, and single events. Tennis serves have 0.019 between
videos of one person and 0.055 between two people, where `arm_down_end` alone has 0.092. The
sweeping bodies have 0.009 within one body and 0.26 to 0.32 in pairs with Longstick. Push-ups hardly
differ: 0.038 within a scene and 0.041 between scenes. Written up in docs/studies/what-limits-it.md.

    inphase train DATA --split train -o run
    inphase embed DATA --split test --model run/model -o test.npz
    PYTHONPATH=benchmarks python studies/groups.py DATA test.npz       # or several, one per seed

Computes the event error over all ordered pairs of videos in the .npz files, beside that of
time-stretching: the mean over the files, the least and the greatest. Sets with many groups (people,
scenes, bodies) are divided only into pairs of the same group and of different ones. Results go into
studies/results/groups.csv.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from arguments import add_data, new_parser
from numpy.typing import NDArray
from result_tables import processor, replace_rows, show, this_command
from stored_embeddings import read_scored

from inphase.data import Collection
from inphase.evaluation.pairs import compare_pairs, stretch_pairs

RESULTS = Path(__file__).parent / "results" / "groups.csv"
MOST = 6  # groups, for each pair of groups to get rows of its own
TABLE = {
    "pairs": "",
    "count": "",
    "event": "",
    "method": "",
    "event_error_share": ".4f",
    "least": ".3f",
    "greatest": ".3f",
}


def main() -> None:
    """Align, score, print, write."""
    parser = new_parser(__doc__)
    add_data(parser)
    parser.add_argument("embeddings", type=Path, nargs="+", help=".npz from `inphase embed`")
    arguments = parser.parse_args()
    collection = Collection.open(arguments.data)
    fits = [read_scored(collection, file) for file in arguments.embeddings]
    videos = fits[0]
    errors = {
        "inphase": np.stack([compare_pairs(videos).dtw.share for videos in fits]),
        "time-stretching": stretch_pairs(videos).share[None],
    }
    groups = np.array([collection[one.name].group or one.name for one in videos])
    rows = []
    for pairs, chosen in _pairs(groups).items():
        for event, columns in _events(collection.events).items():
            for method, of_fits in errors.items():
                shares = [float(np.nanmean(share[chosen][:, columns])) for share in of_fits]
                rows.append(
                    {
                        "data": arguments.data.name,
                        "pairs": pairs,
                        "count": int(chosen.sum()),
                        "event": event,
                        "method": method,
                        "fits": len(shares),
                        "event_error_share": float(np.mean(shares)),
                        "least": min(shares),
                        "greatest": max(shares),
                        "machine": processor(),
                        "command": this_command(),
                    }
                )
    show(rows, TABLE, title=arguments.data.name)
    replace_rows(RESULTS, rows)


def _pairs(groups: NDArray[np.str_]) -> dict[str, NDArray[np.bool_]]:
    """(videos, videos) which ordered pairs are of which kind; kinds without a pair are left out."""
    different = ~np.eye(len(groups), dtype=bool)
    same = groups[:, None] == groups[None, :]
    kinds = {"all": different, "same group": different & same, "other group": ~same}
    names = sorted(set(groups))
    if len(names) <= MOST:
        kinds |= {
            f"{first} to {second}": different & np.outer(groups == first, groups == second)
            for first in names
            for second in names
        }
    return {name: chosen for name, chosen in kinds.items() if chosen.any()}


def _events(names: Sequence[str]) -> dict[str, list[int]]:
    """The columns of all events together, and of each one."""
    return {"all": [*range(len(names))]} | {name: [index] for index, name in enumerate(names)}


if __name__ == "__main__":
    main()
