"""`python -m tests.fuzzing`: break inputs, run verbs that read them, and count how it ends.

Exits with 1 if any case crashes, hangs, prints a traceback or takes more than 1.5 GB.
"""

import argparse
import os
import shlex
import shutil
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from tests.fuzzing.cases import Case, make_case, whole_cases
from tests.fuzzing.forks import Forks, Outcome, apart, preload
from tests.fuzzing.seeds import Seeds, make_seeds


def main() -> int:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzzing", description=__doc__)
    parser.add_argument("--cases", type=int, default=200, help="how many [default: 200]")
    parser.add_argument("--seed", type=int, default=0, help="other cases [default: 0]")
    parser.add_argument("--case", type=int, help="only this case, with all that it prints")
    parser.add_argument("--whole", action="store_true", help="every line, with nothing broken")
    parser.add_argument("--jobs", type=int, default=1, help="cases at a time [default: 1]")
    parser.add_argument("--keep", type=Path, default=Path("fuzz"), help="for the cases that fail")
    given = parser.parse_args()
    os.environ["OMP_NUM_THREADS"] = "1"
    preload()
    with tempfile.TemporaryDirectory(prefix="fuzz-") as place:
        seeds = Seeds(Path(place) / "seeds")
        apart(lambda: make_seeds(seeds.folder))
        ended: list[tuple[Case, Outcome]] = []
        try:
            for number, case, outcome in _run(_cases(given, seeds, Path(place)), given.jobs):
                ended.append((case, outcome))
                # A whole input may be refused too, such as a film without sound as its source.
                refused = given.whole and outcome.code == 2
                if outcome.fault or refused or given.case is not None:
                    _tell(given.seed, number, case, outcome, "refused" if refused else "")
                if outcome.fault:
                    _keep(case, given.keep / f"{given.seed}-{number}")
                shutil.rmtree(case.folder, ignore_errors=True)
        except KeyboardInterrupt:
            print("\nstopped", flush=True)
    return _table(ended)


def _cases(given: argparse.Namespace, seeds: Seeds, place: Path) -> Iterator[tuple[int, Case]]:
    """The cases that the command line asks for, each made when its turn comes."""
    if given.whole:
        yield from enumerate(whole_cases(seeds, place / "whole"))
        return
    for number in range(given.cases) if given.case is None else [given.case]:
        yield number, make_case(seeds, given.seed, number, place / f"case-{number}")


def _run(cases: Iterator[tuple[int, Case]], jobs: int) -> Iterator[tuple[int, Case, Outcome]]:
    """Run cases, some at a time."""
    forks: Forks[tuple[int, Case]] = Forks()
    for number, case in cases:
        if len(forks) == jobs:
            (before, other), outcome = forks.wait()
            yield before, other, outcome
        forks.start((number, case), case.words, case.folder, cache=case.cache)
    while len(forks):
        (before, other), outcome = forks.wait()
        yield before, other, outcome


def _tell(seed: int, key: int, case: Case, outcome: Outcome, note: str) -> None:
    print(f"\n{outcome.fault or note or 'fine'}: {case.kind}, {case.done}")
    print(f"  again: python -m tests.fuzzing --seed {seed} --case {key}")
    print(f"  inphase {shlex.join(case.words)}")
    print(
        f"  exit code {outcome.code}, {outcome.seconds:.1f} s, {outcome.memory / 1e6:.0f} MB\n"
        + "\n".join(f"    {line}" for line in outcome.told.splitlines()[-40:]),
        flush=True,
    )


def _keep(case: Case, folder: Path) -> None:
    """Keep the files of a case that failed."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    # Not what stands for a pipe or a device.
    shutil.copytree(
        case.folder, folder, symlinks=True,
        ignore=lambda place, names: [n for n in names if (Path(place) / n).is_fifo()],
    )  # fmt: skip
    print(f"  kept: {folder}", flush=True)


def _table(ended: list[tuple[Case, Outcome]]) -> int:
    """Print the table; returns the exit code."""
    by_kind: dict[str, list[Outcome]] = defaultdict(list)
    outcomes = [outcome for _, outcome in ended]
    for case, outcome in ended:
        by_kind[case.kind].append(outcome)
    by_kind["all"] = outcomes
    columns = ("broken", "cases", "used", "refused", "crashes", "tracebacks", "hangs", "slowest")
    print(f"\n| {' | '.join(columns)} | peak memory |\n|---{'|--:' * len(columns)}|")
    for kind, those in by_kind.items():
        faults = Counter(one.fault for one in those)
        used = sum(one.code in (0, 1) for one in those)
        refused = sum(one.code == 2 for one in those)
        slowest = max(one.seconds for one in those)
        memory = max(one.memory for one in those) / 1e6
        print(
            f"| {kind} | {len(those)} | {used} | {refused} | {faults['crash']} | "
            f"{faults['traceback']} | {faults['hang']} | {slowest:.1f} s | {memory:.0f} MB |"
        )
    spent = sum(one.processor for one in outcomes)
    failed = sum(bool(one.fault) for one in outcomes)
    print(f"\n{len(outcomes)} cases, {failed} failed, {spent:.0f} s of processor time", flush=True)
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
