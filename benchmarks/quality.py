"""Measure the quality of alignment on labelled videos: fit on one split, score on the other.

    python benchmarks/quality.py DATA                          # the preset `quick`
    python benchmarks/quality.py DATA --methods objectives     # every objective
    python benchmarks/quality.py DATA --methods poses          # what people's poses give
    python benchmarks/quality.py synthetic                     # drawn; its true alignment is known
    python benchmarks/quality.py --show                        # print the table, fit nothing

Each row of benchmarks/results/quality.csv is one set, method and seed, scored by
``inphase.evaluate``. Beside the methods stand two floors that need no fitting: the frozen base
network's features, averaged over each map, and time-stretching. Rows that the table already has are
skipped, and interrupted fits continue: repeat the command to finish it. With `--split train` the
test videos are not used: every third group of the train split is scored instead.
"""

from pathlib import Path

from arguments import add_seeds, new_parser
from measured_quality import Settings, measure_missing, open_part, show_quality
from methods import GROUPS
from result_tables import read_rows
from rich.console import Console

RESULTS = Path(__file__).parent / "results" / "quality.csv"


def main() -> None:
    """Fit and score what is missing; print the table."""
    parser = new_parser(__doc__)
    parser.add_argument("data", nargs="*", help="folders with labels.json, or `synthetic`")
    parser.add_argument("--methods", default="preset", choices=GROUPS)
    parser.add_argument("--only", nargs="+", metavar="ROW", help="some of the methods, by name")
    parser.add_argument("--split", default="test", choices=("test", "train"))
    add_seeds(parser)
    parser.add_argument("--preset", default="quick")
    parser.add_argument("--set", dest="overrides", action="append", default=[])
    parser.add_argument("--stride", type=int, default=2, help="of the frames that τ compares")
    parser.add_argument("--show", action="store_true", help="only print the table")
    arguments = parser.parse_args()
    methods = GROUPS[arguments.methods]
    for name in arguments.only or []:
        if name not in methods:
            parser.error(f"no row `{name}` among: {', '.join(methods)}")
    settings = Settings(
        "poses" if arguments.methods == "poses" else arguments.preset,
        tuple(arguments.overrides),
        arguments.stride,
        few_shot=arguments.methods != "objectives",
    )
    if not arguments.show:
        for data in arguments.data:
            measure_missing(
                RESULTS,
                open_part(data, arguments.split),
                {name: methods[name] for name in arguments.only or methods},
                arguments.seeds,
                settings,
                Console(stderr=True),
            )
    names = [Path(data).name for data in arguments.data]
    show_quality([row for row in read_rows(RESULTS) if not names or row["data"] in names])


if __name__ == "__main__":
    main()
