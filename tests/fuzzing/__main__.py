"""`python -m tests.fuzzing`: break inputs, run every verb on them, and count how it ends.

Exits with 1 if any case crashes, hangs, prints a traceback or takes more than 1.5 GB.
"""

import argparse
import os
import shlex
import shutil
import sys
import tempfile
from collections import Counter, defaultdict
from pathlib import Path

from tests.fuzzing.cases import Case, make_case, whole_cases
from tests.fuzzing.forks import Forks, Outcome, preload
from tests.fuzzing.seeds import Seeds, make_seeds

_FAULTS = ("crash", "traceback", "hang", "memory", "exit code")


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
        seeds = _quiet_seeds(Path(place) / "seeds")
        cases: dict[object, Case] = {}
        outcomes: dict[object, Outcome] = {}
        whole = whole_cases(seeds, Path(place) / "whole") if given.whole else []
        numbers = range(len(whole) if given.whole else given.cases)
        todo = iter(numbers if given.case is None else [given.case])
        forks = Forks()
        number: int | None = next(todo, None)
        while number is not None or len(forks):
            if number is not None and len(forks) < given.jobs:
                folder = Path(place) / f"case-{number}"
                case = (
                    whole[number] if given.whole else make_case(seeds, given.seed, number, folder)
                )
                cases[number] = case
                forks.start(number, case.words, case.folder, cache=case.cache)
                number = next(todo, None)
                continue
            key, outcome = forks.wait()
            outcomes[key] = outcome
            case = cases[key]
            fault = outcome.fault
            if not fault and given.whole and outcome.code == 2:
                fault = "exit code"
            if fault or given.case is not None:
                _tell(given.seed, key, case, outcome, fault)
            if fault:
                _keep(case, given.keep / f"{given.seed}-{key}")
            shutil.rmtree(case.folder, ignore_errors=True)
    return _table(cases, outcomes)


def _quiet_seeds(folder: Path) -> Seeds:
    """The seeds, made without a word."""
    sys.stdout.flush()
    kept = os.dup(1), os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    try:
        return make_seeds(folder)
    finally:
        sys.stdout.flush()
        os.dup2(kept[0], 1)
        os.dup2(kept[1], 2)


def _tell(seed: int, key: object, case: Case, outcome: Outcome, fault: str) -> None:
    print(f"\n{fault or 'fine'}: {case.kind}, {case.done}")
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


def _table(cases: dict[object, Case], outcomes: dict[object, Outcome]) -> int:
    """Print the table; returns the exit code."""
    by_kind: dict[str, list[Outcome]] = defaultdict(list)
    for key, outcome in outcomes.items():
        by_kind[cases[key].kind].append(outcome)
    by_kind["all"] = list(outcomes.values())
    print("\n| broken | cases | used | refused | crashes | tracebacks | hangs | slowest | peak memory |")
    print("|---|--:|--:|--:|--:|--:|--:|--:|--:|")
    for kind, ended in by_kind.items():
        faults = Counter(one.fault for one in ended)
        used = sum(one.code in (0, 1) for one in ended)
        refused = sum(one.code == 2 for one in ended)
        slowest = max(one.seconds for one in ended)
        memory = max(one.memory for one in ended) / 1e6
        print(
            f"| {kind} | {len(ended)} | {used} | {refused} | {faults['crash']} | "
            f"{faults['traceback']} | {faults['hang']} | {slowest:.1f} s | {memory:.0f} MB |"
        )
    spent = sum(one.processor for one in outcomes.values())
    failed = sum(bool(one.fault) for one in outcomes.values())
    print(f"\n{len(outcomes)} cases, {failed} failed, {spent:.0f} s of processor time", flush=True)
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
