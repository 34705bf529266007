"""What a fresh installation takes on the disk, package by package, and what leaving out would save.

    python benchmarks/installation.py

Reads the metadata of the packages that are installed where it runs.
"""

import importlib.metadata
import re
from collections.abc import Iterable, Mapping
from importlib.metadata import Distribution

from arguments import new_parser
from packaging.requirements import Requirement
from result_tables import show

# What `synchronize` does not need, by the job that does.
JOBS = {
    "index, retrieve": ("lancedb", "pyarrow"),
    "evaluate, trajectories, pictures": ("scikit-learn", "matplotlib", "jinja2"),
    "view": ("fastapi", "starlette", "uvicorn"),
    "edit lists": ("opentimelineio",),
}


def main() -> None:
    """Measure and print."""
    parser = new_parser(__doc__)
    parser.add_argument("--most", type=int, default=12, help="packages to list")
    options = parser.parse_args()
    required = [
        Requirement(text).name
        for text in importlib.metadata.requires("inphase") or ()
        if "extra ==" not in text
    ]
    everything = closure(required)
    sizes = {name: size(one) for name, one in everything.items()}
    total = sum(sizes.values())
    largest = sorted(sizes, key=lambda name: -sizes[name])[: options.most]
    rows = [{"what": name, "packages": 1, "megabytes": sizes[name]} for name in largest]
    for job, names in {**JOBS, "all of these": sum(JOBS.values(), ())}.items():
        left = closure(name for name in required if name not in names)
        gone = everything.keys() - left.keys()
        saved = sum(sizes[name] for name in gone)
        rows.append({"what": f"without {job}: saves", "packages": len(gone), "megabytes": saved})
    rows.append({"what": "everything", "packages": len(everything), "megabytes": total})
    shares = [{**row, "share": row["megabytes"] / total} for row in rows]  # type: ignore[operator]
    show(shares, {"what": "", "packages": "", "megabytes": ".0f", "share": ".2f"})


def closure(names: Iterable[str]) -> Mapping[str, Distribution]:
    """The packages of these names and all that they require, as far as they are installed."""
    found: dict[str, Distribution] = {}
    waiting = list(names)
    while waiting:
        name = re.sub(r"[-_.]+", "-", waiting.pop()).lower()
        if name in found:
            continue
        try:
            found[name] = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            continue
        for text in found[name].requires or ():
            requirement = Requirement(text)
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                waiting.append(requirement.name)
    return found


def size(package: Distribution) -> float:
    """Megabytes of a package's files."""
    files = [package.locate_file(file) for file in package.files or ()]
    return sum(file.stat().st_size for file in files if file.is_file()) / 1e6  # type: ignore[attr-defined]


if __name__ == "__main__":
    main()
